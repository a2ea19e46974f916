using System.Security.Cryptography;

namespace FeedbackBot.Core.Outbox;

/// <summary>When to try again.</summary>
public static class RetrySchedule
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The wait after the failed attempt number <paramref name="attempt"/> (from 1): one second doubled each time, up to
    /// <paramref name="longest"/>, shortened by up to half at random so that many that failed together do not come back together.
    /// What the platform asked for (<paramref name="retryAfter"/>) is kept in any case.
    /// </summary>
    public static TimeSpan Wait(int attempt, TimeSpan longest, TimeSpan? retryAfter)
        => Wait(attempt, longest, retryAfter, RandomNumberGenerator.GetInt32(0, 1001) / 1000d);

    /// <summary>
    /// The wait where a platform does not take messages and says for how long: exactly that, however often it has said so, since
    /// a longer one would leave unused what it allows. At least a second.
    /// </summary>
    public static TimeSpan Asked(TimeSpan retryAfter) => retryAfter > Shortest ? retryAfter : Shortest;

    /// <summary><see cref="Wait(int, TimeSpan, TimeSpan?)"/> for a given <paramref name="random"/> from 0 to 1.</summary>
    internal static TimeSpan Wait(int attempt, TimeSpan longest, TimeSpan? retryAfter, double random)
    {
        var doubled = Math.Min(longest.TotalSeconds, Math.Pow(2, Math.Clamp(attempt, 1, 30) - 1));
        var wait = TimeSpan.FromSeconds(doubled * (1 - (random / 2)));
        return retryAfter is { } asked && asked > wait ? asked : wait;
    }
}
