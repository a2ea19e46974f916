using System.Text;
using FeedbackBot.Core.Conversations;
using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Requests;
using FeedbackBot.Core.Storage;
using FeedbackBot.Core.Triage;
using Microsoft.Extensions.Logging;

namespace FeedbackBot.Core.Deduplication;

/// <summary>
/// The stored requests by all of their text, in memory: title, summary and every submission, so that a request is found more
/// easily the more people describe it. Requests that are merged are one document, their root's: two would compete, and neither
/// would lead clearly enough to be certain. Beside them what the product can do already and what is planned, so that one
/// order holds for all that a seller may be offered. Derived from the store at start, kept current by each commit, never the truth.
/// </summary>
public sealed partial class RequestIndex : IDisposable
{
    private const int Offered = 3;

    // Rows that are read, and texts that are taken apart, while as many others are worked on: few enough that what they need
    // meanwhile is garbage before the collector comes, which took a third of the time with a thousand.
    private const int PageSize = 128;
    private const int LoadedAtOnce = 64;

    private static readonly IReadOnlySet<CandidateId> NoCandidates = new HashSet<CandidateId>();

    private readonly TextIndex _index;
    private readonly Lock _gate = new();
    private readonly Dictionary<RequestId, Entry> _entries = [];

    /// <summary>The requests that point to another, by that other, whether it is there or not.</summary>
    private readonly Dictionary<RequestId, HashSet<RequestId>> _parts = [];

    /// <summary>The requests that were made for a roadmap item, the first one first, by the item's row.</summary>
    private readonly Dictionary<string, SortedDictionary<long, RequestId>> _madeFor = new(StringComparer.Ordinal);

    private readonly Dictionary<RequestId, int> _customers = [];
    private readonly IStore _store;
    private readonly LaneQueues _lanes;
    private readonly ILogger<RequestIndex> _logger;
    private volatile bool _isLoaded;

    public RequestIndex(IStore store, LaneQueues lanes, ILogger<RequestIndex> logger, DocumentVectors? vectors = null)
    {
        _logger = logger;
        _store = store;
        _lanes = lanes;
        _index = new TextIndex(vectors);
        Vectors = vectors;
        Answers = new KnownAnswers(_index, store, lanes, LogUnreadable);
    }

    /// <summary>What a model makes of the texts, null without one.</summary>
    public DocumentVectors? Vectors { get; }

    /// <summary>What can be answered without a request.</summary>
    public KnownAnswers Answers { get; }

    /// <summary>How many requests, features and roadmap items can be found, what is part of another not counted.</summary>
    public int Count => _index.Count;

    /// <summary>Set once everything stored is in it.</summary>
    public bool IsLoaded => _isLoaded;

    /// <summary>Reads all stored requests and their submissions, a page at a time, and forgets any other.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        _isLoaded = false;
        lock (_gate)
        {
            foreach (var id in _entries.Keys)
            {
                _index.Remove(id.Value);
            }

            _entries.Clear();
            _parts.Clear();
            _madeFor.Clear();
            _customers.Clear();
        }

        await TakeAllAsync<FeedbackRequest>(FeedbackRequest.Prefix, Take, cancellationToken);
        await TakeAllAsync<Submission>(Submission.Row(new SubmissionId("")), submission => Take(submission), cancellationToken);
        lock (_gate)
        {
            IndexAll();
        }

        await Answers.LoadAsync(cancellationToken);
        Vectors?.AllPut();
        _isLoaded = true;
    }

    /// <summary>Adds a request, or its changed state.</summary>
    public void Put(FeedbackRequest request)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(request.Id, out var entry) && IsFoundAs(entry.Request, request))
            {
                entry.Request = request;
            }
            else
            {
                Change(request.Id, () => Take(request));
            }
        }
    }

    /// <summary>Adds what a submission says to its request, or what it says now; nothing if the request is not there.</summary>
    public void Put(Submission submission)
    {
        lock (_gate)
        {
            if (Take(submission))
            {
                Index(RootOf(submission.Request));
            }
        }
    }

    /// <summary>Takes a request out with all its text; says whether it was there. What was part of it stands for itself.</summary>
    public bool Remove(RequestId request)
    {
        lock (_gate)
        {
            if (!_entries.ContainsKey(request))
            {
                return false;
            }

            Change(request, () => Forget(request));
            return true;
        }
    }

    /// <summary>
    /// What may be what <paramref name="text"/> is about, the likeliest first, at most three, none of <paramref name="except"/>
    /// among them. With <paramref name="now"/> newer requests are likelier than older ones; with the text's <paramref name="vector"/>
    /// the model has a say.
    /// </summary>
    public IReadOnlyList<DuplicateCandidate> Find(
        string text, DateTimeOffset? now = null, IReadOnlySet<CandidateId>? except = null, ReadOnlyMemory<float> vector = default)
        => Candidates(Match(text, now, Asked(except ?? NoCandidates), vector), except ?? NoCandidates);

    /// <summary>
    /// What may be the same as a stored request, the likeliest first, at most three, none of <paramref name="except"/> among
    /// them; nothing if the request is not there or is part of another.
    /// </summary>
    public IReadOnlyList<DuplicateCandidate> FindLike(RequestId request, DateTimeOffset now, IReadOnlySet<CandidateId> except)
    {
        TextTerms terms;
        lock (_gate)
        {
            if (!_entries.ContainsKey(request) || RootOf(request) != request)
            {
                return [];
            }

            terms = DocumentOf(request).Terms;
        }

        // A roadmap item that the request was made for is the request itself.
        var others = except.Append(new CandidateId(request)).ToHashSet();
        return Candidates(_index.Find(new MatchQuery(terms, Now: now, Except: request.Value), Asked(others), MatchingWeights.Shipped), others);
    }

    /// <summary>
    /// What is known of <paramref name="words"/>, the likeliest first, at most <paramref name="top"/>, however unsure; the request
    /// alone where they are its number.
    /// </summary>
    public IReadOnlyList<DuplicateCandidate> Search(string words, int top)
    {
        var matches = RequestId.TryParse(words) is { } request
            ? new[] { new TextMatch(request.Value, 1, MatchBand.Possible, []) }
            : Match(words, null, top);
        lock (_gate)
        {
            return [.. matches.Select(Candidate).OfType<DuplicateCandidate>().DistinctBy(candidate => candidate.Id)];
        }
    }

    /// <summary>How many matches to look at: some are left out, say nothing, or are one with another.</summary>
    private static int Asked(IReadOnlySet<CandidateId> except) => (2 * Offered) + except.Count;

    internal IReadOnlyList<TextMatch> Match(string text, DateTimeOffset? now, int top, ReadOnlyMemory<float> vector = default)
        => _index.Find(new MatchQuery(TextTerms.Of(text), Now: now, Vector: vector), top, MatchingWeights.Shipped);

    /// <summary>Whether a changed request is still found by the same text, and as part of the same one: most changes are answers.</summary>
    private static bool IsFoundAs(FeedbackRequest before, FeedbackRequest after)
        => before.MergedInto == after.MergedInto
            && before.CreatedAt == after.CreatedAt
            && string.Equals(before.Title, after.Title, StringComparison.Ordinal)
            && string.Equals(before.Summary, after.Summary, StringComparison.Ordinal);

    /// <summary>Changes a request, and indexes anew what has become different by that: its tree before and its tree after.</summary>
    private void Change(RequestId id, Action change)
    {
        var touched = new HashSet<RequestId>();
        Touch();
        change();
        Touch();
        foreach (var request in touched)
        {
            _customers.Remove(request);
            Index(request);
        }

        void Touch()
        {
            foreach (var part in WithParts(id))
            {
                touched.Add(part);
                touched.Add(RootOf(part));
            }
        }
    }

    private List<DuplicateCandidate> Candidates(IReadOnlyList<TextMatch> matches, IReadOnlySet<CandidateId> except)
    {
        var found = new List<DuplicateCandidate>(Offered);
        lock (_gate)
        {
            foreach (var match in matches.Where(match => match.Band != MatchBand.New && match.Because.Count > 0))
            {
                // It may have been taken out since, or merged with another of them.
                if (found.Count < Offered
                    && Candidate(match) is { } candidate
                    && !IsOneOf(except, candidate.Id)
                    && found.TrueForAll(other => other.Id != candidate.Id))
                {
                    found.Add(candidate);
                }
            }
        }

        return found;
    }

    /// <summary>
    /// Whether a candidate is one of <paramref name="except"/>, or what has become of it since: the request it was merged into, or
    /// that was made of a roadmap item.
    /// </summary>
    private bool IsOneOf(IReadOnlySet<CandidateId> except, CandidateId candidate)
        => except.Contains(candidate)
            || (except.Count > 0 && candidate.Request is { } request && WithParts(request).Any(part =>
                except.Contains(new CandidateId(part))
                || (_entries.TryGetValue(part, out var entry) && entry.Request.RoadmapItem is { } item && except.Contains(new CandidateId(item)))));

    private DuplicateCandidate? Candidate(TextMatch match)
    {
        var answer = Answers.Find(match.Id);
        var request = answer is null ? new RequestId(match.Id) : _madeFor.GetValueOrDefault(match.Id)?.Values.First();
        return request is { } id && _entries.TryGetValue(RootOf(id), out var entry)
            ? Candidate(entry, match)
            : answer is null ? null : answer with { About = match.Because, Band = match.Band };
    }

    private DuplicateCandidate Candidate(Entry entry, TextMatch match)
    {
        var request = entry.Request;
        return new DuplicateCandidate(new CandidateId(request.Id), request.Title, request.Area, request.Status, match.Because, match.Band)
        {
            Customers = CustomersOf(request.Id),
            Planned = request.Response switch
            {
                { Answer: Response.OnRoadmap planned } => planned.Date,
                null when request.RoadmapItem is { } item => Answers.Find(item)?.Planned,
                _ => null,
            },
            Link = request.Response is { Answer: Response.AlreadyExists exists } ? exists.Where.AbsoluteUri : null,
        };
    }

    /// <summary>How many customers wait for a request and its parts; counted once, until one of them changes.</summary>
    private int CustomersOf(RequestId root)
        => _customers.TryGetValue(root, out var known) ? known : _customers[root] = WithParts(root)
            .SelectMany(part => _entries.TryGetValue(part, out var counted) ? counted.Customers() : [])
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Count();

    private async Task TakeAllAsync<T>(string prefix, Action<T> take, CancellationToken cancellationToken)
        where T : class, IStoredRecord
    {
        await foreach (var page in _store.ScanPagesAsync<T>(_lanes.Tenant, prefix, PageSize, LogUnreadable, cancellationToken))
        {
            lock (_gate)
            {
                foreach (var stored in page)
                {
                    take(stored.Value);
                }
            }
        }
    }

    /// <summary>Indexes all that was taken in. Taking a text apart is about as much work as putting it, so the two go side by side.</summary>
    private void IndexAll()
    {
        // The oldest first is what the index is quickest with.
        var roots = _entries.Values.Where(entry => RootOf(entry.Request.Id) == entry.Request.Id)
            .OrderBy(entry => entry.Request.CreatedAt).Select(entry => entry.Request.Id);
        IndexedText[] ready = [];
        foreach (var chunk in roots.Chunk(LoadedAtOnce).Append([]))
        {
            var (done, next) = (ready, Array.Empty<IndexedText>());
            Parallel.Invoke(
                () => Array.ForEach(done, _index.Put),
                () => next = Array.ConvertAll(chunk, DocumentOf));
            ready = next;
        }
    }

    private void Take(FeedbackRequest request)
    {
        var texts = _entries.GetValueOrDefault(request.Id)?.Texts;
        Forget(request.Id);
        _entries.Add(request.Id, new Entry(request, texts ?? new(StringComparer.Ordinal)));
        if (request.RoadmapItem is { } item)
        {
            if (!_madeFor.TryGetValue(item, out var made))
            {
                _madeFor.Add(item, made = []);
            }

            made[request.Id.Number] = request.Id;
        }

        if (request.MergedInto is { } target)
        {
            if (!_parts.TryGetValue(target, out var parts))
            {
                _parts.Add(target, parts = []);
            }

            parts.Add(request.Id);
        }
    }

    private void Forget(RequestId id)
    {
        if (!_entries.Remove(id, out var entry))
        {
            return;
        }

        if (entry.Request.MergedInto is { } target && _parts[target].Remove(id) && _parts[target].Count == 0)
        {
            _parts.Remove(target);
        }

        if (entry.Request.RoadmapItem is { } item && _madeFor[item].Remove(id.Number) && _madeFor[item].Count == 0)
        {
            _madeFor.Remove(item);
        }
    }

    private bool Take(Submission submission)
    {
        if (!_entries.TryGetValue(submission.Request, out var entry))
        {
            return false;
        }

        _customers.Remove(RootOf(submission.Request));
        var before = entry.Texts.GetValueOrDefault(submission.Id.Value)?.Texts ?? [];
        var names = CustomerName.NamesIn(submission.Customer, submission.Parts.FirstOrDefault(part => part.Topic == Topic.Opening)?.Text ?? "");
        ReadOnlyMemory<char>[] said = [.. submission.Parts.Select(part => part.Text).Concat(submission.NewFacts).Select(text => Kept(Redaction.Of(text, names), entry.Request.Summary))];
        entry.Texts[submission.Id.Value] = new Said(submission.Customer.Trim() is { Length: > 0 } customer ? customer : submission.Id.Value, said);
        return before.Length != said.Length || !before.Zip(said).All(pair => pair.First.Span.SequenceEqual(pair.Second.Span));
    }

    /// <summary>Most of what the first submission says is in the summary, and need not be kept a second time.</summary>
    private static ReadOnlyMemory<char> Kept(string text, string summary)
        => summary.IndexOf(text, StringComparison.Ordinal) is >= 0 and var start ? summary.AsMemory(start, text.Length) : text.AsMemory();

    /// <summary>The request it is part of, as far as that is here; itself where the redirects lead nowhere.</summary>
    private RequestId RootOf(RequestId id)
    {
        var root = id;
        for (var followed = 0; _entries.TryGetValue(root, out var entry) && entry.Request.MergedInto is { } target && _entries.ContainsKey(target); followed++)
        {
            if (followed == MergedRequests.LongestChain)
            {
                // Rows may come here in another order than they were written in, and be a circle for a moment.
                return id;
            }

            root = target;
        }

        return root;
    }

    /// <summary>A request and all that point to it, directly or through others.</summary>
    private HashSet<RequestId> WithParts(RequestId id)
    {
        var found = new HashSet<RequestId> { id };
        var open = new Queue<RequestId>([id]);
        while (open.TryDequeue(out var next))
        {
            foreach (var part in _parts.GetValueOrDefault(next, []))
            {
                if (found.Add(part))
                {
                    open.Enqueue(part);
                }
            }
        }

        return found;
    }

    /// <summary>Gives a request its document as it has to be now; none where it is not there or is part of another.</summary>
    private void Index(RequestId id)
    {
        if (_entries.ContainsKey(id) && RootOf(id) == id)
        {
            _index.Put(DocumentOf(id));
        }
        else
        {
            _index.Remove(id.Value);
        }
    }

    /// <summary>What a request that is part of no other is found by.</summary>
    private IndexedText DocumentOf(RequestId id)
    {
        var root = _entries[id];

        // In one order, whatever came first.
        List<Entry> parts = !_parts.ContainsKey(id) ? [] : [.. WithParts(id).Where(part => part != id && RootOf(part) == id)
            .OrderBy(part => part.Number).ThenBy(part => part.Value, StringComparer.Ordinal)
            .Select(part => _entries[part])];
        var terms = TextTerms.Of(root.Request.Title, Body(root, parts));
        return new IndexedText(id.Value, terms, null, root.Request.CreatedAt, id.Number);
    }

    /// <summary>
    /// All that is said of a request and its parts, as much as is read of a text: so one more submission costs no more with ten
    /// thousand others than with fifty. What parts are about stands before what submissions say, since it must not be cut off first.
    /// </summary>
    private static string Body(Entry root, List<Entry> parts)
    {
        var body = new StringBuilder(root.Request.Summary);
        var texts = parts.Select(part => part.Request.Title.AsMemory())
            .Concat(parts.Select(part => part.Request.Summary.AsMemory()))
            .Concat(parts.Prepend(root).SelectMany(entry => entry.Said()));
        foreach (var text in texts)
        {
            if (body.Length >= TextTerms.LongestText)
            {
                break;
            }

            body.Append('\n').Append(text);
        }

        return body.ToString();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _index.Dispose();
        Answers.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A row cannot be read, so nothing will be found by it.")]
    private partial void LogUnreadable(InvalidDataException exception);

    /// <summary>What one submission says, and for whom.</summary>
    private sealed record Said(string Customer, ReadOnlyMemory<char>[] Texts);

    /// <summary>A request with what its submissions say; by their ids, so that each is told once and always in one order.</summary>
    private sealed class Entry(FeedbackRequest request, SortedDictionary<string, Said> texts)
    {
        public FeedbackRequest Request { get; set; } = request;

        public SortedDictionary<string, Said> Texts { get; } = texts;

        /// <summary>What submissions say besides the summary: what that says already would count twice.</summary>
        public IEnumerable<ReadOnlyMemory<char>> Said()
            => Texts.Values.SelectMany(said => said.Texts).Where(text => !Request.Summary.AsSpan().Contains(text.Span, StringComparison.Ordinal));

        public IEnumerable<string> Customers() => Texts.Values.Select(said => said.Customer);
    }
}
