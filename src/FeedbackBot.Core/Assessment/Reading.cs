using FeedbackBot.Core.Requests;

namespace FeedbackBot.Core.Assessment;

/// <summary>A text with everything the vocabulary found in it, and the rules that judge one criterion each.</summary>
internal sealed class Reading
{
    // Points at which a criterion counts as met. One strong group, or weak ones near each other.
    private const int IssueThreshold = 3;
    private const int ConstraintThreshold = 3;
    private const int ImpactThreshold = 2;
    // How far after "tried", "looked at" ... the reason for its failure may stand, in tokens: about two sentences.
    private const int FailureReach = 32;
    private const int MostReasons = 3;

    private readonly string _text;
    private readonly List<Token> _tokens;
    private readonly List<Match> _matches;
    private readonly int _sentences;

    private Reading(string text, List<Token> tokens, List<Match> matches, bool languageKnown)
    {
        _text = text;
        _tokens = tokens;
        _matches = matches;
        _sentences = tokens.Count == 0 ? 0 : tokens[^1].Sentence + 1;
        LanguageKnown = languageKnown;
    }

    public bool LanguageKnown { get; }

    public static Reading Of(Vocabulary vocabulary, string text)
    {
        text = text.Length > FeedbackAssessor.LongestText ? text[..FeedbackAssessor.LongestText] : text;
        var tokens = Tokenizer.Run(vocabulary, text);
        var found = vocabulary.FindAll(tokens);
        return new Reading(text, tokens, WithoutRefuted(tokens, found), Language.IsKnown(vocabulary, text, tokens));
    }

    public bool FindSpecificIssue(List<AssessmentReason> because)
    {
        var (best, points) = BestSentence("issue", span: 1);
        return points >= IssueThreshold && Explain(because, Criterion.SpecificIssue, "issue", best, 1);
    }

    public bool FindConstraint(Constraint constraint, List<AssessmentReason> because)
    {
        var target = TargetOf(constraint);
        var (best, points) = BestSentence(target, span: 2);
        return points >= ConstraintThreshold && Explain(because, Criterion.Constraint, target, best, 2, constraint);
    }

    /// <summary>A fact counts where the customer's side is told, not where only the product's own limits are.</summary>
    public bool FindEvidence(List<AssessmentReason> because)
    {
        var facts = new List<(int First, int Last)>();
        foreach (var match in _matches.Where(m => m.Group.Serves("fact")))
        {
            facts.Add((match.First, match.Last));
        }

        for (var i = 0; i < _tokens.Count; i++)
        {
            if (_tokens[i].Is(TokenShapes.Number) && IsAboutTheCustomer(_tokens[i].Sentence))
            {
                facts.Add((i, Math.Min(i + 1, LastOfSentence(i))));
            }
        }

        foreach (var (first, last) in facts.Take(MostReasons))
        {
            because.Add(ReasonOf(Criterion.Evidence, first, last, null));
        }

        return facts.Count > 0;
    }

    public bool FindAlternativeOrImpact(List<AssessmentReason> because)
    {
        var found = false;
        foreach (var tried in _matches.Where(m => m.Group.Serves("tried")))
        {
            var failed = _matches.FirstOrDefault(m => m.Group.Serves("failed") && m.First > tried.First && m.First <= tried.Last + FailureReach);
            var works = _matches.Any(m => m.Group.Serves("works") && m.First > tried.First && m.First <= tried.Last + FailureReach);
            if (failed.Group is not null && !works)
            {
                because.Add(ReasonOf(Criterion.AlternativeOrImpact, tried.First, tried.Last, null));
                because.Add(ReasonOf(Criterion.AlternativeOrImpact, failed.First, failed.Last, null));
                found = true;
                break;
            }
        }

        var (best, points) = BestSentence("impact", span: 1);
        return (points >= ImpactThreshold && Explain(because, Criterion.AlternativeOrImpact, "impact", best, 1)) || found;
    }

    private static string TargetOf(Constraint constraint) => constraint switch
    {
        Constraint.Cost => "cost",
        Constraint.Compliance => "compliance",
        Constraint.Infrastructure => "infrastructure",
        Constraint.People => "people",
    };

    /// <summary>Takes away what the text itself takes back: "cost is not the issue", a deal's size, a mended mistake.</summary>
    private static List<Match> WithoutRefuted(List<Token> tokens, List<Match> found)
    {
        var mended = found.FindLastIndex(m => m.Group.Serves("mended"));
        if (mended >= 0)
        {
            var sentence = tokens[found[mended].First].Sentence;
            found = found.FindAll(m => tokens[m.First].Sentence > sentence);
        }

        var refuting = found.Where(m => m.Group.Targets[0].StartsWith("not-", StringComparison.Ordinal)).ToList();
        if (refuting.Count == 0)
        {
            return found;
        }

        return [.. found.Where(m => !refuting.Exists(r => Refutes(r, m)))];

        bool Refutes(Match refuting, Match match) => refuting.Group.Targets.Any(target =>
            target.StartsWith("not-", StringComparison.Ordinal)
            && match.Group.Serves(target[4..])
            && match.Group.Points <= refuting.Group.Points
            && tokens[match.First].Sentence == tokens[refuting.First].Sentence);
    }

    private bool IsAboutTheCustomer(int sentence)
    {
        var product = 0;
        foreach (var match in _matches)
        {
            if (_tokens[match.First].Sentence != sentence)
            {
                continue;
            }

            if (match.Group.Serves("deal"))
            {
                return false;
            }

            if (match.Group.Serves("customer") || match.Group.Serves("cost") || match.Group.Serves("compliance")
                || match.Group.Serves("infrastructure") || match.Group.Serves("people"))
            {
                return true;
            }

            product += match.Group.Serves("issue") ? match.Group.Points : 0;
        }

        return product < IssueThreshold;
    }

    private (int Sentence, int Points) BestSentence(string target, int span)
    {
        var points = new int[_sentences + 1];
        var seen = new HashSet<(PatternGroup, int)>();
        foreach (var match in _matches)
        {
            var sentence = _tokens[match.First].Sentence;
            if (match.Group.Serves(target) && seen.Add((match.Group, sentence)))
            {
                points[sentence] += match.Group.Points;
            }
        }

        var best = (Sentence: 0, Points: 0);
        for (var i = 0; i < _sentences; i++)
        {
            var sum = points[i] + (span > 1 ? points[i + 1] : 0);
            if (sum > best.Points)
            {
                best = (i, sum);
            }
        }

        return best;
    }

    private bool Explain(List<AssessmentReason> because, Criterion criterion, string target, int sentence, int span, Constraint? constraint = null)
    {
        var reasons = _matches
            .Where(m => m.Group.Serves(target) && m.Group.Points > 0 && _tokens[m.First].Sentence >= sentence && _tokens[m.First].Sentence < sentence + span)
            .OrderByDescending(m => m.Group.Points)
            .Take(MostReasons);
        foreach (var match in reasons)
        {
            because.Add(ReasonOf(criterion, match.First, match.Last, constraint));
        }

        return true;
    }

    private AssessmentReason ReasonOf(Criterion criterion, int first, int last, Constraint? constraint)
    {
        var start = _tokens[first].Start;
        var length = _tokens[last].End - start;
        return new AssessmentReason(criterion, _text.Substring(start, length), start, length, constraint);
    }

    private int LastOfSentence(int at) => at + 1 < _tokens.Count && _tokens[at + 1].Sentence == _tokens[at].Sentence ? at + 1 : at;
}
