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
    private const int LongestRead = 400;
    private const int MostWords = 4;

    // Words that begin a sentence or name a role, no company.
    private static readonly FrozenSet<string> NoName = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "a", "an", "the", "our", "my", "their", "this", "that", "these", "those", "we", "i", "they", "he", "she", "it", "you", "customer", "customers",
        "client", "clients", "account", "prospect", "hi", "hello", "hey", "there", "if", "when", "need", "needs", "because", "and", "but", "or", "so",
        "as", "in", "on", "for", "with", "without", "security", "team", "feature", "no", "not", "please", "can", "could", "would", "just", "one", "two",
        "three", "talked", "spoke", "met", "today", "yesterday", "currently", "still", "another", "every", "all", "some", "many", "blocked", "big", "deal",

        // What customers build with, and what they lack.
        "api", "apis", "aws", "azure", "devops", "docker", "gcp", "github", "gitlab", "java", "jenkins", "kubernetes", "linux", "macos", "mfa", "okta", "pipelines",
        "python", "saml", "scim", "slack", "sso", "teams", "terraform", "vpn", "windows");

    private static readonly FrozenSet<string> Before = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "at", "for", "from", "with", "customer", "client", "account", "prospect", "by");

    // Behind these a name is a customer's far more often than a product's.
    private static readonly FrozenSet<string> StrongBefore = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "at", "for", "customer", "client", "account", "prospect");

    private static readonly FrozenSet<string> LegalForms = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "ltd", "limited", "inc", "incorporated", "corp", "corporation", "co", "company", "llc", "llp", "plc", "gmbh", "ag", "kg", "kgaa", "ohg", "se", "sa", "s.a",
        "sas", "sarl", "s.a.r.l", "srl", "s.r.l", "spa", "s.p.a", "bv", "b.v", "nv", "n.v", "ab", "as", "a/s", "oy", "oyj", "pty", "holding", "group");

    /// <summary>The likely name, null if nothing looks like one.</summary>
    public static string? FindIn(string text) => FindIn(text, Before);

    private static string? FindIn(string text, FrozenSet<string> before)
    {
        var words = WordsOf(text);
        if (NameAt(words, 0) is { } first)
        {
            return first;
        }

        for (var index = 1; index < words.Length; index++)
        {
            if (before.Contains(words[index - 1].TrimEnd(':')) && NameAt(words, index) is { } name)
            {
                return name;
            }
        }

        return null;
    }

    /// <summary>
    /// What a customer may be called in the words of one seller, the longest first: as answered ("it's for Contoso Ltd"), and as
    /// the opening called them. Where the answer is no name, or there is none, whoever the opening seems to be about: a name too
    /// much is hidden rather than one too few. A word that is no name is not among them, so that "Terraform" stays "Terraform".
    /// </summary>
    public static IReadOnlyList<string> NamesIn(string answer, string opening)
    {
        var words = WordsOf(answer);
        var isName = words.Length > 0 && words.Length <= MostWords;
        var said = FindIn(answer);
        string?[] names = [isName ? answer.Trim() : null, said];
        var guess = FindIn(opening, Before);
        var isSaid = guess is not null && Array.Exists(names, name => name is not null && (Next(guess, Short(name), 0) >= 0 || Next(name, guess, 0) >= 0));
        var likely = isSaid || NameAt(words, 0) is not null ? null : FindIn(opening, StrongBefore);
        return [.. names.Append(isSaid ? guess : likely)
            .OfType<string>()
            .SelectMany(name => (string[])[name, Short(name)])
            .Where(name => name.Length > 1)
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .OrderByDescending(name => name.Length)];
    }

    /// <summary>The text with "the customer" in every place of one of <paramref name="names"/>.</summary>
    public static string Hide(string text, IReadOnlyList<string> names)
    {
        foreach (var name in names)
        {
            text = Hide(text, name);
        }

        return text;
    }

    private static string Hide(string text, string name)
    {
        if (Next(text, name, 0) is not (>= 0 and var at))
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

    /// <summary>A company's name without its legal form: "Contoso" for "Contoso Ltd.".</summary>
    private static string Short(string name)
    {
        var words = WordsOf(name);
        var kept = words.Length;
        while (kept > 1 && LegalForms.Contains(words[kept - 1].Trim(',', '.', ';', '!', '(', ')')))
        {
            kept--;
        }

        return kept == words.Length ? name : string.Join(' ', words[..kept]).TrimEnd(',', '&', ' ');
    }

    private static string[] WordsOf(string text) => text[..Math.Min(text.Length, LongestRead)].Split([' ', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries);

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
