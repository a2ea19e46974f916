using System.Globalization;
using System.Text;

namespace FeedbackBot.Core.Messaging;

/// <summary>Text that people typed, made fit to be stored and shown: it stays what they wrote, less what no reader sees.</summary>
public static class PersonText
{
    /// <summary>Longest text taken in, in UTF-16 characters: the longest message Slack delivers.</summary>
    public const int MaxLength = 40_000;

    /// <summary>
    /// Drops control characters (but newline and tab), lone surrogates and the controls that reorder text around them
    /// (a right-to-left override could make a card read as something else); right-to-left scripts need none of those.
    /// Line ends become \n; space around is trimmed. Where nothing is left that could be seen, nothing is left.
    /// </summary>
    public static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        var isSeen = false;
        foreach (var rune in text.ReplaceLineEndings("\n").EnumerateRunes())
        {
            var keep = rune.Value is '\n' or '\t'
                || (!Rune.IsControl(rune)
                    && rune != Rune.ReplacementChar
                    && rune.Value is not ((>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069)));
            if (keep)
            {
                clean.Append(rune.ToString());
                isSeen |= !Rune.IsWhiteSpace(rune) && Rune.GetUnicodeCategory(rune) != UnicodeCategory.Format;
            }
        }

        return isSeen ? clean.ToString().Trim() : "";
    }

    /// <summary>The first <paramref name="length"/> characters, at a word's end where there is one, with an ellipsis.</summary>
    public static string Shorten(string text, int length)
    {
        var line = text.ReplaceLineEndings(" ");
        if (line.Length <= length)
        {
            return line;
        }

        var end = line.LastIndexOf(' ', length - 1);
        if (end < length / 2)
        {
            end = char.IsHighSurrogate(line[length - 2]) ? length - 2 : length - 1;
        }

        return string.Concat(line.AsSpan(0, end).TrimEnd(), "…");
    }

    /// <summary>What a person said, short enough to be quoted back to them in a question.</summary>
    public static string Quote(string text) => $"“{Shorten(text.Trim(), 140)}”";

    /// <summary>The first sentence, at most <paramref name="length"/> characters of it.</summary>
    public static string FirstSentence(string text, int length)
    {
        for (var index = 0; index < text.Length; index++)
        {
            var ends = text[index] == '\n'
                || (text[index] is '.' or '!' or '?' && (index + 1 == text.Length || char.IsWhiteSpace(text[index + 1])));
            if (ends && index > 0)
            {
                return Shorten(text[..index].Trim(), length);
            }
        }

        return Shorten(text, length);
    }
}
