using FeedbackBot.Core.Deduplication;

namespace FeedbackBot.Core.Tests.Deduplication;

/// <summary>Pairs written for this project: a stored request and what another seller writes; "near" ones are not the same need.</summary>
internal sealed record OwnPair(string Kind, string Stored, string Asked)
{
    private const string Resource = "OwnPairs.tsv";

    public static IReadOnlyList<OwnPair> All { get; } = [.. Read()];

    /// <summary>All stored requests in one index.</summary>
    public static TextIndex Index()
    {
        var index = new TextIndex();
        foreach (var (stored, order) in All.Select(pair => pair.Stored).Distinct(StringComparer.Ordinal).Select((stored, order) => (stored, order)))
        {
            index.Put(new IndexedText(stored, TextTerms.Of(stored), null, DateTimeOffset.UnixEpoch, order));
        }

        return index;
    }

    public static IReadOnlyList<TextMatch> Find(TextIndex index, string asked)
        => index.Find(new MatchQuery(TextTerms.Of(asked), Now: DateTimeOffset.UnixEpoch.AddDays(30)), 5, MatchingWeights.Shipped);

    private static IEnumerable<OwnPair> Read()
    {
        using var stream = typeof(OwnPair).Assembly.GetManifestResourceStream(Resource)!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith(';'))
            {
                var parts = line.Split('\t');
                yield return new OwnPair(parts[0], parts[1], parts[2]);
            }
        }
    }
}
