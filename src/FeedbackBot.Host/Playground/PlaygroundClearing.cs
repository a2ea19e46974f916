using FeedbackBot.Core;
using FeedbackBot.Core.Deduplication;
using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Storage;
using Microsoft.Extensions.Options;

namespace FeedbackBot.Host.Playground;

/// <summary>
/// "Start over": clears the Playground while nothing works and nobody writes into it. That it is under way is stored first,
/// so that a process that ends in the middle goes on with it at the next start.
/// </summary>
internal sealed partial class PlaygroundClearing(
    PlaygroundDoor door,
    PlaygroundRoom room,
    PlaygroundClock clock,
    LaneWorker workers,
    RequestIndex index,
    IStore store,
    LaneQueues lanes,
    IEnumerable<IChatPlatform> platforms,
    IOptions<FeedbackBotOptions> options,
    TimeProvider time,
    IHostApplicationLifetime lifetime,
    ILogger<PlaygroundClearing> logger)
{
    // For what is on its way in, and for the clearing itself as far as a person waits for it.
    private static readonly TimeSpan LongestEntrance = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(25);

    private readonly Lock _gate = new();
    private readonly PlaygroundErasure _erasure = new(store, lanes, time);
    private Task<IResult> _running = Task.FromResult(Results.Empty);

    /// <summary>Clears the Playground. Whoever asks while it is being cleared waits for the same clearing.</summary>
    public async Task<IResult> StartOverAsync(CancellationToken cancellationToken)
    {
        Task<IResult> running;
        lock (_gate)
        {
            // It goes on, whoever asked for it and did not wait.
            running = _running = _running.IsCompleted ? Task.Run(ClearAsync, CancellationToken.None) : _running;
        }

        try
        {
            return await running.WaitAsync(LongestWait, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return PlaygroundEndpoints.Error(
                StatusCodes.Status503ServiceUnavailable, "The Playground is still being cleared. It goes on by itself; please look again in a moment.");
        }
    }

    /// <summary>Ends a clearing that an earlier process began. Nothing may work yet.</summary>
    public async Task ResumeAsync(CancellationToken cancellationToken)
    {
        if (await store.FindAsync<PlaygroundStart>(lanes.Key(PlaygroundStart.Row), cancellationToken) is { Value: { IsUnderWay: true } start })
        {
            LogResumed();
            try
            {
                await ClearAsync(start, cancellationToken);
            }
            catch (Exception exception) when (exception is not (OperationCanceledException or StoreUnavailableException))
            {
                // The other platforms go on; the Playground takes no messages until it is cleared.
                await door.CloseAsync(LongestEntrance);
                LogFailed(exception);
            }
        }
    }

    /// <summary>Waits for what is under way, in a process that stops.</summary>
    public Task EndAsync()
    {
        lock (_gate)
        {
            return _running;
        }
    }

    private async Task<IResult> ClearAsync()
    {
        try
        {
            if (!await door.CloseAsync(LongestEntrance))
            {
                return PlaygroundEndpoints.Error(
                    StatusCodes.Status503ServiceUnavailable, "Nothing was cleared: a message is still coming in. Please try again in a moment.");
            }

            var start = new PlaygroundStart();
            await workers.RestWhileAsync(
                async () =>
                {
                    // A number of its own, so that no reader has ever been there.
                    start = new PlaygroundStart { Since = room.Last + 1, IsUnderWay = true };
                    try
                    {
                        await ClearThroughOutagesAsync(start, lifetime.ApplicationStopping);
                    }
                    finally
                    {
                        // Also of what was cleared before it failed: nobody may be offered a request that is gone.
                        await index.LoadAsync(lifetime.ApplicationStopping);
                        await room.LoadAsync(lifetime.ApplicationStopping);
                    }
                },
                lifetime.ApplicationStopping);
            door.Open();
            return PlaygroundEndpoints.Answer(new { start.Since });
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return PlaygroundEndpoints.Error(
                StatusCodes.Status503ServiceUnavailable, "The service stops. If the clearing had begun, it goes on at the next start.");
        }
        catch (Exception exception)
        {
            // The door stays closed: what is half cleared is no place to write into.
            LogFailed(exception);
            return PlaygroundEndpoints.Error(
                StatusCodes.Status500InternalServerError, "The Playground could not be cleared; the log says why. It takes messages again when it is: please try again.");
        }
    }

    /// <summary>Once it is asked for it is done: after a commit that may or may not have been taken there is no way back.</summary>
    private async Task ClearThroughOutagesAsync(PlaygroundStart start, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var transaction = new StoreTransaction(lanes.Tenant);
                transaction.Upsert(PlaygroundStart.Row, start);
                await store.CommitAsync(transaction, cancellationToken);
                await ClearAsync(start, cancellationToken);
                return;
            }
            catch (StoreUnavailableException exception)
            {
                LogStoreUnavailable(exception);
                await Task.Delay(TimeSpan.FromSeconds(options.Value.Work.PollSeconds), time, cancellationToken);
            }
        }
    }

    private async Task ClearAsync(PlaygroundStart start, CancellationToken cancellationToken)
    {
        await _erasure.EraseAsync(cancellationToken);
        var transaction = new StoreTransaction(lanes.Tenant);
        transaction.Upsert(PlaygroundStart.Row, start with { IsUnderWay = false });
        var goesBack = await IsTimeOnlyOursAsync(cancellationToken)
            && await store.FindAsync(lanes.Key(PlaygroundClock.Row), cancellationToken) is not null;
        if (goesBack)
        {
            transaction.Delete(PlaygroundClock.Row);
        }

        await store.CommitAsync(transaction, cancellationToken);
        await clock.LoadAsync(store, lanes, cancellationToken);
        if (goesBack)
        {
            // Else what comes in from now on would be behind what comes in after the next start, which begins at the real time.
            lanes.StartSequenceAgain();
        }
    }

    /// <summary>
    /// Whether the clock may go back: nothing waits that was dated by it, and nothing can come in meanwhile that is. What
    /// another platform's people did while it was ahead would else wait until the real time gets there.
    /// </summary>
    private async Task<bool> IsTimeOnlyOursAsync(CancellationToken cancellationToken)
        => platforms.All(platform => platform.Name == PlaygroundPlatform.PlatformName)
            && (await store.FirstAsync<LaneState>(lanes.Tenant, "lane|", 1, cancellationToken)).Count == 0;

    [LoggerMessage(Level = LogLevel.Information, Message = "The Playground was being cleared when the service ended; going on with it.")]
    private partial void LogResumed();

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store is not available; the Playground is cleared as soon as it is.")]
    private partial void LogStoreUnavailable(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Clearing the Playground failed.")]
    private partial void LogFailed(Exception exception);
}

/// <summary>
/// Row <c>playground-start</c>: when the room last started over. Places in the room go on counting from there, so that no
/// reader takes a new message for one they have.
/// </summary>
internal sealed record PlaygroundStart : IStoredRecord
{
    public const string Row = "playground-start";

    public static int Schema => 1;

    /// <summary>The place it took in the room itself, behind all that was there before.</summary>
    public long Since { get; init; }

    /// <summary>What was there before is still being deleted.</summary>
    public bool IsUnderWay { get; init; }
}
