using FeedbackBot.Core.Assessment;
using FeedbackBot.Core.Requests;

namespace FeedbackBot.Core.Conversations;

/// <summary>
/// What the seller's statements amount to so far: the criteria, the level, what is missing, and which question comes next.
/// Derived anew from the statements each time, so that taking one back or changing one needs no bookkeeping.
/// </summary>
public sealed class Understanding
{
    private readonly IReadOnlyList<Statement> _statements;
    private readonly List<(Topic Topic, AnswerAssessment Answer)> _answers = [];

    private Understanding(IReadOnlyList<Statement> statements)
    {
        _statements = statements;
        var whole = FeedbackAssessor.Assess(Text(statements.Where(IsFeedback)));
        IsSelfAssessed = !whole.LanguageKnown;
        foreach (var statement in statements.Where(statement => statement.Kind == StatementKind.Said && IsJudged(statement.Topic)))
        {
            _answers.Add((statement.Topic, FeedbackAssessor.AssessAnswer(statement.Topic, statement.Text)));
        }


        // Once the seller has said what is behind it, the issue itself is no place to guess a reason from.
        var reasons = LastAnswer(Topic.Cause)?.Constraints.Values.Contains(ConstraintMention.Stated) == true
            ? FeedbackAssessor.Assess(Text(statements.Where(statement => IsFeedback(statement) && statement.Topic != Topic.SpecificIssue)))
            : whole;
        Constraints = [.. Enum.GetValues<Constraint>().Where(constraint => IsNamed(constraint, reasons))];
        SpecificIssue = whole.SpecificIssue || Tells(Topic.SpecificIssue, answer => answer.SpecificIssue);
        Evidence = Constraints.Count > 0 && (whole.Evidence || Constraints.Any(constraint => Tells(TopicOf(constraint), answer => answer.Fact)));
        AlternativeOrImpact = whole.AlternativeOrImpact || _answers.Exists(given => given.Answer.AlternativeOrImpact || (IsSelfAssessed && given.Topic is Topic.Alternatives or Topic.Impact));
        Because = whole.Because;
    }

    /// <summary>The rules do not know the language: what was answered counts as what it was asked for.</summary>
    public bool IsSelfAssessed { get; }

    public bool SpecificIssue { get; }

    public IReadOnlyList<Constraint> Constraints { get; }

    public bool Evidence { get; }

    public bool AlternativeOrImpact { get; }

    /// <summary>The words that decided.</summary>
    public IReadOnlyList<AssessmentReason> Because { get; }

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

    public static Understanding Of(Conversation conversation) => new(conversation.Statements);

    /// <summary>
    /// The next question, null when nothing is left to ask. What was said is not asked again; nor is what would add nothing:
    /// alternatives and impact serve the same criterion.
    /// </summary>
    public Topic? Next(IReadOnlyList<string> areas)
    {
        IEnumerable<(Topic Topic, bool IsNeeded)> plan =
        [
            (Topic.SpecificIssue, !SpecificIssue),
            (Topic.Cause, !SaysItAll()),
            .. Constraints.Select(constraint => (TopicOf(constraint), !HasFactOf(constraint))),
            (Topic.Alternatives, !AlternativeOrImpact),
            (Topic.Impact, !AlternativeOrImpact),
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

    private bool IsNamed(Constraint constraint, FeedbackAssessment reasons)
    {
        if (LastAnswer(TopicOf(constraint)) is { } own)
        {
            // Its own question decides: it was denied there, or it stands.
            return own.Kind != AnswerKind.NotAnIssue && own.Constraints[constraint] != ConstraintMention.Denied;
        }

        var isChosen = _statements.Any(statement =>
            statement is { Topic: Topic.Cause, Kind: StatementKind.Chosen } && statement.Text.Split(", ").Contains(constraint.ToString(), StringComparer.Ordinal));
        var mention = LastAnswer(Topic.Cause)?.Constraints[constraint] ?? ConstraintMention.NotMentioned;
        return isChosen || (mention != ConstraintMention.Denied && (mention == ConstraintMention.Stated || reasons.Constraints.Contains(constraint)));
    }

    /// <summary>The opening alone said everything: asking what is behind it would be asking again.</summary>
    private bool SaysItAll()
        => _statements is [{ Topic: Topic.Opening } opening, ..] && FeedbackAssessor.Assess(opening.Text).Level == FeedbackLevel.Level400;

    private bool HasFactOf(Constraint constraint)
        => _statements.Where(IsFeedback).Any(statement =>
            FeedbackAssessor.Assess(statement.Text) is var said && said.Constraints.Contains(constraint) && said.Evidence);

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
