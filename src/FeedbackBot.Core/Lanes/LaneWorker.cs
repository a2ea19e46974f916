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
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var work = options.Value.Work;
        var poll = TimeSpan.FromSeconds(work.PollSeconds);
        var sending = new LanePump(lanes.Out, lanes.OutBell, outbox.SendAsync, work.Concurrency, poll, time, logger)
            .RunAsync(stoppingToken);

        // Events are taken in and messages sent meanwhile; but a turn that looks for duplicates needs the whole index.
        await index.LoadAsync(stoppingToken);
        var handling = new LanePump(lanes.In, lanes.InBell, inbox.HandleAsync, work.Concurrency, poll, time, logger)
            .RunAsync(stoppingToken);
        await Task.WhenAll(sending, handling);
    }
}
