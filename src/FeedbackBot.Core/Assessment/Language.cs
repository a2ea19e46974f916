namespace FeedbackBot.Core.Assessment;

/// <summary>Whether a text is in the one language the vocabulary knows, English. A guess, made to err on the side of yes.</summary>
internal static class Language
{
    // Fewer words than this carry too few function words to tell.
    private const int FewestWords = 8;
    // Terse technical English has about one function or vocabulary word in three; other languages have one in twenty.
    private const double LowestEnglishShare = 0.12;

    public static bool IsKnown(Vocabulary vocabulary, string text, Token[] tokens)
    {
        var (words, english, vocabularyWords, foreign, otherScript) = (0, 0, 0, 0, 0);
        foreach (var token in tokens)
        {
            if (!char.IsLetter(text[token.Start]))
            {
                continue;
            }

            words++;
            if (text[token.Start] > 'ɏ')
            {
                otherScript++;
            }
            else if (vocabulary.Has(WordClass.English, token.Word))
            {
                english++;
            }
            else if (vocabulary.Has(WordClass.Foreign, token.Word))
            {
                foreign++;
            }
            else if (token.Word.Stem >= 0)
            {
                vocabularyWords++;
            }
        }

        if (otherScript * 2 > words)
        {
            return false;
        }

        return words < FewestWords ? foreign < 2 : (english > 0 || vocabularyWords * 4 >= words * 3) && foreign <= english && english + vocabularyWords >= words * LowestEnglishShare;
    }
}
