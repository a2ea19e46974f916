namespace FeedbackBot.Core.Deduplication;

/// <summary>What a term counts that occurs so many times: one and the logarithm, 0 where it does not occur.</summary>
internal static class LogCounts
{
    private static readonly float[] Table = [0, .. Enumerable.Range(1, 63).Select(count => 1 + MathF.Log(count))];

    public static float Of(int count) => Table[Math.Min(count, Table.Length - 1)];
}
