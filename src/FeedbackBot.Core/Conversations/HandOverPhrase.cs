namespace FeedbackBot.Core.Conversations;

/// <summary>How a seller hands a conversation over in words: "hand over to @sofia".</summary>
public static class HandOverPhrase
{
    private static readonly string[] Beginnings = ["hand over to ", "hand this over to ", "handover to "];

    /// <summary>The name as it was written, without its @; null if the text says something else.</summary>
    public static string? NameIn(string text)
    {
        foreach (var beginning in Beginnings)
        {
            if (text.StartsWith(beginning, StringComparison.OrdinalIgnoreCase)
                && text[beginning.Length..].Trim().TrimEnd('.', '!').TrimStart('@') is { Length: > 0 } name
                && !name.Contains(' ', StringComparison.Ordinal))
            {
                return name;
            }
        }

        return null;
    }
}
