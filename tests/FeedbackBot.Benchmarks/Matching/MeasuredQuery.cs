using FeedbackBot.Core.Deduplication;

namespace FeedbackBot.Benchmarks.Matching;

/// <summary>
/// A query with its candidates and which of them are marked as its duplicates. <paramref name="Stored"/> are the duplicates in
/// the store, found or not; <paramref name="MayFit"/> says whether the licence lets shipped weights be fitted on it.
/// </summary>
internal sealed record MeasuredQuery(
    string Id, int Fold, bool MayFit, IReadOnlySet<string> Stored, IReadOnlyList<string> Ids, IReadOnlyList<Moment> Moments, IReadOnlyList<float[]> Signals)
{
    public bool[] IsDuplicate { get; } = [.. Ids.Select(Stored.Contains)];

    public static MeasuredQuery Of(TextIndex index, MatchQuery query, string id, int fold, IReadOnlySet<string> stored)
    {
        var candidates = index.Measure(query);
        var mayFit = id.StartsWith("titanium:", StringComparison.Ordinal) || id.StartsWith("fluid:", StringComparison.Ordinal);
        return new MeasuredQuery(
            id,
            fold,
            mayFit,
            stored,
            [.. candidates.Select(candidate => candidate.Id)],
            [.. candidates.Select(candidate => candidate.Moment)],
            [.. candidates.Select(candidate => candidate.Signals)]);
    }

    /// <summary>The query's candidates in the order the weights give them.</summary>
    public RankedCandidates Rank(MatchingWeights weights) => new(Signals, Moments, weights);

    /// <summary>The rank of the best duplicate, from 1; very high if none was found.</summary>
    public int RankOfDuplicate(MatchingWeights weights)
    {
        var order = Rank(weights).Best(int.MaxValue);
        for (var i = 0; i < order.Length; i++)
        {
            if (IsDuplicate[order[i]])
            {
                return i + 1;
            }
        }

        return int.MaxValue;
    }
}
