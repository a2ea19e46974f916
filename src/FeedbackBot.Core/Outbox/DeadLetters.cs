using FeedbackBot.Core.Inbox;
using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Storage;

namespace FeedbackBot.Core.Outbox;

/// <summary>What the operator does with events that were set aside and messages that were given up.</summary>
public sealed class DeadLetters(IStore store, LaneQueues lanes, TimeProvider time)
{
    private const int PageSize = 200;

    /// <summary>All of them, the oldest first.</summary>
    public IAsyncEnumerable<Stored<DeadLetter>> ListAsync(CancellationToken cancellationToken)
        => store.ScanAsync<DeadLetter>(lanes.Tenant, DeadLetter.Prefix, PageSize, cancellationToken);

    /// <summary>The one whose id begins with <paramref name="id"/>; null where none or several do.</summary>
    public async Task<Stored<DeadLetter>?> FindAsync(string id, CancellationToken cancellationToken)
    {
        Stored<DeadLetter>? found = null;
        await foreach (var letter in ListAsync(cancellationToken))
        {
            if (letter.Value.Id.StartsWith(id, StringComparison.Ordinal))
            {
                if (found is not null)
                {
                    return null;
                }

                found = letter;
            }
        }

        return found;
    }

    /// <summary>The message that was given up, null if the letter is an event.</summary>
    public async Task<OutboxMessage?> MessageAsync(DeadLetter letter, CancellationToken cancellationToken)
        => letter.Kind == LaneKind.Out
            ? (await store.FindAsync<OutboxMessage>(lanes.Key(OutboxMessage.Row(new OutboxId(letter.Id))), cancellationToken))?.Value
            : null;

    /// <summary>The event that was set aside, null if the letter is a message.</summary>
    public async Task<InboxMessage?> EventAsync(DeadLetter letter, CancellationToken cancellationToken)
        => letter.Kind == LaneKind.In
            ? (await store.FindAsync<InboxMessage>(lanes.Key(InboxMessage.Row(letter.Id)), cancellationToken))?.Value
            : null;

    /// <summary>Puts it back into its lane, behind what waits there, to be tried as if for the first time.</summary>
    /// <returns>False if somebody else replayed it first, or its content was erased.</returns>
    public async Task<bool> ReplayAsync(Stored<DeadLetter> letter, CancellationToken cancellationToken)
    {
        while (true)
        {
            var transaction = new StoreTransaction(lanes.Tenant);
            transaction.Delete(letter.Key, letter.ETag);
            if (!await StageAgainAsync(transaction, letter.Value, cancellationToken))
            {
                return false;
            }

            switch (await store.CommitAsync(transaction, cancellationToken))
            {
                case CommitResult.Committed:
                    lanes.InBell.Ring();
                    lanes.OutBell.Ring();
                    return true;
                case CommitResult.Conflict(var row) when row == letter.Key.Row:
                    return false;
                default:
                    break;
            }
        }
    }

    private async Task<bool> StageAgainAsync(StoreTransaction transaction, DeadLetter letter, CancellationToken cancellationToken)
    {
        if (letter.Kind == LaneKind.Out)
        {
            var send = await store.FindAsync<OutboxMessage>(lanes.Key(OutboxMessage.Row(new OutboxId(letter.Id))), cancellationToken);
            if (send is null)
            {
                return false;
            }

            // Enqueued anew, since the time it may wait for a rate limit counts from there.
            var pending = send.Value with { Status = OutboxStatus.Pending, EnqueuedAt = time.GetUtcNow() };
            transaction.Replace(send, pending);
            await lanes.StageAgainAsync(transaction, pending, cancellationToken);
            return true;
        }

        var found = await store.FindAsync<InboxMessage>(lanes.Key(InboxMessage.Row(letter.Id)), cancellationToken);
        if (found is null)
        {
            return false;
        }

        transaction.Replace(found, found.Value with { Status = InboxStatus.Pending, HandledAt = null });
        await lanes.StageAgainAsync(transaction, found.Value, time.GetUtcNow(), cancellationToken);
        return true;
    }
}
