namespace FeedbackBot.Core.Requests;

/// <summary>Why something blocks a customer: the four underlying causes of the article the product is built from.</summary>
public enum Constraint
{
    Cost,
    Compliance,
    Infrastructure,
    People,
}
