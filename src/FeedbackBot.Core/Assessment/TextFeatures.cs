using System.Globalization;
using System.Runtime.InteropServices;

namespace FeedbackBot.Core.Assessment;

/// <summary>Where a feature comes from. What a feature weighs depends on how many of its kind a text has.</summary>
internal enum FeatureKind
{
    /// <summary>A word, or two that stand side by side in a sentence: "audit", "not allowed".</summary>
    Word,

    /// <summary>Two to four letters of a word, its edges as blanks: " reg", "tion ". Words nobody listed are known by them.</summary>
    Piece,

    /// <summary>A group of the vocabulary.</summary>
    Group,
}

/// <summary>A feature at its place in the text, from its first token to its last, both included.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly ref struct Feature(FeatureKind kind, ReadOnlySpan<char> name, int first, int last)
{
    public FeatureKind Kind { get; } = kind;

    public ReadOnlySpan<char> Name { get; } = name;

    public int First { get; } = first;

    public int Last { get; } = last;
}

/// <summary>
/// The features of a text: its words, in lower case and with figures told by their shape only, their pairs and pieces,
/// and the groups of the vocabulary. All words lie in one buffer, a blank apart, so that each feature is a slice of it.
/// </summary>
internal sealed class TextFeatures
{
    public const int ShortestPiece = 2;
    public const int LongestPiece = 4;

    // Longer ones are no words; their beginning is enough.
    private const int LongestWord = 40;
    private const string Hundreds = "@hundreds";

    // Points at which the vocabulary alone takes a criterion for met; one more thing to be weighed.
    private const int EnoughPoints = 3;

    private static readonly (Target Target, string Name)[] Verdicts =
    [
        (Target.Issue, "enough-issue"),
        (Target.Cost, "enough-cost"),
        (Target.Compliance, "enough-compliance"),
        (Target.Infrastructure, "enough-infrastructure"),
        (Target.People, "enough-people"),
        (Target.Impact, "enough-impact"),
    ];

    private readonly Token[] _tokens;
    private readonly Findings _findings;
    private readonly char[] _buffer;
    private readonly int[] _ends;

    public TextFeatures(string text, Token[] tokens, Findings findings, Vocabulary vocabulary)
    {
        _tokens = tokens;
        _findings = findings;
        _ends = new int[tokens.Length];
        _buffer = new char[tokens.Sum(token => Math.Max(Math.Min(token.Length, LongestWord), Hundreds.Length) + 1) + 1];
        var at = 0;
        _buffer[at++] = ' ';
        for (var i = 0; i < tokens.Length; i++)
        {
            at += Write(text, tokens[i], vocabulary, _buffer.AsSpan(at));
            _ends[i] = at;
            _buffer[at++] = ' ';
        }
    }

    public delegate void Visitor(Feature feature);

    /// <summary>Every feature of some neighbouring sentences, as often as it occurs.</summary>
    public void Visit(int sentence, int sentences, Visitor visit)
    {
        for (var i = FirstOf(sentence); i < _tokens.Length && _tokens[i].Sentence - sentence < sentences; i++)
        {
            var start = i == 0 ? 1 : _ends[i - 1] + 1;
            visit(new Feature(FeatureKind.Word, _buffer.AsSpan(start.._ends[i]), i, i));
            if (i + 1 < _tokens.Length && _tokens[i + 1].Sentence == _tokens[i].Sentence)
            {
                visit(new Feature(FeatureKind.Word, _buffer.AsSpan(start.._ends[i + 1]), i, i + 1));
            }

            if (_buffer[start] == '@')
            {
                continue;
            }

            var padded = _buffer.AsSpan((start - 1)..(_ends[i] + 1));
            for (var from = 0; from <= padded.Length - ShortestPiece; from++)
            {
                for (var length = ShortestPiece; length <= LongestPiece && from + length <= padded.Length; length++)
                {
                    visit(new Feature(FeatureKind.Piece, padded.Slice(from, length), i, i));
                }
            }
        }

        foreach (var match in _findings.In(sentence, sentences))
        {
            visit(new Feature(FeatureKind.Group, match.Group.Name, match.First, match.Last));
        }

        foreach (var (target, name) in Verdicts)
        {
            var end = Math.Min(_findings.Sentences, (long)sentence + sentences);
            for (var at = sentence; at < end; at++)
            {
                var points = at + 1 < end ? _findings.PointsOfPair(target, at) : _findings.Points(target, at);
                if (points >= EnoughPoints)
                {
                    visit(new Feature(FeatureKind.Group, name, FirstOf(at), FirstOf(at + 1) - 1));
                }
            }
        }
    }

    private int FirstOf(int sentence)
    {
        var (low, high) = (0, _tokens.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _tokens[middle].Sentence < sentence ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private static int Write(string text, Token token, Vocabulary vocabulary, Span<char> to)
    {
        if (token.Word.Stem == vocabulary.Not)
        {
            return Copy("not", to);
        }

        if (token.Is(TokenShapes.Number | TokenShapes.Code) && char.IsAsciiDigit(text[token.Start]))
        {
            return Copy(token.Is(TokenShapes.Money) ? "@money" : token.Is(TokenShapes.Code) ? "@code" : token.Is(TokenShapes.Amount) ? "@amount" : MagnitudeOf(token.Value), to);
        }

        var length = Math.Min(token.Length, LongestWord);
        for (var i = 0; i < length; i++)
        {
            var c = text[token.Start + i];
            to[i] = char.IsAsciiDigit(c) ? '0' : char.ToLower(c, CultureInfo.InvariantCulture);
        }

        return length;
    }

    private static string MagnitudeOf(double value) => value switch
    {
        < 10 => "@few",
        < 100 => "@tens",
        < 1000 => Hundreds,
        _ => "@many",
    };

    private static int Copy(string name, Span<char> to)
    {
        name.CopyTo(to);
        return name.Length;
    }
}
