namespace FeedbackBot.Host.Tests.Flows;

/// <summary>The real clock, set forward at will: what is due in days comes due at once, while delays go on as they are.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    private long _shift;

    public void Advance(TimeSpan by) => Interlocked.Add(ref _shift, by.Ticks);

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Interlocked.Read(ref _shift));
}
