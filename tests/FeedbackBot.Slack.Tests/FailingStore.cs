using FeedbackBot.Core.Storage;

namespace FeedbackBot.Slack.Tests;

/// <summary>A store that takes nothing while it is told so.</summary>
internal sealed class FailingStore(IStore inner) : IStore
{
    public bool IsDown { get; set; }

    /// <summary>It takes its time instead: longer than anyone waits.</summary>
    public bool IsSlow { get; set; }

    public ValueTask<Entity?> FindAsync(EntityKey key, CancellationToken cancellationToken) => inner.FindAsync(key, cancellationToken);

    public ValueTask<EntityPage> QueryAsync(
        string partition, string fromRow, string toRow, int limit, string? continuation, CancellationToken cancellationToken)
        => inner.QueryAsync(partition, fromRow, toRow, limit, continuation, cancellationToken);

    public async ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken)
    {
        if (IsSlow)
        {
            await Task.Delay(TimeSpan.FromMinutes(1), TimeProvider.System, cancellationToken);
        }

        return IsDown ? throw new StoreUnavailableException("The test's store is down.") : await inner.CommitAsync(transaction, cancellationToken);
    }
}
