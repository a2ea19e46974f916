using System.Globalization;
using FeedbackBot.Core.Deduplication;

namespace FeedbackBot.Benchmarks.Matching;

/// <summary>What <c>fit-matching</c> prints.</summary>
internal static class MatchingReport
{
    /// <summary>Candidates of a query that are shown.</summary>
    public const int Listed = 3;

    private const int Resamples = 2_000;

    /// <summary>Recall and mean reciprocal rank beside those of the weighted sum, with 95 % intervals of the difference.</summary>
    public static async Task WriteRanksAsync(TextWriter output, DuplicateSet set, List<MeasuredQuery> queries, CrossFitted fitted)
    {
        var sum = new WeightedSum(set.Corpus);
        var found = queries.ConvertAll(query => sum.Find(set.Corpus, query.Id, query.Stored));
        var asked = queries.Select((query, i) => (Query: query, Theirs: found[i].Rank)).Where(pair => pair.Query.Stored.Count > 0).ToList();
        var ours = asked.ConvertAll(pair => pair.Query.RankOfDuplicate(fitted.For(pair.Query)));
        var theirs = asked.ConvertAll(pair => pair.Theirs);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{set.Name}: {set.Corpus.Count} texts, {asked.Count} queries"));
        foreach (var (name, ranks) in ((string, List<int>)[])[("weighted sum", theirs), ("matcher", ours)])
        {
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"  {name,-14} R@1 {Recall(ranks, 1):F3}  R@5 {Recall(ranks, 5):F3}  R@10 {Recall(ranks, 10):F3}  R@200 {Recall(ranks, 200):F3}  MRR {ranks.Average(rank => 1.0 / rank):F3}"));
        }

        var differences = ((string, Func<int, double>)[])[("R@1", rank => rank <= 1 ? 1 : 0), ("R@5", rank => rank <= 5 ? 1 : 0), ("MRR", rank => 1.0 / rank)];
        foreach (var (name, value) in differences)
        {
            var (low, middle, high) = Interval([.. ours.Zip(theirs, (our, their) => value(our) - value(their))]);
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"  {name} more: {100 * middle:+0.0;-0.0} points (95 %: {100 * low:+0.0;-0.0} to {100 * high:+0.0;-0.0})"));
        }

        var best = BestF1(found.Select(one => (one.TopScore, one.IsTopRight)), asked.Count);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  best F1 of the first candidate, weighted sum: {best:F3}"));
    }

    /// <summary>Precision and recall of each band.</summary>
    public static async Task WriteBandsAsync(TextWriter output, string name, List<MeasuredQuery> queries, CrossFitted fitted)
    {
        var (certain, certainRight, alarms, listed, listedRight, foundListed) = (0, 0, 0, 0, 0, 0);
        var tops = new List<(double Score, bool IsRight)>();
        foreach (var query in queries)
        {
            var order = query.Rank(fitted.For(query));
            var best = order.Best(Listed);
            var isFound = false;
            for (var i = 0; i < best.Length; i++)
            {
                var (score, band) = order.Judge(best[i]);
                var isRight = query.IsDuplicate[best[i]];
                if (i == 0)
                {
                    tops.Add((score, isRight));
                }

                certain += band == MatchBand.Certain ? 1 : 0;
                certainRight += band == MatchBand.Certain && isRight ? 1 : 0;
                alarms += band == MatchBand.Certain && query.Stored.Count == 0 ? 1 : 0;
                listed += band == MatchBand.Possible ? 1 : 0;
                listedRight += band == MatchBand.Possible && isRight ? 1 : 0;
                isFound |= band != MatchBand.New && isRight;
            }

            foundListed += isFound ? 1 : 0;
        }

        var withDuplicate = queries.Count(query => query.Stored.Count > 0);
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-32} {withDuplicate,5} with, {queries.Count - withDuplicate,5} without: certain {certain,4}, precision {Share(certainRight, certain):F3}, recall {Share(certainRight, withDuplicate):F3}, of those without {Share(alarms, queries.Count - withDuplicate):F3}; possible {listed,5}, precision {Share(listedRight, listed):F3}; certain or possible, recall {Share(foundListed, withDuplicate):F3}; best F1 {BestF1(tops, withDuplicate):F3}"));
    }

    private static double Recall(List<int> ranks, int most) => ranks.Count(rank => rank <= most) / (double)ranks.Count;

    private static double Share(int part, int whole) => whole == 0 ? 0 : (double)part / whole;

    private static double BestF1(IEnumerable<(double Score, bool IsRight)> tops, int withDuplicate)
    {
        var (best, right, all) = (0.0, 0, 0);
        foreach (var (_, isRight) in tops.OrderByDescending(top => top.Score))
        {
            all++;
            right += isRight ? 1 : 0;
            best = Math.Max(best, 2.0 * right / (all + withDuplicate));
        }

        return best;
    }

    /// <summary>The middle and a 95 % interval of the mean, by drawing the queries anew with repetition.</summary>
    private static (double Low, double Middle, double High) Interval(double[] differences)
    {
        var random = new Random(1);
        var means = new double[Resamples];
        for (var sample = 0; sample < Resamples; sample++)
        {
            for (var i = 0; i < differences.Length; i++)
            {
                means[sample] += differences[random.Next(differences.Length)] / differences.Length;
            }
        }

        return (Figures.Percentile(means, 0.025), differences.Average(), Figures.Percentile(means, 0.975));
    }
}
