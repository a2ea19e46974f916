namespace FeedbackBot.Core.Deduplication;

/// <summary>
/// The candidates of one query in their fitted order, and how sure each is. What a model adds to their scores may change the order
/// and show what the rules would not; but only what the rules alone are certain of is certain, and what they show stays.
/// </summary>
internal sealed class RankedCandidates
{
    private const float HighestLead = 4;
    private const float LowestShare = -6;

    private readonly IReadOnlyList<float[]> _signals;
    private readonly MatchingWeights _weights;
    private readonly float[] _scores;
    private readonly int[] _order;
    private readonly int[] _shown;
    private readonly float[]? _lifts;
    private readonly float _logSum;

    public RankedCandidates(IReadOnlyList<float[]> signals, IReadOnlyList<Moment> moments, MatchingWeights weights, float[]? lifts = null)
    {
        _signals = signals;
        _weights = weights;
        _scores = [.. signals.Select(one => Sum(one, weights.Ranking))];
        _lifts = lifts;
        _order = Ordered(_scores, moments);
        _shown = lifts is null ? _order : Ordered([.. _scores.Zip(lifts, (score, lift) => score + lift)], moments);
        if (_order.Length > 0)
        {
            var highest = _scores[_order[0]];
            _logSum = highest + MathF.Log(_order.Sum(place => MathF.Exp(_scores[place] - highest)));
        }
    }

    /// <summary>The places of the best ones, the best first.</summary>
    public ReadOnlySpan<int> Best(int top) => _shown.AsSpan(0, Math.Min(top, _shown.Length));

    /// <summary>The signals of one candidate with those that need the others filled in.</summary>
    public float[] Complete(int place)
    {
        var signals = _signals[place];
        if (_order.Length == 1)
        {
            signals[(int)MatchSignal.Lead] = HighestLead;
        }
        else
        {
            var other = place == _order[0] ? _scores[_order[1]] : _scores[_order[0]];
            signals[(int)MatchSignal.Lead] = Math.Clamp(_scores[place] - other, -HighestLead, HighestLead);
        }

        signals[(int)MatchSignal.LikelihoodShare] = Math.Max(LowestShare, _scores[place] - _logSum);
        return signals;
    }

    /// <summary>The probability that the candidate is the same need, and the band it falls into.</summary>
    public (double Score, MatchBand Band) Judge(int place)
    {
        var logOdds = Sum(Complete(place), _weights.Certainty) + _weights.Certainty[MatchingWeights.Signals];
        var probability = Probability(logOdds);
        if (probability >= _weights.CertainFrom && place == _order[0] && place == _shown[0])
        {
            return (probability, MatchBand.Certain);
        }

        if (_lifts is not null)
        {
            probability = Math.Min(Math.Max(probability, Probability(logOdds + _lifts[place])), Math.BitDecrement((double)_weights.CertainFrom));
        }

        return (probability, probability >= _weights.PossibleFrom ? MatchBand.Possible : MatchBand.New);
    }

    private static double Probability(double logOdds) => 1 / (1 + Math.Exp(-logOdds));

    private static int[] Ordered(float[] scores, IReadOnlyList<Moment> moments)
    {
        int[] order = [.. Enumerable.Range(0, scores.Length)];
        Array.Sort(order, (left, right) => scores[left] != scores[right]
            ? scores[right].CompareTo(scores[left])
            : moments[right].CompareTo(moments[left]));
        return order;
    }

    private static float Sum(float[] signals, float[] weights)
    {
        var sum = 0f;
        for (var i = 0; i < Math.Min(signals.Length, weights.Length); i++)
        {
            sum += signals[i] * weights[i];
        }

        return sum;
    }
}
