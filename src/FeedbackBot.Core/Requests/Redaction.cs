using FeedbackBot.Core.Conversations;

namespace FeedbackBot.Core.Requests;

/// <summary>What people of other customers may read, or be matched by: a text that says neither who the customer is nor what is at stake.</summary>
internal static class Redaction
{
    /// <summary>The text without them.</summary>
    /// <param name="names">What the customer is called, of <see cref="CustomerName.NamesIn"/>.</param>
    public static string Of(string text, IReadOnlyList<string> names) => Money.Hide(CustomerName.Hide(text, names));
}
