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

    /// <summary>The most telling phrases first, at most three.</summary>
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
            var weight = weightOf(term);
            var end = term.From + term.Size;
            if (run is { } open && end <= open.End)
            {
                // A part of the word before it.
                continue;
            }

            var goesOn = run is { } before && weight >= 0 && end - before.From <= LongestPhrase && text.AreTogether(before.End, term.From);
            if (run is { } ended && !goesOn)
            {
                yield return ended;
            }

            run = weight < 0 ? null : goesOn ? new Run(run!.From, end, run.Weight + weight) : new Run(term.From, end, weight);
        }

        if (run is { } last)
        {
            yield return last;
        }
    }

    private sealed record Run(int From, int End, float Weight);
}
