namespace FeedbackBot.Core.Deduplication;

/// <summary>
/// The documents that are worth comparing with a query: a first, rough BM25 over the query's terms, the rarest first, and the
/// newest documents of each, up to a fixed number. What it costs is bounded, however many documents there are.
/// </summary>
internal sealed class Retrieval
{
    /// <summary>Documents that are compared at most.</summary>
    public const int Compared = 200;

    // Documents whose age is looked at, at least, where there are that many.
    private const int LookedAt = 1_024;
    private const int Steps = 512;

    private const int PerTerm = 8_192;
    private const int InAll = 65_536;
    private const float Saturation = 1.2f;
    private const float LengthPenalty = 0.5f;

    // What being one logarithm of days older costs, against the best score of 1.
    private const float AgePenalty = 0.06f;

    private readonly int[] _touched = new int[InAll];
    private readonly (float Score, int Slot)[] _best = new (float, int)[Compared];
    private readonly int[] _steps = new int[Steps + 1];
    private readonly float[] _factors = new float[256];
    private float[] _scores = [];
    private int _touchedCount;
    private int _bestCount;

    /// <summary>What the byte beside a posting says: how often, up to 15, and how long the document is, in steps of half a doubling.</summary>
    public static byte CodeOf(int count, int length)
        => (byte)(Math.Min(count, 15) | (Math.Clamp((int)MathF.Round(2 * MathF.Log2(Math.Max(length, 1) / 4f)), 0, 15) << 4));

    /// <summary>The slots of the documents, in no order.</summary>
    public List<int> Run(MatchQuery query, AskedTerms asked, Postings[] postings, IndexedDocument?[] documents, float averageLength)
    {
        if (_scores.Length < documents.Length)
        {
            _scores = new float[documents.Length];
        }

        FillFactors(averageLength);
        var left = InAll;
        foreach (var term in asked.Asked)
        {
            if (term.Number >= 0)
            {
                left -= AddUp(term.Weight, postings[term.Number], query, documents, Math.Min(PerTerm, left));
            }
        }

        PickBest(query, documents);
        foreach (var slot in _touched.AsSpan(0, _touchedCount))
        {
            _scores[slot] = 0;
        }

        var slots = new List<int>(_bestCount);
        foreach (var (_, slot) in _best.AsSpan(0, _bestCount))
        {
            slots.Add(slot);
        }

        (_touchedCount, _bestCount) = (0, 0);
        return slots;
    }

    private void FillFactors(float averageLength)
    {
        for (var code = 0; code < _factors.Length; code++)
        {
            var count = code & 15;
            var length = 4 * MathF.Pow(2, (code >> 4) / 2f);
            _factors[code] = count * (Saturation + 1) / (count + (Saturation * (1 - LengthPenalty + (LengthPenalty * length / averageLength))));
        }
    }

    private int AddUp(float weight, Postings postings, MatchQuery query, IndexedDocument?[] documents, int most)
    {
        var end = query.Before is { } before
            ? postings.FirstFrom(new Moment(before.Created.UtcTicks, before.Order, ""), documents)
            : postings.Count;
        var start = Math.Max(0, end - most);
        var slots = postings.Slots[start..end];
        var codes = postings.Codes[start..end];
        for (var i = 0; i < slots.Length; i++)
        {
            ref var score = ref _scores[slots[i]];
            if (score == 0)
            {
                _touched[_touchedCount++] = slots[i];
            }

            score += weight * _factors[codes[i]];
        }

        return slots.Length;
    }

    private void PickBest(MatchQuery query, IndexedDocument?[] documents)
    {
        var touched = _touched.AsSpan(0, _touchedCount);
        var highest = 0f;
        foreach (var slot in touched)
        {
            if (query.Product is not null && !IsFor(query, documents[slot]!))
            {
                _scores[slot] = 0;
            }
            else if (_scores[slot] > highest && IsFor(query, documents[slot]!))
            {
                highest = _scores[slot];
            }
        }

        // Looking at a document costs more than adding up its score, so only the best by score are looked at for their age.
        var lowest = LowestLookedAt(touched, highest);
        foreach (var slot in touched)
        {
            if (_scores[slot] > 0 && StepOf(_scores[slot], highest) >= lowest && IsFor(query, documents[slot]!))
            {
                var days = Comparison.DaysBetween(query, documents[slot]!) ?? 0;
                Offer((_scores[slot] / highest) - (AgePenalty * MathF.Log(1 + days)), slot, documents);
            }
        }
    }

    /// <summary>The step of the scores from which on there are enough documents; all of a step or none, so that no order matters.</summary>
    private int LowestLookedAt(ReadOnlySpan<int> touched, float highest)
    {
        Array.Clear(_steps);
        foreach (var slot in touched)
        {
            _steps[StepOf(_scores[slot], highest)]++;
        }

        var step = Steps;
        for (var count = 0; step > 0 && count < LookedAt; step--)
        {
            count += _steps[step];
        }

        return step;
    }

    // The text that is left out may have more than the highest score.
    private static int StepOf(float score, float highest) => highest > 0 ? Math.Min(Steps, (int)(score / highest * Steps)) : 0;

    private static bool IsFor(MatchQuery query, IndexedDocument document)
        => (query.Product is null || string.Equals(query.Product, document.Product, StringComparison.Ordinal))
            && (query.Except is null || !string.Equals(query.Except, document.Id, StringComparison.Ordinal));

    /// <summary>Keeps the best ones in a heap with the least of them on top.</summary>
    private void Offer(float score, int slot, IndexedDocument?[] documents)
    {
        if (_bestCount < Compared)
        {
            var i = _bestCount++;
            for (var parent = (i - 1) / 2; i > 0 && IsLess((score, slot), _best[parent], documents); parent = (i - 1) / 2)
            {
                _best[i] = _best[parent];
                i = parent;
            }

            _best[i] = (score, slot);
        }
        else if (IsLess(_best[0], (score, slot), documents))
        {
            SinkFromTop((score, slot), documents);
        }
    }

    private void SinkFromTop((float Score, int Slot) item, IndexedDocument?[] documents)
    {
        var i = 0;
        while ((2 * i) + 1 < _bestCount)
        {
            var child = (2 * i) + 1;
            child += child + 1 < _bestCount && IsLess(_best[child + 1], _best[child], documents) ? 1 : 0;
            if (!IsLess(_best[child], item, documents))
            {
                break;
            }

            _best[i] = _best[child];
            i = child;
        }

        _best[i] = item;
    }

    private static bool IsLess((float Score, int Slot) left, (float Score, int Slot) right, IndexedDocument?[] documents)
    {
        var byScore = left.Score.CompareTo(right.Score);
        return byScore != 0 ? byScore < 0 : documents[left.Slot]!.Moment < documents[right.Slot]!.Moment;
    }
}
