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
    private const int LikelyThreshold = 2;
    private const int TriedDiscount = 2;
    private const int MostReasons = 3;
    private const int MostWeakPoints = 2;

    private static readonly Constraint[] LikelyOrder = [Constraint.Compliance, Constraint.Infrastructure, Constraint.People, Constraint.Cost];

    private readonly string _text;
    private readonly List<Token> _tokens;
    private readonly List<Match> _matches;
    private readonly int _sentences;
    private readonly SentenceFacts[] _facts;

    private Reading(string text, List<Token> tokens, List<Match> matches, bool languageKnown)
    {
        _text = text;
        _tokens = tokens;
        _matches = matches;
        _sentences = tokens.Count == 0 ? 0 : tokens[^1].Sentence + 1;
        _facts = FactsOf();
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
        var points = IssuePoints();
        var best = Array.IndexOf(points, points.Max());
        return points[best] >= IssueThreshold && Explain(because, Criterion.SpecificIssue, "issue", best, 1);
    }

    public bool FindConstraint(Constraint constraint, List<AssessmentReason> because)
    {
        var target = TargetOf(constraint);
        var (best, points) = BestSentence(target, span: 2);
        return points >= ConstraintThreshold && IsCarried(target, best) && Explain(because, Criterion.Constraint, target, best, 2, constraint);
    }

    /// <summary>
    /// People put the reason next to the issue. Where no constraint is strong, a sentence about the customer's side that
    /// holds weak words of one kind, or a fact, is taken for it. Without an issue it must open with the customer.
    /// </summary>
    public Constraint? FindLikelyConstraint(bool issueFound, List<AssessmentReason> because)
    {
        var issue = IssuePoints();
        var talk = PointsOf("talk").Strong;
        (Constraint? Kind, int Sentence, int Points) best = (null, 0, 0);
        foreach (var constraint in LikelyOrder)
        {
            var (strong, weak) = PointsOf(TargetOf(constraint));
            for (var i = 0; i < _sentences; i++)
            {
                var isReason = issue[i] < IssueThreshold && talk[i] == 0 && (issueFound || _facts[i].OpensWithCustomer);
                var needed = issueFound && _facts[i].HasNumber && _facts[i].NamesCustomer ? 1 : LikelyThreshold;
                var points = strong[i] + weak[i];
                if (isReason && points >= needed && points > best.Points)
                {
                    best = (constraint, i, points);
                }
            }
        }

        if (best.Kind is { } kind)
        {
            Explain(because, Criterion.Constraint, TargetOf(kind), best.Sentence, 1, kind);
        }

        return best.Kind;
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

    /// <summary>
    /// A "no" or "I don't know" counts only in the first sentence, or where nothing else is said: "No. They run ..." and
    /// "SC-12. I'd have to ask for the rest" both inform.
    /// </summary>
    public AnswerKind KindOfAnswer(QuestionTopic topic)
    {
        if (_tokens.Count == 0 || Has("unknown", 0))
        {
            return Has("known", 0) ? AnswerKind.NotAnIssue : AnswerKind.NotKnownYet;
        }

        var asked = FeedbackAssessor.ConstraintOf(topic);
        var nothing = Has("nothing", 0) || (asked is { } kind && (Has("denied-" + TargetOf(kind), 0) || Has("noreason", 0)));
        // "No second box fits" to a question about infrastructure is no "no", and "no tool for it" is an issue.
        var isReason = asked is { } constraint && BestSentence(TargetOf(constraint), span: 2).Points >= ConstraintThreshold;
        var isIssue = topic == QuestionTopic.SpecificIssue && BestSentence("issue", span: 1).Points >= IssueThreshold;
        var isTold = topic is QuestionTopic.Alternatives or QuestionTopic.Impact && _sentences > 1;
        var isCause = topic == QuestionTopic.Cause && Enum.GetValues<Constraint>().Any(c => MentionOf(c, topic, AnswerKind.Informative, []) == ConstraintMention.Stated);
        return nothing && !isReason && !isIssue && !isTold && !isCause ? AnswerKind.NotAnIssue : AnswerKind.Informative;
    }

    public ConstraintMention MentionOf(Constraint constraint, QuestionTopic topic, AnswerKind kind, List<AssessmentReason> because)
    {
        var target = TargetOf(constraint);
        if (Has("denied-" + target))
        {
            return ConstraintMention.Denied;
        }

        if (FeedbackAssessor.ConstraintOf(topic) == constraint)
        {
            if (kind == AnswerKind.NotAnIssue || Has("noreason"))
            {
                return ConstraintMention.Denied;
            }

            if (kind == AnswerKind.Informative && !FindConstraint(constraint, because))
            {
                because.Add(ReasonOf(Criterion.Constraint, 0, LastOfSentence(0), constraint));
            }

            return kind == AnswerKind.Informative ? ConstraintMention.Stated : ConstraintMention.NotMentioned;
        }

        if (topic == QuestionTopic.Cause && Explain(because, Criterion.Constraint, "named-" + target, 0, _sentences, constraint))
        {
            return ConstraintMention.Stated;
        }

        return FindConstraint(constraint, because) ? ConstraintMention.Stated : ConstraintMention.NotMentioned;
    }

    /// <summary>Asked for alternatives: any reason why one fails, a refusal among them.</summary>
    public bool FindFailure(List<AssessmentReason> because)
    {
        var works = _matches.Exists(m => m.Group.Serves("works"));
        return !works && Explain(because, Criterion.AlternativeOrImpact, "failed", 0, _sentences);
    }

    /// <summary>Asked for the impact: any figure.</summary>
    public bool FindQuantity(List<AssessmentReason> because)
    {
        var at = _tokens.FindIndex(t => t.Is(TokenShapes.Number));
        if (at >= 0)
        {
            because.Add(ReasonOf(Criterion.AlternativeOrImpact, at, LastOfSentence(at), null));
        }

        return at >= 0;
    }

    /// <summary>Asked for a fact: any figure, code, date or named fact, whatever it is about.</summary>
    public bool FindAnyFact(List<AssessmentReason> because)
    {
        var fact = _matches.FirstOrDefault(m => m.Group.Serves("fact"));
        var at = fact.Group is not null ? fact.First : _tokens.FindIndex(t => t.Is(TokenShapes.Number));
        if (at >= 0)
        {
            because.Add(ReasonOf(Criterion.Evidence, at, Math.Max(at, fact.Last), null));
        }

        return at >= 0;
    }

    /// <summary>Whether one group is strong by itself; sums of weaker ones only count as the likely constraint.</summary>
    private bool IsCarried(string target, int sentence) => _matches.Exists(m =>
        m.Group.Points >= ConstraintThreshold && m.Group.Serves(target) && _tokens[m.First].Sentence - sentence is 0 or 1);

    private bool Has(string target, int? sentence = null) =>
        _matches.Exists(m => m.Group.Serves(target) && (sentence is null || _tokens[m.First].Sentence == sentence));

    private SentenceFacts[] FactsOf()
    {
        var facts = new SentenceFacts[_sentences + 1];
        foreach (var token in _tokens)
        {
            facts[token.Sentence].HasNumber |= token.Is(TokenShapes.Number);
        }

        foreach (var match in _matches)
        {
            var sentence = _tokens[match.First].Sentence;
            facts[sentence].NamesCustomer |= match.Group.Serves("customer");
            facts[sentence].OpensWithCustomer |= match.Group.Serves("customer-opens");
        }

        return facts;
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

    /// <summary>Per sentence; where an alternative is told, what fails is the alternative, so that it takes more.</summary>
    private int[] IssuePoints()
    {
        var (strong, weak) = PointsOf("issue");
        var points = new int[_sentences + 1];
        for (var i = 0; i < _sentences; i++)
        {
            points[i] = strong[i] + Math.Min(MostWeakPoints, weak[i]);
        }

        foreach (var sentence in _matches.Where(m => m.Group.Serves("tried")).Select(m => _tokens[m.First].Sentence).Distinct())
        {
            points[sentence] -= TriedDiscount;
        }

        return points;
    }

    /// <summary>
    /// The sentence, or pair of neighbours, with the most points. Words that weigh 1 never suffice among themselves.
    /// </summary>
    private (int Sentence, int Points) BestSentence(string target, int span)
    {
        var (strong, weak) = PointsOf(target);
        var best = (Sentence: 0, Points: 0);
        for (var i = 0; i < _sentences; i++)
        {
            var sum = span > 1
                ? strong[i] + strong[i + 1] + Math.Min(MostWeakPoints, weak[i] + weak[i + 1])
                : strong[i] + Math.Min(MostWeakPoints, weak[i]);
            if (sum > best.Points)
            {
                best = (i, sum);
            }
        }

        return best;
    }

    /// <summary>Per sentence, the points of the groups that serve a target, each group once.</summary>
    private (int[] Strong, int[] Weak) PointsOf(string target)
    {
        var strong = new int[_sentences + 1];
        var weak = new int[_sentences + 1];
        var seen = new HashSet<(PatternGroup, int)>();
        foreach (var match in _matches)
        {
            var sentence = _tokens[match.First].Sentence;
            if (match.Group.Serves(target) && seen.Add((match.Group, sentence)))
            {
                (match.Group.Points == 1 ? weak : strong)[sentence] += match.Group.Points;
            }
        }

        return (strong, weak);
    }

    private bool Explain(List<AssessmentReason> because, Criterion criterion, string target, int sentence, int span, Constraint? constraint = null)
    {
        var reasons = _matches
            .Where(m => m.Group.Serves(target) && m.Group.Points > 0 && _tokens[m.First].Sentence >= sentence && _tokens[m.First].Sentence < sentence + span)
            .OrderByDescending(m => m.Group.Points)
            .Take(MostReasons)
            .ToList();
        foreach (var match in reasons)
        {
            because.Add(ReasonOf(criterion, match.First, match.Last, constraint));
        }

        return reasons.Count > 0;
    }

    private AssessmentReason ReasonOf(Criterion criterion, int first, int last, Constraint? constraint)
    {
        var start = _tokens[first].Start;
        var length = _tokens[last].End - start;
        return new AssessmentReason(criterion, _text.Substring(start, length), start, length, constraint);
    }

    private int LastOfSentence(int at) => at + 1 < _tokens.Count && _tokens[at + 1].Sentence == _tokens[at].Sentence ? at + 1 : at;

    /// <summary>What a sentence holds, whatever criterion it serves.</summary>
    private record struct SentenceFacts(bool HasNumber, bool NamesCustomer, bool OpensWithCustomer);
}
