using FeedbackBot.Core.Conversations;
using FeedbackBot.Core.Requests;

namespace FeedbackBot.Core.Assessment;

/// <summary>A text, what the vocabulary found in it, and the rules that judge it: one method per criterion.</summary>
internal sealed class Reading
{
    // Points at which a criterion counts as met; what a group weighs stands in the vocabulary.
    private const int IssueThreshold = 3;
    private const int ConstraintThreshold = 3;
    private const int ImpactThreshold = 2;

    // Log-odds: a text of which this is as likely as 1 in 12 is one, where just this was asked for.
    private const float EnoughWhenAsked = -2.5f;

    // Where an alternative is told, what fails is the alternative: its sentence needs more to be an issue.
    private const int TriedDiscount = 2;

    // How far after "tried", "looked at" ... the reason for its failure may stand, in tokens: about two sentences.
    private const int FailureReach = 32;
    private const int MostReasons = 3;

    private readonly string _text;
    private readonly Token[] _tokens;
    private readonly Findings _findings;
    private readonly Judgement _judgement;
    private readonly bool[] _hasNumber;
    private readonly int[] _issue;

    private Reading(Vocabulary vocabulary, FittedWeights weights, string text, Token[] tokens)
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
        Features = new TextFeatures(text, tokens, _findings, vocabulary);
        _judgement = new Judgement(vocabulary, weights, text, tokens, Features);
        LanguageKnown = Language.IsKnown(vocabulary, text, tokens);
    }

    public bool LanguageKnown { get; }

    public List<AssessmentReason> Because { get; } = [];

    public static Reading Of(string text, FittedWeights? weights = null)
    {
        text = text.Length > FeedbackAssessor.LongestText ? text[..FeedbackAssessor.LongestText] : text;
        return new Reading(Vocabulary.Shipped, weights ?? FittedWeights.Shipped, text, Tokenizer.Run(Vocabulary.Shipped, text));
    }

    /// <summary>Every criterion of a whole text with the words that decided.</summary>
    public FeedbackAssessment Judge()
    {
        var judged = Decide();
        Because.AddRange(judged.SpecificIssue ? _judgement.Explain(Judged.Issue, Criterion.SpecificIssue) : []);
        Because.AddRange(judged.Constraints.SelectMany(constraint => _judgement.Explain(JudgedOf(constraint), Criterion.Constraint, constraint)));
        Because.AddRange(judged.Evidence ? _judgement.Explain(Judged.Evidence, Criterion.Evidence) : []);
        Because.AddRange(judged.AlternativeOrImpact ? _judgement.Explain(Judged.Alternative, Criterion.AlternativeOrImpact) : []);
        return judged with { Because = Because };
    }

    /// <summary>
    /// Every criterion of a whole text, by the fitted weights, without the words; what the text denies in so many words is no
    /// constraint.
    /// </summary>
    public FeedbackAssessment Decide()
    {
        var (issue, isConstrained, evidence, alternative) = _judgement.Decide();
        var open = Enum.GetValues<Constraint>().Where(constraint => !_findings.Has(DeniedOf(constraint))).ToList();
        var constraints = isConstrained ? open.FindAll(constraint => ScoreOf(constraint) > 0) : [];
        if (isConstrained && constraints.Count == 0 && open.Count > 0)
        {
            constraints.Add(open.MaxBy(ScoreOf));
        }

        return new FeedbackAssessment(issue, constraints.ToHashSet(), evidence && constraints.Count > 0, alternative, [], LanguageKnown);
    }

    /// <summary>Log-odds that a constraint, if the text tells of one, is of this kind.</summary>
    public float ScoreOf(Constraint constraint) => _judgement.ScoreOf(JudgedOf(constraint));

    /// <summary>Log-odds for each <see cref="Judged"/>.</summary>
    public float[] Scores() => [.. Enum.GetValues<Judged>().Select(_judgement.ScoreOf)];

    /// <summary>An answer, knowing what was asked. Whoever was asked and says something is believed sooner than a stranger's text.</summary>
    public AnswerAssessment JudgeAnswer(Topic topic)
    {
        var kind = KindOfAnswer(topic);
        var mentions = Enum.GetValues<Constraint>().ToDictionary(constraint => constraint, constraint => MentionOf(constraint, topic, kind));
        if (topic == Topic.Cause && kind == AnswerKind.Informative && !mentions.ContainsValue(ConstraintMention.Stated))
        {
            // A cause without the name of its kind: "they haven't enough hands".
            var likely = mentions.Keys.MaxBy(ScoreOf);
            mentions[likely] = ConstraintMention.Stated;
            Because.AddRange(_judgement.Explain(JudgedOf(likely), Criterion.Constraint, likely));
        }

        var isInformative = kind == AnswerKind.Informative;
        var issue = isInformative
            && (FindSpecificIssue() || _judgement.ScoreOf(Judged.Issue) > (topic == Topic.SpecificIssue ? EnoughWhenAsked : 0));
        var alternative = isInformative && (topic switch
        {
            Topic.Alternatives => !_findings.Has(Target.Works) && (FindFailure() || _judgement.ScoreOf(Judged.Alternative) > EnoughWhenAsked),
            Topic.Impact => FindQuantity(),
            _ => FindAlternativeOrImpact() && _judgement.ScoreOf(Judged.Alternative) > 0,
        });
        var isFact = kind != AnswerKind.NotAnIssue && (FindAnyFact() || _judgement.ScoreOf(Judged.Evidence) > 0);
        return new AnswerAssessment(topic, kind, mentions, isFact, issue, alternative, Because);
    }

    public TextFeatures Features { get; }

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
    /// "No spare slot in the racks" informs, and so does what the weights take for a constraint's evidence.
    /// </summary>
    private AnswerKind KindOfAnswer(Topic topic)
    {
        if (_tokens.Length == 0 || _findings.Has(Target.Unknown, 0))
        {
            return _findings.Has(Target.Known, 0) ? AnswerKind.NotAnIssue : AnswerKind.NotKnownYet;
        }

        var asked = FeedbackAssessor.ConstraintOf(topic);
        var isDenied = asked is { } kind && IsDenied(kind);
        var isNo = _findings.Has(Target.Nothing, 0) && !Informs(topic, asked);
        var speaks = topic == Topic.Cause
            ? _judgement.ScoreOf(Judged.Constraint) > 0
            : asked is not null && _judgement.ScoreOf(Judged.Evidence) > 0;
        return (isDenied || isNo) && !speaks ? AnswerKind.NotAnIssue : AnswerKind.Informative;
    }

    private ConstraintMention MentionOf(Constraint constraint, Topic topic, AnswerKind kind)
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

    public static Judged JudgedOf(Constraint constraint) => constraint switch
    {
        Constraint.Cost => Judged.Cost,
        Constraint.Compliance => Judged.Compliance,
        Constraint.Infrastructure => Judged.Infrastructure,
        Constraint.People => Judged.People,
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
