using FeedbackBot.Benchmarks;

// One line for each benchmark; each gives the exit code, 1 where a gate failed.
var benchmarks = new Dictionary<string, Func<TextWriter, Task<int>>>(StringComparer.Ordinal)
{
    ["store"] = StoreBenchmark.RunAsync,
    ["accept"] = AcceptBenchmark.RunAsync,
    ["ack"] = AckBenchmark.RunAsync,
    ["turns"] = TurnsBenchmark.RunAsync,
    ["start"] = StartBenchmark.RunAsync,
    ["assess"] = AssessBenchmark.RunAsync,
};

if (args is ["fit-levels", .. var files])
{
    return await FitLevels.RunAsync(Console.Out, files);
}

if (args is [var name] && benchmarks.TryGetValue(name, out var run))
{
    return await run(Console.Out);
}

await Console.Error.WriteLineAsync($"Name a benchmark ({string.Join(", ", benchmarks.Keys)}) or fit-levels.");
return 2;
