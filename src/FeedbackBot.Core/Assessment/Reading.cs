using FeedbackBot.Core.Conversations;
using FeedbackBot.Core.Requests;

namespace FeedbackBot.Core.Assessment;

/// <summary>A text, what the vocabulary found in it, and the rules that judge it: one method per criterion.</summary>
internal sealed class Reading
{
    // Points at which a criterion counts as met; what a group weighs stands in the vocabulary.
    private const int IssueThreshold = 3;
    private const int ConstraintThreshold = 3;
    private const int LikelyThreshold = 2;
    private const int ImpactThreshold = 2;

    // Where an alternative is told, what fails is the alternative: its sentence needs more to be an issue.
    private const int TriedDiscount = 2;

    // How far after "tried", "looked at" ... the reason for its failure may stand, in tokens: about two sentences.
    private const int FailureReach = 32;
    private const int MostReasons = 3;

    // Where two kinds are equally likely: the one that is named more often in such feedback comes first.
    private static readonly Constraint[] LikelyOrder = [Constraint.Compliance, Constraint.Infrastructure, Constraint.People, Constraint.Cost];

    private readonly string _text;
    private readonly Token[] _tokens;
    private readonly Findings _findings;
    private readonly bool[] _hasNumber;
    private readonly int[] _issue;

    private Reading(Vocabulary vocabulary, string text, Token[] tokens)
    {
        _text = text;
        _tokens = tokens;
        _findings = new Findings(tokens, vocabulary.FindAll(tokens), vocabulary.Groups.Count);
        _hasNumber = new bool[_findings.Sentences];
        foreach (var token in tokens)
        {
            _hasNumber[token.Sentence] |= token.Is(TokenShapes.Number);
        }

        _issue = [.. Enumerable.Range(0, _findings.Sentences).Select(s =>
            _findings.Points(Target.Issue, s) - (_findings.Has(Target.Tried, s) ? TriedDiscount : 0))];
        LanguageKnown = Language.IsKnown(vocabulary, text, tokens);
    }

    public bool LanguageKnown { get; }

    public List<AssessmentReason> Because { get; } = [];

    public static Reading Of(Vocabulary vocabulary, string text)
    {
        text = text.Length > FeedbackAssessor.LongestText ? text[..FeedbackAssessor.LongestText] : text;
        return new Reading(vocabulary, text, Tokenizer.Run(vocabulary, text));
    }

    /// <summary>S: the sentence that tells most about an issue tells enough.</summary>
    public bool FindSpecificIssue()
    {
        var best = MainIssue();
        return best >= 0 && Explain(Criterion.SpecificIssue, Target.Issue, best, 1);
    }

    /// <summary>C, one kind: two neighbouring sentences tell enough, and one group in them is strong by itself.</summary>
    public bool FindConstraint(Constraint constraint)
    {
        var target = TargetOf(constraint);
        var best = BestPair(target);
        return best >= 0
            && _findings.PointsOfPair(target, best) >= ConstraintThreshold
            && Math.Max(_findings.StrongestGroup(target, best), _findings.StrongestGroup(target, best + 1)) >= ConstraintThreshold
            && Explain(Criterion.Constraint, target, best, 2, constraint);
    }

    /// <summary>
    /// People put the reason next to the issue. Where no constraint is strong, a sentence about the customer's side that
    /// holds weak words of one kind, or a fact and one such word, is taken for it. The issue's own sentence needs more
    /// of them, and so does a text without an issue, which must also open with the customer.
    /// </summary>
    public Constraint? FindLikelyConstraint()
    {
        var main = MainIssue();
        (Constraint? Kind, int Sentence, int Points) best = (null, 0, 0);
        foreach (var constraint in LikelyOrder)
        {
            for (var i = 0; i < _findings.Sentences; i++)
            {
                var points = _findings.AllPoints(TargetOf(constraint), i);
                if (points > best.Points && points >= PointsNeeded(i))
                {
                    best = (constraint, i, points);
                }
            }
        }

        if (best.Kind is { } kind)
        {
            Explain(Criterion.Constraint, TargetOf(kind), best.Sentence, 1, kind);
        }

        return best.Kind;

        int PointsNeeded(int sentence)
        {
            var isOutOfPlace = main < 0 && !_findings.Has(Target.CustomerOpens, sentence);
            if (isOutOfPlace || _findings.Has(Target.Talk, sentence))
            {
                return int.MaxValue;
            }

            if (main < 0 || _issue[sentence] >= IssueThreshold)
            {
                return ConstraintThreshold;
            }

            return _hasNumber[sentence] && _findings.Has(Target.Customer, sentence) ? 1 : LikelyThreshold;
        }
    }

    /// <summary>E: a fact counts where the customer's side is told, not where only the product's own limits are.</summary>
    public bool FindEvidence()
    {
        var facts = _findings.All.Where(m => m.Group.Serves(Target.Fact)).Select(m => (m.First, m.Last)).Take(MostReasons).ToList();
        for (var i = 0; i < _tokens.Length && facts.Count < MostReasons; i++)
        {
            if (_tokens[i].Is(TokenShapes.Number) && IsAboutTheCustomer(_tokens[i].Sentence))
            {
                facts.Add((i, WithNext(i)));
            }
        }

        foreach (var (first, last) in facts)
        {
            AddReason(Criterion.Evidence, first, last);
        }

        return facts.Count > 0;
    }

    /// <summary>A: something was tried and soon after it is said why it fails, or an effort or a sum is told.</summary>
    public bool FindAlternativeOrImpact()
    {
        var failed = FindFailedAlternative();
        for (var i = 0; i < _findings.Sentences; i++)
        {
            if (_findings.Points(Target.Impact, i) >= ImpactThreshold)
            {
                return Explain(Criterion.AlternativeOrImpact, Target.Impact, i, 1) || failed;
            }
        }

        return failed;
    }

    /// <summary>Asked for alternatives: any reason why one fails, a refusal among them.</summary>
    public bool FindFailure() =>
        !_findings.Has(Target.Works) && Explain(Criterion.AlternativeOrImpact, Target.Failed, 0, _findings.Sentences);

    /// <summary>Asked for the impact: any figure.</summary>
    public bool FindQuantity()
    {
        var at = Array.FindIndex(_tokens, t => t.Is(TokenShapes.Number));
        if (at >= 0)
        {
            AddReason(Criterion.AlternativeOrImpact, at, WithNext(at));
        }

        return at >= 0;
    }

    /// <summary>Asked for a fact: any figure, code, date or named fact, whatever it is about.</summary>
    public bool FindAnyFact()
    {
        var fact = _findings.All.FirstOrDefault(m => m.Group.Serves(Target.Fact));
        var at = fact.Group is not null ? fact.First : Array.FindIndex(_tokens, t => t.Is(TokenShapes.Number));
        if (at >= 0)
        {
            AddReason(Criterion.Evidence, at, Math.Max(at, fact.Last));
        }

        return at >= 0;
    }

    /// <summary>
    /// "No" and "I don't know" count in the first sentence only, and "no" only where nothing of what was asked follows:
    /// "No spare slot in the racks" informs.
    /// </summary>
    public AnswerKind KindOfAnswer(Topic topic)
    {
        if (_tokens.Length == 0 || _findings.Has(Target.Unknown, 0))
        {
            return _findings.Has(Target.Known, 0) ? AnswerKind.NotAnIssue : AnswerKind.NotKnownYet;
        }

        var asked = FeedbackAssessor.ConstraintOf(topic);
        var isDenied = asked is { } kind && IsDenied(kind);
        var isNo = _findings.Has(Target.Nothing, 0) && !Informs(topic, asked);
        return isDenied || isNo ? AnswerKind.NotAnIssue : AnswerKind.Informative;
    }

    public ConstraintMention MentionOf(Constraint constraint, Topic topic, AnswerKind kind)
    {
        var isAsked = FeedbackAssessor.ConstraintOf(topic) == constraint;
        if (_findings.Has(DeniedOf(constraint)) || (isAsked && (kind == AnswerKind.NotAnIssue || IsDenied(constraint))))
        {
            return ConstraintMention.Denied;
        }

        if (FindConstraint(constraint) || IsNamedAsCause(constraint, topic))
        {
            return ConstraintMention.Stated;
        }

        if (!isAsked || kind != AnswerKind.Informative)
        {
            return ConstraintMention.NotMentioned;
        }

        AddReason(Criterion.Constraint, 0, WithNext(0), constraint);
        return ConstraintMention.Stated;
    }

    private static Target TargetOf(Constraint constraint) => constraint switch
    {
        Constraint.Cost => Target.Cost,
        Constraint.Compliance => Target.Compliance,
        Constraint.Infrastructure => Target.Infrastructure,
        Constraint.People => Target.People,
    };

    private static Target NamedOf(Constraint constraint) => constraint switch
    {
        Constraint.Cost => Target.NamedCost,
        Constraint.Compliance => Target.NamedCompliance,
        Constraint.Infrastructure => Target.NamedInfrastructure,
        Constraint.People => Target.NamedPeople,
    };

    private static Target DeniedOf(Constraint constraint) => constraint switch
    {
        Constraint.Cost => Target.DeniedCost,
        Constraint.Compliance => Target.DeniedCompliance,
        Constraint.Infrastructure => Target.DeniedInfrastructure,
        Constraint.People => Target.DeniedPeople,
    };

    /// <summary>Asked about it: said not to be the reason, by name or not.</summary>
    private bool IsDenied(Constraint asked) => _findings.Has(DeniedOf(asked)) || _findings.Has(Target.NoReason);

    private bool Informs(Topic topic, Constraint? asked) => topic switch
    {
        Topic.SpecificIssue => MainIssue() >= 0,
        Topic.Cause => Enum.GetValues<Constraint>().Any(c => !_findings.Has(DeniedOf(c)) && _findings.Has(NamedOf(c))),
        Topic.Alternatives or Topic.Impact => _findings.Sentences > 1,
        _ => asked is { } constraint && BestPair(TargetOf(constraint)) is >= 0 and var best
            && _findings.PointsOfPair(TargetOf(constraint), best) >= ConstraintThreshold,
    };

    private bool IsNamedAsCause(Constraint constraint, Topic topic) =>
        topic == Topic.Cause && Explain(Criterion.Constraint, NamedOf(constraint), 0, _findings.Sentences, constraint);

    private bool FindFailedAlternative()
    {
        var nextFailed = new MatchFinder(_findings.All, Target.Failed);
        var nextWorks = new MatchFinder(_findings.All, Target.Works);
        foreach (var tried in _findings.All)
        {
            if (!tried.Group.Serves(Target.Tried))
            {
                continue;
            }

            var failed = nextFailed.After(tried.First);
            if (IsInReach(failed) && !IsInReach(nextWorks.After(tried.First)))
            {
                AddReason(Criterion.AlternativeOrImpact, tried.First, tried.Last);
                AddReason(Criterion.AlternativeOrImpact, failed!.Value.First, failed.Value.Last);
                return true;
            }

            bool IsInReach(Match? match) => match?.First <= tried.Last + FailureReach;
        }

        return false;
    }

    private bool IsAboutTheCustomer(int sentence)
    {
        if (_findings.Has(Target.Deal, sentence))
        {
            return false;
        }

        return _findings.Has(Target.Customer, sentence)
            || _findings.Has(Target.Cost, sentence) || _findings.Has(Target.Compliance, sentence)
            || _findings.Has(Target.Infrastructure, sentence) || _findings.Has(Target.People, sentence)
            || _issue[sentence] < IssueThreshold;
    }

    /// <summary>The sentence that tells the issue, or -1 if none tells enough.</summary>
    private int MainIssue()
    {
        var best = -1;
        for (var i = 0; i < _issue.Length; i++)
        {
            if (_issue[i] >= IssueThreshold && (best < 0 || _issue[i] > _issue[best]))
            {
                best = i;
            }
        }

        return best;
    }

    private int BestPair(Target target)
    {
        var (best, points) = (-1, 0);
        for (var i = 0; i < _findings.Sentences; i++)
        {
            var sum = _findings.PointsOfPair(target, i);
            (best, points) = sum > points ? (i, sum) : (best, points);
        }

        return best;
    }

    private bool Explain(Criterion criterion, Target target, int sentence, int count, Constraint? constraint = null)
    {
        var reasons = _findings.In(sentence, count).Where(m => m.Group.Serves(target) && m.Group.Points > 0);
        var before = Because.Count;
        foreach (var match in reasons.OrderByDescending(m => m.Group.Points).Take(MostReasons))
        {
            AddReason(criterion, match.First, match.Last, constraint);
        }

        return Because.Count > before;
    }

    private void AddReason(Criterion criterion, int first, int last, Constraint? constraint = null)
    {
        var start = _tokens[first].Start;
        var length = _tokens[last].End - start;
        Because.Add(new AssessmentReason(criterion, _text.Substring(start, length), start, length, constraint));
    }

    private int WithNext(int at) => at + 1 < _tokens.Length && _tokens[at + 1].Sentence == _tokens[at].Sentence ? at + 1 : at;

    /// <summary>Walks the matches of one target once, for questions that come in the order of the text.</summary>
    private sealed class MatchFinder(IReadOnlyList<Match> matches, Target target)
    {
        private int _at;

        public Match? After(int token)
        {
            while (_at < matches.Count && (matches[_at].First <= token || !matches[_at].Group.Serves(target)))
            {
                _at++;
            }

            return _at < matches.Count ? matches[_at] : null;
        }
    }
}
