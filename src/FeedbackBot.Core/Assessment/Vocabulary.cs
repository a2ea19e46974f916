using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;

namespace FeedbackBot.Core.Assessment;

/// <summary>Word classes that the code itself asks for. All others are known to the vocabulary files alone.</summary>
internal enum WordClass
{
    Abbreviation,
    Conjunction,
    Currency,
    Contraction,
    English,
    Foreign,
    PlainAcronym,
    Reporting,
    Thing,
}

/// <summary>
/// A group of patterns with one purpose: what it speaks for, what it takes away, how strongly, and why.
/// </summary>
internal sealed record PatternGroup(
    int Index, string Name, IReadOnlyList<Target> Targets, IReadOnlyList<Target> Refutes, int Points, string Reason)
{
    private readonly uint _targets = Targets.Aggregate(0u, (bits, target) => bits | (1u << (int)target));

    public bool Serves(Target target) => (_targets & (1u << (int)target)) != 0;
}

/// <summary>A group found in the text: from its first token to its last, both included.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Match(PatternGroup Group, int First, int Last);

/// <summary>
/// The words and patterns of the rules, read from <c>Vocabulary/*.txt</c> (their format is in <c>Vocabulary/README.md</c>).
/// Patterns are compared by word stem, each at the tokens where its first word stands, with gaps of a fixed length: the
/// work per token is bounded, so that matching is linear in the length of the text.
/// </summary>
internal sealed class Vocabulary
{
    private const char ExactMark = '!';
    private const int ShortGap = 3;
    private const int LongGap = 8;
    // Shorter words have too many neighbours that are words of their own.
    private const int ShortestTypo = 7;

    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _deletions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _classes = new(StringComparer.Ordinal);
    private readonly List<PatternGroup> _groups = [];
    private readonly List<(PatternGroup Group, string[] Elements)> _sources = [];
    private readonly Dictionary<int, double> _numbers = [];
    private Pattern[][] _byFirstWord = [];
    private (TokenShapes Shape, Pattern[] Patterns)[] _byShape = [];
    private readonly HashSet<int>[] _codeClasses;
    private readonly int _are;
    private readonly int _have;
    private readonly int _would;
    private readonly int _will;

    private Vocabulary(IEnumerable<(string Name, TextReader Reader)> files)
    {
        foreach (var (name, reader) in files)
        {
            ReadFile(name, reader);
        }

        _codeClasses = [.. Enum.GetValues<WordClass>().Select(MembersOf)];
        ReadNumbers();
        Not = Intern("not");
        _are = Intern("are");
        _have = Intern("have");
        _would = Intern("would");
        _will = Intern("will");
        Compile();
        IndexTypos();
    }

    /// <summary>The rules that ship with the product.</summary>
    public static Vocabulary Shipped { get; } = new(EmbeddedFiles());

    public IReadOnlyList<PatternGroup> Groups => _groups;

    public int Not { get; }

    public static Vocabulary Parse(params IEnumerable<(string Name, TextReader Reader)> files) => new(files);

    public bool Has(WordClass wordClass, WordIds word)
    {
        var members = _codeClasses[(int)wordClass];
        return members.Contains(word.Stem) || members.Contains(word.Exact) || members.Contains(word.Capitals);
    }

    public bool NumberOf(int stem, out double value) => _numbers.TryGetValue(stem, out value);

    /// <summary>What the vocabulary knows of a word; a stem that is one slip away from a known one is mended.</summary>
    public WordIds Find(ReadOnlySpan<char> word)
    {
        if (word.Length > Stemmer.LongestWord)
        {
            return WordIds.None;
        }

        Span<char> buffer = stackalloc char[Stemmer.LongestWord + 1];
        var known = _ids.GetAlternateLookup<ReadOnlySpan<char>>();
        var length = word.ToLowerInvariant(buffer);
        buffer[length] = ExactMark;
        var exact = known.TryGetValue(buffer[..(length + 1)], out var exactId) ? exactId : -1;
        var capitals = IsCapitals(word) && known.TryGetValue(word, out var capitalsId) ? capitalsId : -1;
        var stem = Stemmer.Stem(buffer[..length]);
        return new WordIds(known.TryGetValue(stem, out var stemId) ? stemId : Mend(stem), exact, capitals);
    }

    /// <summary>Whether the word is a contraction whose apostrophe was left out ("doesnt"); how long its verb is.</summary>
    public bool TryExpandContraction(ReadOnlySpan<char> word, out int head)
    {
        head = 0;
        if (word.Length is < 4 or > 8 || !Has(WordClass.Contraction, Find(word)))
        {
            return false;
        }

        head = word.Equals("cannot", StringComparison.OrdinalIgnoreCase) || word.Equals("cant", StringComparison.OrdinalIgnoreCase) ? 3 : word.Length - 2;
        return true;
    }

    public int ContractionTail(ReadOnlySpan<char> tail) => tail switch
    {
        "re" => _are,
        "ve" => _have,
        "d" => _would,
        "ll" => _will,
        _ => -1,
    };

    /// <summary>All groups found, in the order of the text. A group may be found several times, once per place.</summary>
    public List<Match> FindAll(Token[] tokens)
    {
        var matches = new List<Match>();
        for (var i = 0; i < tokens.Length; i++)
        {
            var token = tokens[i];
            var from = matches.Count;
            MatchEach(StartingWith(token.Word.Stem), tokens, i, from, matches);
            MatchEach(StartingWith(token.Word.Exact), tokens, i, from, matches);
            MatchEach(StartingWith(token.Word.Capitals), tokens, i, from, matches);
            foreach (var (shape, patterns) in _byShape)
            {
                MatchEach(token.Is(shape) ? patterns : [], tokens, i, from, matches);
            }
        }

        return matches;
    }

    private Pattern[] StartingWith(int id) => id < 0 ? [] : _byFirstWord[id];

    private static void MatchEach(Pattern[] patterns, Token[] tokens, int at, int from, List<Match> matches)
    {
        foreach (var pattern in patterns)
        {
            if (!pattern.StartsAt(tokens, at))
            {
                continue;
            }

            var last = pattern.MatchFrom(tokens, at);
            if (last >= 0)
            {
                Record(matches, from, new Match(pattern.Group, at, last));
            }
        }
    }

    private static void Record(List<Match> matches, int from, Match match)
    {
        for (var i = from; i < matches.Count; i++)
        {
            if (matches[i].Group == match.Group)
            {
                matches[i] = matches[i].Last >= match.Last ? matches[i] : match;
                return;
            }
        }

        matches.Add(match);
    }

    private static IEnumerable<(string Name, TextReader Reader)> EmbeddedFiles()
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.EndsWith(".txt", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            yield return (name, reader);
        }
    }

    private static bool IsCapitals(ReadOnlySpan<char> word)
    {
        foreach (var c in word)
        {
            if (!char.IsUpper(c) && !char.IsAsciiDigit(c))
            {
                return false;
            }
        }

        return true;
    }

    private void ReadFile(string name, TextReader reader)
    {
        PatternGroup? group = null;
        for (var (line, number) = (reader.ReadLine(), 1); line is not null; (line, number) = (reader.ReadLine(), number + 1))
        {
            var content = line.Trim();
            if (content.Length == 0 || content[0] == ';')
            {
                continue;
            }

            if (content[0] == '[')
            {
                group = ReadGroup(content) ?? throw Mistake("a group needs [name] target points: reason");
                _groups.Add(group);
            }
            else if (content[0] == '@' && content.Split(" = ", 2) is [var className, var members])
            {
                Members(className[1..]).AddRange(members.Split(' ', StringSplitOptions.RemoveEmptyEntries));
                group = null;
            }
            else
            {
                _sources.Add((group ?? throw Mistake("a pattern needs a group"), content.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
            }

            InvalidDataException Mistake(string what) => new($"{name}, line {number}: {what}.");
        }
    }

    private PatternGroup? ReadGroup(string header)
    {
        var close = header.IndexOf(']', StringComparison.Ordinal);
        var colon = header.IndexOf(':', StringComparison.Ordinal);
        if (close < 0 || colon < close || header[(colon + 1)..].Trim() is not { Length: > 0 } reason)
        {
            return null;
        }

        if (header[(close + 1)..colon].Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [var names, var points]
            || !int.TryParse(points, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
        {
            return null;
        }

        var targets = new List<Target>();
        var refutes = new List<Target>();
        foreach (var name in names.Split(','))
        {
            var isRefuting = name.StartsWith("not-", StringComparison.Ordinal);
            if (!Enum.TryParse<Target>((isRefuting ? name[4..] : name).Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var target))
            {
                return null;
            }

            (isRefuting ? refutes : targets).Add(target);
        }

        return new PatternGroup(_groups.Count, header[1..close], targets, refutes, value, reason);
    }

    private List<string> Members(string className)
    {
        if (!_classes.TryGetValue(className, out var members))
        {
            _classes[className] = members = [];
        }

        return members;
    }

    private HashSet<int> MembersOf(WordClass wordClass)
    {
        var name = wordClass.ToString();
        return WordsOf([$"@{char.ToLowerInvariant(name[0])}{name[1..]}"]);
    }

    private HashSet<int> WordsOf(IEnumerable<string> words)
    {
        var ids = new HashSet<int>();
        foreach (var word in words)
        {
            if (word[0] != '@')
            {
                ids.Add(Intern(word));
            }
            else if (_classes.TryGetValue(word[1..], out var members))
            {
                ids.UnionWith(WordsOf(members));
            }
            else
            {
                throw new InvalidDataException($"The vocabulary has no class {word}.");
            }
        }

        return ids;
    }

    private int Intern(string word)
    {
        if (word.Length > Stemmer.LongestWord)
        {
            throw new InvalidDataException($"'{word}' is longer than {Stemmer.LongestWord} characters.");
        }

        Span<char> buffer = stackalloc char[Stemmer.LongestWord];
        var key = word[^1] == ExactMark || IsCapitals(word) ? word : Stemmer.Stem(buffer[..word.AsSpan().ToLowerInvariant(buffer)]).ToString();
        if (!_ids.TryGetValue(key, out var id))
        {
            _ids[key] = id = _ids.Count;
        }

        return id;
    }

    private void ReadNumbers()
    {
        foreach (var pair in Members("numberValue"))
        {
            var parts = pair.Split(':');
            _numbers[Intern(parts[0])] = double.Parse(parts[1], CultureInfo.InvariantCulture);
        }
    }

    private void Compile()
    {
        var byStem = new Dictionary<int, List<Pattern>>();
        var byShape = new List<Pattern>();
        foreach (var (group, elements) in _sources)
        {
            foreach (var variant in Pattern.WithoutOptionals(elements))
            {
                var pattern = CompileOne(group, variant);
                foreach (var stem in pattern.FirstWords)
                {
                    (byStem.TryGetValue(stem, out var list) ? list : byStem[stem] = []).Add(pattern);
                }

                if (pattern.FirstShape != TokenShapes.None)
                {
                    byShape.Add(pattern);
                }
            }
        }

        _byFirstWord = [.. Enumerable.Range(0, _ids.Count).Select(stem => byStem.TryGetValue(stem, out var list) ? list.ToArray() : [])];
        _byShape = [.. byShape.GroupBy(p => p.FirstShape).Select(g => (g.Key, g.ToArray()))];
    }

    private Pattern CompileOne(PatternGroup group, IReadOnlyList<string> source)
    {
        var elements = new List<Element>();
        var gap = 0;
        var anchored = false;
        foreach (var part in source)
        {
            switch (part)
            {
                case "^":
                    anchored = true;
                    break;
                case "..":
                    gap = ShortGap;
                    break;
                case "...":
                    gap = LongGap;
                    break;
                default:
                    elements.Add(ElementOf(part, gap));
                    gap = 0;
                    break;
            }
        }

        return elements.Count > 0 && (anchored || elements[0].Gap == 0)
            ? new Pattern(group, anchored, [.. elements])
            : throw new InvalidDataException($"Pattern '{string.Join(' ', source)}' must start with a word or ^.");
    }

    private Element ElementOf(string part, int gap)
    {
        var shape = TokenShapes.None;
        var words = new List<string>();
        foreach (var word in part.Split('|'))
        {
            switch (word)
            {
                case "@number":
                    shape |= TokenShapes.Number;
                    break;
                case "@money":
                    shape |= TokenShapes.Money;
                    break;
                case "@amount":
                    shape |= TokenShapes.Amount | TokenShapes.Money;
                    break;
                case "@code":
                    shape |= TokenShapes.Code;
                    break;
                case "@past":
                    shape |= TokenShapes.Past;
                    break;
                case "@oldYear":
                    shape |= TokenShapes.OldYear;
                    break;
                case "@human":
                    shape |= TokenShapes.Human;
                    break;
                case "@acronym":
                    shape |= TokenShapes.Acronym;
                    break;
                case "@name":
                    shape |= TokenShapes.Name;
                    break;
                default:
                    words.Add(word);
                    break;
            }
        }

        return new Element(WordsOf(words), shape, gap);
    }

    /// <summary>Every known stem is filed under each way to drop one of its letters; so is the word that is looked up.</summary>
    private void IndexTypos()
    {
        Span<char> buffer = stackalloc char[Stemmer.LongestWord];
        foreach (var (stem, id) in _ids)
        {
            if (stem.Length < ShortestTypo || stem[^1] == ExactMark || IsCapitals(stem))
            {
                continue;
            }

            _deletions.TryAdd(stem, id);
            for (var i = 1; i < stem.Length; i++)
            {
                _deletions.TryAdd(Without(stem, i, buffer).ToString(), id);
            }
        }
    }

    private int Mend(ReadOnlySpan<char> stem)
    {
        if (stem.Length < ShortestTypo - 1)
        {
            return -1;
        }

        var lookup = _deletions.GetAlternateLookup<ReadOnlySpan<char>>();
        if (lookup.TryGetValue(stem, out var id))
        {
            return id;
        }

        Span<char> buffer = stackalloc char[Stemmer.LongestWord];
        for (var i = 1; i < stem.Length && stem.Length >= ShortestTypo; i++)
        {
            if (lookup.TryGetValue(Without(stem, i, buffer), out id))
            {
                return id;
            }
        }

        return -1;
    }

    private static ReadOnlySpan<char> Without(ReadOnlySpan<char> stem, int index, Span<char> buffer)
    {
        stem[..index].CopyTo(buffer);
        stem[(index + 1)..].CopyTo(buffer[index..]);
        return buffer[..(stem.Length - 1)];
    }
}

/// <summary>One word of a pattern: any of some words or shapes, at most <c>Gap</c> tokens after the word before it.</summary>
internal sealed class Element
{
    // One bit per id: asked some thousand times per message, where a hash set is several times slower.
    private readonly ulong[] _bits;

    public Element(HashSet<int> words, TokenShapes shape, int gap)
    {
        Words = words;
        Shape = shape;
        Gap = gap;
        _bits = new ulong[(words.Count == 0 ? 0 : words.Max() >> 6) + 1];
        foreach (var id in words)
        {
            _bits[id >> 6] |= 1ul << (id & 63);
        }
    }

    public HashSet<int> Words { get; }

    public TokenShapes Shape { get; }

    public int Gap { get; }

    public bool Fits(in Token token) =>
        token.Is(Shape) || Has(token.Word.Stem) || Has(token.Word.Exact) || Has(token.Word.Capitals);

    private bool Has(int id) => (uint)id >> 6 < (uint)_bits.Length && (_bits[id >> 6] & (1ul << (id & 63))) != 0;
}

/// <summary>A sequence of words with bounded gaps, inside one sentence; anchored ones start with their clause.</summary>
internal sealed class Pattern(PatternGroup group, bool anchored, Element[] elements)
{
    public PatternGroup Group => group;

    public IEnumerable<int> FirstWords => elements[0].Words;

    public TokenShapes FirstShape => elements[0].Shape;

    /// <summary>Each optional word (<c>?word</c>) left out and put in: the matcher then knows sequences only.</summary>
    public static IEnumerable<IReadOnlyList<string>> WithoutOptionals(string[] elements)
    {
        var variants = new List<List<string>> { new() };
        foreach (var element in elements)
        {
            if (element[0] == '?')
            {
                variants.AddRange([.. variants.Select(v => new List<string>(v))]);
                for (var i = variants.Count / 2; i < variants.Count; i++)
                {
                    variants[i].Add(element[1..]);
                }
            }
            else
            {
                variants.ForEach(v => v.Add(element));
            }
        }

        return variants;
    }

    public bool StartsAt(Token[] tokens, int at)
    {
        if (!anchored)
        {
            return true;
        }

        for (var i = at; i >= 0 && i >= at - elements[0].Gap && tokens[i].Clause == tokens[at].Clause; i--)
        {
            if (tokens[i].Is(TokenShapes.ClauseStart))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The last token of a match that starts at <paramref name="at"/>, or -1.</summary>
    public int MatchFrom(Token[] tokens, int at) => MatchRest(tokens, at, 1);

    private int MatchRest(Token[] tokens, int previous, int element)
    {
        if (element == elements.Length)
        {
            return previous;
        }

        var sentence = tokens[previous].Sentence;
        for (var i = previous + 1; i < tokens.Length && i <= previous + 1 + elements[element].Gap && tokens[i].Sentence == sentence; i++)
        {
            // "RBAC, audit" is a list, not one term: words that belong together stand in one clause.
            if (elements[element].Gap == 0 && tokens[i].Clause != tokens[previous].Clause)
            {
                return -1;
            }

            if (elements[element].Fits(tokens[i]) && MatchRest(tokens, i, element + 1) is >= 0 and var last)
            {
                return last;
            }
        }

        return -1;
    }
}

/// <summary>A light English stemmer: plural, -ing, -ed and final -e. Both sides are stemmed alike, so it need not be right.</summary>
internal static class Stemmer
{
    /// <summary>Longest word that can be known, in characters.</summary>
    public const int LongestWord = 40;

    /// <summary>Stems a word in lower case in its own place.</summary>
    public static ReadOnlySpan<char> Stem(Span<char> stem)
    {
        if (stem.Length > 4 && stem.EndsWith("ies"))
        {
            stem[^3] = 'y';
            return stem[..^2];
        }

        if (stem.Length > 3 && stem[^1] == 's' && stem[^2] is not ('s' or 'u' or 'i'))
        {
            stem = stem.Length > 4 && stem[^2] == 'e' && (stem[^3] is 'x' or 's' or 'z' || stem[..^2].EndsWith("sh") || stem[..^2].EndsWith("ch"))
                ? stem[..^2]
                : stem[..^1];
        }

        if (stem.Length > 5 && stem.EndsWith("ing"))
        {
            stem = Undouble(stem[..^3]);
        }
        else if (stem.Length > 4 && stem.EndsWith("ed"))
        {
            stem = Undouble(stem[..^2]);
        }

        // "tried" and "try", "denied" and "deny".
        if (stem.Length > 2 && stem[^1] == 'i')
        {
            stem[^1] = 'y';
        }

        // Without its e, each of these is another word: not, sit, plan, her ...
        var keepsE = stem is "note" or "site" or "plane" or "here" or "none" or "done" or "care" or "tape" or "rate" or "fine" or "bare" or "huge" or "hope";
        return stem.Length > 3 && stem[^1] == 'e' && !keepsE ? stem[..^1] : stem;
    }

    private static Span<char> Undouble(Span<char> stem) =>
        stem.Length > 3 && stem[^1] == stem[^2] && stem[^1] is not ('s' or 'l' or 'e') ? stem[..^1] : stem;
}
