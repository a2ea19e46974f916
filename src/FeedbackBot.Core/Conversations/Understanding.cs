using System.Runtime.CompilerServices;
using FeedbackBot.Core.Assessment;
using FeedbackBot.Core.Requests;

namespace FeedbackBot.Core.Conversations;

/// <summary>
/// What the seller's statements amount to so far: the criteria, the level, what is missing, and which question comes next.
/// Derived anew from the statements each time, so that taking one back or changing one needs no bookkeeping.
/// </summary>
public sealed class Understanding
{
    // Beyond this a busy seller stops answering; what is missing then stands in the draft.
    private const int MostQuestions = 6;
    private const int LastFollowUp = 3;

    // A list of statements is never changed: another one takes its place.
    private static readonly ConditionalWeakTable<IReadOnlyList<Statement>, Understanding> Known = [];

    private readonly IReadOnlyList<Statement> _statements;
    private readonly List<(Topic Topic, AnswerAssessment Answer)> _answers = [];
    private readonly FeedbackAssessment _told;

    private Understanding(IReadOnlyList<Statement> statements)
    {
        _statements = statements;
        IsSelfAssessed = !FeedbackAssessor.KnowsLanguageOf(Text(statements.Where(IsFeedback)));
        var told = Reading.Of(IsSelfAssessed ? "" : Text(statements.Where(statement => statement.Topic is Topic.Opening or Topic.Added && IsFeedback(statement))));
        _told = told.Decide();
        foreach (var statement in statements.Where(statement => statement.Kind == StatementKind.Said && IsJudged(statement.Topic)))
        {
            _answers.Add((statement.Topic, FeedbackAssessor.AssessAnswer(statement.Topic, statement.Text)));
        }

        SpecificIssue = _told.SpecificIssue || told.MayTellIssue() || Tells(Topic.SpecificIssue, answer => answer.SpecificIssue);
        Volunteered = VolunteeredConstraints(told);
        Constraints = [.. Enum.GetValues<Constraint>().Where(IsNamed)];
        Evidence = Constraints.Count > 0
            && (_told.Evidence
                || (Volunteered.Count > 0 && told.MayTellFact())
                || (!IsSelfAssessed && Tells(Topic.Cause, answer => answer.Fact))
                || Constraints.Any(constraint => Tells(TopicOf(constraint), answer => answer.Fact)));
        AlternativeOrImpact = _told.AlternativeOrImpact
            || _answers.Exists(given => given.Answer.AlternativeOrImpact || (IsSelfAssessed && given.Topic is Topic.Alternatives or Topic.Impact));
    }

    /// <summary>The rules do not know the language: what was answered counts as what it was asked for.</summary>
    public bool IsSelfAssessed { get; }

    public bool SpecificIssue { get; }

    public IReadOnlyList<Constraint> Constraints { get; }

    /// <summary>Those of them that the seller told of unasked.</summary>
    public IReadOnlyList<Constraint> Volunteered { get; }

    public bool Evidence { get; }

    public bool AlternativeOrImpact { get; }

    public FeedbackLevel Level => FeedbackAssessment.LevelOf(SpecificIssue, Constraints.Count > 0, Evidence, AlternativeOrImpact);

    /// <summary>What the feedback still lacks, in the order it is asked for.</summary>
    public IReadOnlyList<Criterion> Missing =>
    [
        .. SpecificIssue ? Array.Empty<Criterion>() : [Criterion.SpecificIssue],
        .. Constraints.Count > 0 ? Array.Empty<Criterion>() : [Criterion.Constraint],
        .. Evidence ? Array.Empty<Criterion>() : [Criterion.Evidence],
        .. AlternativeOrImpact ? Array.Empty<Criterion>() : [Criterion.AlternativeOrImpact],
    ];

    /// <summary>The questions whose answer the seller wants to get from the customer.</summary>
    public IReadOnlyList<Topic> ToBring => [.. _answers.Select(given => given.Topic).Distinct().Where(topic => LastAnswer(topic)?.Kind == AnswerKind.NotKnownYet)];

    /// <summary>What a conversation amounts to; worked out once for the same statements, since a turn asks several times.</summary>
    public static Understanding Of(Conversation conversation) => Known.GetValue(conversation.Statements, static statements => new Understanding(statements));

    /// <summary>
    /// The next question, null when nothing is left to ask. What was said is not asked again; nor is what would add nothing:
    /// alternatives and impact serve the same criterion.
    /// </summary>
    public Topic? Next(IReadOnlyList<string> areas)
    {
        var mayAsk = QuestionsAnswered < MostQuestions;
        IEnumerable<(Topic Topic, bool IsNeeded)> plan =
        [
            (Topic.SpecificIssue, mayAsk && !SpecificIssue),
            (Topic.Cause, mayAsk && _told.Level < FeedbackLevel.Level400),
            .. Constraints.Select(constraint => (TopicOf(constraint), mayAsk && !Volunteered.Contains(constraint))),
            (Topic.Alternatives, mayAsk && !AlternativeOrImpact),
            (Topic.Impact, mayAsk && !AlternativeOrImpact),

            // What was volunteered is asked about only if no fact came up by itself.
            .. Constraints.Select(constraint => (TopicOf(constraint), mayAsk && !Evidence)),
            (Topic.Customer, true),
            (Topic.ProductArea, areas.Count > 1),
        ];
        foreach (var (topic, isNeeded) in plan)
        {
            if (isNeeded && !WasAsked(topic))
            {
                return topic;
            }
        }

        return null;
    }

    /// <summary>
    /// Whether the answer just given to <paramref name="topic"/> deserves one more question: it said something, but nothing
    /// that can be checked, and nothing else said so far fills the gap.
    /// </summary>
    public bool DeservesFollowUp(Topic topic)
        => !IsSelfAssessed
            && QuestionsAnswered <= LastFollowUp
            && _statements.Count(statement => statement.Topic == topic) == 1
            && Tells(topic, static _ => true)
            && (topic switch
            {
                Topic.SpecificIssue => !SpecificIssue,
                Topic.Cause => Constraints.Count == 0,
                Topic.Cost or Topic.Compliance or Topic.Infrastructure or Topic.People => !Evidence,
                _ => false,
            });

    /// <summary>Whether an answer is no part of the feedback: "I don't know", "not an issue here".</summary>
    internal bool SaysNothing(Statement statement)
        => !IsSelfAssessed
            && IsJudged(statement.Topic)
            && FeedbackAssessor.AssessAnswer(statement.Topic, statement.Text).Kind != AnswerKind.Informative;

    internal static Topic TopicOf(Constraint constraint) => constraint switch
    {
        Constraint.Cost => Topic.Cost,
        Constraint.Compliance => Topic.Compliance,
        Constraint.Infrastructure => Topic.Infrastructure,
        Constraint.People => Topic.People,
    };

    /// <summary>Whether a statement is about the need itself, and not about whose it is.</summary>
    internal static bool IsFeedback(Statement statement)
        => statement.Kind == StatementKind.Said && statement.Topic is not (Topic.Customer or Topic.ProductArea or Topic.Stake);

    private static string Text(IEnumerable<Statement> statements) => string.Join('\n', statements.Select(statement => statement.Text));

    /// <summary>
    /// The constraints that the seller told of unasked. Once the cause is named, that is what the opening was about: of the
    /// named ones at least the likeliest, and none of the others.
    /// </summary>
    private List<Constraint> VolunteeredConstraints(Reading told)
    {
        var stated = Enum.GetValues<Constraint>().Where(IsStatedCause).ToList();
        if (_told.Constraints.Count == 0 || stated.Count == 0)
        {
            return [.. _told.Constraints];
        }

        var both = stated.FindAll(_told.Constraints.Contains);
        return both.Count > 0 ? both : [stated.MaxBy(told.ScoreOf)];
    }

    private bool IsStatedCause(Constraint constraint)
        => (LastAnswer(Topic.Cause) is { Kind: AnswerKind.Informative } cause && cause.Constraints[constraint] == ConstraintMention.Stated)
            || _statements.Any(statement =>
                statement is { Topic: Topic.Cause, Kind: StatementKind.Chosen } && statement.Text.Split(", ").Contains(constraint.ToString(), StringComparer.Ordinal));

    private bool IsNamed(Constraint constraint)
    {
        if (LastAnswer(TopicOf(constraint)) is { } own)
        {
            // Its own question decides: it was denied there, or it stands. Not knowing confirms only what was sure before.
            return own.Kind switch
            {
                AnswerKind.Informative => own.Constraints[constraint] != ConstraintMention.Denied,
                AnswerKind.NotKnownYet => IsStatedCause(constraint) || Volunteered.Contains(constraint),
                AnswerKind.NotAnIssue => false,
            };
        }

        return IsStatedCause(constraint)
            || (Volunteered.Contains(constraint) && LastAnswer(Topic.Cause)?.Constraints[constraint] != ConstraintMention.Denied)
            || (!IsSelfAssessed && Tells(Topic.Alternatives, answer => answer.Constraints[constraint] == ConstraintMention.Stated));
    }

    private int QuestionsAnswered => _statements.Count(statement => IsJudged(statement.Topic));

    private bool WasAsked(Topic topic) => _statements.Any(statement => statement.Topic == topic);

    private bool Tells(Topic topic, Func<AnswerAssessment, bool> what)
        => _answers.Exists(given => given.Topic == topic && (IsSelfAssessed || (given.Answer.Kind == AnswerKind.Informative && what(given.Answer))));

    private AnswerAssessment? LastAnswer(Topic topic) => _answers.FindLast(given => given.Topic == topic).Answer;

    /// <summary>Whether an answer to a question about <paramref name="topic"/> can be judged knowing the question.</summary>
    private static bool IsJudged(Topic topic) => topic switch
    {
        Topic.SpecificIssue or Topic.Cause or Topic.Cost or Topic.Compliance or Topic.Infrastructure or Topic.People or Topic.Alternatives or Topic.Impact => true,
        Topic.Opening or Topic.Added or Topic.Customer or Topic.ProductArea or Topic.Duplicate or Topic.Confirm or Topic.Stake => false,
    };
}
