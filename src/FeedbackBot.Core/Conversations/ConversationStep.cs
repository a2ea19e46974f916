using System.Globalization;
using FeedbackBot.Core.Assessment;
using FeedbackBot.Core.Deduplication;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Requests;

namespace FeedbackBot.Core.Conversations;

/// <summary>What a turn needs to know from outside the conversation; gathered once, before it is applied.</summary>
/// <param name="FindCandidates">
/// What a text may be about, the likeliest first, without those that the seller said it is not. The one thing that is not
/// gathered before: most turns need none, and finding them costs more than all the rest of a turn.
/// </param>
/// <param name="NewRequest">The id a new request would get.</param>
public sealed record TurnFacts(
    IReadOnlyList<string> Areas,
    FeedbackLevel MinimumLevel,
    Func<string, IReadOnlySet<CandidateId>, IReadOnlyList<DuplicateCandidate>> FindCandidates,
    RequestId NewRequest)
{
    /// <summary>
    /// The request that the one the seller joins, or has joined, is part of now; null where there is none. What was offered
    /// may have been merged into another since, or erased; what was only planned may have become a request.
    /// </summary>
    public RequestId? Root { get; init; }

    /// <summary>What the seller said it is, a request or a roadmap item, is not there any more.</summary>
    public bool IsChoiceGone { get; init; }
}

/// <summary>What a step changes outside the conversation.</summary>
public enum ConversationEffect
{
    None,

    /// <summary>The feedback goes to the product team.</summary>
    Submit,

    /// <summary>What is at stake is added to the submission.</summary>
    AddStake,

    /// <summary>The seller is to be reminded of the draft, once.</summary>
    RemindLater,
}

/// <summary>The outcome of one turn.</summary>
public sealed record ConversationStep(Conversation Next, IReadOnlyList<OutboundMessage> Say, ConversationEffect Effect);

/// <summary>A conversation's thread with a turn number: what a button of that turn is about.</summary>
public readonly record struct ConversationTurn(string ThreadHash, int Turn)
{
    public static ConversationTurn? TryParse(string text)
        => text.LastIndexOf(':') is > 0 and var colon
            && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var turn)
                ? new ConversationTurn(text[..colon], turn)
                : null;

    public override string ToString() => $"{ThreadHash}:{Turn.ToString(CultureInfo.InvariantCulture)}";
}
