using System.Runtime.InteropServices;

namespace FeedbackBot.Core.Assessment;

/// <summary>What a group of the vocabulary can speak for; in the files in kebab case, and as <c>not-…</c> against.</summary>
internal enum Target
{
    Issue,
    Cost,
    Compliance,
    Infrastructure,
    People,

    /// <summary>A checkable fact.</summary>
    Fact,

    /// <summary>An alternative was tried or proposed.</summary>
    Tried,

    /// <summary>Why an alternative does not do.</summary>
    Failed,

    /// <summary>The alternative does work.</summary>
    Works,
    Impact,

    /// <summary>The sentence tells of the customer's side.</summary>
    Customer,
    CustomerOpens,

    /// <summary>The sentence tells of the deal.</summary>
    Deal,

    /// <summary>The sentence is an opinion, a wish, a question or small talk.</summary>
    Talk,

    /// <summary>A mistake that is mended: what came before it is void.</summary>
    Mended,
    Unknown,
    Known,
    Nothing,
    NoReason,
    NamedCost,
    NamedCompliance,
    NamedInfrastructure,
    NamedPeople,
    DeniedCost,
    DeniedCompliance,
    DeniedInfrastructure,
    DeniedPeople,
}

/// <summary>
/// The groups found in a text, without those that the text takes back, added up per sentence and target. Filled in one
/// pass; every question to it is answered in the time of one sentence or of one scan over all sentences.
/// </summary>
internal sealed class Findings
{
    // Words that weigh 1 never suffice among themselves.
    private const int MostWeakPoints = 2;
    private static readonly int Targets = Enum.GetValues<Target>().Length;

    private readonly Token[] _tokens;
    private readonly List<Match> _matches;
    private readonly int[] _firstMatch;
    private readonly Sum[] _sums;

    public Findings(Token[] tokens, List<Match> found, int groups)
    {
        _tokens = tokens;
        Sentences = tokens.Length == 0 ? 0 : tokens[^1].Sentence + 1;
        _matches = WithoutRefuted(WithoutMended(found));
        _firstMatch = new int[Sentences + 2];
        _sums = new Sum[(Sentences + 1) * Targets];
        AddUp(groups);
    }

    public int Sentences { get; }

    public IReadOnlyList<Match> All => _matches;

    public bool Has(Target target) => Enumerable.Range(0, Sentences).Any(sentence => Has(target, sentence));

    public bool Has(Target target, int sentence) => sentence < Sentences && SumOf(target, sentence).Found;

    /// <summary>Points of a sentence: each group once, and what weak words may add at most.</summary>
    public int Points(Target target, int sentence)
    {
        var sum = SumOf(target, sentence);
        return sum.Strong + Math.Min(MostWeakPoints, sum.Weak);
    }

    /// <summary>Points of a sentence and the one after it; weak words of both together stay weak.</summary>
    public int PointsOfPair(Target target, int sentence)
    {
        var (first, second) = (SumOf(target, sentence), SumOf(target, sentence + 1));
        return first.Strong + second.Strong + Math.Min(MostWeakPoints, first.Weak + second.Weak);
    }

    /// <summary>The most that a single group brings in a sentence.</summary>
    public int StrongestGroup(Target target, int sentence) => SumOf(target, sentence).Strongest;

    /// <summary>The groups of some neighbouring sentences, in the order of the text.</summary>
    public IEnumerable<Match> In(int sentence, int count) =>
        _matches.Skip(_firstMatch[sentence]).Take(_firstMatch[Math.Min(count, Sentences - sentence) + sentence] - _firstMatch[sentence]);

    private int SentenceOf(Match match) => _tokens[match.First].Sentence;

    private ref Sum SumOf(Target target, int sentence) => ref _sums[(sentence * Targets) + (int)target];

    private List<Match> WithoutMended(List<Match> found)
    {
        var mended = found.FindLastIndex(m => m.Group.Serves(Target.Mended));
        return mended < 0 ? found : found.FindAll(m => SentenceOf(m) > SentenceOf(found[mended]));
    }

    private List<Match> WithoutRefuted(List<Match> found)
    {
        if (!found.Exists(m => m.Group.Refutes.Count > 0))
        {
            return found;
        }

        var refuted = new int[Sentences * Targets];
        foreach (var match in found)
        {
            foreach (var target in match.Group.Refutes)
            {
                ref var points = ref refuted[(SentenceOf(match) * Targets) + (int)target];
                points = Math.Max(points, match.Group.Points);
            }
        }

        return found.FindAll(m => !m.Group.Targets.Any(t => refuted[(SentenceOf(m) * Targets) + (int)t] >= Math.Max(1, m.Group.Points)));
    }

    private void AddUp(int groups)
    {
        var lastSentence = new int[groups];
        Array.Fill(lastSentence, -1);
        var opened = 0;
        for (var i = 0; i < _matches.Count; i++)
        {
            var (group, sentence) = (_matches[i].Group, SentenceOf(_matches[i]));
            while (opened <= sentence)
            {
                _firstMatch[opened++] = i;
            }

            if (lastSentence[group.Index] == sentence)
            {
                continue;
            }

            lastSentence[group.Index] = sentence;
            foreach (var target in group.Targets)
            {
                SumOf(target, sentence).Add(group.Points);
            }
        }

        while (opened < _firstMatch.Length)
        {
            _firstMatch[opened++] = _matches.Count;
        }
    }

    [StructLayout(LayoutKind.Auto)]
    private record struct Sum(int Strong, int Weak, int Strongest, bool Found)
    {
        public void Add(int points)
        {
            Found = true;
            Strongest = Math.Max(Strongest, points);
            if (points == 1)
            {
                Weak++;
            }
            else
            {
                Strong += points;
            }
        }
    }
}
