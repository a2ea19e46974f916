using FeedbackBot.Core.Storage;

namespace FeedbackBot.Host.Tests.Playground;

/// <summary>A store with a test's hands between it and the service.</summary>
internal sealed class InterruptedStore(IStore store) : IStore
{
    /// <summary>Runs before a commit.</summary>
    public Func<StoreTransaction, Task> BeforeCommit { get; set; } = _ => Task.CompletedTask;

    /// <summary>Runs after a commit, before its caller hears of it.</summary>
    public Func<StoreTransaction, Task> AfterCommit { get; set; } = _ => Task.CompletedTask;

    public ValueTask<Entity?> FindAsync(EntityKey key, CancellationToken cancellationToken) => store.FindAsync(key, cancellationToken);

    public ValueTask<EntityPage> QueryAsync(
        string partition, string fromRow, string toRow, int limit, string? continuation, CancellationToken cancellationToken)
        => store.QueryAsync(partition, fromRow, toRow, limit, continuation, cancellationToken);

    public async ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken)
    {
        await BeforeCommit(transaction);
        var result = await store.CommitAsync(transaction, cancellationToken);
        await AfterCommit(transaction);
        return result;
    }
}
