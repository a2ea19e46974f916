using FeedbackBot.Core.Outbox;

namespace FeedbackBot.Core.Messaging;

/// <summary>
/// One message on its way. <paramref name="Id"/> travels with it, so that a repeat can be recognised.
/// <paramref name="Updates"/> is the message to replace, for an update. <paramref name="OutcomeUnknown"/> says that an
/// earlier attempt may have arrived: look before sending again, or mark the repeat.
/// </summary>
public sealed record Delivery(
    OutboxId Id, Destination Destination, OutboundMessage Message, MessageReference? Updates, bool OutcomeUnknown);

/// <summary>Why a delivery failed; nothing else decides whether it is tried again.</summary>
public enum DeliveryFailure
{
    /// <summary>The platform asked to wait. Tried again as long as it takes, within a day.</summary>
    RateLimited,

    /// <summary>Surely not taken, for now: tried again.</summary>
    Unavailable,

    /// <summary>It may have arrived or not: tried again, marked as a possible repeat.</summary>
    OutcomeUnknown,

    /// <summary>The destination is gone or closed to us: never tried again.</summary>
    Refused,

    /// <summary>The platform did not understand it, our mistake: never tried again.</summary>
    Invalid,
}

/// <summary>What became of one attempt.</summary>
public abstract record DeliveryResult
{
    private DeliveryResult()
    {
    }

    public sealed record Delivered(MessageReference Message) : DeliveryResult;

    /// <summary><paramref name="Reason"/> is for the operator and holds no text of people.</summary>
    public sealed record Failed(DeliveryFailure Failure, string Reason, TimeSpan? RetryAfter = null) : DeliveryResult;
}
