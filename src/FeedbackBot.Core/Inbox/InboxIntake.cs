using System.Diagnostics;
using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Storage;

namespace FeedbackBot.Core.Inbox;

/// <summary>What became of an event that was offered to the inbox.</summary>
public enum AcceptResult
{
    /// <summary>Stored now; it will be handled.</summary>
    Accepted,

    /// <summary>It had been stored before; nothing more will happen.</summary>
    Duplicate,

    /// <summary>
    /// Not stored: what its direct channel is about has changed since it was looked at. Look again, and offer it again.
    /// </summary>
    Overtaken,
}

/// <summary>
/// Takes events in. Once <see cref="AcceptAsync"/> returns, the event is durable and will be handled once, so the platform
/// can be told that it arrived; if it throws <see cref="StoreUnavailableException"/>, the platform must be told that it did not.
/// </summary>
public sealed class InboxIntake(IStore store, LaneQueues lanes, TimeProvider time)
{
    // Each lost attempt is another's success; so many in a row mean that the rows given alongside cannot be written.
    private const int MostAttempts = 100;

    /// <summary>Stores an event, once, whatever number of times it is offered.</summary>
    /// <param name="causes">
    /// Every key under which the same event may arrive again, the most reliable first; it gives the event's id.
    /// </param>
    /// <param name="alongside">Rows to be written in the same transaction, or not at all.</param>
    public async Task<AcceptResult> AcceptAsync(
        InboxEvent.FromPerson happened,
        IReadOnlyList<string> causes,
        Action<StoreTransaction>? alongside,
        CancellationToken cancellationToken)
    {
        using var activity = Telemetry.Activities.StartActivity("inbox.accept", ActivityKind.Server);
        var message = new InboxMessage
        {
            Id = InboxMessage.IdOf(causes[0]),
            Event = happened,
            Lane = happened.Thread.Hash(),
            ReceivedAt = time.GetUtcNow(),
            TraceParent = activity?.Id,
        };
        var begins = happened is InboxEvent.TextPosted { Starts: true };
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            var transaction = new StoreTransaction(lanes.Tenant);
            foreach (var cause in causes)
            {
                transaction.Insert(InboxMessage.SeenRow(cause), new SeenMark { At = message.ReceivedAt, Thread = happened.Thread });
            }

            if (begins && await store.FindAsync(lanes.Key(KnownThread.Row(happened.Thread)), cancellationToken) is null)
            {
                // In the same batch, so that the very next message in the thread is known to belong to us.
                transaction.Insert(KnownThread.Row(happened.Thread), new KnownThread { Thread = happened.Thread });
            }

            alongside?.Invoke(transaction);
            await lanes.StageEventsAsync(transaction, [(message, message.ReceivedAt, LanePriority.Person)], cancellationToken);
            switch (await store.CommitAsync(transaction, cancellationToken))
            {
                case CommitResult.Committed:
                    Telemetry.Accepted.Add(1);
                    lanes.InBell.Ring();
                    return AcceptResult.Accepted;
                case CommitResult.Conflict(var row) when IsSeen(row, causes):
                    Telemetry.Duplicates.Add(1);
                    return AcceptResult.Duplicate;
                case CommitResult.Conflict(var row) when row.StartsWith(DirectThread.Prefix, StringComparison.Ordinal):
                    return AcceptResult.Overtaken;
                default:
                    // The lane or the thread changed under us: look again.
                    break;
            }
        }

        throw new StoreUnavailableException("What the event touches kept changing; it was not taken.");
    }

    private static bool IsSeen(string row, IReadOnlyList<string> causes)
        => row.StartsWith("inbox|", StringComparison.Ordinal)
            || causes.Any(cause => InboxMessage.SeenRow(cause) == row);
}
