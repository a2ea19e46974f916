using System.Collections.Concurrent;
using FeedbackBot.Core.Inbox;
using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Outbox;
using FeedbackBot.Core.Storage;

namespace FeedbackBot.Host.Tests.Crashes;

/// <summary>The real store, with the steps before and after a commit told from what the commit writes.</summary>
internal sealed class CrashingStore(IStore store, CrashPoint crash) : IStore
{
    private readonly ConcurrentDictionary<string, long> _tokens = new(StringComparer.Ordinal);

    public async ValueTask<Entity?> FindAsync(EntityKey key, CancellationToken cancellationToken)
    {
        var found = await store.FindAsync(key, cancellationToken);
        if (key.Row.StartsWith("inbox|", StringComparison.Ordinal))
        {
            // Only the worker that claimed an event reads its row.
            await crash.PassAsync(CrashStep.Handle, key.Row);
        }

        return found;
    }

    public ValueTask<EntityPage> QueryAsync(
        string partition, string fromRow, string toRow, int limit, string? continuation, CancellationToken cancellationToken)
        => store.QueryAsync(partition, fromRow, toRow, limit, continuation, cancellationToken);

    public async ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken)
    {
        var (before, after, what) = StepOf(transaction);
        await crash.PassAsync(before, what);
        var result = await store.CommitAsync(transaction, cancellationToken);
        if (result is CommitResult.Committed)
        {
            await crash.PassAsync(after, what);
            foreach (var write in transaction.Writes.ToArray())
            {
                if (write.Kind == StoreWriteKind.Replace && write.Row.StartsWith("outbox|", StringComparison.Ordinal))
                {
                    crash.EndSend(write.Row["outbox|".Length..]);
                }
            }
        }

        return result;
    }

    private (CrashStep Before, CrashStep After, string What) StepOf(StoreTransaction transaction)
    {
        var writes = transaction.Writes;
        foreach (var write in writes)
        {
            switch (write.Kind)
            {
                case StoreWriteKind.Insert when write.Row.StartsWith("inbox|", StringComparison.Ordinal) && HasSeenMark(writes):
                    return (CrashStep.AcceptBefore, CrashStep.AcceptAfter, write.Row);
                case StoreWriteKind.Replace when write.Row.StartsWith("inbox|", StringComparison.Ordinal):
                    return StoredRecords.ToStored<InboxMessage>(write.Entity!).Value.Status == InboxStatus.Handled
                        ? (CrashStep.CommitBefore, CrashStep.CommitAfter, write.Row)
                        : default;
                case StoreWriteKind.Replace when write.Row.StartsWith("outbox|", StringComparison.Ordinal):
                    return StoredRecords.ToStored<OutboxMessage>(write.Entity!).Value.Status == OutboxStatus.Delivered
                        ? (CrashStep.MarkBefore, CrashStep.MarkAfter, write.Row["outbox|".Length..])
                        : default;
                default:
                    break;
            }
        }

        return IsClaim(writes, out var lane) ? (CrashStep.ClaimBefore, CrashStep.ClaimAfter, lane) : default;
    }

    private static bool HasSeenMark(ReadOnlySpan<StoreWrite> writes)
    {
        foreach (var write in writes)
        {
            if (write.Row.StartsWith("seen|", StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A claim is nothing but a lane with an owner and a token that this process has not seen in it.</summary>
    private bool IsClaim(ReadOnlySpan<StoreWrite> writes, out string lane)
    {
        lane = "";
        foreach (var write in writes)
        {
            if (write.Kind == StoreWriteKind.Replace && write.Row.StartsWith("lane|", StringComparison.Ordinal))
            {
                lane = write.Row;
                var state = StoredRecords.ToStored<LaneState>(write.Entity!).Value;
                var isNew = state.Owner is not null && state.Token > _tokens.GetValueOrDefault(lane);
                _tokens[lane] = state.Token;
                return isNew;
            }
        }

        return false;
    }
}
