using System.Collections.Frozen;
using System.Runtime.InteropServices;
using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Requests;
using FeedbackBot.Core.Storage;

namespace FeedbackBot.Core.Deduplication;

/// <summary>
/// The stored requests by their words, in memory: derived from the store at start, kept current by each commit, never the
/// truth. A plain stand-in: it compares the words that a request's title and summary share with the seller's text,
/// the rarer a word the more it counts. What a look-up costs is bounded, however many requests are stored: it looks at the
/// newest requests of the text's rarest words, up to a fixed number, and compares the likeliest of them.
/// </summary>
public sealed class RequestIndex(IStore store, LaneQueues lanes)
{
    private const int WordsAsked = 24;
    private const int RequestsPerWord = 256;
    private const int RequestsLookedAt = 512;
    private const int RequestsCompared = 64;
    private const int LongestWord = 40;
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

    // A word's number is its place in the list. Requests hold numbers, since strings of their own would be most of the memory.
    private readonly List<Word> _words = [];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
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

    /// <summary>Reads all stored requests, a page at a time, and forgets any other.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        IsLoaded = false;
        lock (_gate)
        {
            _words.Clear();
            _numbers.Clear();
            _positions.Clear();
            _entries.Clear();
        }

        await foreach (var request in store.ScanAsync<FeedbackRequest>(lanes.Tenant, FeedbackRequest.Prefix, PageSize, cancellationToken))
        {
            Put(request.Value);
        }

        IsLoaded = true;
    }

    /// <summary>Adds a request, or its changed state.</summary>
    public void Put(FeedbackRequest request)
    {
        lock (_gate)
        {
            if (!_positions.TryGetValue(request.Id, out var position))
            {
                position = _entries.Count;
                _positions.Add(request.Id, position);
                _entries.Add(new Entry(request.Id, request.Title, request.Area, request.Status, []));
            }

            var entry = _entries[position];
            var added = WordsIn($"{request.Title} {request.Summary}", learn: true).Where(word => !entry.Words.Contains(word)).ToList();
            foreach (var word in added)
            {
                _words[word].Requests.Add(position);
            }

            _entries[position] = entry with { Title = request.Title, Status = request.Status, Words = [.. entry.Words, .. added] };
        }
    }

    /// <summary>The requests most like <paramref name="text"/>, the likest first, at most three.</summary>
    public IReadOnlyList<DuplicateCandidate> Find(string text)
    {
        lock (_gate)
        {
            var asked = WordsIn(text, learn: false)
                .OrderBy(word => _words[word].Requests.Count)
                .ThenBy(word => _words[word].Text, StringComparer.Ordinal)
                .Take(WordsAsked)
                .ToList();
            return
            [
                .. Likeliest(asked)
                    .Select(position => (Entry: _entries[position], Share: Share(_entries[position], asked)))
                    .Where(found => found.Share >= LowestScore)
                    .OrderByDescending(found => found.Share)
                    .ThenBy(found => found.Entry.Id.Value, StringComparer.Ordinal)
                    .Take(Offered)
                    .Select(found => Candidate(found.Entry, asked)),
            ];
        }
    }

    /// <summary>The requests that share the most with <paramref name="asked"/>, the rarest words first, as far as it looks.</summary>
    private IEnumerable<int> Likeliest(List<int> asked)
    {
        var scores = new Dictionary<int, double>();
        var left = RequestsLookedAt;
        foreach (var word in asked)
        {
            // The newest ones of a very common word: it says little anyway.
            var requests = CollectionsMarshal.AsSpan(_words[word].Requests);
            var weight = Weight(requests.Length);
            var taken = Math.Min(requests.Length, Math.Min(RequestsPerWord, left));
            foreach (var position in requests[^taken..])
            {
                CollectionsMarshal.GetValueRefOrAddDefault(scores, position, out _) += weight;
            }

            left -= taken;
        }

        return scores.Count <= RequestsCompared
            ? scores.Keys
            : scores.OrderByDescending(score => score.Value).Take(RequestsCompared).Select(score => score.Key);
    }

    private DuplicateCandidate Candidate(Entry entry, List<int> asked)
        => new(entry.Id, entry.Title, entry.Area, entry.Status, [.. asked.Where(entry.Words.Contains).Take(5).Select(word => _words[word].Text)]);

    /// <summary>How much of the request's own weight the asked words make up.</summary>
    private double Share(Entry entry, List<int> asked)
    {
        var shared = 0d;
        var total = 0d;
        for (var index = 0; index < entry.Words.Length; index++)
        {
            var word = entry.Words[index];
            var isAsked = asked.Contains(word);
            if (isAsked || index < WordsAsked)
            {
                var weight = Weight(_words[word].Requests.Count);
                shared += isAsked ? weight : 0;
                total += index < WordsAsked ? weight : 0;
            }
        }

        // Against the request's title words at least, so that two short texts with one word in common are not "the same".
        return shared / Math.Max(total, 3 * Weight(1) / 2);
    }

    private double Weight(int requestsWithWord) => Math.Log(1 + ((double)(_entries.Count + 1) / requestsWithWord));

    /// <summary>The numbers of the words in <paramref name="text"/>, each once, in the text's order; new words only to <paramref name="learn"/> them.</summary>
    private List<int> WordsIn(string text, bool learn)
    {
        var found = new List<int>();
        var seen = new HashSet<int>();
        var start = -1;
        for (var index = 0; index <= text.Length; index++)
        {
            if (index < text.Length && char.IsLetterOrDigit(text[index]))
            {
                start = start < 0 ? index : start;
            }
            else if (start >= 0)
            {
                if (index - start is >= 3 and <= LongestWord
                    && NumberOf(text.AsSpan(start, index - start), learn) is { } number
                    && seen.Add(number))
                {
                    found.Add(number);
                }

                start = -1;
            }
        }

        return found;
    }

    private int? NumberOf(ReadOnlySpan<char> written, bool learn)
    {
        Span<char> lower = stackalloc char[LongestWord];
        var word = lower[..written.ToLowerInvariant(lower)];
        if (_numbers.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(word, out var number))
        {
            return number;
        }

        if (!learn || Stopwords.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word))
        {
            return null;
        }

        var added = new Word(word.ToString(), []);
        _numbers.Add(added.Text, _words.Count);
        _words.Add(added);
        return _words.Count - 1;
    }

    private sealed record Entry(RequestId Id, string Title, string Area, RequestStatus Status, int[] Words);

    /// <summary>A word with the positions of the requests it is in, in the order they came.</summary>
    private sealed record Word(string Text, List<int> Requests);
}
