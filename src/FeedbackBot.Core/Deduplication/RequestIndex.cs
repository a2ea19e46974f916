using System.Globalization;
using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Requests;
using FeedbackBot.Core.Storage;

namespace FeedbackBot.Core.Deduplication;

/// <summary>
/// The stored requests by all of their text, in memory: title, summary and every submission, so that a request is found more
/// easily the more people describe it. Derived from the store at start, kept current by each commit, never the truth.
/// </summary>
public sealed class RequestIndex(IStore store, LaneQueues lanes) : IDisposable
{
    private const int Offered = 3;
    private const int PageSize = 500;

    private readonly TextIndex _index = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>How many requests it holds.</summary>
    public int Count => _index.Count;

    /// <summary>Set once everything stored is in it.</summary>
    public bool IsLoaded { get; private set; }

    /// <summary>Reads all stored requests and their submissions, a page at a time, and forgets any other.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        IsLoaded = false;
        lock (_gate)
        {
            foreach (var id in _entries.Keys)
            {
                _index.Remove(id);
            }

            _entries.Clear();
        }

        await foreach (var request in store.ScanAsync<FeedbackRequest>(lanes.Tenant, FeedbackRequest.Prefix, PageSize, cancellationToken))
        {
            lock (_gate)
            {
                Take(request.Value);
            }
        }

        await foreach (var submission in store.ScanAsync<Submission>(lanes.Tenant, Submission.Row(new SubmissionId("")), PageSize, cancellationToken))
        {
            lock (_gate)
            {
                Take(submission.Value);
            }
        }

        lock (_gate)
        {
            // The oldest first is what the index is quickest with.
            foreach (var entry in _entries.Values.Where(entry => !entry.IsIndexed).OrderBy(entry => entry.Request.CreatedAt).ToList())
            {
                Index(entry);
            }
        }

        IsLoaded = true;
    }

    /// <summary>Adds a request, or its changed state.</summary>
    public void Put(FeedbackRequest request)
    {
        lock (_gate)
        {
            if (Take(request) is { IsIndexed: false } entry)
            {
                Index(entry);
            }
        }
    }

    /// <summary>Adds what a submission says to its request, or what it says now; nothing if the request is not there.</summary>
    public void Put(Submission submission)
    {
        lock (_gate)
        {
            if (Take(submission) is { IsIndexed: false } entry)
            {
                Index(entry);
            }
        }
    }

    /// <summary>Takes a request out with all its text; says whether it was there.</summary>
    public bool Remove(RequestId request)
    {
        lock (_gate)
        {
            return _entries.Remove(request.Value) && _index.Remove(request.Value);
        }
    }

    /// <summary>
    /// The requests that may be what <paramref name="text"/> is about, the likeliest first, at most three. With
    /// <paramref name="now"/> newer requests are likelier than older ones.
    /// </summary>
    public IReadOnlyList<DuplicateCandidate> Find(string text, DateTimeOffset? now = null)
    {
        var matches = Match(text, now, Offered);
        var found = new List<DuplicateCandidate>(matches.Count);
        lock (_gate)
        {
            foreach (var match in matches.Where(match => match.Band != MatchBand.New))
            {
                // It may have been taken out since.
                if (_entries.TryGetValue(match.Id, out var entry))
                {
                    var request = entry.Request;
                    found.Add(new DuplicateCandidate(request.Id, request.Title, request.Area, request.Status, match.Because, match.Band));
                }
            }
        }

        return found;
    }

    internal IReadOnlyList<TextMatch> Match(string text, DateTimeOffset? now, int top)
        => _index.Find(new MatchQuery(TextTerms.Of(text), Now: now), top, MatchingWeights.Shipped);

    private Entry Take(FeedbackRequest request)
    {
        if (!_entries.TryGetValue(request.Id.Value, out var entry))
        {
            entry = new Entry(request);
            _entries.Add(request.Id.Value, entry);
        }

        entry.IsIndexed &= string.Equals(entry.Request.Title, request.Title, StringComparison.Ordinal)
            && string.Equals(entry.Request.Summary, request.Summary, StringComparison.Ordinal);
        entry.Request = request;
        return entry;
    }

    private Entry? Take(Submission submission)
    {
        if (!_entries.TryGetValue(submission.Request.Value, out var entry))
        {
            return null;
        }

        // What the summary says already would count twice.
        var said = submission.Parts.Select(part => part.Text).Concat(submission.NewFacts)
            .Where(text => !entry.Request.Summary.Contains(text, StringComparison.Ordinal));
        var text = string.Join('\n', said);
        if (!string.Equals(entry.Texts.GetValueOrDefault(submission.Id.Value, ""), text, StringComparison.Ordinal))
        {
            entry.Texts[submission.Id.Value] = text;
            entry.IsIndexed = false;
        }

        return entry;
    }

    private void Index(Entry entry)
    {
        var request = entry.Request;
        var body = string.Join('\n', [request.Summary, .. entry.Texts.Values]);
        var number = long.TryParse(request.Id.Value.AsSpan(request.Id.Value.IndexOf('-', StringComparison.Ordinal) + 1), CultureInfo.InvariantCulture, out var parsed) ? parsed : 0;
        _index.Put(new IndexedText(request.Id.Value, TextTerms.Of(request.Title, body), null, request.CreatedAt, number));
        entry.IsIndexed = true;
    }

    /// <inheritdoc/>
    public void Dispose() => _index.Dispose();

    /// <summary>A request with what its submissions say besides; by their ids, so that each is told once and always in one order.</summary>
    private sealed class Entry(FeedbackRequest request)
    {
        public FeedbackRequest Request { get; set; } = request;

        public SortedDictionary<string, string> Texts { get; } = new(StringComparer.Ordinal);

        public bool IsIndexed { get; set; }
    }
}
