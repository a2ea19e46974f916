namespace FeedbackBot.Core.Messaging;

/// <summary>The kinds of thing a button can be about.</summary>
public enum SubjectKind
{
    Conversation,
    Request,
    Submission,
}

/// <summary>What a message and its buttons are about. A platform carries it in the button and gives it back unread.</summary>
public sealed record Subject(SubjectKind Kind, string Id);
