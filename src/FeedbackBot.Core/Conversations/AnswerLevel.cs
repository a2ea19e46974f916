using FeedbackBot.Core.Assessment;

namespace FeedbackBot.Core.Conversations;

/// <summary>
/// The level by what was answered: a plain stand-in until the text itself is assessed. An answer counts as evidence when it
/// holds a number or a name in capitals.
/// </summary>
public sealed record AnswerLevel(FeedbackLevel Level, IReadOnlyList<string> Missing)
{
    public static AnswerLevel Of(Conversation conversation)
    {
        var answers = conversation.Answers;
        var reasons = conversation.Causes
            .Select(cause => answers.GetValueOrDefault(Conversation.TopicOf(cause)))
            .OfType<string>()
            .ToList();
        var specific = answers.ContainsKey(Topic.SpecificIssue);
        var constraint = reasons.Count > 0;
        var evidence = reasons.Exists(HoldsFact);
        var impact = answers.ContainsKey(Topic.Alternatives) || answers.ContainsKey(Topic.Impact);
        var level = (specific, constraint) switch
        {
            (false, false) => FeedbackLevel.Level100,
            (true, true) => evidence && impact ? FeedbackLevel.Level400 : FeedbackLevel.Level300,
            _ => FeedbackLevel.Level200,
        };
        var missing = new List<string>();
        Add(specific, Wording.MissingSpecificIssue);
        Add(constraint, Wording.MissingConstraint);
        Add(evidence, Wording.MissingEvidence);
        Add(impact, Wording.MissingAlternative);
        return new AnswerLevel(level, missing);

        void Add(bool has, string what)
        {
            if (!has)
            {
                missing.Add(what);
            }
        }
    }

    private static bool HoldsFact(string text)
        => text.Any(char.IsAsciiDigit)
            || text.Split(' ').Any(word => word.Length > 1 && word.Count(char.IsUpper) > 1);
}
