using FeedbackBot.Core.Deduplication;

namespace FeedbackBot.Benchmarks.Matching;

/// <summary>Fits how sure a match is: a penalised logistic regression over the first candidate of each query, by Newton steps.</summary>
internal static class CertaintyFit
{
    private const double Penalty = 5;
    private const int Steps = 25;

    // Fewer than the order uses: chosen by leaving out parts of the data, for what holds in small stores too.
    private static readonly MatchSignal[] Used =
    [
        MatchSignal.All, MatchSignal.TitleInTitle, MatchSignal.Shared, MatchSignal.Cosine, MatchSignal.TitleCosine, MatchSignal.Pieces,
        MatchSignal.TitlePieces, MatchSignal.QueryCovered, MatchSignal.DocumentCovered, MatchSignal.TitleMissing,
        MatchSignal.DocumentTitleMissing, MatchSignal.Age, MatchSignal.Lead, MatchSignal.LikelihoodShare,
        MatchSignal.StoreSize,
    ];

    /// <summary>
    /// The weights of all signals, and last the bias; fitted on the first candidate of each query, which counts as often as it
    /// says. The order is that of <paramref name="ranking"/>.
    /// </summary>
    public static float[] Fit(IEnumerable<(MeasuredQuery Query, double Counts)> queries, MatchingWeights ranking)
    {
        var rows = new List<(float[] Signals, bool IsDuplicate, double Counts)>();
        foreach (var (query, counts) in queries)
        {
            var order = query.Rank(ranking);
            if (order.Best(1) is [var first])
            {
                var signals = order.Complete(first);
                rows.Add(([.. Used.Select(signal => signals[(int)signal])], query.IsDuplicate[first], counts));
            }
        }

        var size = Used.Length;
        var (means, deviations) = LinearAlgebra.Spread(rows.Select(row => row.Signals), size);
        var scaled = rows.ConvertAll(row => (
            Values: (double[])[.. means.Select((mean, i) => (row.Signals[i] - mean) / deviations[i]), 1], row.IsDuplicate, row.Counts));
        var weights = new double[size + 1];
        for (var step = 0; step < Steps; step++)
        {
            weights = Improve(scaled, weights);
        }

        var fitted = new float[MatchingWeights.Signals + 1];
        var bias = weights[size];
        for (var i = 0; i < size; i++)
        {
            fitted[(int)Used[i]] = (float)(weights[i] / deviations[i]);
            bias -= weights[i] / deviations[i] * means[i];
        }

        fitted[^1] = (float)bias;
        return fitted;
    }

    private static double[] Improve(List<(double[] Values, bool IsDuplicate, double Counts)> rows, double[] weights)
    {
        var size = weights.Length;
        var (gradient, curvature) = (new double[size], LinearAlgebra.Square(size));
        for (var i = 0; i < size; i++)
        {
            // The bias is not penalised; a trace keeps the matrix invertible.
            var penalty = i < size - 1 ? Penalty : 1e-6;
            gradient[i] = penalty * weights[i];
            curvature[i][i] = penalty;
        }

        foreach (var (values, isDuplicate, counts) in rows)
        {
            var logOdds = 0.0;
            for (var i = 0; i < size; i++)
            {
                logOdds += values[i] * weights[i];
            }

            var probability = 1 / (1 + Math.Exp(-logOdds));
            var surprise = counts * (probability - (isDuplicate ? 1 : 0));
            var spread = counts * probability * (1 - probability);
            for (var i = 0; i < size; i++)
            {
                gradient[i] += surprise * values[i];
                for (var j = 0; j < size; j++)
                {
                    curvature[i][j] += spread * values[i] * values[j];
                }
            }
        }

        var direction = LinearAlgebra.Solve(curvature, gradient);
        return [.. weights.Select((weight, i) => weight - direction[i])];
    }
}
