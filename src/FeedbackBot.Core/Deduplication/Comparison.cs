using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace FeedbackBot.Core.Deduplication;

/// <summary>Measures the <see cref="MatchSignal"/>s between one query and the documents that may match it.</summary>
internal sealed class Comparison : IDisposable
{
    private const float Saturation = 1.2f;
    private const float LengthPenalty = 0.5f;
    private const float TitleSaturation = 1f;
    private const float TitleLengthPenalty = 0.4f;

    // Where the age of one of the two is not known: what most pairs of texts have between them.
    private const float UnknownAge = 365;

    private static readonly ConcurrentBag<float[]> WeightsPool = [];

    private readonly MatchQuery _query;
    private readonly AskedTerms _asked;
    private readonly CorpusFigures _figures;
    private readonly int[] _withTerm;
    private readonly PieceWeights _pieces;
    private readonly PieceWeights _titlePieces;
    private readonly bool[] _found;

    public Comparison(MatchQuery query, AskedTerms asked, CorpusFigures figures, int[] withTerm)
    {
        _query = query;
        _asked = asked;
        _figures = figures;
        _withTerm = withTerm;
        _pieces = new PieceWeights(query.Terms.Pieces, figures, figures.PieceLogarithms);
        _titlePieces = new PieceWeights(query.Terms.TitlePieces, figures, figures.TitlePieceLogarithms);
        _found = new bool[asked.Asked.Length];
    }

    /// <summary>The days between the query and the document, not below zero; nothing if one has no date.</summary>
    public static float? DaysBetween(MatchQuery query, IndexedDocument document)
        => query.Now is { } now && document.HasDate ? (float)Math.Max(0, (now.UtcTicks - document.Moment.Ticks) / (double)TimeSpan.TicksPerDay) : null;

    /// <summary>Fills in all but the signals that need the other candidates.</summary>
    public void Measure(IndexedDocument document, Span<float> signals)
    {
        CompareTerms(document, signals);
        signals[(int)MatchSignal.Pieces] = _pieces.Cosine(document.Pieces, _figures.PieceLogarithms);
        signals[(int)MatchSignal.TitlePieces] = _titlePieces.Cosine(document.TitlePieces, _figures.TitlePieceLogarithms);
        var havePrefix = _query.Terms.Prefix != 0 && document.Prefix != 0;
        signals[(int)MatchSignal.SamePrefix] = havePrefix && _query.Terms.Prefix == document.Prefix ? 1 : 0;
        signals[(int)MatchSignal.OtherPrefix] = havePrefix && _query.Terms.Prefix != document.Prefix ? 1 : 0;
        signals[(int)MatchSignal.DocumentLength] = MathF.Log(1 + document.Terms.Length);
        signals[(int)MatchSignal.QueryLength] = MathF.Log(1 + _asked.Asked.Length);
        signals[(int)MatchSignal.StoreSize] = MathF.Log(1 + _figures.Count);
        var days = DaysBetween(_query, document) ?? UnknownAge;
        signals[(int)MatchSignal.Age] = MathF.Log(1 + days);
        signals[(int)MatchSignal.SameDays] = MathF.Exp(-days / 3);
        signals[(int)MatchSignal.SameWeeks] = MathF.Exp(-days / 30);
        signals[(int)MatchSignal.SameYear] = MathF.Exp(-days / 300);
    }

    /// <summary>Fills in a signal's share of the highest one among the candidates.</summary>
    public static void Share(float[][] candidates)
    {
        for (var signal = MatchSignal.All; signal <= MatchSignal.Shared; signal++)
        {
            var highest = 0f;
            foreach (var signals in candidates)
            {
                highest = Math.Max(highest, signals[(int)signal]);
            }

            var share = (int)signal + (MatchSignal.AllShare - MatchSignal.All);
            foreach (var signals in candidates)
            {
                signals[share] = highest > 0 ? signals[(int)signal] / highest : 0;
            }
        }
    }

    public void Dispose()
    {
        _pieces.Dispose();
        _titlePieces.Dispose();
    }

    private void CompareTerms(IndexedDocument document, Span<float> signals)
    {
        var longAll = Penalty(document.Length + document.TitleLength, _figures.AverageWeighted, Saturation, LengthPenalty);
        var longPlain = Penalty(document.Length, _figures.AverageLength, Saturation, LengthPenalty);
        var longTitle = Penalty(document.TitleLength, _figures.AverageTitle, TitleSaturation, TitleLengthPenalty);
        var sums = default(Sums);
        Array.Clear(_found);
        for (var i = 0; i < document.Terms.Length; i++)
        {
            var number = document.Terms[i];
            var count = IndexedDocument.Count(document.Counts[i]);
            var titleCount = IndexedDocument.TitleCount(document.Counts[i]);
            var rarity = _figures.Rarity(_withTerm[number]);
            var weight = LogCounts.Of(count + titleCount) * rarity;
            var titleWeight = LogCounts.Of(titleCount) * rarity;
            sums.AddTerm(rarity, weight, titleWeight);
            var place = _asked.Find(number);
            if (place >= 0)
            {
                ref readonly var asked = ref _asked.Asked[place];
                _found[place] = true;
                sums.AddShared(asked, rarity, weight, titleWeight);
                signals[(int)MatchSignal.All] += asked.Weight * Saturated(count + titleCount, Saturation, longAll);
                signals[(int)MatchSignal.AllInTitle] += asked.PlainWeight * Saturated(titleCount, TitleSaturation, longTitle);
                signals[(int)MatchSignal.TitleInAll] += asked.TitleWeight * Saturated(count, Saturation, longPlain);
                signals[(int)MatchSignal.TitleInTitle] += asked.TitleWeight * Saturated(titleCount, TitleSaturation, longTitle);
            }
            else if (titleCount > 0)
            {
                sums.AddMissing(rarity);
            }
        }

        sums.Write(signals, _asked);
        MeasureMissing(signals);
    }

    private void MeasureMissing(Span<float> signals)
    {
        var (missing, rarest) = (0f, 0f);
        for (var i = 0; i < _found.Length; i++)
        {
            ref readonly var asked = ref _asked.Asked[i];
            if (!_found[i] && asked.TitleCount > 0)
            {
                missing += asked.Rarity;
                rarest = Math.Max(rarest, asked.Rarity);
            }
        }

        signals[(int)MatchSignal.TitleMissing] = Ratio(missing, _asked.TitleMass);
        signals[(int)MatchSignal.RarestMissing] = rarest;
    }

    private static float Penalty(int length, float average, float saturation, float penalty)
        => saturation * (1 - penalty + (penalty * length / average));

    private static float Saturated(int count, float saturation, float penalty) => count * (saturation + 1) / (count + penalty);

    private static float Cosine(float product, float left, float right) => left > 0 && right > 0 ? product / MathF.Sqrt(left * right) : 0;

    private static float Ratio(float part, float whole) => whole > 0 ? part / whole : 0;

    /// <summary>What is added up over a document's terms.</summary>
    [StructLayout(LayoutKind.Auto)]
    private struct Sums
    {
        private float _shared;
        private float _cosine;
        private float _titleCosine;
        private float _norm;
        private float _titleNorm;
        private float _mass;
        private float _titleMass;
        private float _missing;
        private float _rarest;

        public void AddTerm(float rarity, float weight, float titleWeight)
        {
            _mass += rarity;
            _norm += weight * weight;
            _titleNorm += titleWeight * titleWeight;
            _titleMass += titleWeight > 0 ? rarity : 0;
        }

        public void AddShared(in AskedTerms.Item asked, float rarity, float weight, float titleWeight)
        {
            _shared += rarity;
            _cosine += asked.CosineWeight * weight;
            _titleCosine += asked.TitleCosineWeight * titleWeight;
        }

        public void AddMissing(float rarity)
        {
            _missing += rarity;
            _rarest = Math.Max(_rarest, rarity);
        }

        public readonly void Write(Span<float> signals, AskedTerms asked)
        {
            signals[(int)MatchSignal.Shared] = _shared;
            signals[(int)MatchSignal.Cosine] = Cosine(_cosine, _norm, asked.Norm);
            signals[(int)MatchSignal.TitleCosine] = Cosine(_titleCosine, _titleNorm, asked.TitleNorm);
            signals[(int)MatchSignal.QueryCovered] = Ratio(_shared, asked.Mass);
            signals[(int)MatchSignal.DocumentCovered] = Ratio(_shared, _mass);
            signals[(int)MatchSignal.DocumentTitleMissing] = Ratio(_missing, _titleMass);
            signals[(int)MatchSignal.RarestDocumentMissing] = _rarest;
        }
    }

    /// <summary>The pieces of one text with their weights, to be compared with those of many others.</summary>
    private sealed class PieceWeights : IDisposable
    {
        private readonly IReadOnlyList<ushort> _asked;
        private readonly CorpusFigures _figures;
        private readonly float[] _weights;
        private readonly float _norm;

        public PieceWeights(IReadOnlyList<ushort> pieces, CorpusFigures figures, ReadOnlySpan<float> logarithms)
        {
            _asked = pieces;
            _figures = figures;

            // As large as it is, one of its own for each query would keep the garbage collector busy; it comes and goes all zeros.
            _weights = WeightsPool.TryTake(out var used) ? used : new float[1 << 16];
            for (int i = 0, next; i < pieces.Count; i = next)
            {
                next = i + 1;
                while (next < pieces.Count && pieces[next] == pieces[i])
                {
                    next++;
                }

                var weight = LogCounts.Of(next - i) * figures.Rarity(logarithms[pieces[i]]);
                _weights[pieces[i]] = weight;
                _norm += weight * weight;
            }
        }

        public float Cosine(ushort[] pieces, ReadOnlySpan<float> logarithms)
        {
            var (product, norm) = (0f, 0f);
            for (int i = 0, next; i < pieces.Length; i = next)
            {
                var piece = pieces[i];
                next = i + 1;
                while (next < pieces.Length && pieces[next] == piece)
                {
                    next++;
                }

                var rarity = _figures.Rarity(logarithms[piece]);
                var weight = next - i == 1 ? rarity : LogCounts.Of(next - i) * rarity;
                product += weight * _weights[piece];
                norm += weight * weight;
            }

            return Comparison.Cosine(product, norm, _norm);
        }

        public void Dispose()
        {
            foreach (var piece in _asked)
            {
                _weights[piece] = 0;
            }

            WeightsPool.Add(_weights);
        }
    }
}
