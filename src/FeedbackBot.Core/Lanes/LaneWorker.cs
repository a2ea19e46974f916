using FeedbackBot.Core.Deduplication;
using FeedbackBot.Core.Inbox;
using FeedbackBot.Core.Outbox;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FeedbackBot.Core.Lanes;

/// <summary>Runs the inbox's and the outbox's workers of this process.</summary>
public sealed class LaneWorker(
    LaneQueues lanes,
    InboxProcessor inbox,
    OutboxDispatcher outbox,
    RequestIndex index,
    IOptions<FeedbackBotOptions> options,
    TimeProvider time,
    ILogger<LanePump> logger) : BackgroundService
{
    private readonly Lock _gate = new();

    // Held by the workers, or by whoever has them rest.
    private readonly SemaphoreSlim _floor = new(1);
    private CancellationTokenSource? _round;
    private int _resting;

    /// <summary>
    /// Does <paramref name="work"/> while nothing else works: what the workers have begun is ended first, and they go on
    /// afterwards, also where it failed.
    /// </summary>
    public async Task RestWhileAsync(Func<Task> work, CancellationToken cancellationToken)
    {
        Task waiting;
        CancellationTokenSource? round;
        lock (_gate)
        {
            // In the queue before the workers leave the floor, so that they do not take it again at once.
            waiting = _floor.WaitAsync(cancellationToken);
            round = _round;
            _resting++;
        }

        try
        {
            await EndAsync(round);
            await waiting;
        }
        finally
        {
            lock (_gate)
            {
                _resting--;
            }
        }

        try
        {
            await work();
        }
        finally
        {
            _floor.Release();
        }
    }

    public override void Dispose()
    {
        _floor.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await _floor.WaitAsync(stoppingToken);
            using var round = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            try
            {
                if (IsToBegin(round))
                {
                    await WorkAsync(round);
                }
            }
            catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
            {
                // To rest while the index was still being read: the next round reads it.
            }
            finally
            {
                lock (_gate)
                {
                    _round = null;
                }

                _floor.Release();
            }
        }
    }

    private static async Task EndAsync(CancellationTokenSource? round)
    {
        try
        {
            await (round?.CancelAsync() ?? Task.CompletedTask);
        }
        catch (ObjectDisposedException)
        {
            // It came to its end by itself meanwhile.
        }
    }

    private bool IsToBegin(CancellationTokenSource round)
    {
        lock (_gate)
        {
            _round = round;
            return _resting == 0;
        }
    }

    private async Task WorkAsync(CancellationTokenSource round)
    {
        var work = options.Value.Work;
        var poll = TimeSpan.FromSeconds(work.PollSeconds);
        var sending = new LanePump(lanes.Out, lanes.OutBell, outbox.SendAsync, work.Concurrency, poll, time, logger)
            .RunAsync(round.Token);
        try
        {
            // Events are taken in and messages sent meanwhile; but a turn that looks for duplicates needs the whole index.
            if (!index.IsLoaded)
            {
                await index.LoadAsync(round.Token);
            }

            await new LanePump(lanes.In, lanes.InBell, inbox.HandleAsync, work.Concurrency, poll, time, logger).RunAsync(round.Token);
        }
        finally
        {
            // Nothing of this round works any more when it ends.
            await round.CancelAsync();
            await sending;
        }
    }
}
