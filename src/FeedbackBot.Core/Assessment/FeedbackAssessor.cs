using FeedbackBot.Core.Requests;

namespace FeedbackBot.Core.Assessment;

/// <summary>
/// Text → which criteria it meets, and the words that show it. Rules only: deterministic, in process, no I/O, safe to
/// call from several threads. Time is linear in the length; only the first <see cref="LongestText"/> characters count.
/// <para>
/// The flow: cut the text into tokens, find the pattern groups of the vocabulary, let denials and side remarks take
/// groups away again, then add up points. What a group means and weighs stands in <c>Vocabulary/*.txt</c>.
/// </para>
/// </summary>
public static class FeedbackAssessor
{
    /// <summary>Characters that are read; the rest of a longer text is ignored.</summary>
    public const int LongestText = 40_000;

    /// <summary>Assesses a whole text: an opening message, a draft, or everything a seller has said so far.</summary>
    public static FeedbackAssessment Assess(string text)
    {
        var reading = Reading.Of(Vocabulary.Shipped, text);
        var because = new List<AssessmentReason>();

        var issue = reading.FindSpecificIssue(because);
        var constraints = new HashSet<Constraint>();
        foreach (var constraint in Enum.GetValues<Constraint>())
        {
            if (reading.FindConstraint(constraint, because))
            {
                constraints.Add(constraint);
            }
        }

        // No constraint, nothing to be evidence for.
        var evidence = constraints.Count > 0 && reading.FindEvidence(because);
        var alternative = reading.FindAlternativeOrImpact(because);
        return new FeedbackAssessment(issue, constraints, evidence, alternative, because, reading.LanguageKnown);
    }
}
