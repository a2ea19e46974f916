using System.Globalization;
using FeedbackBot.Benchmarks;
using FeedbackBot.Benchmarks.Matching;

// One line for each benchmark; each gives the exit code, 1 where a gate failed.
var benchmarks = new Dictionary<string, Func<TextWriter, Task<int>>>(StringComparer.Ordinal)
{
    ["store"] = StoreBenchmark.RunAsync,
    ["accept"] = AcceptBenchmark.RunAsync,
    ["ack"] = AckBenchmark.RunAsync,
    ["turns"] = TurnsBenchmark.RunAsync,
    ["start"] = StartBenchmark.RunAsync,
    ["assess"] = AssessBenchmark.RunAsync,
    ["slack"] = SlackBenchmark.RunAsync,
};

if (args is ["fit-levels", .. var files])
{
    return await FitLevels.RunAsync(Console.Out, files);
}

if (args is ["fit-matching", "--data", var directory])
{
    return await FitMatching.RunAsync(Console.Out, directory);
}

if (args is ["match", "--data", var texts, .. var limit])
{
    return await MatchBenchmark.RunAsync(Console.Out, texts, limit is ["--largest", var most] ? int.Parse(most, CultureInfo.InvariantCulture) : 1_000_000);
}

if (args is [var name] && benchmarks.TryGetValue(name, out var run))
{
    return await run(Console.Out);
}

await Console.Error.WriteLineAsync($"Name a benchmark ({string.Join(", ", benchmarks.Keys)}) fit-levels, fit-matching --data DIR, or match --data DIR.");
return 2;
