using System.Diagnostics;
using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Outbox;
using FeedbackBot.Core.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FeedbackBot.Core.Inbox;

/// <summary>
/// Handles stored events, each once: what a turn writes and says, and that its event is handled, is committed in one
/// transaction that also proves that this worker still holds the lane.
/// </summary>
public sealed partial class InboxProcessor(
    IStore store,
    LaneQueues lanes,
    InboxRouter router,
    IOptions<FeedbackBotOptions> options,
    TimeProvider time,
    ILogger<InboxProcessor> logger)
{
    // Far above what two people in one thread can cause; it only bounds a mistake.
    private const int MaxConflicts = 50;

    private static readonly Func<ILogger, string, IDisposable?> EventScope = LoggerMessage.DefineScope<string>("event {EventId}");

    private readonly WorkOptions _work = options.Value.Work;

    /// <summary>Handles the lease's event.</summary>
    /// <returns>The lease for the lane's next event; null when there is none or the lease was lost.</returns>
    public async Task<LaneLease?> HandleAsync(LaneLease lease, CancellationToken cancellationToken)
    {
        var found = await store.FindAsync<InboxMessage>(
            lanes.Key(InboxMessage.Row(lease.Head.Value.ItemId)), cancellationToken);
        if (found is null)
        {
            LogMissing(lease.Head.Value.ItemId);
            return await CommitAsync(lease, _ => Task.CompletedTask, cancellationToken);
        }

        using var activity = Telemetry.Activities.StartActivity(
            "inbox.handle", ActivityKind.Consumer, found.Value.TraceParent);
        using var scope = EventScope(logger, found.Value.Id);
        if (lease.Attempt > _work.EventAttempts)
        {
            // It ended the process each time it was begun, or it would have been set aside when it last failed.
            return await SetAsideAsync(lease, found, "Handling it never came to an end.", cancellationToken);
        }

        try
        {
            return await HandleAsync(lease, found, cancellationToken);
        }
        catch (Exception exception) when (exception is not StoreUnavailableException)
        {
            LogFailed(exception, found.Value.Id, lease.Attempt);
            return lease.Attempt >= _work.EventAttempts
                ? await SetAsideAsync(lease, found, $"{exception.GetType().Name}: {exception.Message}", CancellationToken.None)
                : await RetryAsync(lease, CancellationToken.None);
        }
    }

    private async Task<LaneLease?> HandleAsync(LaneLease lease, Stored<InboxMessage> found, CancellationToken cancellationToken)
    {
        var enqueuedBefore = new HashSet<string>(StringComparer.Ordinal);
        var current = (LaneLease?)lease;
        for (var conflicts = 0; current is not null; conflicts++)
        {
            if (conflicts > MaxConflicts)
            {
                throw new InvalidOperationException("What the event reads kept changing under it.");
            }

            var turn = new Turn(store, lanes.Tenant, found.Value, time.GetUtcNow());
            await router.HandleAsync(found.Value.Event, turn, cancellationToken);

            var transaction = new StoreTransaction(lanes.Tenant);
            turn.Stage(transaction);
            var sends = turn.Sends.Where(send => !enqueuedBefore.Contains(OutboxMessage.Row(send.Id))).ToList();
            await lanes.StageSendsAsync(transaction, sends, cancellationToken);
            var events = turn.Events.Where(item => !enqueuedBefore.Contains(InboxMessage.Row(item.Message.Id))).ToList();
            await lanes.StageEventsAsync(transaction, events, cancellationToken);
            transaction.Replace(found, found.Value with { Status = InboxStatus.Handled, HandledAt = turn.Now, Failure = null });
            var step = await lanes.In.StageDoneAsync(transaction, current, cancellationToken);
            switch (await store.CommitAsync(transaction, cancellationToken))
            {
                case CommitResult.Committed committed:
                    turn.Committed();
                    Ring(sends.Count, events.Count);
                    Telemetry.Handled.Add(1);
                    Telemetry.HandlingTime.Record((turn.Now - found.Value.ReceivedAt).TotalSeconds);
                    return step.After(committed);
                case CommitResult.Conflict(var row):
                    if (sends.Exists(send => OutboxMessage.Row(send.Id) == row)
                        || events.Exists(item => InboxMessage.Row(item.Message.Id) == row))
                    {
                        // Enqueued before, by the same cause for the same purpose: go on without it.
                        enqueuedBefore.Add(row);
                    }

                    current = await lanes.In.RenewAsync(current, cancellationToken);
                    break;
            }
        }

        LogLeaseLost(found.Value.Id);
        return null;
    }

    private async Task<LaneLease?> SetAsideAsync(
        LaneLease lease, Stored<InboxMessage> found, string reason, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        Telemetry.DeadLettered.Add(1, new KeyValuePair<string, object?>("kind", "event"));
        return await CommitAsync(
            lease,
            async transaction =>
            {
                transaction.Replace(found, found.Value with { Status = InboxStatus.SetAside, HandledAt = now, Failure = reason });
                transaction.Insert(
                    DeadLetter.Row(now, found.Value.Id),
                    new DeadLetter { Id = found.Value.Id, Kind = LaneKind.In, At = now, Reason = reason });
                if (found.Value.Event is InboxEvent.FromPerson act)
                {
                    var apology = new Turn(store, lanes.Tenant, found.Value, now);
                    apology.Send(
                        $"set-aside:{now.UtcTicks}",
                        new Destination.Reply(act.Thread),
                        new OutboundMessage.Notice(Wording.SetAside));
                    await lanes.StageSendsAsync(transaction, apology.Sends, cancellationToken);
                }
            },
            cancellationToken);
    }

    private async Task<LaneLease?> RetryAsync(LaneLease lease, CancellationToken cancellationToken)
    {
        if (await lanes.In.RenewAsync(lease, cancellationToken) is { } current)
        {
            var transaction = new StoreTransaction(lanes.Tenant);
            var wait = RetrySchedule.Wait(lease.Attempt, TimeSpan.FromSeconds(_work.LongestBackoffSeconds), retryAfter: null);
            lanes.In.StageRetry(transaction, current, time.GetUtcNow() + wait, outcomeUnknown: false);

            // A conflict means that more came in: the lane then waits until the lease ends instead.
            await store.CommitAsync(transaction, cancellationToken);
        }

        return null;
    }

    /// <summary>Commits what <paramref name="stage"/> stages together with the end of the lease's item.</summary>
    private async Task<LaneLease?> CommitAsync(
        LaneLease lease, Func<StoreTransaction, Task> stage, CancellationToken cancellationToken)
    {
        var current = (LaneLease?)lease;
        while (current is not null)
        {
            var transaction = new StoreTransaction(lanes.Tenant);
            await stage(transaction);
            var step = await lanes.In.StageDoneAsync(transaction, current, cancellationToken);
            if (await store.CommitAsync(transaction, cancellationToken) is CommitResult.Committed committed)
            {
                lanes.OutBell.Ring();
                return step.After(committed);
            }

            current = await lanes.In.RenewAsync(current, cancellationToken);
        }

        return null;
    }

    private void Ring(int sends, int events)
    {
        if (sends > 0)
        {
            lanes.OutBell.Ring();
        }

        if (events > 0)
        {
            lanes.InBell.Ring();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Event {EventId} is in its lane but its row is gone; skipped.")]
    private partial void LogMissing(string eventId);

    [LoggerMessage(Level = LogLevel.Error, Message = "Handling event {EventId} failed at attempt {Attempt}.")]
    private partial void LogFailed(Exception exception, string eventId, int attempt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Event {EventId} took longer than its lease; another worker has it and this result is dropped.")]
    private partial void LogLeaseLost(string eventId);
}
