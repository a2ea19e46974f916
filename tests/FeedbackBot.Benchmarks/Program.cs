using FeedbackBot.Benchmarks;

// One line for each benchmark.
var benchmarks = new Dictionary<string, Func<TextWriter, Task>>(StringComparer.Ordinal)
{
    ["store"] = StoreBenchmark.RunAsync,
};

if (args is [var name] && benchmarks.TryGetValue(name, out var run))
{
    await run(Console.Out);
    return 0;
}

await Console.Error.WriteLineAsync($"Name a benchmark: {string.Join(", ", benchmarks.Keys)}.");
return 1;
