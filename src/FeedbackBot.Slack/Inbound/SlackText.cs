using System.Text;
using FeedbackBot.Core.Messaging;

namespace FeedbackBot.Slack.Inbound;

/// <summary>
/// Slack's text made plain: references in angle brackets become what a reader sees, and the three entities become the
/// characters they stand for, once (https://docs.slack.dev/messaging/formatting-message-text/). All other markup stays as it
/// was typed.
/// </summary>
internal static class SlackText
{
    // What a text refers to is looked up by name; a text of mentions only must not become a flood of look-ups.
    private const int MostMentions = 10;

    // Slack takes ten with a message.
    private const int MostFiles = 10;

    /// <summary>The people that <paramref name="text"/> mentions, each once, the first few.</summary>
    public static IReadOnlyList<string> MentionsIn(string text) => MentionsIn(text, "<@");

    /// <summary>The channels that it mentions.</summary>
    public static IReadOnlyList<string> ChannelsIn(string text) => MentionsIn(text, "<#");

    private static List<string> MentionsIn(string text, string sign)
    {
        var found = new List<string>();
        for (var at = text.IndexOf(sign, StringComparison.Ordinal); at >= 0 && found.Count < MostMentions; at = text.IndexOf(sign, at + 2, StringComparison.Ordinal))
        {
            var end = text.AsSpan(at).IndexOfAny('>', '|');
            if (end > 2 && text.Substring(at + 2, end - 2) is var id && IsId(id) && !found.Contains(id, StringComparer.Ordinal))
            {
                found.Add(id);
            }
        }

        return found;
    }

    /// <summary>The text less the mentions of <paramref name="user"/>, still as Slack sent it.</summary>
    public static string Without(string text, string? user)
    {
        if (user is null)
        {
            return text;
        }

        var start = $"<@{user}";
        for (var at = text.IndexOf(start, StringComparison.Ordinal); at >= 0; at = text.IndexOf(start, at, StringComparison.Ordinal))
        {
            var end = text.IndexOf('>', at);
            if (end < 0)
            {
                break;
            }

            if (text[at + start.Length] is not ('>' or '|'))
            {
                at = end;
                continue;
            }

            text = text.Remove(at, end + 1 - at);
        }

        return text.Trim();
    }

    /// <summary>What a reader of the message sees, cleaned and at most <see cref="PersonText.MaxLength"/> characters of it.</summary>
    /// <param name="text">The message's <c>text</c>.</param>
    /// <param name="nameOf">The name of a mentioned person or channel, null if it is not known.</param>
    public static string ToPlain(string text, Func<string, string?> nameOf)
    {
        var plain = new StringBuilder(text.Length);
        var from = 0;
        while (text.IndexOf('<', from) is >= 0 and var start && text.IndexOf('>', start) is >= 0 and var end)
        {
            plain.Append(Decode(text[from..start])).Append(Reference(text[(start + 1)..end], nameOf));
            from = end + 1;
        }

        var clean = PersonText.Clean(plain.Append(Decode(text[from..])).ToString());
        return clean.Length <= PersonText.MaxLength ? clean : clean[..(char.IsHighSurrogate(clean[PersonText.MaxLength - 1]) ? PersonText.MaxLength - 1 : PersonText.MaxLength)];
    }

    /// <summary>The text with its attachments as links, each on a line of its own.</summary>
    public static string WithFiles(string plain, SlackJson files)
        => string.Join('\n', files.Items.Take(MostFiles).Select(FileLine).OfType<string>().Prepend(plain)).Trim();

    /// <summary>The three entities as characters. Each stands for itself: what comes out is not looked at again.</summary>
    public static string Decode(string text)
        => text.Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal);

    private static string Reference(string inside, Func<string, string?> nameOf)
    {
        var bar = inside.IndexOf('|', StringComparison.Ordinal);
        var (target, label) = bar < 0 ? (Decode(inside), "") : (Decode(inside[..bar]), Decode(inside[(bar + 1)..]));
        return target switch
        {
            ['@', .. var id] => $"@{nameOf(id) ?? (label.Length > 0 ? label.TrimStart('@') : id)}",
            ['#', .. var id] => $"#{(label.Length > 0 ? label : nameOf(id) ?? id)}",
            ['!', .. var command] => label.Length > 0 ? label : $"@{command.Split('^')[0]}",
            _ when label.Length == 0 || label == target || target == $"mailto:{label}" || target.EndsWith($"//{label}", StringComparison.Ordinal)
                => target.StartsWith("mailto:", StringComparison.Ordinal) ? target["mailto:".Length..] : target,
            _ => $"{label} ({target})",
        };
    }

    private static string? FileLine(SlackJson file)
        => Uri.TryCreate(file["permalink"].Text ?? file["url_private"].Text, UriKind.Absolute, out var link) && link.Scheme is "https" or "http"
            ? $"{PersonText.Shorten(PersonText.Clean(file["title"].Text ?? file["name"].Text ?? "attachment"), 100)}: {link.AbsoluteUri}"
            : null;

    private static bool IsId(string id) => id.Length <= 30 && id.All(char.IsAsciiLetterOrDigit);
}
