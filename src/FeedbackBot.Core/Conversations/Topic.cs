namespace FeedbackBot.Core.Conversations;

/// <summary>What a statement is about, and what a question asks about.</summary>
public enum Topic
{
    /// <summary>The message the conversation began with; never asked.</summary>
    Opening,
    SpecificIssue,
    Cause,
    Cost,
    Compliance,
    Infrastructure,
    People,
    Alternatives,
    Impact,

    /// <summary>What the seller added that answered no question; never asked.</summary>
    Added,
    Customer,
    ProductArea,
    Duplicate,
    Confirm,
    Stake,
}
