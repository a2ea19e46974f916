using System.Collections.Concurrent;

namespace FeedbackBot.Core.Deduplication;

/// <summary>
/// Finds the texts that are about the same need as a query, in memory: retrieval of a few hundred by their terms, then a fitted
/// order and a fitted probability. Readers run beside each other; a writer waits for those at work, some milliseconds.
/// The same texts give the same answers, whatever was put and removed before and in which order.
/// </summary>
internal sealed class TextIndex : IDisposable
{
    private readonly DocumentVectors? _vectors;
    private readonly ReaderWriterLockSlim _gate = new();
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _numbersBySpan;
    private readonly Dictionary<string, int> _slots = new(StringComparer.Ordinal);
    private readonly Stack<int> _freeSlots = [];
    private readonly CorpusFigures _figures = new();
    private readonly ConcurrentBag<Retrieval> _retrievals = [];
    private Postings[] _postings = [];
    private int[] _withTerm = [];
    private IndexedDocument?[] _documents = [];

    /// <summary>An index without texts.</summary>
    /// <param name="vectors">What a model makes of the texts, null without one.</param>
    public TextIndex(DocumentVectors? vectors = null)
    {
        _numbersBySpan = _numbers.GetAlternateLookup<ReadOnlySpan<char>>();
        _vectors = vectors;
    }

    public int Count
    {
        get
        {
            _gate.EnterReadLock();
            try
            {
                return _figures.Count;
            }
            finally
            {
                _gate.ExitReadLock();
            }
        }
    }

    /// <summary>Adds a text, or puts it in the place of the one with its id.</summary>
    public void Put(IndexedText text)
    {
        _vectors?.Put(text.Id, text.Terms.Text);
        _gate.EnterWriteLock();
        try
        {
            RemoveLocked(text.Id);
            var document = IndexedDocument.Of(text, NumberOfNew);
            var slot = FreeSlot();
            _documents[slot] = document;
            _slots.Add(text.Id, slot);
            _figures.Add(document, 1);
            for (var i = 0; i < document.Terms.Length; i++)
            {
                var counts = document.Counts[i];
                var code = Retrieval.CodeOf(
                    IndexedDocument.Count(counts) + IndexedDocument.TitleCount(counts), document.Length + document.TitleLength);
                _postings[document.Terms[i]].Add(slot, code, document.Moment, _documents);
                _withTerm[document.Terms[i]]++;
            }
        }
        finally
        {
            _gate.ExitWriteLock();
        }
    }

    /// <summary>Takes a text out; says whether it was there.</summary>
    public bool Remove(string id)
    {
        _vectors?.Remove(id);
        _gate.EnterWriteLock();
        try
        {
            return RemoveLocked(id);
        }
        finally
        {
            _gate.ExitWriteLock();
        }
    }

    /// <summary>The likeliest texts, at most <paramref name="top"/>, the likeliest first.</summary>
    public IReadOnlyList<TextMatch> Find(MatchQuery query, int top, MatchingWeights weights)
    {
        _gate.EnterReadLock();
        try
        {
            var asked = Ask(query);
            var candidates = Compare(query, asked);
            var lifts = query.Vector.IsEmpty ? null : _vectors?.Lifts(query.Vector.Span, candidates.ConvertAll(candidate => candidate.Document.Id));
            var order = new RankedCandidates(
                candidates.ConvertAll(candidate => candidate.Signals), candidates.ConvertAll(candidate => candidate.Document.Moment), weights, lifts);
            var matches = new List<TextMatch>();
            foreach (var place in order.Best(top))
            {
                var (score, band) = order.Judge(place);
                matches.Add(new TextMatch(candidates[place].Document.Id, score, band, SharedPhrases.Of(query.Terms, asked, candidates[place].Document, NumberOfKnown)));
            }

            return matches;
        }
        finally
        {
            _gate.ExitReadLock();
        }
    }

    /// <summary>The candidates with what is measured of them, for fitting.</summary>
    public IReadOnlyList<(string Id, Moment Moment, float[] Signals)> Measure(MatchQuery query)
    {
        _gate.EnterReadLock();
        try
        {
            return Compare(query, Ask(query)).ConvertAll(candidate => (candidate.Document.Id, candidate.Document.Moment, candidate.Signals));
        }
        finally
        {
            _gate.ExitReadLock();
        }
    }

    public void Dispose() => _gate.Dispose();

    private AskedTerms Ask(MatchQuery query)
        => new(query.Terms, NumberOfKnown, number => _figures.Rarity(number < 0 ? 0 : _withTerm[number]));

    private List<(IndexedDocument Document, float[] Signals)> Compare(MatchQuery query, AskedTerms asked)
    {
        var retrieval = _retrievals.TryTake(out var used) ? used : new Retrieval();
        var slots = retrieval.Run(query, asked, _postings, _documents, _figures.AverageWeighted);
        _retrievals.Add(retrieval);
        using var comparison = new Comparison(query, asked, _figures, _withTerm);
        var candidates = new List<(IndexedDocument Document, float[] Signals)>(slots.Count);
        foreach (var slot in slots)
        {
            var signals = new float[MatchingWeights.Signals];
            comparison.Measure(_documents[slot]!, signals);
            candidates.Add((_documents[slot]!, signals));
        }

        Comparison.Share([.. candidates.Select(candidate => candidate.Signals)]);
        return candidates;
    }

    private bool RemoveLocked(string id)
    {
        if (!_slots.Remove(id, out var slot))
        {
            return false;
        }

        var document = _documents[slot]!;
        foreach (var term in document.Terms)
        {
            _postings[term].Remove(document.Moment, _documents);
            _withTerm[term]--;
        }

        _figures.Add(document, -1);
        _documents[slot] = null;
        _freeSlots.Push(slot);
        return true;
    }

    private int FreeSlot()
    {
        if (_freeSlots.TryPop(out var slot))
        {
            return slot;
        }

        slot = _slots.Count;
        if (slot >= _documents.Length)
        {
            Array.Resize(ref _documents, Math.Max(16, _documents.Length * 2));
        }

        return slot;
    }

    private int NumberOfKnown(TextTerms text, Term term) => _numbersBySpan.TryGetValue(text.FormOf(term), out var number) ? number : -1;

    private int NumberOfNew(TextTerms text, Term term)
    {
        if (_numbersBySpan.TryGetValue(text.FormOf(term), out var number))
        {
            return number;
        }

        number = _numbers.Count;
        if (number >= _postings.Length)
        {
            Array.Resize(ref _postings, Math.Max(256, number * 2));
            Array.Resize(ref _withTerm, _postings.Length);
        }

        _postings[number] = new Postings();
        _numbers.Add(text.FormOf(term).ToString(), number);
        return number;
    }
}
