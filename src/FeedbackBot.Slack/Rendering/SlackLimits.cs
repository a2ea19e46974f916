using System.Text;

namespace FeedbackBot.Slack.Rendering;

/// <summary>
/// Slack's limits, in UTF-16 characters (https://docs.slack.dev/reference/block-kit, and the comments of the package
/// @slack/types 3.2.0), and how to stay within them: a text is cut with an ellipsis, never refused.
/// </summary>
internal static class SlackLimits
{
    public const int MessageBlocks = 50;
    public const int ViewBlocks = 100;
    public const int ActionsElements = 25;
    public const int TextObject = 3000;
    public const int ButtonText = 75;
    public const int ButtonValue = 2000;
    public const int OptionText = 75;
    public const int OptionValue = 75;
    public const int Options = 100;
    public const int InputLabel = 2000;
    public const int Id = 255;
    public const int ViewTitle = 24;
    public const int PrivateMetadata = 3000;
    public const int InputLength = 3000;

    /// <summary>A longer <c>text</c> may be split into several messages, which breaks the thread's bookkeeping.</summary>
    public const int FallbackText = 3900;

    /// <summary>All text of a message's blocks: Slack answers msg_blocks_too_long somewhere above 13,000.</summary>
    public const int MessageText = 11_000;

    /// <summary>At most <paramref name="length"/> characters of <paramref name="text"/>, with an ellipsis where it was longer.</summary>
    public static string Cut(string text, int length)
    {
        if (text.Length <= length)
        {
            return text;
        }

        var end = length - 1;
        return string.Concat(text.AsSpan(0, end > 0 && char.IsHighSurrogate(text[end - 1]) ? end - 1 : end), "…");
    }

    /// <summary>
    /// Text for a place where Slack reads markup: its three control characters become entities, once, and the result has at
    /// most <paramref name="length"/> characters with no entity cut in two
    /// (https://docs.slack.dev/messaging/formatting-message-text/#escaping).
    /// </summary>
    public static string Escape(string text, int length)
    {
        var escaped = new StringBuilder(Math.Min(text.Length, length) + 16);
        var end = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            escaped.Append(rune.Value switch
            {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                _ => rune.ToString(),
            });
            if (escaped.Length > length)
            {
                return escaped.Remove(end, escaped.Length - end).Append('…').ToString();
            }

            // As far as it may reach with an ellipsis behind it.
            end = escaped.Length < length ? escaped.Length : end;
        }

        return escaped.ToString();
    }
}
