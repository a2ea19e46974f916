namespace FeedbackBot.Core.Storage;

/// <summary>
/// The store of all that must survive: rows in partitions, read by key or by a range of keys, written by transactions.
/// A commit that returned <see cref="CommitResult.Committed"/> is durable, and every read that begins after it sees it.
/// A key that no row can have is refused with a <see cref="StoreLimitException"/>. Every member throws
/// <see cref="StoreUnavailableException"/> when the store cannot be reached or cannot write; after such a failure of
/// <see cref="CommitAsync"/> it is unknown whether the transaction was taken.
/// </summary>
public interface IStore
{
    /// <summary>Longest page <see cref="QueryAsync"/> gives.</summary>
    const int MaxPageSize = 1000;

    /// <summary>The row, or null.</summary>
    ValueTask<Entity?> FindAsync(EntityKey key, CancellationToken cancellationToken);

    /// <summary>
    /// Rows of <paramref name="partition"/> with <paramref name="fromRow"/> ≤ key &lt; <paramref name="toRow"/>, compared
    /// ordinally, at most <paramref name="limit"/> (1 to <see cref="MaxPageSize"/>) of them. The two bounds need not be keys:
    /// an empty <paramref name="fromRow"/> is before all rows.
    /// </summary>
    /// <param name="continuation">Null for the first page, then what the last page gave for the same range.</param>
    /// <exception cref="ArgumentOutOfRangeException">The limit is not 1 to <see cref="MaxPageSize"/>.</exception>
    /// <exception cref="ArgumentException">The continuation is not one of this range.</exception>
    ValueTask<EntityPage> QueryAsync(
        string partition, string fromRow, string toRow, int limit, string? continuation, CancellationToken cancellationToken);

    /// <summary>
    /// Writes all of <paramref name="transaction"/> or nothing. The transaction must not change until this returns.
    /// </summary>
    ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken);
}

/// <summary>What became of a transaction.</summary>
public abstract record CommitResult
{
    private CommitResult()
    {
    }

    /// <summary>Written, all of it. <paramref name="ETags"/> holds the new version of each inserted or replaced row.</summary>
    public sealed record Committed(IReadOnlyDictionary<string, string> ETags) : CommitResult;

    /// <summary>
    /// Nothing was written, since <paramref name="Row"/> was not as the transaction expected: it exists already (insert),
    /// is another version (replace, delete) or is missing (replace, delete). Where several rows differ, one of them is named.
    /// </summary>
    public sealed record Conflict(string Row) : CommitResult;
}

/// <summary>The store cannot be reached, is locked by another process, or its disk is full.</summary>
public sealed class StoreUnavailableException : Exception
{
    public StoreUnavailableException()
    {
    }

    public StoreUnavailableException(string message)
        : base(message)
    {
    }

    public StoreUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
