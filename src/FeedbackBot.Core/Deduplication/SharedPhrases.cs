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
    private const int LeastShared = 2;

    // "Northwind waits for SSO": of so few words one is enough.
    private const int FewWords = 4;

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

    /// <summary>
    /// The most telling phrases first, at most three. None where both share only what is said everywhere, or a single word out
    /// of many: that happens by chance.
    /// </summary>
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

        var telling = text.Terms.Take(TermsRead).Where(term => IsTelling(text, term)).DistinctBy(term => text.FormOf(term).ToString(), StringComparer.Ordinal).ToList();
        if (telling.Count > FewWords && telling.Count(term => shared.ContainsKey(numberOf(text, term))) < LeastShared)
        {
            return [];
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
            var isTelling = weight >= 0 && IsTelling(text, term);
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

    /// <summary>No single letter, no number, and nothing that is said everywhere, by its normal form; but "production" has that of "product".</summary>
    private static bool IsTelling(TextTerms text, Term term)
    {
        var form = text.FormOf(term);
        return form.Length > 1
            && form.ContainsAnyExceptInRange('0', '9')
            && !Everywhere.GetAlternateLookup<ReadOnlySpan<char>>().Contains(form)
            && text.Between(term.From, term.From + term.Size).ToUpperInvariant() is not ("PRODUCT" or "PRODUCTS");
    }

    private static IEnumerable<string> FormsOf(string words)
    {
        var terms = TextTerms.Of(words);
        return terms.Terms.Select(term => terms.FormOf(term).ToString());
    }

    /// <summary>A phrase, how far it was read, and how rare its words are together.</summary>
    private sealed record Run(int From, int End, int Reach, float Weight);
}
