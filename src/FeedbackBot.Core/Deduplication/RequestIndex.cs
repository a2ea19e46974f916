using System.Collections.Frozen;
using System.Runtime.InteropServices;
using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Requests;
using FeedbackBot.Core.Storage;

namespace FeedbackBot.Core.Deduplication;

/// <summary>
/// The stored requests by their words, in memory: derived from the store at start, kept current by each commit, never the
/// truth. A plain stand-in: it compares the words that a request's title and summary share with the seller's text,
/// the rarer a word the more it counts. The cost of a look-up does not depend on how many requests are stored.
/// </summary>
public sealed class RequestIndex(IStore store, LaneQueues lanes)
{
    private const int WordsAsked = 24;
    private const int RequestsPerWord = 256;
    private const int Offered = 3;
    private const int PageSize = 500;
    private const double LowestScore = 0.3;

    private static readonly FrozenSet<string> Stopwords = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "about", "also", "and", "any", "are", "because", "been", "but", "can", "cannot", "could", "customer", "customers", "does", "each",
        "for", "from", "get", "has", "have", "how", "into", "its", "more", "most", "need", "needs", "not", "now", "one", "only", "our", "out",
        "product", "that", "the", "their", "them", "then", "there", "they", "this", "until", "want", "wants", "was", "what", "when", "which",
        "will", "with", "without", "would", "you", "your", "blocked", "buy", "feature", "issue", "specific", "due");

    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<int>> _byWord = new(StringComparer.Ordinal);
    private readonly Dictionary<RequestId, int> _positions = [];
    private readonly List<Entry> _entries = [];

    /// <summary>How many requests it holds.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>Set once everything stored is in it.</summary>
    public bool IsLoaded { get; private set; }

    /// <summary>Reads all stored requests, a page at a time.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await foreach (var request in store.ScanAsync<FeedbackRequest>(lanes.Tenant, FeedbackRequest.Prefix, PageSize, cancellationToken))
        {
            Put(request.Value);
        }

        IsLoaded = true;
    }

    /// <summary>Adds a request, or its changed state.</summary>
    public void Put(FeedbackRequest request)
    {
        var words = Words($"{request.Title} {request.Summary}");
        lock (_gate)
        {
            if (!_positions.TryGetValue(request.Id, out var position))
            {
                position = _entries.Count;
                _positions.Add(request.Id, position);
                _entries.Add(new Entry(request.Id, request.Title, request.Area, request.Status, []));
            }

            var entry = _entries[position];
            _entries[position] = entry with { Title = request.Title, Status = request.Status };
            foreach (var word in words)
            {
                if (entry.Words.Add(word))
                {
                    ref var positions = ref CollectionsMarshal.GetValueRefOrAddDefault(_byWord, word, out _);
                    (positions ??= []).Add(position);
                }
            }
        }
    }

    /// <summary>The requests most like <paramref name="text"/>, the likest first, at most three.</summary>
    public IReadOnlyList<DuplicateCandidate> Find(string text)
    {
        lock (_gate)
        {
            var asked = Words(text)
                .Select(word => (Word: word, Positions: _byWord.GetValueOrDefault(word)))
                .Where(found => found.Positions is not null)
                .OrderBy(found => found.Positions!.Count)
                .ThenBy(found => found.Word, StringComparer.Ordinal)
                .Take(WordsAsked)
                .ToList();
            var scores = new Dictionary<int, double>();
            foreach (var (_, positions) in asked)
            {
                // The newest ones of a very common word: it says little anyway.
                var weight = Weight(positions!.Count);
                foreach (var position in CollectionsMarshal.AsSpan(positions)[Math.Max(0, positions.Count - RequestsPerWord)..])
                {
                    CollectionsMarshal.GetValueRefOrAddDefault(scores, position, out _) += weight;
                }
            }

            return
            [
                .. scores
                    .Select(score => (Entry: _entries[score.Key], Share: score.Value / TotalWeight(_entries[score.Key])))
                    .Where(found => found.Share >= LowestScore)
                    .OrderByDescending(found => found.Share)
                    .ThenBy(found => found.Entry.Id.Value, StringComparer.Ordinal)
                    .Take(Offered)
                    .Select(found => Candidate(found.Entry, asked.Select(word => word.Word))),
            ];
        }
    }

    private static DuplicateCandidate Candidate(Entry entry, IEnumerable<string> asked)
        => new(entry.Id, entry.Title, entry.Area, entry.Status, [.. asked.Where(entry.Words.Contains).Take(5)]);

    private double TotalWeight(Entry entry)
    {
        // Against the request's title words at least, so that two short texts with one word in common are not "the same".
        var total = 0d;
        foreach (var word in entry.Words.Take(WordsAsked))
        {
            total += Weight(_byWord[word].Count);
        }

        return Math.Max(total, 3 * Weight(1) / 2);
    }

    private double Weight(int requestsWithWord) => Math.Log(1 + ((double)(_entries.Count + 1) / requestsWithWord));

    private static HashSet<string> Words(string text)
    {
        var words = new HashSet<string>(StringComparer.Ordinal);
        var start = -1;
        for (var index = 0; index <= text.Length; index++)
        {
            if (index < text.Length && char.IsLetterOrDigit(text[index]))
            {
                start = start < 0 ? index : start;
            }
            else if (start >= 0)
            {
                if (index - start is >= 3 and <= 40 && text[start..index].ToLowerInvariant() is var word && !Stopwords.Contains(word))
                {
                    words.Add(word);
                }

                start = -1;
            }
        }

        return words;
    }

    private sealed record Entry(RequestId Id, string Title, string Area, RequestStatus Status, HashSet<string> Words);
}
