using System.Buffers;
using System.Runtime.InteropServices;

namespace FeedbackBot.Core.Assessment;

/// <summary>What a token's shape alone says about it.</summary>
[Flags]
internal enum TokenShapes
{
    None = 0,

    /// <summary>Starts with a digit, or is a number word of the vocabulary.</summary>
    Number = 1,

    /// <summary>A number with a currency beside it.</summary>
    Money = 2,

    /// <summary>A number written with k, m or bn: an amount rather than a count.</summary>
    Amount = 4,

    /// <summary>An identifier of a rule, control or clause: SC-12, 10.2.3, 17a-4.</summary>
    Code = 8,

    /// <summary>First token of its clause.</summary>
    ClauseStart = 16,

    /// <summary>A capital inside a sentence: probably a name.</summary>
    Name = 32,

    /// <summary>Three or more capitals: the name of a rule, a body or a technique.</summary>
    Acronym = 64,

    /// <summary>A word in -ed that tells a deed: "they merged", not "they asked".</summary>
    Past = 128,

    /// <summary>A year at which what was built then is old by now.</summary>
    OldYear = 256,

    /// <summary>Ends like a word for people who do something: inspectors, analysts, trainees.</summary>
    Human = 512,
}

/// <summary>Ids of the vocabulary, or -1: the word's stem, its exact form, and its form if it is written in capitals.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct WordIds(int Stem, int Exact, int Capitals)
{
    public static WordIds None { get; } = new(-1, -1, -1);
}

/// <summary>A word or number of the text.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Token(
    int Start, int Length, WordIds Word, TokenShapes Shapes, int Sentence, int Clause, double Value)
{
    public int End => Start + Length;

    public bool Is(TokenShapes shape) => (Shapes & shape) != TokenShapes.None;
}

/// <summary>
/// Cuts a text into words and numbers, sentences and clauses, in one pass. Hyphens split words but not rule codes;
/// contractions become two tokens ("can't" is <c>can</c> and <c>not</c>), so that negation is one word everywhere.
/// </summary>
internal sealed class Tokenizer(Vocabulary vocabulary, string text)
{
    // Also keeps the look-ahead for a code from making the whole scan quadratic.
    private const int LongestCode = 24;
    private const int EarliestYear = 1970;
    private const int LatestOldYear = 2016;
    private static readonly SearchValues<char> Currencies = SearchValues.Create("$€£¥");
    private static readonly SearchValues<char> AfterAddress = SearchValues.Create(" \t\r\n\u00a0<>()\"”");
    private readonly List<Token> _tokens = new((text.Length / 6) + 4);
    private int _sentence;
    private int _clause;
    private bool _clauseStart = true;
    private bool _sentenceStart = true;

    public static Token[] Run(Vocabulary vocabulary, string text)
    {
        var tokenizer = new Tokenizer(vocabulary, text);
        tokenizer.Run();
        return [.. tokenizer._tokens];
    }

    private void Run()
    {
        var i = 0;
        while (i < text.Length)
        {
            var c = text[i];
            if (char.IsAsciiDigit(c))
            {
                i = ReadNumber(i);
            }
            else if (char.IsLetter(c))
            {
                i = AddressEnd(i) is var end && end > i ? end : ReadWord(i);
            }
            else
            {
                ReadMark(i);
                i++;
            }
        }
    }

    /// <summary>Where a web address ends that begins at <paramref name="start"/>: its parts are nobody's words.</summary>
    private int AddressEnd(int start)
    {
        var rest = text.AsSpan(start);
        if (!rest.StartsWith("http://", StringComparison.OrdinalIgnoreCase) && !rest.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        {
            return start;
        }

        var length = rest.IndexOfAny(AfterAddress);
        return start + rest[..(length < 0 ? rest.Length : length)].TrimEnd(".,;:!?").Length;
    }

    private void ReadMark(int at)
    {
        switch (text[at])
        {
            case '\n' or '\r' or '•' or '!' or '?':
                EndSentence();
                break;
            case '.' when EndsSentence(at):
                EndSentence();
                break;
            case ',' or ';' or ':' or '–' or '—' or '(' or ')' or '>' or '=' or '…':
                EndClause();
                break;
            case '-' when IsBlank(at - 1) && IsBlank(at + 1):
                EndClause();
                break;
            default:
                break;
        }
    }

    private bool EndsSentence(int at)
    {
        if (!IsBlank(at + 1) && text[at + 1] is not ('"' or '”' or '\'' or ')'))
        {
            return false;
        }

        return _tokens.Count == 0 || !vocabulary.Has(WordClass.Abbreviation, _tokens[^1].Word) || _tokens[^1].End != at;
    }

    private bool IsBlank(int at) => at < 0 || at >= text.Length || char.IsWhiteSpace(text[at]);

    private void EndSentence()
    {
        if (!_sentenceStart)
        {
            _sentence++;
            _sentenceStart = true;
        }

        EndClause();
    }

    private void EndClause()
    {
        if (!_clauseStart)
        {
            _clause++;
            _clauseStart = true;
        }
    }

    private int ReadNumber(int start)
    {
        var (end, value, separators) = ReadDigits(start);
        var suffix = end;
        while (suffix < text.Length && char.IsAsciiLetter(text[suffix]))
        {
            suffix++;
        }

        var code = NumericCodeEnd(end, suffix, separators);
        if (code > 0)
        {
            Add(start, code - start, WordIds.None, TokenShapes.Number | TokenShapes.Code, value);
            return code;
        }

        var shapes = IsParagraph(start) ? TokenShapes.Number | TokenShapes.Code : TokenShapes.Number;
        var multiplier = MultiplierOf(text.AsSpan(end, suffix - end));
        if (multiplier > 1)
        {
            value *= multiplier;
            shapes |= TokenShapes.Amount;
            end = suffix;
        }
        else if (text.AsSpan(end, suffix - end) is "th" or "st" or "nd" or "rd")
        {
            end = suffix;
        }

        if ((start > 0 && Currencies.Contains(text[start - 1])) || (end < text.Length && Currencies.Contains(text[end])))
        {
            shapes |= TokenShapes.Money;
        }

        if (end - start == 4 && value is >= EarliestYear and <= LatestOldYear)
        {
            shapes |= TokenShapes.OldYear;
        }

        Add(start, end - start, WordIds.None, shapes, value);
        return end;
    }

    private bool IsParagraph(int number) =>
        (number > 0 && text[number - 1] == '§') || (number > 1 && text[number - 1] == ' ' && text[number - 2] == '§');

    private (int End, double Value, int Separators) ReadDigits(int start)
    {
        var i = start;
        var separators = 0;
        double value = 0;
        double scale = 0;
        for (; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsAsciiDigit(c))
            {
                value = scale == 0 ? (value * 10) + (c - '0') : value + ((c - '0') * scale);
                scale /= 10;
            }
            else if (c is '.' or ',' or '\'' && i + 1 < text.Length && char.IsAsciiDigit(text[i + 1]))
            {
                separators++;
                // "1,200" and "1.200" group thousands; "2.4" has a fraction.
                scale = DigitsAt(i + 1) == 3 && scale == 0 ? 0 : 0.1;
            }
            else
            {
                break;
            }
        }

        return (i, value, separators);
    }

    /// <summary>Where a rule's number ends that starts with digits (17a-4, 10.2.3), or 0 if it is a plain number.</summary>
    private int NumericCodeEnd(int digitsEnd, int suffix, int separators)
    {
        var isSection = suffix == digitsEnd + 1 && suffix + 1 < text.Length && text[suffix] == '-' && char.IsAsciiDigit(text[suffix + 1]);
        var isControl = separators > 1 && text[digitsEnd - 2] == '.';
        if (!isSection && !isControl)
        {
            return 0;
        }

        while (suffix < text.Length && (char.IsAsciiLetterOrDigit(text[suffix]) || text[suffix] == '-'))
        {
            suffix++;
        }

        return suffix;
    }

    private int DigitsAt(int start)
    {
        var i = start;
        while (i < text.Length && i < start + 4 && char.IsAsciiDigit(text[i]))
        {
            i++;
        }

        return i - start;
    }

    private static double MultiplierOf(ReadOnlySpan<char> suffix) => suffix switch
    {
        "k" or "K" => 1e3,
        "m" or "M" or "mn" => 1e6,
        "bn" or "B" => 1e9,
        _ => 1,
    };

    private int ReadWord(int start)
    {
        var end = start;
        while (end < text.Length && char.IsLetterOrDigit(text[end]))
        {
            end++;
        }

        var code = CodeEnd(start, end);
        if (code > 0)
        {
            var letters = start;
            while (letters < code && char.IsLetter(text[letters]))
            {
                letters++;
            }

            AddWord(start, letters - start, code - start, TokenShapes.Code | TokenShapes.Number);
            return code;
        }

        if (end + 1 < text.Length && text[end] is '\'' or '’' && char.IsLetter(text[end + 1]))
        {
            return ReadContraction(start, end);
        }

        if (vocabulary.TryExpandContraction(text.AsSpan(start, end - start), out var head))
        {
            AddWord(start, head, head, TokenShapes.None);
            AddKnown(start + head, end - start - head, vocabulary.Not);
            return end;
        }

        AddWord(start, end - start, end - start, TokenShapes.None);
        return end;
    }

    /// <summary>Where a rule code such as SC-12, SEC-OPS-31 or CP02 ends, or 0 if the word at hand is none.</summary>
    private int CodeEnd(int start, int end)
    {
        var i = start;
        var capitals = 0;
        var digits = 0;
        var last = end;
        while (i < text.Length && i - start <= LongestCode)
        {
            var c = text[i];
            if (char.IsAsciiLetterUpper(c))
            {
                capitals++;
            }
            else if (char.IsAsciiDigit(c))
            {
                digits++;
            }
            else if (char.IsLetter(c))
            {
                return 0;
            }
            else if (c is not ('-' or '.' or '_') || i + 1 >= text.Length || !char.IsAsciiLetterOrDigit(text[i + 1]))
            {
                break;
            }

            i++;
            last = i;
        }

        return capitals >= 1 && digits >= 1 && last - start <= LongestCode && (last > end || (capitals >= 2 && digits >= 2)) ? last : 0;
    }

    private int ReadContraction(int start, int apostrophe)
    {
        var end = apostrophe + 1;
        while (end < text.Length && char.IsLetter(text[end]))
        {
            end++;
        }

        var tail = text.AsSpan(apostrophe + 1, end - apostrophe - 1);
        var head = text.AsSpan(start, apostrophe - start);
        if (head.Length > 1 && tail.Equals("t", StringComparison.OrdinalIgnoreCase) && head.EndsWith("n", StringComparison.OrdinalIgnoreCase))
        {
            // "can't" keeps its n, "don't" gives it up; "won't" and "shan't" are will and shall.
            var keep = head.Equals("can", StringComparison.OrdinalIgnoreCase) ? head.Length : head.Length - 1;
            AddWord(start, keep, keep, TokenShapes.None);
            AddKnown(start + keep, end - start - keep, vocabulary.Not);
            return end;
        }

        AddWord(start, apostrophe - start, apostrophe - start, TokenShapes.None);
        var known = vocabulary.ContractionTail(tail);
        if (known >= 0)
        {
            AddKnown(apostrophe + 1, end - apostrophe - 1, known);
        }

        return end;
    }

    private void AddKnown(int start, int length, int stem) => Add(start, length, new WordIds(stem, -1, -1), TokenShapes.None, 0);

    private void AddWord(int start, int wordLength, int length, TokenShapes shapes)
    {
        var word = text.AsSpan(start, wordLength);
        var ids = vocabulary.Find(word);
        if (char.IsUpper(word[0]) && !_sentenceStart)
        {
            shapes |= TokenShapes.Name;
        }

        if (wordLength >= 3 && IsAcronym(word) && !vocabulary.Has(WordClass.PlainAcronym, ids))
        {
            shapes |= TokenShapes.Acronym;
        }

        if (wordLength > 4 && word.EndsWith("ed") && !vocabulary.Has(WordClass.Reporting, ids))
        {
            shapes |= TokenShapes.Past;
        }

        if (wordLength > 6 && IsHuman(word) && !vocabulary.Has(WordClass.Thing, ids))
        {
            shapes |= TokenShapes.Human;
        }

        var isNumber = vocabulary.NumberOf(ids.Stem, out var value);
        if (isNumber)
        {
            shapes |= TokenShapes.Number;
        }

        // Conjunctions open a clause of their own; the comma before them is often left out.
        if (vocabulary.Has(WordClass.Conjunction, ids))
        {
            EndClause();
        }

        Add(start, length, ids, shapes, value);
        MarkMoney(ids);
    }

    private static bool IsHuman(ReadOnlySpan<char> word) =>
        word.EndsWith("ers") || word.EndsWith("ors") || word.EndsWith("ists") || word.EndsWith("ants") || word.EndsWith("ians") || word.EndsWith("ees") || word.EndsWith("ysts");

    private static bool IsAcronym(ReadOnlySpan<char> word)
    {
        foreach (var c in word)
        {
            if (!char.IsUpper(c) && !char.IsAsciiDigit(c))
            {
                return false;
            }
        }

        return char.IsUpper(word[0]);
    }

    private void MarkMoney(WordIds ids)
    {
        if (_tokens.Count >= 2 && vocabulary.Has(WordClass.Currency, ids))
        {
            var previous = _tokens[^2];
            if (previous.Is(TokenShapes.Number))
            {
                _tokens[^2] = previous with { Shapes = previous.Shapes | TokenShapes.Money };
            }
        }
    }

    private void Add(int start, int length, WordIds ids, TokenShapes shapes, double value)
    {
        if (_clauseStart)
        {
            shapes |= TokenShapes.ClauseStart;
        }

        if ((shapes & TokenShapes.Number) != TokenShapes.None && _tokens.Count > 0 && vocabulary.Has(WordClass.Currency, _tokens[^1].Word))
        {
            shapes |= TokenShapes.Money;
        }

        _tokens.Add(new Token(start, length, ids, shapes, _sentence, _clause, value));
        _clauseStart = false;
        _sentenceStart = false;
    }
}
