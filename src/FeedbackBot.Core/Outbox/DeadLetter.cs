using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Storage;

namespace FeedbackBot.Core.Outbox;

/// <summary>
/// Row <c>dead|ticks|id</c>: an event that was set aside or a message that was given up, for the operator to look at and to
/// replay.
/// </summary>
public sealed record DeadLetter : IStoredRecord
{
    public static int Schema => 1;

    /// <summary>The id of the inbox or outbox row.</summary>
    public required string Id { get; init; }

    public required LaneKind Kind { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Why, with no text of people in it.</summary>
    public required string Reason { get; init; }

    public static string Row(DateTimeOffset at, string id) => $"{Prefix}{at.UtcTicks:D19}|{id}";

    public const string Prefix = "dead|";
}
