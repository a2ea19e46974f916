using FeedbackBot.Core.Conversations;
using FeedbackBot.Core.Requests;

namespace FeedbackBot.Core.Assessment;

/// <summary>What an answer amounts to.</summary>
public enum AnswerKind
{
    /// <summary>It says something about what was asked.</summary>
    Informative,

    /// <summary>"I don't know", "I'll ask the customer": nothing is known yet.</summary>
    NotKnownYet,

    /// <summary>"No", "not an issue here", "nothing tried": known, and nothing is there.</summary>
    NotAnIssue,
}

/// <summary>What a text says of one constraint.</summary>
public enum ConstraintMention
{
    NotMentioned,
    Stated,
    Denied,
}

/// <summary>
/// An answer to a question about <paramref name="Topic"/>. <paramref name="Fact"/>: a checkable fact is in it, so that
/// no follow-up is due. <paramref name="SpecificIssue"/> and <paramref name="AlternativeOrImpact"/> are judged
/// knowing what was asked: an answer to "what was tried?" need not say "we tried".
/// </summary>
public sealed record AnswerAssessment(
    Topic Topic,
    AnswerKind Kind,
    IReadOnlyDictionary<Constraint, ConstraintMention> Constraints,
    bool Fact,
    bool SpecificIssue,
    bool AlternativeOrImpact);
