namespace FeedbackBot.Core.Conversations;

/// <summary>What a question asks about.</summary>
public enum Topic
{
    SpecificIssue,
    Cause,
    Cost,
    Compliance,
    Infrastructure,
    People,
    Alternatives,
    Impact,
    Customer,
    ProductArea,
    Duplicate,
    Confirm,
    Stake,
}
