using FeedbackBot.Core.Conversations;
using FeedbackBot.Core.Requests;

namespace FeedbackBot.Core.Assessment;

/// <summary>A text with what the vocabulary finds in it and the weights make of it: judged as a whole, or as the answer to a question.</summary>
internal sealed class Reading
{
    // Points at which a criterion counts as met; what a group weighs stands in the vocabulary.
    private const int IssueThreshold = 3;
    private const int ConstraintThreshold = 3;
    private const int ImpactThreshold = 2;

    // Log-odds: a text of which this is as likely as 1 in 12 is one, where just this was asked for.
    private const float EnoughWhenAsked = -2.5f;

    // Log-odds: where the vocabulary finds it too, 3 in 10 is enough.
    private const float EnoughUnasked = -0.8f;

    // Where an alternative is told, what fails is the alternative: its sentence needs more to be an issue.
    private const int TriedDiscount = 2;

    // How far after "tried", "looked at" ... the reason for its failure may stand, in tokens: about two sentences.
    private const int FailureReach = 32;

    private readonly Token[] _tokens;
    private readonly Findings _findings;
    private readonly Judgement _judgement;
    private readonly int[] _issue;

    private Reading(Vocabulary vocabulary, FittedWeights weights, string text, Token[] tokens)
    {
        _tokens = tokens;
        _findings = new Findings(tokens, vocabulary.FindAll(tokens), vocabulary.Groups.Count);
        _issue = [.. Enumerable.Range(0, _findings.Sentences).Select(s =>
            _findings.Points(Target.Issue, s) - (_findings.Has(Target.Tried, s) ? TriedDiscount : 0))];
        Features = new TextFeatures(text, tokens, _findings, vocabulary);
        _judgement = new Judgement(vocabulary, weights, text, tokens, Features);
        LanguageKnown = Language.IsKnown(vocabulary, text, tokens);
    }

    public bool LanguageKnown { get; }

    public static Reading Of(string text, FittedWeights? weights = null)
    {
        text = FeedbackAssessor.Cut(text);
        return new Reading(Vocabulary.Shipped, weights ?? FittedWeights.Shipped, text, Tokenizer.Run(Vocabulary.Shipped, text));
    }

    /// <summary>Every criterion of a whole text with the words that decided.</summary>
    public FeedbackAssessment Judge()
    {
        var judged = Decide();
        return judged with
        {
            Because =
            [
                .. judged.SpecificIssue ? _judgement.Explain(Judged.Issue, Criterion.SpecificIssue) : [],
                .. judged.Constraints.SelectMany(constraint => _judgement.Explain(JudgedOf(constraint), Criterion.Constraint, constraint)),
                .. judged.Evidence ? _judgement.Explain(Judged.Evidence, Criterion.Evidence) : [],
                .. judged.AlternativeOrImpact ? _judgement.Explain(Judged.Alternative, Criterion.AlternativeOrImpact) : [],
            ],
        };
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
        var open = mentions.Keys.Where(constraint => mentions[constraint] != ConstraintMention.Denied).ToList();
        if (topic == Topic.Cause
            && kind == AnswerKind.Informative
            && !mentions.ContainsValue(ConstraintMention.Stated)
            && open.Count > 0
            && _judgement.ScoreOf(Judged.Constraint) > EnoughWhenAsked)
        {
            // A cause without the name of its kind: "they haven't enough hands".
            mentions[open.MaxBy(ScoreOf)] = ConstraintMention.Stated;
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
        return new AnswerAssessment(topic, kind, mentions, isFact, issue, alternative);
    }

    /// <summary>Whether it is likely enough that the text tells the issue not to ask for it: being asked for what one said annoys.</summary>
    public bool MayTellIssue() => _judgement.ScoreOf(Judged.Issue) > EnoughUnasked && FindSpecificIssue();

    /// <summary>The same for a fact about a constraint.</summary>
    public bool MayTellFact() => _judgement.ScoreOf(Judged.Evidence) > EnoughUnasked && FindAnyFact();

    public TextFeatures Features { get; }

    /// <summary>S: the sentence that tells most about an issue tells enough.</summary>
    private bool FindSpecificIssue() => _issue.Any(points => points >= IssueThreshold);

    /// <summary>C, one kind: two neighbouring sentences tell enough, and one group in them is strong by itself.</summary>
    private bool FindConstraint(Constraint constraint)
    {
        var target = TargetOf(constraint);
        var best = BestPair(target);
        return best >= 0
            && _findings.PointsOfPair(target, best) >= ConstraintThreshold
            && Math.Max(_findings.StrongestGroup(target, best), _findings.StrongestGroup(target, best + 1)) >= ConstraintThreshold;
    }

    /// <summary>A: something was tried and soon after it is said why it fails, or an effort or a sum is told.</summary>
    private bool FindAlternativeOrImpact()
        => Enumerable.Range(0, _findings.Sentences).Any(sentence => _findings.Points(Target.Impact, sentence) >= ImpactThreshold) || FindFailedAlternative();

    /// <summary>Asked for alternatives: any reason why one fails, a refusal among them.</summary>
    private bool FindFailure() => _findings.Has(Target.Failed);

    /// <summary>Asked for the impact: any figure.</summary>
    private bool FindQuantity() => Array.Exists(_tokens, token => token.Is(TokenShapes.Number));

    /// <summary>Asked for a fact: any figure, code, date or named fact, whatever it is about.</summary>
    private bool FindAnyFact() => FindQuantity() || _findings.Has(Target.Fact);

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

        return isAsked && kind == AnswerKind.Informative ? ConstraintMention.Stated : ConstraintMention.NotMentioned;
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
        Topic.SpecificIssue => FindSpecificIssue(),
        Topic.Cause => Enum.GetValues<Constraint>().Any(c => !_findings.Has(DeniedOf(c)) && _findings.Has(NamedOf(c))),
        Topic.Alternatives or Topic.Impact => _findings.Sentences > 1,
        _ => asked is { } constraint && BestPair(TargetOf(constraint)) is >= 0 and var best
            && _findings.PointsOfPair(TargetOf(constraint), best) >= ConstraintThreshold,
    };

    private bool IsNamedAsCause(Constraint constraint, Topic topic) =>
        topic == Topic.Cause && _findings.Has(NamedOf(constraint));

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
                return true;
            }

            bool IsInReach(Match? match) => match?.First <= tried.Last + FailureReach;
        }

        return false;
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
