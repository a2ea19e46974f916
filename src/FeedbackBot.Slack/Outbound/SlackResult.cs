using FeedbackBot.Core.Messaging;
using FeedbackBot.Slack.Inbound;

namespace FeedbackBot.Slack.Outbound;

/// <summary>Slack's answer to a method: what it gave, or why it did not.</summary>
/// <param name="Value">The answer; undefined where it failed.</param>
/// <param name="Failure">Null if it went well.</param>
/// <param name="Error">Slack's error code or what happened on the way; never text of people, never a token.</param>
internal readonly record struct SlackResult(SlackJson Value, DeliveryFailure? Failure, string Error, TimeSpan? RetryAfter)
{
    public bool IsOk => Failure is null;

    /// <summary>What the token may do, where Slack says so with its answer.</summary>
    public IReadOnlyList<string> Scopes { get => field ?? []; init; }

    public static SlackResult Ok(SlackJson value) => new(value, null, "", null);

    public static SlackResult Failed(DeliveryFailure failure, string error, TimeSpan? retryAfter = null) => new(default, failure, error, retryAfter);

    /// <summary>The failure as the outbox takes it.</summary>
    public DeliveryResult.Failed ToFailed(string method)
        => new(Failure ?? throw new InvalidOperationException("It went well."), $"{method}: {Error}", RetryAfter);
}
