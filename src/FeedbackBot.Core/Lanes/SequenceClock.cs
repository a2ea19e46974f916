namespace FeedbackBot.Core.Lanes;

/// <summary>
/// Gives items their place in a lane: strictly rising within this process, and by the clock between processes. The suffix
/// keeps two processes apart that name the same tick.
/// </summary>
public sealed class SequenceClock(TimeProvider time)
{
    private readonly string _suffix = Guid.NewGuid().ToString("n")[..6];
    private long _last;

    /// <summary>Follows a clock that went back. Only while no lane has items: theirs would be behind what comes in later.</summary>
    public void StartAgain() => Interlocked.Exchange(ref _last, 0);

    public string Next() => Next(DateTimeOffset.MinValue);

    /// <summary>The next sequence, not before <paramref name="notBefore"/>: where a clock lags, cause still precedes effect.</summary>
    public string Next(DateTimeOffset notBefore)
    {
        while (true)
        {
            var last = Interlocked.Read(ref _last);
            var next = Math.Max(last + 1, Math.Max(time.GetUtcNow().UtcTicks, notBefore.UtcTicks + 1));
            if (Interlocked.CompareExchange(ref _last, next, last) == last)
            {
                return $"{next:D19}-{_suffix}";
            }
        }
    }
}
