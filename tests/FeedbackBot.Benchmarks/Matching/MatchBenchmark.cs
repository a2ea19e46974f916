using System.Diagnostics;
using System.Globalization;
using FeedbackBot.Core.Deduplication;

namespace FeedbackBot.Benchmarks.Matching;

/// <summary>
/// <c>match --data DIR [--largest N]</c>: what a query of about 60 words costs beside SQLite FTS5 and PostgreSQL's full-text search
/// and trigrams, in one run over the same texts, and how that grows with their number. The texts are those of the sets and,
/// behind them, ones made of their parts by a fixed generator.
/// </summary>
internal static class MatchBenchmark
{
    private const int Queries = 300;
    private const int FewestQueries = 50;
    private const int WarmUps = 20;
    private const int Compared = 100_000;
    private const int Updates = 2_000;
    private static readonly int[] Sizes = [1_000, 10_000, 100_000, 1_000_000];

    /// <summary>The time one search may take for its queries; where it is too slow for all of them it gets fewer, evenly drawn.</summary>
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(90);

    public static async Task<int> RunAsync(TextWriter output, string directory, int largest)
    {
        if (await PostgresServer.FindProgramsAsync() is not { } programs)
        {
            return 2;
        }

        var sets = Directory.EnumerateDirectories(directory).Order(StringComparer.Ordinal).Where(folder => File.Exists(Path.Combine(folder, "docs.jsonl"))).Select(DuplicateSet.Read).ToList();
        var texts = BenchmarkTexts.Of(sets);
        var failed = 0;
        foreach (var size in Sizes.Where(size => size <= largest))
        {
            failed |= await RunAsync(output, texts.Take(size), texts.Queries(Queries), programs);
        }

        sets.ForEach(set => set.Dispose());
        return failed;
    }

    private static async Task<int> RunAsync(TextWriter output, List<BenchmarkTexts.Item> stored, List<BenchmarkTexts.Query> queries, string programs)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var start = Stopwatch.GetTimestamp();
        using var index = IndexOf(stored);
        var built = Stopwatch.GetElapsedTime(start);
        var memory = (GC.GetTotalMemory(forceFullCollection: true) - before) / stored.Count;
        var ours = Measure(queries, query => Find(index, query));
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{stored.Count,9} requests: query median {ours.Median:F2} ms, p99 {ours.Highest:F2} ms; built in {built.TotalSeconds:F1} s; {memory} bytes each; put median {Figures.Median(stored.TakeLast(Updates).Select(text => Time(() => index.Put(text.Indexed())))):F3} ms"));
        return stored.Count == Compared ? await CompareAsync(output, stored, queries, ours, programs) | await GateMemoryAsync(output, memory) : 0;
    }

    private static Task<int> GateMemoryAsync(TextWriter output, long memory)
        => Figures.GateAsync(output, "bytes a request beyond its text", memory, memory <= 3_072, "at most 3072");

    private static TextIndex IndexOf(List<BenchmarkTexts.Item> stored)
    {
        var index = new TextIndex();
        stored.ForEach(text => index.Put(text.Indexed()));
        return index;
    }

    private static async Task<int> CompareAsync(
        TextWriter output, List<BenchmarkTexts.Item> stored, List<BenchmarkTexts.Query> queries, Measured ours, string programs)
    {
        var (failed, quickest) = (0, double.MaxValue);
        using (var sqlite = new SqliteFullText(stored))
        {
            var theirs = await MeasureAsync(output, sqlite, "", stored, queries, ours);
            quickest = Math.Min(quickest, theirs.Median);
            failed |= await GateRecallAsync(output, sqlite, theirs, ours);
        }

        await using var server = await PostgresServer.StartAsync(programs);
        foreach (var way in (PostgresSearch.Way[])[PostgresSearch.FullText, PostgresSearch.Trigrams])
        {
            using var search = await PostgresSearch.BuildAsync(server, way, stored);
            var theirs = await MeasureAsync(output, search, FormattableString.Invariant($"; {search.BytesEach} bytes each with the text"), stored, queries, ours);
            quickest = Math.Min(quickest, theirs.Median);
            failed |= await GateRecallAsync(output, search, theirs, ours);
        }

        return failed | await Figures.GateAsync(output, "times faster at the median than the fastest of them", quickest / ours.Median, quickest / ours.Median >= 10, "at least 10");
    }

    private static async Task<Measured> MeasureAsync(
        TextWriter output, ISearch search, string size, List<BenchmarkTexts.Item> stored, List<BenchmarkTexts.Query> queries, Measured ours)
    {
        var theirs = Measure(queries, search.Find);
        var update = Figures.Median(stored.Take(Updates).Select(text => text with { Id = $"again:{text.Id}" }).Select(text => Time(() => search.Add(text))));
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{search.Name}: {theirs.Queries.Count} queries, median {theirs.Median:F1} ms, p99 {theirs.Highest:F1} ms; built in {search.BuildTime.TotalSeconds:F1} s; put median {update:F3} ms{size}; recall@5 {theirs.RecallOf(theirs):F3}, ours of the same queries {ours.RecallOf(theirs):F3}"));
        return theirs;
    }

    private static Task<int> GateRecallAsync(TextWriter output, ISearch search, Measured theirs, Measured ours)
    {
        var more = ours.RecallOf(theirs) - theirs.RecallOf(theirs);
        return Figures.GateAsync(output, $"recall@5 more than {search.Name}", more, more >= 0, "at least 0");
    }

    private static Measured Measure(List<BenchmarkTexts.Query> queries, Func<BenchmarkTexts.Query, IReadOnlyList<string>> find)
    {
        var usual = Figures.Median(queries.Take(WarmUps).Select(query => Time(() => find(query))));
        var count = (int)Math.Clamp(Budget.TotalMilliseconds / Math.Max(usual, 0.001), Math.Min(FewestQueries, queries.Count), queries.Count);
        var asked = Enumerable.Range(0, count).Select(i => queries[(int)((long)i * queries.Count / count)]).ToList();
        var (times, right) = (new List<double>(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var query in asked)
        {
            IReadOnlyList<string> found = [];
            times.Add(Time(() => found = find(query)));
            if (found.Take(5).Any(query.Duplicates.Contains))
            {
                right.Add(query.Id);
            }
        }

        return new Measured(asked, times, right);
    }

    /// <summary>Milliseconds.</summary>
    private static double Time(Action act)
    {
        var start = Stopwatch.GetTimestamp();
        act();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static IReadOnlyList<string> Find(TextIndex index, BenchmarkTexts.Query query)
        => [.. index.Find(new MatchQuery(TextTerms.Of(query.Text), null, query.Created, (query.Created, long.MinValue), query.Id), 5, MatchingWeights.Shipped).Select(match => match.Id)];

    /// <summary>Milliseconds of each query, and the ids of those that have a duplicate among the first five.</summary>
    private sealed record Measured(IReadOnlyList<BenchmarkTexts.Query> Queries, IReadOnlyList<double> Times, IReadOnlySet<string> Right)
    {
        public double Median { get; } = Figures.Median(Times);

        /// <summary>99 % of the queries take less.</summary>
        public double Highest { get; } = Figures.Percentile(Times, 0.99);

        /// <summary>The share of right ones among the queries that <paramref name="other"/> was asked.</summary>
        public double RecallOf(Measured other) => (double)other.Queries.Count(query => Right.Contains(query.Id)) / other.Queries.Count;
    }
}
