using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace FeedbackBot.Core.Deduplication;

/// <summary>A term of a text: where its normal form stands among the text's forms, and which words of the text it was.</summary>
internal readonly record struct Term(int Start, int Length, int From, int Size, bool InTitle);

/// <summary>
/// What the index takes from a text: its terms in their order, repeated as often as they occur, its pieces of three letters, and
/// the title's prefix ("Billing: …"). Words are stemmed, the parts of JoinedWords and abbreviations written out are terms too,
/// and scripts without spaces become overlapping pairs of characters.
/// </summary>
internal sealed class TextTerms
{
    /// <summary>Characters of a text that are read; the rest is passed over.</summary>
    public const int LongestText = 16_000;

    private const int LongestWord = 40;
    private const int LongestTitle = 200;
    private const int MostPieces = 1_500;
    private const int LongestPrefix = 24;

    // They say nothing about what a text is about.
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Stopwords = FrozenSet.Create(
        StringComparer.Ordinal,
        ("a an the and or of to in on at for from by with without is are was were be been being it its this that these those there then than as if but "
        + "not no do does did have has had i you we they he she my your our their me us them can could should would will may might must so when while "
        + "which what who how why where into out up down over under again also just only very too about after before between because until through "
        + "during some any all each more most other such same own s t don now").Split(' ')).GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly SearchValues<char> PhraseEnds = SearchValues.Create(".,;:!?()[]{}<>\"“”„\n\t|•–—=");

    private readonly string _text;
    private readonly int _titleEnd;
    private readonly List<Term> _terms;
    private readonly List<ushort> _pieces;
    private readonly List<ushort> _titlePieces;
    private readonly (int From, int Size)[] _before = new (int, int)[Abbreviations.LongestPhrase];
    private char[] _forms;
    private int _used;
    private int _words;

    private TextTerms(string text, int titleEnd)
    {
        _text = text;
        _titleEnd = titleEnd;

        // As much as most texts need, so that nothing grows step by step.
        var read = Math.Min(text.Length, LongestText);
        _terms = new List<Term>(read / 5);
        _pieces = new List<ushort>(Math.Min(read, MostPieces));
        _titlePieces = new List<ushort>(titleEnd);
        _forms = new char[read];
        ReadWords(read);
        _pieces.Sort();
        _titlePieces.Sort();
        Prefix = PrefixOf(text.AsSpan(0, titleEnd));
    }

    /// <summary>What it was made of.</summary>
    public string Text => _text;

    public IReadOnlyList<Term> Terms => _terms;

    /// <summary>Three letters of a word with its ends, as 16-bit hashes in ascending order, repeated as often as they occur.</summary>
    public IReadOnlyList<ushort> Pieces => _pieces;

    /// <summary>The same of the title alone.</summary>
    public IReadOnlyList<ushort> TitlePieces => _titlePieces;

    /// <summary>A hash of what stands before the title's colon or in its brackets, 0 if there is no such thing.</summary>
    public int Prefix { get; }

    /// <summary>A title and what belongs to it.</summary>
    public static TextTerms Of(string title, string body) => new($"{title}\n{body}", title.Length);

    /// <summary>A text whose first line is its title; where it has only one line, its first sentence.</summary>
    public static TextTerms Of(string text) => new(text, TitleLength(text));

    public ReadOnlySpan<char> FormOf(in Term term) => _forms.AsSpan(term.Start, term.Length);

    /// <summary>A piece of the text as it is written.</summary>
    public string Between(int from, int end) => _text[from..end];

    /// <summary>Whether nothing stands between two places of the text that would end a phrase.</summary>
    public bool AreTogether(int end, int from) => from <= end || !_text.AsSpan(end, from - end).ContainsAny(PhraseEnds);

    private static int TitleLength(string text)
    {
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        for (var i = 0; end < 0 && i < text.Length - 1; i++)
        {
            if ((text[i] is '.' or '?' or '!' && char.IsWhiteSpace(text[i + 1])) || text[i] is '。' or '！' or '？')
            {
                end = i;
            }
        }

        return Math.Min(end < 0 ? text.Length : end, LongestTitle);
    }

    private static int PrefixOf(ReadOnlySpan<char> title)
    {
        title = title.Trim();
        var isBracketed = title.Length > 0 && title[0] == '[';
        title = isBracketed ? title[1..] : title;
        var end = isBracketed ? title.IndexOf(']') : title.IndexOf(':');
        if (end is < 2 or > LongestPrefix)
        {
            return 0;
        }

        var hash = 17;
        foreach (var c in title[..end].TrimEnd())
        {
            hash = unchecked((hash * 31) + char.ToLowerInvariant(c));
        }

        return hash == 0 ? 1 : hash;
    }

    private void ReadWords(int end)
    {
        for (var i = 0; i < end; i++)
        {
            if (!char.IsLetterOrDigit(_text[i]))
            {
                continue;
            }

            var from = i;
            var hasNoSpaces = IsWithoutSpaces(_text[i]);
            while (i < end && IsInside(_text[i], hasNoSpaces))
            {
                i++;
            }

            if (hasNoSpaces)
            {
                ReadPairs(from, i);
            }
            else
            {
                ReadWord(from, i);
            }

            i--;
        }
    }

    private static bool IsInside(char c, bool hasNoSpaces)
        => char.IsLetterOrDigit(c) ? IsWithoutSpaces(c) == hasNoSpaces : char.GetUnicodeCategory(c) == UnicodeCategory.NonSpacingMark;

    private static bool IsWithoutSpaces(char c)
        => c is (>= '\u3040' and <= '\u30FF') or (>= '\u3400' and <= '\u9FFF') or (>= '\uAC00' and <= '\uD7AF') or (>= '\uF900' and <= '\uFAFF')
            or (>= '\u0E00' and <= '\u0EFF');

    private void ReadPairs(int from, int end)
    {
        for (var i = from; i < Math.Max(end - 1, from + 1); i++)
        {
            Add(_text.AsSpan(i, Math.Min(2, end - i)), i, Math.Min(2, end - i));
        }
    }

    private void ReadWord(int from, int end)
    {
        var written = _text.AsSpan(from, Math.Min(end - from, LongestWord));
        Span<char> folded = stackalloc char[LongestWord * 2];
        var word = folded[..Fold(written, folded)];
        if (word.Length == 0)
        {
            return;
        }

        ReadPieces(word, from < _titleEnd);
        AddAbbreviations(word, from, end);
        if (!Stopwords.Contains(word))
        {
            Span<char> stemmed = stackalloc char[LongestWord * 2];
            word.CopyTo(stemmed);
            Add(stemmed[..Stemming.Apply(stemmed[..word.Length])], from, end - from);
        }

        if (written.Length > 3 && written[1..].ContainsAnyInRange('A', 'Z'))
        {
            AddParts(written, from);
        }
    }

    /// <summary>Lower case and without accents, so that "Über" and "Uber" are the same word.</summary>
    private static int Fold(ReadOnlySpan<char> written, Span<char> folded)
    {
        var length = written.ToLowerInvariant(folded);
        if (!folded[..length].ContainsAnyInRange('\u00C0', '\u036F'))
        {
            return length;
        }

        var plain = 0;
        foreach (var c in folded[..length].ToString().Normalize(NormalizationForm.FormD))
        {
            if (char.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark && plain + 2 <= folded.Length)
            {
                folded[plain++] = c == 'ß' ? 's' : c;
                if (c == 'ß')
                {
                    folded[plain++] = 's';
                }
            }
        }

        return plain;
    }

    private void ReadPieces(ReadOnlySpan<char> word, bool inTitle)
    {
        for (var i = -1; i < word.Length - 1 && _pieces.Count < MostPieces; i++)
        {
            var first = i < 0 ? ' ' : word[i];
            var last = i + 2 < word.Length ? word[i + 2] : ' ';
            var piece = (ushort)(unchecked(((((uint)first * 0x9E3779B1) ^ word[i + 1]) * 0x85EBCA77 ^ last) * 0xC2B2AE3D) >> 16);
            _pieces.Add(piece);
            if (inTitle)
            {
                _titlePieces.Add(piece);
            }
        }
    }

    private void AddAbbreviations(ReadOnlySpan<char> word, int from, int end)
    {
        foreach (var (before, abbreviation) in Abbreviations.EndingIn(word))
        {
            if (StandBefore(before))
            {
                Span<char> form = stackalloc char[LongestWord];
                abbreviation.CopyTo(form);
                var start = before.Length == 0 ? from : _before[(_words - before.Length) % _before.Length].From;
                Add(form[..Stemming.Apply(form[..abbreviation.Length])], start, end - start);
                break;
            }
        }

        _before[_words++ % _before.Length] = (from, end - from);
    }

    private bool StandBefore(string[] words)
    {
        if (words.Length > _words)
        {
            return false;
        }

        for (var i = 0; i < words.Length; i++)
        {
            var (from, size) = _before[(_words - words.Length + i) % _before.Length];
            if (!_text.AsSpan(from, size).Equals(words[i], StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>"ListView" is "list" and "view" too, "iOS7" is "ios" and "7".</summary>
    private void AddParts(ReadOnlySpan<char> written, int from)
    {
        Span<char> part = stackalloc char[LongestWord * 2];
        for (int start = 0, end; start < written.Length; start = end)
        {
            end = PartEnd(written, start);
            if (start == 0 && end == written.Length)
            {
                return;
            }

            if (end - start > 1)
            {
                var length = Fold(written[start..end], part);
                Add(part[..Stemming.Apply(part[..length])], from + start, end - start);
            }
        }
    }

    /// <summary>A part is a run of capitals, a run of digits, or small letters with the capital before them.</summary>
    private static int PartEnd(ReadOnlySpan<char> word, int start)
    {
        var end = start + 1;
        if (char.IsDigit(word[start]))
        {
            while (end < word.Length && char.IsDigit(word[end]))
            {
                end++;
            }

            return end;
        }

        if (char.IsUpper(word[start]))
        {
            while (end < word.Length && char.IsUpper(word[end]))
            {
                end++;
            }

            if (end - start > 1)
            {
                // The last capital of "HTTPServer" begins the next part.
                return end < word.Length && char.IsLower(word[end]) ? end - 1 : end;
            }
        }

        while (end < word.Length && !char.IsUpper(word[end]) && !char.IsDigit(word[end]))
        {
            end++;
        }

        return end;
    }

    private void Add(ReadOnlySpan<char> form, int from, int size)
    {
        if (form.IsEmpty)
        {
            return;
        }

        if (_used + form.Length > _forms.Length)
        {
            Array.Resize(ref _forms, Math.Max(_forms.Length * 2, _used + form.Length));
        }

        form.CopyTo(_forms.AsSpan(_used));
        _terms.Add(new Term(_used, form.Length, from, size, from < _titleEnd));
        _used += form.Length;
    }
}
