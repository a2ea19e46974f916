using System.Diagnostics;
using System.Globalization;
using FeedbackBot.Core.Deduplication;

namespace FeedbackBot.Benchmarks.Matching;

/// <summary>
/// <c>match --data DIR [--largest N]</c>: what a query of about 60 words costs beside SQLite FTS5's <c>bm25()</c>, in one run over
/// the same texts, and how that grows with their number. The texts are those of the sets and, behind them, ones made of their
/// parts by a fixed generator.
/// </summary>
internal static class MatchBenchmark
{
    private const int Queries = 300;
    private const int Compared = 100_000;
    private const int Updates = 2_000;
    private static readonly int[] Sizes = [1_000, 10_000, 100_000, 1_000_000];

    public static async Task<int> RunAsync(TextWriter output, string directory, int largest)
    {
        var sets = Directory.EnumerateDirectories(directory).Order(StringComparer.Ordinal).Where(folder => File.Exists(Path.Combine(folder, "docs.jsonl"))).Select(DuplicateSet.Read).ToList();
        var texts = BenchmarkTexts.Of(sets);
        var failed = 0;
        foreach (var size in Sizes.Where(size => size <= largest))
        {
            var stored = texts.Take(size);
            failed |= await RunAsync(output, stored, texts.Queries(Queries));
        }

        sets.ForEach(set => set.Dispose());
        return failed;
    }

    private static async Task<int> RunAsync(TextWriter output, List<BenchmarkTexts.Item> stored, List<BenchmarkTexts.Query> queries)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var start = Stopwatch.GetTimestamp();
        using var index = IndexOf(stored);
        var built = Stopwatch.GetElapsedTime(start);
        var memory = (GC.GetTotalMemory(forceFullCollection: true) - before) / stored.Count;
        var ours = Measure(queries, query => Find(index, query));
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{stored.Count,9} requests: query median {Figures.Median(ours.Times):F2} ms, p99 {Figures.Percentile(ours.Times, 0.99):F2} ms; built in {built.TotalSeconds:F1} s; {memory} bytes each; put median {Figures.Median(Update(index, stored)):F3} ms"));
        return stored.Count == Compared ? await CompareAsync(output, stored, queries, ours, memory) : 0;
    }

    private static TextIndex IndexOf(List<BenchmarkTexts.Item> stored)
    {
        var index = new TextIndex();
        stored.ForEach(text => index.Put(text.Indexed()));
        return index;
    }

    private static async Task<int> CompareAsync(
        TextWriter output, List<BenchmarkTexts.Item> stored, List<BenchmarkTexts.Query> queries, (List<double> Times, double Recall) ours, long memory)
    {
        using var sqlite = new SqliteFullText();
        sqlite.Fill(stored);
        var theirs = Measure(queries, sqlite.Find);
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"SQLite FTS5 bm25: query median {Figures.Median(theirs.Times):F1} ms, p99 {Figures.Percentile(theirs.Times, 0.99):F1} ms; built in {sqlite.BuildTime.TotalSeconds:F1} s; put median {sqlite.MedianUpdate():F3} ms; recall@5 {theirs.Recall:F3}, ours {ours.Recall:F3}"));
        var ratio = Figures.Median(theirs.Times) / Figures.Median(ours.Times);
        return await Figures.GateAsync(output, "times faster than SQLite FTS5 at the median", ratio, ratio >= 10, "at least 10")
            | await Figures.GateAsync(output, "recall@5 more than SQLite FTS5", ours.Recall - theirs.Recall, ours.Recall >= theirs.Recall, "at least 0")
            | await Figures.GateAsync(output, "bytes a request beyond its text", memory, memory <= 3_072, "at most 3072");
    }

    /// <summary>Milliseconds of each query, after some that warm up, and how often a duplicate is among the first five.</summary>
    private static (List<double> Times, double Recall) Measure(List<BenchmarkTexts.Query> queries, Func<BenchmarkTexts.Query, IReadOnlyList<string>> find)
    {
        foreach (var query in queries.Take(50))
        {
            find(query);
        }

        var times = new List<double>();
        var right = 0;
        foreach (var query in queries)
        {
            var start = Stopwatch.GetTimestamp();
            var found = find(query);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            right += found.Take(5).Any(query.Duplicates.Contains) ? 1 : 0;
        }

        return (times, (double)right / queries.Count);
    }

    private static IReadOnlyList<string> Find(TextIndex index, BenchmarkTexts.Query query)
        => [.. index.Find(new MatchQuery(TextTerms.Of(query.Text), null, query.Created, (query.Created, long.MinValue), query.Id), 5, MatchingWeights.Shipped).Select(match => match.Id)];

    private static List<double> Update(TextIndex index, List<BenchmarkTexts.Item> stored)
        => [.. stored.TakeLast(Updates).Select(text =>
        {
            var start = Stopwatch.GetTimestamp();
            index.Put(text.Indexed());
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        })];
}
