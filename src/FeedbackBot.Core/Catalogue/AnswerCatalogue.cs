using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Storage;

namespace FeedbackBot.Core.Catalogue;

/// <summary>Something that answers a seller without a request: a feature, or a roadmap item.</summary>
public interface ICatalogueEntry : IStoredRecord
{
    /// <summary>What the rows of its kind begin with.</summary>
    static abstract string Prefix { get; }

    /// <summary>Its row, made from what tells it from the others.</summary>
    string Row { get; }
}

/// <summary>What an import changed.</summary>
public sealed record CatalogueChange(int Added, int Changed, int Unchanged, int Removed);

/// <summary>
/// Row <c>catalogue</c>: replaced with each change of the catalogue, so that a service that runs beside the import notices.
/// </summary>
internal sealed record CatalogueVersion : IStoredRecord
{
    public const string Row = "catalogue";

    public static int Schema => 1;

    public required DateTimeOffset ChangedAt { get; init; }
}

/// <summary>The stored features and roadmap items.</summary>
public sealed class AnswerCatalogue(IStore store, LaneQueues lanes, TimeProvider time)
{
    private const int PageSize = 500;

    public IAsyncEnumerable<Stored<T>> ReadAsync<T>(CancellationToken cancellationToken)
        where T : class, ICatalogueEntry
        => store.ScanAsync<T>(lanes.Tenant, T.Prefix, PageSize, cancellationToken);

    /// <summary>
    /// Writes entries, the last of each row; those that are stored and not given stay, or go where they are to
    /// <paramref name="replaceAll"/>. Each batch is a transaction: what was written before a failure is written once more by the
    /// next import, to the same effect.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The store cannot be written.</exception>
    public async Task<CatalogueChange> ImportAsync<T>(IReadOnlyList<T> entries, bool replaceAll, CancellationToken cancellationToken)
        where T : class, ICatalogueEntry
    {
        var stored = new Dictionary<string, T>(StringComparer.Ordinal);
        await foreach (var found in ReadAsync<T>(cancellationToken))
        {
            stored.Add(found.Key.Row, found.Value);
        }

        var given = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            given[entry.Row] = entry;
        }

        var changed = given.Values.Where(entry => !entry.Equals(stored.GetValueOrDefault(entry.Row))).ToList();
        var removed = replaceAll ? stored.Keys.Where(row => !given.ContainsKey(row)).ToList() : [];
        var writes = changed.Select(entry => (Action<StoreTransaction>)(transaction => transaction.Upsert(entry.Row, entry)))
            .Concat(removed.Select(row => (Action<StoreTransaction>)(transaction => transaction.Delete(row))));
        foreach (var batch in writes.Chunk(StoreTransaction.MaxWrites - 1))
        {
            var transaction = new StoreTransaction(lanes.Tenant);
            transaction.Upsert(CatalogueVersion.Row, new CatalogueVersion { ChangedAt = time.GetUtcNow() });
            foreach (var write in batch)
            {
                write(transaction);
            }

            await store.CommitAsync(transaction, cancellationToken);
        }

        var added = changed.Count(entry => !stored.ContainsKey(entry.Row));
        return new CatalogueChange(added, changed.Count - added, given.Count - changed.Count, removed.Count);
    }
}
