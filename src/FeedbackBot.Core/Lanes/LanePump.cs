using System.Collections.Concurrent;
using FeedbackBot.Core.Storage;
using Microsoft.Extensions.Logging;

namespace FeedbackBot.Core.Lanes;

/// <summary>
/// Works off one direction's lanes: finds the due ones, claims as many as it may work on at a time, and lets
/// <paramref name="work"/> do one item after the other until the lane is empty or the lease is lost.
/// </summary>
/// <param name="work">Does the lease's item and gives the lease for the next one, null when there is none.</param>
public sealed partial class LanePump(
    LaneQueue queue,
    WorkBell bell,
    Func<LaneLease, CancellationToken, Task<LaneLease?>> work,
    int concurrency,
    TimeSpan poll,
    TimeProvider time,
    ILogger logger)
{
    private readonly ConcurrentDictionary<string, Task> _busy = new(StringComparer.Ordinal);

    /// <summary>Works until <paramref name="stopping"/>; then lets the items in work come to their end.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            var wait = poll;
            try
            {
                wait = await BeginDueLanesAsync(stopping);
            }
            catch (StoreUnavailableException exception)
            {
                LogStoreUnavailable(exception);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                break;
            }

            try
            {
                await bell.WaitAsync(wait, time, stopping);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        await Task.WhenAll(_busy.Values);
    }

    /// <summary>Begins work on due lanes and says how long nothing more will be due, as far as is known now.</summary>
    private async Task<TimeSpan> BeginDueLanesAsync(CancellationToken stopping)
    {
        var free = concurrency - _busy.Count;
        if (free <= 0)
        {
            return poll;
        }

        // Lanes that this process works on are due again only when their lease ends, so they rarely come up here.
        foreach (var lane in await queue.DueLanesAsync(free, stopping))
        {
            if (!_busy.ContainsKey(lane))
            {
                var started = new TaskCompletionSource();
                _busy[lane] = WorkOffAsync(lane, started.Task, stopping);
                started.SetResult();
            }
        }

        if (await queue.NextDueAsync(stopping) is not { } next)
        {
            return poll;
        }

        // One that is due already is in work, or was claimed by another: its end rings the bell, or the poll finds it.
        var until = next - time.GetUtcNow();
        return until <= TimeSpan.Zero || until > poll ? poll : until;
    }

    private async Task WorkOffAsync(string lane, Task started, CancellationToken stopping)
    {
        // The first await is what lets the caller enter this task into the list before it can leave it.
        await started;
        await Task.Yield();
        var claimed = false;
        try
        {
            var lease = await queue.ClaimAsync(lane, stopping);
            claimed = lease is not null;
            while (lease is not null && !stopping.IsCancellationRequested)
            {
                lease = await WorkThroughOutagesAsync(lease, stopping);
            }

            if (lease is not null)
            {
                await queue.ReleaseAsync(lease, CancellationToken.None);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Stopped while it waited: nothing was begun, and the lease runs out by itself.
        }
        catch (Exception exception)
        {
            LogLaneFailed(exception, lane);
        }
        finally
        {
            _busy.TryRemove(lane, out _);
            if (claimed)
            {
                // There is room for another lane. After a claim that was lost there is nothing to hurry for.
                bell.Ring();
            }
        }
    }

    /// <summary>While the store is away a lease is kept, so that its work goes on as soon as the store is back.</summary>
    private async Task<LaneLease?> WorkThroughOutagesAsync(LaneLease lease, CancellationToken stopping)
    {
        var current = (LaneLease?)lease;
        while (current is not null)
        {
            try
            {
                // An item that was begun is ended even while the process stops; half a lease bounds how long that takes.
                using var deadline = new CancellationTokenSource(queue.Lease / 2, time);
                return await work(current, deadline.Token);
            }
            catch (StoreUnavailableException exception)
            {
                LogStoreUnavailable(exception);
                await Task.Delay(poll, time, stopping);
                current = await ResumeWhenBackAsync(current, stopping);
            }
        }

        return null;
    }

    private async Task<LaneLease?> ResumeWhenBackAsync(LaneLease lease, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                return await queue.ResumeAsync(lease, stopping);
            }
            catch (StoreUnavailableException)
            {
                await Task.Delay(poll, time, stopping);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store is not available; trying again.")]
    private partial void LogStoreUnavailable(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Work on lane {Lane} ended with an error; it is taken up again when its lease ends.")]
    private partial void LogLaneFailed(Exception exception, string lane);
}
