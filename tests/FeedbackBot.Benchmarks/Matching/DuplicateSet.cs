using FeedbackBot.Core.Deduplication;

namespace FeedbackBot.Benchmarks.Matching;

/// <summary>A folder with <c>docs.jsonl</c>, <c>pairs.tsv</c> and <c>nodup.txt</c>.</summary>
internal sealed class DuplicateSet : IDisposable
{
    private DuplicateSet(string name, MatchCorpus corpus, IReadOnlyList<(string Id, IReadOnlySet<string> Duplicates)> queries)
    {
        Name = name;
        Corpus = corpus;
        Queries = queries;
    }

    public string Name { get; }

    public MatchCorpus Corpus { get; }

    /// <summary>Each query with its marked duplicates; none for those of <c>nodup.txt</c>.</summary>
    public IReadOnlyList<(string Id, IReadOnlySet<string> Duplicates)> Queries { get; }

    public static DuplicateSet Read(string folder)
    {
        var corpus = MatchCorpus.Read(File.ReadLines(Path.Combine(folder, "docs.jsonl")));
        var pairs = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        var queries = new List<(string, IReadOnlySet<string>)>();
        foreach (var parts in File.ReadLines(Path.Combine(folder, "pairs.tsv")).Select(line => line.Split('\t')))
        {
            if (!pairs.TryGetValue(parts[0], out var duplicates))
            {
                duplicates = new HashSet<string>(StringComparer.Ordinal);
                pairs.Add(parts[0], duplicates);
                queries.Add((parts[0], duplicates));
            }

            duplicates.Add(parts[1]);
        }

        IReadOnlySet<string> nothing = new HashSet<string>(StringComparer.Ordinal);
        queries.AddRange(File.ReadLines(Path.Combine(folder, "nodup.txt")).Where(line => line.Length > 0).Select(line => (line, nothing)));
        return new DuplicateSet(Path.GetFileName(folder), corpus, queries);
    }

    public void Dispose() => Corpus.Dispose();
}
