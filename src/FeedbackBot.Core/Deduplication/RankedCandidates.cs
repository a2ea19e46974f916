namespace FeedbackBot.Core.Deduplication;

/// <summary>The candidates of one query in their fitted order, and how sure each is.</summary>
internal sealed class RankedCandidates
{
    private const float HighestLead = 4;
    private const float LowestShare = -6;

    private readonly IReadOnlyList<float[]> _signals;
    private readonly MatchingWeights _weights;
    private readonly float[] _scores;
    private readonly int[] _order;
    private readonly float _logSum;

    public RankedCandidates(IReadOnlyList<float[]> signals, IReadOnlyList<Moment> moments, MatchingWeights weights)
    {
        _signals = signals;
        _weights = weights;
        _scores = [.. signals.Select(one => Sum(one, weights.Ranking))];
        _order = [.. Enumerable.Range(0, signals.Count)];
        Array.Sort(_order, (left, right) => _scores[left] != _scores[right]
            ? _scores[right].CompareTo(_scores[left])
            : moments[right].CompareTo(moments[left]));
        if (_order.Length > 0)
        {
            var highest = _scores[_order[0]];
            _logSum = highest + MathF.Log(_order.Sum(place => MathF.Exp(_scores[place] - highest)));
        }
    }

    /// <summary>The places of the best ones, the best first.</summary>
    public ReadOnlySpan<int> Best(int top) => _order.AsSpan(0, Math.Min(top, _order.Length));

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
        var probability = 1 / (1 + Math.Exp(-logOdds));
        var band = probability >= _weights.CertainFrom && place == _order[0] ? MatchBand.Certain
            : probability >= _weights.PossibleFrom ? MatchBand.Possible
            : MatchBand.New;
        return (probability, band);
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
