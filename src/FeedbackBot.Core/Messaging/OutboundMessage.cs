using System.Text.Json.Serialization;
using FeedbackBot.Core.Assessment;
using FeedbackBot.Core.Conversations;
using FeedbackBot.Core.Deduplication;
using FeedbackBot.Core.Requests;
using FeedbackBot.Core.Triage;

namespace FeedbackBot.Core.Messaging;

/// <summary>
/// Something the bot says, by meaning and not by layout: each platform renders it with pure functions. Text in it is plain
/// text; a platform escapes it once, when it renders.
/// </summary>
[JsonDerivedType(typeof(Question), "question")]
[JsonDerivedType(typeof(Candidates), "candidates")]
[JsonDerivedType(typeof(Draft), "draft")]
[JsonDerivedType(typeof(Submitted), "submitted")]
[JsonDerivedType(typeof(TriageCard), "triage-card")]
[JsonDerivedType(typeof(Answer), "answer")]
[JsonDerivedType(typeof(OwnFeedback), "own-feedback")]
[JsonDerivedType(typeof(Notice), "notice")]
[JsonDerivedType(typeof(Refusal), "refusal")]
public abstract record OutboundMessage
{
    /// <summary>What the buttons are about; null where there are none.</summary>
    public Subject? Subject { get; init; }

    public IReadOnlyList<Choice> Choices { get; init; } = [];

    /// <summary>The form that a choice with <see cref="Choice.OpensForm"/> opens.</summary>
    public IReadOnlyList<FormField> Form { get; init; } = [];

    /// <summary>A question of the guided conversation.</summary>
    public sealed record Question(
        Topic Asks, string Text, FeedbackLevel Level, IReadOnlyList<string> Missing, bool SelfAssessed = false) : OutboundMessage;

    /// <summary>Requests that may be the same, for the seller to choose from.</summary>
    public sealed record Candidates(string Text, IReadOnlyList<DuplicateCandidate> Requests) : OutboundMessage;

    /// <summary>
    /// The feedback as it would be submitted. <paramref name="ToBring"/> are the questions the seller wants to ask the customer.
    /// </summary>
    public sealed record Draft(
        string Text,
        IReadOnlyList<DraftPart> Parts,
        FeedbackLevel Level,
        IReadOnlyList<string> Missing,
        IReadOnlyList<string> ToBring,
        bool SelfAssessed = false) : OutboundMessage;

    /// <summary>The feedback is with the product team.</summary>
    public sealed record Submitted(RequestId Request, string Text) : OutboundMessage;

    /// <summary>A request in its triage channel.</summary>
    public sealed record TriageCard(TriageCardContent Content) : OutboundMessage;

    /// <summary>
    /// The product team's answer, in the thread that asked. <paramref name="AskedAs"/> is the request that the seller knows,
    /// where it is part of the one that was answered; null otherwise.
    /// </summary>
    public sealed record Answer(RequestId Request, string Title, Response Response, RequestId? AskedAs = null) : OutboundMessage;

    /// <summary>
    /// What a seller relayed and what became of it, the newest first; <paramref name="More"/>: there is older feedback.
    /// </summary>
    public sealed record OwnFeedback(IReadOnlyList<OwnFeedbackItem> Items, bool More) : OutboundMessage;

    /// <summary>Anything else that is worth saying.</summary>
    public sealed record Notice(string Text) : OutboundMessage;

    /// <summary>A polite no, with what to do instead.</summary>
    public sealed record Refusal(string Text) : OutboundMessage;
}

/// <summary>
/// One submission of the seller who looks. <paramref name="Answer"/> is the one that holds now, <paramref name="Outcome"/>
/// what the seller said of it.
/// </summary>
public sealed record OwnFeedbackItem(
    RequestId Request,
    string Title,
    string Customer,
    FeedbackLevel Level,
    DateTimeOffset SubmittedAt,
    RequestStatus Status,
    Response? Answer,
    Outcome Outcome,
    ThreadReference Thread);
