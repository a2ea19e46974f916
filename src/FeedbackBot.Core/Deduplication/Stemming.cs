using System.Buffers;

namespace FeedbackBot.Core.Deduplication;

/// <summary>
/// Brings the forms of an English word together ("deployments", "deploying", "deployed"): rough, small and fast. What it makes
/// need not be a word; it only has to be the same for most forms of one.
/// </summary>
internal static class Stemming
{
    private static readonly SearchValues<char> Vowels = SearchValues.Create("aeiouy");

    private const int ShortestChanged = 4;
    private const int ShortestRest = 4;

    // The longest that fits is cut off; what stands after the arrow stays. All are beginnings of what is cut, or written over it.
    private static readonly (string Ending, string Stays)[] Endings =
    [
        ("ization", "iz"), ("isation", "iz"), ("ational", "at"), ("ation", "at"), ("ement", "e"), ("ment", ""), ("ition", "it"),
        ("ion", ""), ("able", ""), ("ible", ""), ("ity", ""), ("ness", ""), ("ful", ""), ("ally", "al"), ("ly", ""), ("er", ""),
        ("or", ""), ("al", ""), ("ive", ""),
    ];

    /// <summary>Rewrites a word in lower case in place and gives the new length.</summary>
    public static int Apply(Span<char> word)
    {
        if (word.Length < ShortestChanged || word.ContainsAnyExceptInRange('a', 'z'))
        {
            return word.Length;
        }

        var length = WithoutPlural(word);
        length = WithoutVerbForm(word, length);
        length = WithoutEnding(word, length);
        if (length > 5 && word[..length].EndsWith("is"))
        {
            word[length - 1] = 'z';
        }

        if (length > 4 && word[length - 1] == 'e')
        {
            length--;
        }

        if (length > 3 && word[length - 1] == 'y')
        {
            word[length - 1] = 'i';
        }

        return length;
    }

    private static int WithoutPlural(Span<char> word)
    {
        var length = word.Length;
        if (length > 4 && word.EndsWith("ies"))
        {
            word[length - 3] = 'y';
            return length - 2;
        }

        if (word.EndsWith("sses"))
        {
            return length - 2;
        }

        return word[^1] == 's' && word[^2] is not ('s' or 'u' or 'i') ? length - 1 : length;
    }

    private static int WithoutVerbForm(ReadOnlySpan<char> word, int length)
    {
        var cut = word[..length].EndsWith("ing") ? 3 : word[..length].EndsWith("ed") ? 2 : 0;
        var rest = length - cut;
        if (cut == 0 || rest < 3 || !word[..rest].ContainsAny(Vowels))
        {
            return length;
        }

        var isDoubled = rest > 3 && word[rest - 1] == word[rest - 2] && word[rest - 1] is not ('l' or 's' or 'z');
        return isDoubled ? rest - 1 : rest;
    }

    private static int WithoutEnding(Span<char> word, int length)
    {
        foreach (var (ending, stays) in Endings)
        {
            if (length - ending.Length >= ShortestRest && word[..length].EndsWith(ending))
            {
                stays.CopyTo(word[(length - ending.Length)..]);
                return length - ending.Length + stays.Length;
            }
        }

        return length;
    }
}
