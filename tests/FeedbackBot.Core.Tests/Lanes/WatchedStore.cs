using FeedbackBot.Core.Storage;

namespace FeedbackBot.Core.Tests.Lanes;

/// <summary>A store with a test's hands between it and whoever uses it.</summary>
internal sealed class WatchedStore(IStore store) : IStore
{
    /// <summary>Runs before a row is read.</summary>
    public Func<EntityKey, Task> BeforeFind { get; set; } = _ => Task.CompletedTask;

    /// <summary>Runs before a commit.</summary>
    public Func<StoreTransaction, Task> BeforeCommit { get; set; } = _ => Task.CompletedTask;

    /// <summary>Runs after a commit that was taken and before its caller hears of it.</summary>
    public Func<StoreTransaction, Task> AfterCommit { get; set; } = _ => Task.CompletedTask;

    public async ValueTask<Entity?> FindAsync(EntityKey key, CancellationToken cancellationToken)
    {
        await BeforeFind(key);
        return await store.FindAsync(key, cancellationToken);
    }

    public ValueTask<EntityPage> QueryAsync(
        string partition, string fromRow, string toRow, int limit, string? continuation, CancellationToken cancellationToken)
        => store.QueryAsync(partition, fromRow, toRow, limit, continuation, cancellationToken);

    public async ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken)
    {
        await BeforeCommit(transaction);
        var result = await store.CommitAsync(transaction, cancellationToken);
        if (result is CommitResult.Committed)
        {
            await AfterCommit(transaction);
        }

        return result;
    }
}
