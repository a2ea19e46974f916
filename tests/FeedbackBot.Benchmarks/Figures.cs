namespace FeedbackBot.Benchmarks;

/// <summary>What is made of many measurements.</summary>
internal static class Figures
{
    public static double Median(IEnumerable<double> values) => Percentile(values, 0.5);

    /// <summary>The value below which the share <paramref name="share"/> (0 to 1) of <paramref name="values"/> lies.</summary>
    public static double Percentile(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        return sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * share))];
    }

    /// <summary>Writes whether <paramref name="value"/> is within its bound; 1, an exit code, if it is not.</summary>
    public static async Task<int> GateAsync(TextWriter output, string what, double value, bool isMet, string bound)
    {
        await output.WriteLineAsync(FormattableString.Invariant($"{(isMet ? "ok    " : "FAILED")} {what}: {value:f2} ({bound})"));
        return isMet ? 0 : 1;
    }
}
