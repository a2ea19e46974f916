using System.Collections.Frozen;

namespace FeedbackBot.Core.Deduplication;

/// <summary>
/// What a query and a document both speak of, as the query has it: words that stand together, with the small words between
/// them ("private networking for build agents"), since single words say little to a reader.
/// </summary>
internal static class SharedPhrases
{
    private const int Shown = 3;
    private const int LongestPhrase = 60;
    private const int TermsRead = 400;

    // Beside a rare phrase a common word is no reason.
    private const float LeastShare = 0.3f;

    // Every piece of feedback is told in these, whatever it is about. A small store has no means to know.
    private static readonly FrozenSet<string> Everywhere = FrozenSet.ToFrozenSet(
        FormsOf(
            "customer client account prospect seller buy buying bought purchase sign deal renew renewal contract sell sold feature request need want ask "
            + "require requirement support add block blocker stuck issue problem fail failing failure miss missing work use used using user team company people "
            + "current currently today soon later already still yet always never ever suggest suggestion reject rejection try tried consider alternative option "
            + "offer impact level reason cause month year week day hour minute time number many few several new different thing way help please make made get got "
            + "give given giving take taken go going live able possible impossible cannot unable say said tell told see seen look show wait expect happen let put "
            + "keep come bring direct directly available business project plan cost costly compliance infrastructure process violate violation "
            + "one two three first last next"),
        StringComparer.Ordinal);

    /// <summary>The most telling phrases first, at most three; none where both share only what is said everywhere.</summary>
    public static IReadOnlyList<string> Of(TextTerms text, AskedTerms asked, IndexedDocument document, Func<TextTerms, Term, int> numberOf)
    {
        var shared = new Dictionary<int, float>();
        foreach (var number in document.Terms)
        {
            if (asked.Find(number) is >= 0 and var place)
            {
                shared.Add(number, asked.Asked[place].Rarity);
            }
        }

        var phrases = new Dictionary<string, float>(StringComparer.OrdinalIgnoreCase);
        foreach (var phrase in Runs(text, term => shared.GetValueOrDefault(numberOf(text, term), -1)))
        {
            phrases.TryAdd(text.Between(phrase.From, phrase.End), phrase.Weight);
        }

        var chosen = new List<string>();
        foreach (var (phrase, weight) in phrases.OrderByDescending(phrase => phrase.Value))
        {
            var isTelling = weight >= phrases[chosen.Count == 0 ? phrase : chosen[0]] * LeastShare;
            if (isTelling && chosen.Count < Shown && !chosen.Exists(other => other.Contains(phrase, StringComparison.OrdinalIgnoreCase)))
            {
                chosen.Add(phrase);
            }
        }

        return chosen;
    }

    private static IEnumerable<Run> Runs(TextTerms text, Func<Term, float> weightOf)
    {
        Run? run = null;
        foreach (var term in text.Terms.Take(TermsRead))
        {
            var end = term.From + term.Size;
            if (run is not null && end <= run.Reach)
            {
                // A part of the word before it.
                continue;
            }

            var weight = weightOf(term);
            var isTelling = weight >= 0 && term.Size > 1 && !IsEverywhere(text, term);
            var goesOn = run is not null && weight >= 0 && end - run.From <= LongestPhrase && text.AreTogether(run.Reach, term.From);
            if (run is not null && !goesOn)
            {
                yield return run;
            }

            // What is said everywhere may stand inside of a phrase and not at its ends.
            run = goesOn ? run! with { Reach = end, End = isTelling ? end : run.End, Weight = run.Weight + (isTelling ? weight : 0) }
                : isTelling ? new Run(term.From, end, end, weight)
                : null;
        }

        if (run is not null)
        {
            yield return run;
        }
    }

    /// <summary>By its normal form; but "production" has that of "product".</summary>
    private static bool IsEverywhere(TextTerms text, Term term)
        => Everywhere.GetAlternateLookup<ReadOnlySpan<char>>().Contains(text.FormOf(term))
            || text.Between(term.From, term.From + term.Size).ToUpperInvariant() is "PRODUCT" or "PRODUCTS";

    private static IEnumerable<string> FormsOf(string words)
    {
        var terms = TextTerms.Of(words);
        return terms.Terms.Select(term => terms.FormOf(term).ToString());
    }

    /// <summary>A phrase, how far it was read, and how rare its words are together.</summary>
    private sealed record Run(int From, int End, int Reach, float Weight);
}
