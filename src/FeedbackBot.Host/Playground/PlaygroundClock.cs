using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Storage;

namespace FeedbackBot.Host.Playground;

/// <summary>
/// The service's clock while only the Playground uses it: the real one, set forward at will, so that what is due in days can
/// be seen today. Delays go on as they are. How far it was set forward is stored, since what was stored since is dated by it.
/// </summary>
internal sealed class PlaygroundClock : TimeProvider
{
    /// <summary>The row that says how far it was set forward; without it, it is the real time.</summary>
    public const string Row = "playground-clock";

    private static readonly TimeSpan Furthest = TimeSpan.FromDays(3650);

    private long _ahead;

    /// <summary>How far it is ahead of the real time.</summary>
    public TimeSpan Ahead => TimeSpan.FromTicks(Interlocked.Read(ref _ahead));

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Ahead;

    public async Task LoadAsync(IStore store, LaneQueues lanes, CancellationToken cancellationToken)
        => Interlocked.Exchange(ref _ahead, (await store.FindAsync<ClockSetting>(lanes.Key(Row), cancellationToken))?.Value.AheadTicks ?? 0);

    public static object Shown(PlaygroundClock clock) => new { now = clock.GetUtcNow(), aheadHours = clock.Ahead.TotalHours };

    /// <summary>Sets the clock forward by some hours and wakes whatever is due then.</summary>
    public static async Task<IResult> SetForwardAsync(
        ClockBody body, PlaygroundClock clock, IStore store, LaneQueues lanes, CancellationToken cancellationToken)
    {
        var ahead = body.Hours is > 0 && body.Hours <= Furthest.TotalHours ? clock.Ahead + TimeSpan.FromHours(body.Hours.Value) : TimeSpan.MaxValue;
        if (ahead > Furthest)
        {
            return PlaygroundEndpoints.Error(
                StatusCodes.Status400BadRequest, $"'hours' takes more than 0, and in all at most {Furthest.TotalHours:N0}: the clock only goes forward.");
        }

        var transaction = new StoreTransaction(lanes.Tenant);
        transaction.Upsert(Row, new ClockSetting { AheadTicks = ahead.Ticks });
        await store.CommitAsync(transaction, cancellationToken);
        Interlocked.Exchange(ref clock._ahead, ahead.Ticks);
        lanes.InBell.Ring();
        lanes.OutBell.Ring();
        return PlaygroundEndpoints.Answer(Shown(clock));
    }

    internal sealed record ClockBody(double? Hours);

    /// <summary>Row <c>playground-clock</c>.</summary>
    private sealed record ClockSetting : IStoredRecord
    {
        public static int Schema => 1;

        public long AheadTicks { get; init; }
    }
}
