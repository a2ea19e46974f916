using System.Globalization;
using FeedbackBot.Core.Deduplication;

namespace FeedbackBot.Benchmarks.Matching;

/// <summary>
/// <c>fit-matching --data DIR</c>: fits the weights of the matcher and writes them to
/// <c>src/FeedbackBot.Core/Deduplication/matching.tsv</c>. Only texts whose ids begin with <c>titanium:</c> or <c>fluid:</c> are
/// fitted on, as their licences allow; the rest is measured. All figures are cross-validated: no query is judged by weights that
/// saw it, or a duplicate of it. Each folder in DIR is a set.
/// </summary>
internal static class FitMatching
{
    private const string Weights = "src/FeedbackBot.Core/Deduplication/matching.tsv";

    // Of what the cut-offs are fitted to have, on the data fitted on.
    private const double CertainPrecision = 0.7;
    private const double PossiblePrecision = 0.3;

    // Candidates of a query that are shown.
    private const int Listed = MatchingReport.Listed;

    // How much a query of a whole set counts beside one of a small store, and one of the feature requests, which are closest to
    // what the product is for.
    private const double WholeSet = 3;
    private const double FeatureRequest = 6;

    public static async Task<int> RunAsync(TextWriter output, string directory)
    {
        var sets = Directory.EnumerateDirectories(directory).Order(StringComparer.Ordinal)
            .Where(folder => File.Exists(Path.Combine(folder, "docs.jsonl")))
            .Select(DuplicateSet.Read)
            .ToList();
        if (sets.Count == 0)
        {
            await Console.Error.WriteLineAsync($"There is no folder with docs.jsonl, pairs.tsv and nodup.txt in '{directory}'.");
            return 2;
        }

        var folds = new Folds(sets);
        var measured = sets.ToDictionary(set => set, set => set.Queries.Select(query => MeasuredQuery.Of(
            set.Corpus.Index, set.Corpus.QueryFor(set.Corpus.Find(query.Id)!), query.Id, folds.Of(query.Id), query.Duplicates)).ToList());
        var small = SmallStores.Sizes.ToDictionary(
            size => size,
            size => sets.ToDictionary(set => set, set => SmallStores.Measure(set, folds, size, _ => true).ToList()));

        // A text may be in several sets; the order is fitted on each once.
        var ordered = measured.Values.SelectMany(queries => queries).Where(query => query.MayFit)
            .GroupBy(query => query.Id, StringComparer.Ordinal).Select(same => same.MaxBy(query => query.Ids.Count)!).ToList();
        var whole = measured.SelectMany(pair => pair.Value.Select(query => (
            Query: query, Counts: string.Equals(pair.Key.Name, "feature-requests", StringComparison.Ordinal) ? FeatureRequest : WholeSet)));
        var judged = whole.Concat(small.Values.SelectMany(bySet => bySet.Values).SelectMany(queries => queries).Select(query => (Query: query, Counts: 1.0)))
            .Where(one => one.Query.MayFit).ToList();
        var fitted = CrossFit(ordered, judged);
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"fitted on {ordered.Count} queries; certain from {fitted.Full.CertainFrom:F3}, possible from {fitted.Full.PossibleFrom:F3}"));
        await using (var writer = new StreamWriter(Weights))
        {
            fitted.Full.Write(writer, $"Fitted on {ordered.Count} queries by fit-matching; not to be edited by hand.");
        }

        foreach (var set in sets)
        {
            await MatchingReport.WriteRanksAsync(output, set, measured[set], fitted);
        }

        foreach (var set in sets)
        {
            await MatchingReport.WriteBandsAsync(output, $"{set.Name}, whole", measured[set], fitted);
            foreach (var size in SmallStores.Sizes.Where(size => small[size][set].Count > 0))
            {
                await MatchingReport.WriteBandsAsync(
                    output, string.Create(CultureInfo.InvariantCulture, $"{set.Name}, store of {size}"), small[size][set], fitted);
            }
        }

        sets.ForEach(set => set.Dispose());
        return 0;
    }

    private static CrossFitted CrossFit(List<MeasuredQuery> ordered, List<(MeasuredQuery Query, double Counts)> judged)
    {
        MatchingWeights FitWithout(int fold)
        {
            var ranking = new MatchingWeights
            {
                Ranking = RankingFit.Fit(ordered.Where(query => query.Fold != fold)),
                Certainty = new float[MatchingWeights.Signals + 1],
                CertainFrom = 1,
                PossibleFrom = 1,
            };
            return ranking with { Certainty = CertaintyFit.Fit(judged.Where(one => one.Query.Fold != fold), ranking) };
        }

        var parts = Enumerable.Range(0, Folds.Count).Select(FitWithout).ToArray();
        var full = FitWithout(-1);
        var (certain, possible) = CutOffs(judged, parts);
        return new CrossFitted(
            full with { CertainFrom = certain, PossibleFrom = possible },
            [.. parts.Select(part => part with { CertainFrom = certain, PossibleFrom = possible })]);
    }

    /// <summary>
    /// The lowest probabilities from which on the first candidate, or any of those shown, is right as often as asked for, in whole
    /// sets and in small stores, judged by weights that have not seen the query.
    /// </summary>
    private static (float Certain, float Possible) CutOffs(List<(MeasuredQuery Query, double Counts)> judged, MatchingWeights[] parts)
    {
        var (certain, possible) = (0f, 0f);
        foreach (var kind in judged.GroupBy(one => one.Counts > 1))
        {
            var (first, listed) = (new List<(double Score, bool IsRight)>(), new List<(double Score, bool IsRight)>());
            foreach (var (query, _) in kind)
            {
                var order = query.Rank(parts[query.Fold]);
                var best = order.Best(Listed);
                for (var i = 0; i < best.Length; i++)
                {
                    var one = (order.Judge(best[i]).Score, query.IsDuplicate[best[i]]);
                    listed.Add(one);
                    first.AddRange(i == 0 ? [one] : []);
                }
            }

            certain = Math.Max(certain, CutOff(first, CertainPrecision));
            possible = Math.Max(possible, CutOff(listed, PossiblePrecision));
        }

        return (certain, possible);
    }

    private static float CutOff(List<(double Score, bool IsRight)> judged, double precision)
    {
        var (cutOff, right, all) = (1f, 0, 0);
        foreach (var (score, isRight) in judged.OrderByDescending(one => one.Score))
        {
            all++;
            right += isRight ? 1 : 0;
            cutOff = right >= precision * all ? (float)score : cutOff;
        }

        return cutOff;
    }
}

/// <summary>Weights fitted on everything, and those fitted without each fold.</summary>
internal sealed record CrossFitted(MatchingWeights Full, MatchingWeights[] Without)
{
    /// <summary>Weights that have not seen the query.</summary>
    public MatchingWeights For(MeasuredQuery query) => query.MayFit ? Without[query.Fold] : Full;
}
