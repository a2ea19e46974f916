using FeedbackBot.Core.Deduplication;

namespace FeedbackBot.Benchmarks.Matching;

/// <summary>
/// Fits the order of candidates: the weights under which the marked duplicates are most probably the ones picked from each
/// query's candidates, by Newton steps. Deterministic.
/// </summary>
internal static class RankingFit
{
    // Against large weights, on signals brought to the same spread. Flat around the value.
    private const double Penalty = 30;
    private const int MostSteps = 40;
    private const double Enough = 1e-7;

    public static float[] Fit(IEnumerable<MeasuredQuery> queries)
    {
        var used = queries.Where(query => query.IsDuplicate.Contains(true)).ToList();
        var size = MatchingWeights.RankingSignals;
        var (means, deviations) = LinearAlgebra.Spread(used.SelectMany(query => query.Signals), size);
        var rows = used.ConvertAll(query => (Scaled: Scale(query, means, deviations), query.IsDuplicate));
        var weights = new double[size];
        var loss = Evaluate(rows, weights, null, null);
        for (var step = 0; step < MostSteps; step++)
        {
            var (gradient, curvature) = (new double[size], LinearAlgebra.Square(size));
            Evaluate(rows, weights, gradient, curvature);
            var direction = LinearAlgebra.Solve(curvature, gradient);
            var (length, next, nextLoss) = (1.0, weights, loss);
            do
            {
                next = [.. weights.Select((weight, i) => weight - (length * direction[i]))];
                nextLoss = Evaluate(rows, next, null, null);
                length /= 2;
            }
            while (nextLoss > loss && length > 1e-6);
            var gained = loss - nextLoss;
            if (gained < Enough)
            {
                break;
            }

            (weights, loss) = (next, nextLoss);
        }

        return [.. weights.Select((weight, i) => (float)(weight / deviations[i]))];
    }

    private static double[][] Scale(MeasuredQuery query, double[] means, double[] deviations)
        => [.. query.Signals.Select(signals => means.Select((mean, i) => (signals[i] - mean) / deviations[i]).ToArray())];

    /// <summary>The loss; adds its gradient and (an upper bound of) its curvature if asked for them.</summary>
    private static double Evaluate(List<(double[][] Scaled, bool[] IsDuplicate)> rows, double[] weights, double[]? gradient, double[][]? curvature)
    {
        var loss = 0.5 * Penalty * weights.Sum(weight => weight * weight);
        for (var i = 0; i < weights.Length && gradient is not null; i++)
        {
            gradient[i] += Penalty * weights[i];
            curvature![i][i] += Penalty;
        }

        foreach (var (scaled, isDuplicate) in rows)
        {
            var scores = Array.ConvertAll(scaled, row => Times(row, weights));
            var highest = scores.Max();
            var likelihoods = Array.ConvertAll(scores, score => Math.Exp(score - highest));
            var all = likelihoods.Sum();
            var right = likelihoods.Where((_, i) => isDuplicate[i]).Sum();
            loss -= Math.Log(Math.Max(right, 1e-300)) - Math.Log(all);
            if (gradient is not null)
            {
                AddSlopes(scaled, isDuplicate, likelihoods, all, Math.Max(right, 1e-300), gradient, curvature!);
            }
        }

        return loss;
    }

    private static void AddSlopes(
        double[][] scaled, bool[] isDuplicate, double[] likelihoods, double all, double right, double[] gradient, double[][] curvature)
    {
        var size = gradient.Length;
        var mean = new double[size];
        for (var row = 0; row < scaled.Length; row++)
        {
            var share = likelihoods[row] / all;
            var surprise = share - (isDuplicate[row] ? likelihoods[row] / right : 0);
            for (var i = 0; i < size; i++)
            {
                mean[i] += share * scaled[row][i];
                gradient[i] += surprise * scaled[row][i];
            }
        }

        for (var row = 0; row < scaled.Length; row++)
        {
            var share = likelihoods[row] / all;
            if (share < 1e-6)
            {
                continue;
            }

            for (var i = 0; i < size; i++)
            {
                var left = share * (scaled[row][i] - mean[i]);
                for (var j = 0; j < size; j++)
                {
                    curvature[i][j] += left * (scaled[row][j] - mean[j]);
                }
            }
        }
    }

    private static double Times(double[] row, double[] weights)
    {
        var sum = 0.0;
        for (var i = 0; i < weights.Length; i++)
        {
            sum += row[i] * weights[i];
        }

        return sum;
    }
}
