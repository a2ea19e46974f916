using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Requests;
using FeedbackBot.Core.Storage;

namespace FeedbackBot.Core.Outbox;

/// <summary>Where a send stands. That one is being sent right now is said by its lane's lease, not here.</summary>
public enum OutboxStatus
{
    Pending,
    Delivered,

    /// <summary>An update that a later one made needless, or whose original was never delivered.</summary>
    Superseded,
    DeadLettered,
}

/// <summary>
/// What is sent: a message, or a request's triage card, which is made at the time of sending. Exactly one is given.
/// </summary>
public sealed record OutboxContent(OutboundMessage? Message, RequestId? Card);

/// <summary>Row <c>outbox|id</c>: one send, from the turn that caused it to what became of it.</summary>
public sealed record OutboxMessage : IStoredRecord
{
    public static int Schema => 1;

    public required OutboxId Id { get; init; }

    public required Destination Destination { get; init; }

    public required OutboxContent Content { get; init; }

    public LanePriority Priority { get; init; }

    /// <summary>For the root of a new thread: the thread whose conversation goes on under it once it is delivered.</summary>
    public ThreadReference? Brings { get; init; }

    public required DateTimeOffset EnqueuedAt { get; init; }

    public OutboxStatus Status { get; init; }

    /// <summary>Attempts that failed or ended without anyone knowing how.</summary>
    public int FailedAttempts { get; init; }

    /// <summary>Why the last attempt failed, for the operator.</summary>
    public string? Failure { get; init; }

    public DateTimeOffset? DeliveredAt { get; init; }

    /// <summary>The message as the platform knows it, once delivered.</summary>
    public MessageReference? Delivered { get; init; }

    /// <summary>The W3C trace parent of the turn that caused it.</summary>
    public string? TraceParent { get; init; }

    public static string Row(OutboxId id) => $"outbox|{id.Value}";
}
