using FeedbackBot.Core.Catalogue;
using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Requests;
using FeedbackBot.Core.Roadmap;
using FeedbackBot.Core.Storage;

namespace FeedbackBot.Core.Deduplication;

/// <summary>
/// What can be answered without a request, as candidates: what the product can do already, and what is planned. It is found in
/// the same index as the requests, so that one order holds for all.
/// </summary>
public sealed class KnownAnswers : IDisposable
{
    private const int PageSize = 500;

    private readonly TextIndex _index;
    private readonly IStore _store;
    private readonly LaneQueues _lanes;
    private readonly Action<InvalidDataException> _unreadable;

    // One reading after the other: of two at a time, the older one could come last.
    private readonly SemaphoreSlim _loading = new(1, 1);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, DuplicateCandidate> _byRow = new(StringComparer.Ordinal);

    internal KnownAnswers(TextIndex index, IStore store, LaneQueues lanes, Action<InvalidDataException> unreadable)
    {
        _unreadable = unreadable;
        _index = index;
        _store = store;
        _lanes = lanes;
    }

    /// <summary>Reads all stored features and roadmap items, a page at a time, and forgets any other.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await _loading.WaitAsync(cancellationToken);
        try
        {
            HashSet<string> gone;
            lock (_gate)
            {
                gone = [.. _byRow.Keys];
            }

            await TakeAllAsync<ExistingFeature>(Put, gone, cancellationToken);
            await TakeAllAsync<RoadmapItem>(Put, gone, cancellationToken);
            foreach (var row in gone)
            {
                Remove(row);
            }
        }
        finally
        {
            _loading.Release();
        }
    }

    /// <summary>Adds a feature, or what it is now.</summary>
    public void Put(ExistingFeature feature)
        => Put(
            new DuplicateCandidate(new CandidateId(feature.Row), feature.Name, "", RequestStatus.Answered, []) { Link = feature.Link },
            feature.Description);

    /// <summary>Adds a roadmap item, or what it is now; one that was dropped is nothing to be offered.</summary>
    public void Put(RoadmapItem item)
    {
        if (item.Status == RoadmapStatus.Dropped)
        {
            Remove(item.Row);
            return;
        }

        var status = item.Status switch
        {
            RoadmapStatus.Considered => RequestStatus.Open,
            RoadmapStatus.Shipped => RequestStatus.Answered,
            _ => RequestStatus.Planned,
        };
        Put(
            new DuplicateCandidate(new CandidateId(item.Row), item.Title, item.Area, status, [])
            {
                Planned = item.Status is RoadmapStatus.Planned or RoadmapStatus.Started ? item.Date : null,
            },
            item.Description);
    }

    /// <summary>The feature or roadmap item of a row, null if there is none.</summary>
    internal DuplicateCandidate? Find(string row)
    {
        lock (_gate)
        {
            return _byRow.GetValueOrDefault(row);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _loading.Dispose();

    private async Task TakeAllAsync<T>(Action<T> put, HashSet<string> gone, CancellationToken cancellationToken)
        where T : class, ICatalogueEntry
    {
        await foreach (var page in _store.ScanPagesAsync<T>(_lanes.Tenant, T.Prefix, PageSize, _unreadable, cancellationToken))
        {
            foreach (var entry in page)
            {
                put(entry.Value);
                gone.Remove(entry.Key.Row);
            }
        }
    }

    private void Put(DuplicateCandidate candidate, string description)
    {
        var text = new IndexedText(candidate.Id.Value, TextTerms.Of(candidate.Title, description));
        lock (_gate)
        {
            _byRow[candidate.Id.Value] = candidate;
            _index.Put(text);
        }
    }

    private void Remove(string row)
    {
        lock (_gate)
        {
            _byRow.Remove(row);
            _index.Remove(row);
        }
    }
}
