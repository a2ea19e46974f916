using FeedbackBot.Core.Conversations;
using FeedbackBot.Core.Requests;

namespace FeedbackBot.Core.Assessment;

/// <summary>
/// Text → which criteria it meets, and the words that show it. Deterministic, in process, no I/O, safe to call from several
/// threads. Time is linear in the length; only the first <see cref="LongestText"/> characters count.
/// <para>
/// The flow: cut the text into tokens, find the pattern groups of the vocabulary (<c>Vocabulary/*.txt</c>), let denials take
/// groups away again, then let the fitted weights decide (<see cref="FittedWeights"/>); an answer is judged by both.
/// </para>
/// </summary>
public static class FeedbackAssessor
{
    /// <summary>Characters that are read; the rest of a longer text is ignored.</summary>
    public const int LongestText = 40_000;

    /// <summary>Assesses a whole text: an opening message, a draft, or everything a seller has said so far.</summary>
    public static FeedbackAssessment Assess(string text) => Reading.Of(text).Judge();

    /// <summary>
    /// Assesses an answer, knowing what was asked: "No." to the question about cost denies cost, and "48 cabinets times
    /// 31,000" states it, with a fact, although neither says so alone. Constraints other than the one asked about
    /// count only where the answer states them by itself.
    /// </summary>
    public static AnswerAssessment AssessAnswer(Topic topic, string answer)
        => Reading.Of(answer).JudgeAnswer(topic);

    /// <summary>Whether the rules and weights know the language of a text, English; where not, an assessment says nothing.</summary>
    internal static bool KnowsLanguageOf(string text) => Language.IsKnown(Vocabulary.Shipped, Cut(text), Tokenizer.Run(Vocabulary.Shipped, Cut(text)));

    internal static string Cut(string text) => text.Length > LongestText ? text[..LongestText] : text;

    /// <summary>The constraint a question is about, or null for questions about something else.</summary>
    internal static Constraint? ConstraintOf(Topic topic) => topic switch
    {
        Topic.Cost => Constraint.Cost,
        Topic.Compliance => Constraint.Compliance,
        Topic.Infrastructure => Constraint.Infrastructure,
        Topic.People => Constraint.People,
        _ => null,
    };
}
