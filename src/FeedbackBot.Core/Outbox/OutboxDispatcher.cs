using System.Diagnostics;
using FeedbackBot.Core.Inbox;
using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Storage;
using FeedbackBot.Core.Triage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FeedbackBot.Core.Outbox;

/// <summary>
/// Delivers stored sends, in order within a destination. Nothing is lost: a send stays in its lane until it was delivered or
/// given up. A send whose outcome is unknown (the process was killed, the platform did not answer) is repeated at most once
/// per unknown outcome, and says so to the platform.
/// </summary>
public sealed partial class OutboxDispatcher(
    IStore store,
    LaneQueues lanes,
    ChatPlatforms platforms,
    TriageCards cards,
    IOptions<FeedbackBotOptions> options,
    TimeProvider time,
    ILogger<OutboxDispatcher> logger)
{
    /// <summary>A destination that keeps asking to wait, or cannot be reached, is given up after this long.</summary>
    private static readonly TimeSpan LongestRateLimit = TimeSpan.FromDays(1);

    // How far to look for a later update of the same message.
    private const int Lookahead = 20;

    private static readonly Func<ILogger, string, IDisposable?> SendScope = LoggerMessage.DefineScope<string>("send {OutboxId}");

    private readonly WorkOptions _work = options.Value.Work;

    /// <summary>Delivers the lease's message.</summary>
    /// <returns>The lease for the lane's next message; null when there is none or the lease was lost.</returns>
    public async Task<LaneLease?> SendAsync(LaneLease lease, CancellationToken cancellationToken)
    {
        var found = await store.FindAsync<OutboxMessage>(
            lanes.Key($"outbox|{lease.Head.Value.ItemId}"), cancellationToken);
        if (found is null || found.Value.Status != OutboxStatus.Pending)
        {
            LogNotPending(lease.Head.Value.ItemId);
            return await DoneAsync(lease, found, null, static (_, _) => Task.CompletedTask, cancellationToken);
        }

        using var activity = Telemetry.Activities.StartActivity("outbox.send", ActivityKind.Producer, found.Value.TraceParent);
        using var scope = SendScope(logger, found.Value.Id.Value);

        // The whole send must fit into the lease, whatever came before it in this lane.
        if (await lanes.Out.RenewAsync(lease, cancellationToken) is not { } current)
        {
            return null;
        }

        var (original, isNeedless) = await OriginalAsync(current, found.Value, cancellationToken);
        if (isNeedless)
        {
            return await DoneAsync(
                current, found, found.Value with { Status = OutboxStatus.Superseded }, static (_, _) => Task.CompletedTask, cancellationToken);
        }

        if (current.Attempt > _work.SendAttempts)
        {
            // It ended the process each time it was begun.
            var never = new DeliveryResult.Failed(DeliveryFailure.Invalid, "Sending it never came to an end.");
            return await GiveUpAsync(current, found, never, cancellationToken);
        }

        if (current.State.Value.OutcomeUnknown)
        {
            LogOutcomeUnknown(found.Value.Id.Value, current.Attempt);
            Telemetry.Repeated.Add(1);
        }

        var result = await AttemptAsync(current, found.Value, original, cancellationToken);
        return result switch
        {
            DeliveryResult.Delivered delivered => await DeliveredAsync(current, found, delivered.Message, cancellationToken),
            DeliveryResult.Failed failed when IsFinal(failed, current.Attempt, found.Value) => await GiveUpAsync(current, found, failed, cancellationToken),
            DeliveryResult.Failed failed => await RetryAsync(current, found, failed, cancellationToken),
            _ => throw new InvalidOperationException($"There is no {result.GetType().Name}."),
        };
    }

    private async Task<DeliveryResult> AttemptAsync(
        LaneLease lease, OutboxMessage send, MessageReference? original, CancellationToken cancellationToken)
    {
        if (platforms.Find(send.Destination.Platform) is not { } platform)
        {
            return new DeliveryResult.Failed(
                DeliveryFailure.Refused, $"This deployment has no platform '{send.Destination.Platform}'. Configure it, then replay.");
        }

        if (send.Content.Card is not null && !cards.CanBuild)
        {
            // It would not show what may be the same. To be asked to wait says nothing about the message.
            return new DeliveryResult.Failed(DeliveryFailure.RateLimited, "The stored requests are still being read.", TimeSpan.FromSeconds(1));
        }

        OutboundMessage message;
        try
        {
            message = send.Content.Message
                ?? await cards.BuildAsync(send.Content.Card ?? throw new InvalidDataException("The send has no content."), cancellationToken);
        }
        catch (InvalidDataException exception)
        {
            LogAttemptFailed(exception, send.Id.Value);
            return new DeliveryResult.Failed(DeliveryFailure.Invalid, exception.Message);
        }

        try
        {
            return await platform.SendAsync(
                new Delivery(send.Id, send.Destination, message, original, lease.State.Value.OutcomeUnknown), cancellationToken);
        }
        catch (Exception exception) when (exception is not StoreUnavailableException)
        {
            LogAttemptFailed(exception, send.Id.Value);
            return new DeliveryResult.Failed(DeliveryFailure.OutcomeUnknown, exception.GetType().Name);
        }
    }

    /// <summary>
    /// The message that an update replaces. An update is needless when a later one for the same message waits behind it, or
    /// when its original was not delivered: a replay of the original renders the newest state anyway.
    /// </summary>
    private async Task<(MessageReference? Original, bool IsNeedless)> OriginalAsync(
        LaneLease lease, OutboxMessage send, CancellationToken cancellationToken)
    {
        if (send.Destination is not Destination.Update(var originalId, _))
        {
            return (null, false);
        }

        var original = await store.FindAsync<OutboxMessage>(lanes.Key(OutboxMessage.Row(originalId)), cancellationToken);
        if (original?.Value.Delivered is not { } delivered)
        {
            return (null, true);
        }

        var behind = await lanes.Out.BehindAsync(lease, Lookahead, cancellationToken);
        return (delivered, behind.Any(item => item.Updates == originalId.Value));
    }

    private bool IsFinal(DeliveryResult.Failed failed, int attempt, OutboxMessage send) => failed.Failure switch
    {
        DeliveryFailure.Refused or DeliveryFailure.Invalid => true,
        DeliveryFailure.RateLimited => time.GetUtcNow() - send.EnqueuedAt > LongestRateLimit,
        DeliveryFailure.Unavailable or DeliveryFailure.OutcomeUnknown => attempt >= _work.SendAttempts,
    };

    private async Task<LaneLease?> DeliveredAsync(
        LaneLease lease, Stored<OutboxMessage> found, MessageReference message, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        Telemetry.Delivered.Add(1);
        Telemetry.DeliveryTime.Record((now - found.Value.EnqueuedAt).TotalSeconds);
        var next = await DoneAsync(
            lease,
            found,
            found.Value with { Status = OutboxStatus.Delivered, Delivered = message, DeliveredAt = now, Failure = null },
            async (transaction, send) =>
            {
                if (send is { Destination: Destination.NewThread, Content.Card: { } request })
                {
                    // From here on, messages below the card are known to be about the request.
                    transaction.Upsert(KnownThread.Row(message.Thread), new KnownThread { Thread = message.Thread, Card = request });
                }
                else if (send is { Destination: Destination.NewThread, Brings: { } from })
                {
                    // In the new thread's lane, before whatever is said there.
                    transaction.Upsert(KnownThread.Row(message.Thread), new KnownThread { Thread = message.Thread });
                    await StageAsync(
                        transaction, KeyHash.Of("moved", send.Id.Value), new InboxEvent.ConversationMoved(send.Id, from, message.Thread), message.Thread.Hash(), LanePriority.Person, send);
                }
            },
            cancellationToken);
        if (found.Value.Brings is not null)
        {
            lanes.InBell.Ring();
        }

        return next;
    }

    private async Task StageAsync(
        StoreTransaction transaction, string id, InboxEvent happened, string lane, LanePriority priority, OutboxMessage cause)
    {
        var now = time.GetUtcNow();
        var message = new InboxMessage { Id = id, Event = happened, Lane = lane, ReceivedAt = now, TraceParent = cause.TraceParent };
        await lanes.StageEventsAsync(transaction, [(message, now, priority)], CancellationToken.None);
    }

    private async Task<LaneLease?> GiveUpAsync(
        LaneLease lease, Stored<OutboxMessage> found, DeliveryResult.Failed failed, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        LogGivenUp(found.Value.Id.Value, failed.Failure, failed.Reason);
        Telemetry.DeadLettered.Add(1, new KeyValuePair<string, object?>("kind", "message"));
        var next = await DoneAsync(
            lease,
            found,
            found.Value with
            {
                Status = OutboxStatus.DeadLettered,
                FailedAttempts = found.Value.FailedAttempts + 1,
                Failure = $"{failed.Failure}: {failed.Reason}",
            },
            async (transaction, send) =>
            {
                transaction.Insert(
                    DeadLetter.Row(now, send.Id.Value),
                    new DeadLetter { Id = send.Id.Value, Kind = LaneKind.Out, At = now, Reason = $"{failed.Failure}: {failed.Reason}" });
                var id = KeyHash.Of("given-up", send.Id.Value, now.UtcTicks.ToString(System.Globalization.CultureInfo.InvariantCulture));
                await StageAsync(transaction, id, new InboxEvent.DeliveryGivenUp(send.Id), id, LanePriority.Normal, send);
            },
            cancellationToken);
        lanes.InBell.Ring();
        return next;
    }

    private async Task<LaneLease?> RetryAsync(
        LaneLease lease, Stored<OutboxMessage> found, DeliveryResult.Failed failed, CancellationToken cancellationToken)
    {
        Telemetry.Retried.Add(1, new KeyValuePair<string, object?>("failure", failed.Failure));

        // Being asked to wait says nothing about the message: it has its attempts when the platform takes messages again.
        var isAttempt = failed.Failure != DeliveryFailure.RateLimited;
        var longest = TimeSpan.FromSeconds(_work.LongestBackoffSeconds);
        var wait = (isAttempt, failed.RetryAfter) switch
        {
            (true, var asked) => RetrySchedule.Wait(lease.Attempt, longest, asked),
            (false, { } exactly) => RetrySchedule.Asked(exactly),
            (false, null) => RetrySchedule.Wait(found.Value.FailedAttempts + 1, longest, null),
        };
        LogRetry(found.Value.Id.Value, failed.Failure, failed.Reason, wait);
        return await CommitAsync(
            lease,
            (transaction, current) =>
            {
                transaction.Replace(found, found.Value with
                {
                    FailedAttempts = found.Value.FailedAttempts + 1,
                    Failure = $"{failed.Failure}: {failed.Reason}",
                });
                lanes.Out.StageRetry(
                    transaction,
                    current,
                    time.GetUtcNow() + wait,
                    outcomeUnknown: failed.Failure == DeliveryFailure.OutcomeUnknown,
                    countAttempt: isAttempt);
                return Task.FromResult<LaneStep?>(null);
            },
            cancellationToken);
    }

    /// <summary>Commits what became of the lease's message together with its leaving the lane.</summary>
    private Task<LaneLease?> DoneAsync(
        LaneLease lease,
        Stored<OutboxMessage>? found,
        OutboxMessage? next,
        Func<StoreTransaction, OutboxMessage, Task> alongside,
        CancellationToken cancellationToken)
        => CommitAsync(
            lease,
            async (transaction, current) =>
            {
                if (found is not null && next is not null)
                {
                    transaction.Replace(found, next);
                    await alongside(transaction, next);
                }

                return await lanes.Out.StageDoneAsync(transaction, current, CancellationToken.None);
            },
            cancellationToken);

    /// <summary>
    /// Commits what <paramref name="stage"/> stages. What was sent was sent, so a store that is away is waited for, until
    /// <paramref name="deadline"/>: sending again would be seen, writing again is not. A process that does not see the store
    /// come back leaves the lease behind, by which the next worker knows that the outcome is unknown.
    /// </summary>
    /// <returns>The lease for the lane's next message; null when there is none or the lease was lost.</returns>
    private async Task<LaneLease?> CommitAsync(
        LaneLease lease, Func<StoreTransaction, LaneLease, Task<LaneStep?>> stage, CancellationToken deadline)
    {
        var current = lease;
        var isFirst = true;
        while (true)
        {
            try
            {
                if (!isFirst)
                {
                    // After a conflict or an outage: the item may be done all the same, or the lease lost.
                    var resumed = await lanes.Out.ResumeAsync(current, CancellationToken.None);
                    if (resumed?.Head.Key != lease.Head.Key)
                    {
                        return resumed;
                    }

                    current = resumed;
                }

                isFirst = false;
                var transaction = new StoreTransaction(lanes.Tenant);
                var step = await stage(transaction, current);
                if (await store.CommitAsync(transaction, CancellationToken.None) is CommitResult.Committed committed)
                {
                    return step?.After(committed);
                }
            }
            catch (StoreUnavailableException exception)
            {
                LogNotWritten(exception, lease.Head.Value.ItemId);
                try
                {
                    await Task.Delay(TimeSpan.FromSeconds(_work.PollSeconds), time, deadline);
                }
                catch (OperationCanceledException)
                {
                    return null;
                }
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Send {OutboxId} is not pending any more; skipped.")]
    private partial void LogNotPending(string outboxId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Send {OutboxId} was begun before and its outcome is unknown; attempt {Attempt} may repeat it.")]
    private partial void LogOutcomeUnknown(string outboxId, int attempt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sending {OutboxId} ended with an error.")]
    private partial void LogAttemptFailed(Exception exception, string outboxId);

    [LoggerMessage(Level = LogLevel.Error, Message = "Send {OutboxId} is given up ({Failure}): {Reason}. See 'deadletters list'.")]
    private partial void LogGivenUp(string outboxId, DeliveryFailure failure, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Send {OutboxId} failed ({Failure}): {Reason}. Trying again in {Wait}.")]
    private partial void LogRetry(string outboxId, DeliveryFailure failure, string reason, TimeSpan wait);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What became of send {OutboxId} could not be written yet: the store is not available.")]
    private partial void LogNotWritten(Exception exception, string outboxId);
}
