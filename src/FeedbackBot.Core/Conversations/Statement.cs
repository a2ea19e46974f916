namespace FeedbackBot.Core.Conversations;

/// <summary>How a statement was made.</summary>
public enum StatementKind
{
    /// <summary>In the seller's own words.</summary>
    Said,

    /// <summary>By a button.</summary>
    Chosen,

    /// <summary>What was offered is not it; the text names what was, with spaces between.</summary>
    Denied,

    /// <summary>The seller passed over the question; the text is empty.</summary>
    Skipped,
}

/// <summary>
/// One thing the seller said, in the order they said it. <paramref name="MessageId"/> is the platform's message it came in,
/// so that an edit or a deletion of that message finds it; null for a button or an edit of the draft.
/// </summary>
public sealed record Statement(Topic Topic, StatementKind Kind, string Text, string? MessageId = null);
