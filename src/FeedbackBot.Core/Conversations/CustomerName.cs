using System.Collections.Frozen;
using System.Text;

namespace FeedbackBot.Core.Conversations;

/// <summary>
/// Guesses whom an opening message is about, for the seller to confirm with one press (it never decides), and keeps names out
/// of what others see or are matched by.
/// </summary>
public static class CustomerName
{
    private const string AnyCustomer = "the customer";
    private const int LongestName = 40;
    private const int MostWords = 4;

    // Words that begin a sentence or name a role, not a company.
    private static readonly FrozenSet<string> NoName = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "a", "an", "the", "our", "my", "their", "this", "that", "these", "those", "we", "i", "they", "he", "she", "it", "you", "customer", "customers",
        "client", "clients", "account", "prospect", "hi", "hello", "hey", "there", "if", "when", "need", "needs", "because", "and", "but", "or", "so",
        "as", "in", "on", "for", "with", "without", "security", "team", "feature", "no", "not", "please", "can", "could", "would", "just", "one", "two",
        "three", "talked", "spoke", "met", "today", "yesterday", "currently", "still", "another", "every", "all", "some", "many", "blocked", "big", "deal");

    private static readonly FrozenSet<string> Before = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "at", "for", "from", "with", "customer", "client", "account", "prospect", "by");

    /// <summary>The likely name, null if nothing looks like one.</summary>
    public static string? FindIn(string text)
    {
        var words = text[..Math.Min(text.Length, 400)].Split([' ', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (NameAt(words, 0) is { } first)
        {
            return first;
        }

        for (var index = 1; index < words.Length; index++)
        {
            if (Before.Contains(words[index - 1].TrimEnd(':')) && NameAt(words, index) is { } name)
            {
                return name;
            }
        }

        return null;
    }

    /// <summary>The text with "the customer" in every place of <paramref name="customer"/>.</summary>
    public static string Hide(string text, string customer)
    {
        if (customer.Trim() is not { Length: > 1 } name || Next(text, name, 0) is not (>= 0 and var at))
        {
            return text;
        }

        var hidden = new StringBuilder(text.Length);
        var from = 0;
        for (; at >= 0; at = Next(text, name, from))
        {
            hidden.Append(text, from, at - from).Append(AnyCustomer);
            from = at + name.Length;
        }

        return hidden.Append(text, from, text.Length - from).ToString();
    }

    /// <summary>Where the name stands next as a word of its own ("Data" is not in "Database"), negative if nowhere.</summary>
    internal static int Next(string text, string name, int from)
    {
        for (var at = from; (at = text.IndexOf(name, at, StringComparison.OrdinalIgnoreCase)) >= 0; at++)
        {
            var end = at + name.Length;
            if ((at == 0 || !char.IsLetterOrDigit(text[at - 1])) && (end == text.Length || !char.IsLetterOrDigit(text[end])))
            {
                return at;
            }
        }

        return -1;
    }

    private static string? NameAt(string[] words, int start)
    {
        var name = new List<string>();
        for (var index = start; index < words.Length && name.Count < MostWords; index++)
        {
            var plain = words[index].Trim(',', '.', ':', ';', '!', '?', '"', '(', ')', '“', '”');
            plain = plain.EndsWith("'s", StringComparison.Ordinal) || plain.EndsWith("’s", StringComparison.Ordinal) ? plain[..^2] : plain;
            var joins = name.Count > 0 && plain is "&" or "of" or "and" && index + 1 < words.Length && char.IsUpper(words[index + 1][0]) && plain is not "and";
            if (!joins && (plain.Length < 2 || !char.IsUpper(plain[0]) || NoName.Contains(plain)))
            {
                break;
            }

            name.Add(plain);
            if (words[index].Length > plain.Length && !joins)
            {
                break;
            }
        }

        var found = string.Join(' ', name);
        return found.Length is > 1 and <= LongestName ? found : null;
    }
}
