using FeedbackBot.Core.Requests;

namespace FeedbackBot.Core.Assessment;

/// <summary>How actionable a piece of feedback is. The numbers are the names sellers use.</summary>
public enum FeedbackLevel
{
    /// <summary>Neither a specific issue nor a constraint.</summary>
    Level100 = 100,

    /// <summary>One of the two.</summary>
    Level200 = 200,

    /// <summary>Both, but evidence or alternative is missing.</summary>
    Level300 = 300,

    /// <summary>A specific issue, a constraint, evidence for it, and an alternative or impact.</summary>
    Level400 = 400,
}

/// <summary>What a piece of feedback is judged by.</summary>
public enum Criterion
{
    /// <summary>S: what fails, is missing or is required, and in which situation.</summary>
    SpecificIssue,

    /// <summary>C: at least one underlying reason, of one of the four kinds.</summary>
    Constraint,

    /// <summary>E: a checkable fact about the constraint.</summary>
    Evidence,

    /// <summary>A: an alternative and why it fails, or a quantified impact.</summary>
    AlternativeOrImpact,
}

/// <summary>
/// The words of the text that made a criterion decide. <paramref name="Start"/> and <paramref name="Length"/> count
/// UTF-16 characters of the assessed text. <paramref name="Constraint"/> is set where the criterion is the constraint.
/// </summary>
public sealed record AssessmentReason(Criterion Criterion, string Text, int Start, int Length, Constraint? Constraint = null);

/// <summary>
/// The outcome of <see cref="FeedbackAssessor.Assess(string)"/>. <paramref name="LanguageKnown"/> is false where the text is
/// mostly not in English: the rest is then no judgement at all, and the level is what the seller confirms.
/// </summary>
public sealed record FeedbackAssessment(
    bool SpecificIssue,
    IReadOnlySet<Constraint> Constraints,
    bool Evidence,
    bool AlternativeOrImpact,
    IReadOnlyList<AssessmentReason> Because,
    bool LanguageKnown)
{
    /// <summary>The level the four criteria add up to.</summary>
    public FeedbackLevel Level => LevelOf(SpecificIssue, Constraints.Count > 0, Evidence, AlternativeOrImpact);

    /// <summary>The criteria that are not met yet, in the order in which they are asked for.</summary>
    public IReadOnlyList<Criterion> Missing
    {
        get
        {
            var missing = new List<Criterion>(4);
            AddIf(!SpecificIssue, Criterion.SpecificIssue);
            AddIf(Constraints.Count == 0, Criterion.Constraint);
            AddIf(!Evidence, Criterion.Evidence);
            AddIf(!AlternativeOrImpact, Criterion.AlternativeOrImpact);
            return missing;

            void AddIf(bool isMissing, Criterion criterion)
            {
                if (isMissing)
                {
                    missing.Add(criterion);
                }
            }
        }
    }

    /// <summary>
    /// 100: neither issue nor constraint; 200: one of them; 300: both; 400: both, with evidence and an alternative or
    /// impact. For callers that put a level together from what a seller confirmed.
    /// </summary>
    public static FeedbackLevel LevelOf(bool specificIssue, bool constraint, bool evidence, bool alternativeOrImpact) =>
        (specificIssue, constraint) switch
        {
            (false, false) => FeedbackLevel.Level100,
            (true, true) => evidence && alternativeOrImpact ? FeedbackLevel.Level400 : FeedbackLevel.Level300,
            _ => FeedbackLevel.Level200,
        };
}
