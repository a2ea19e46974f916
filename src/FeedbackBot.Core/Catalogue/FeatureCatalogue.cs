using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Storage;

namespace FeedbackBot.Core.Catalogue;

/// <summary>What an import changed.</summary>
public sealed record CatalogueChange(int Added, int Changed, int Unchanged);

/// <summary>The stored features.</summary>
public sealed class FeatureCatalogue(IStore store, LaneQueues lanes)
{
    private const int PageSize = 500;

    public IAsyncEnumerable<Stored<ExistingFeature>> ReadAsync(CancellationToken cancellationToken)
        => store.ScanAsync<ExistingFeature>(lanes.Tenant, ExistingFeature.Prefix, PageSize, cancellationToken);

    /// <summary>
    /// Writes features, the last of each name; those that are stored and not given stay. Each batch is a transaction: what was
    /// written before a failure is written once more by the next import, to the same effect.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The store cannot be written.</exception>
    public async Task<CatalogueChange> ImportAsync(IReadOnlyList<ExistingFeature> features, CancellationToken cancellationToken)
    {
        var stored = new Dictionary<string, ExistingFeature>(StringComparer.Ordinal);
        await foreach (var found in ReadAsync(cancellationToken))
        {
            stored.Add(found.Key.Row, found.Value);
        }

        var given = new Dictionary<string, ExistingFeature>(StringComparer.Ordinal);
        foreach (var feature in features)
        {
            given[feature.Row] = feature;
        }

        var changed = given.Values.Where(feature => stored.GetValueOrDefault(feature.Row) != feature).ToList();
        foreach (var batch in changed.Chunk(StoreTransaction.MaxWrites))
        {
            var transaction = new StoreTransaction(lanes.Tenant);
            foreach (var feature in batch)
            {
                transaction.Upsert(feature.Row, feature);
            }

            await store.CommitAsync(transaction, cancellationToken);
        }

        var added = changed.Count(feature => !stored.ContainsKey(feature.Row));
        return new CatalogueChange(added, changed.Count - added, given.Count - changed.Count);
    }
}
