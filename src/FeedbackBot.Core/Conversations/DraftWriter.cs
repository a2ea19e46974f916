using FeedbackBot.Core.Assessment;
using FeedbackBot.Core.Requests;

namespace FeedbackBot.Core.Conversations;

/// <summary>
/// Writes the feedback in the article's shape, from the seller's own words and nothing else. A part that is too long to be
/// read at a glance is shown by the sentences that decided, with the rest attached.
/// </summary>
public static class DraftWriter
{
    /// <summary>A part up to this length is shown whole, in characters.</summary>
    public const int LongestShown = 1200;

    private static readonly Topic[] Order =
    [
        Topic.Opening, Topic.SpecificIssue, Topic.Cause, Topic.Cost, Topic.Compliance, Topic.Infrastructure, Topic.People,
        Topic.Alternatives, Topic.Impact, Topic.Added,
    ];

    public static IReadOnlyList<DraftPart> Write(Conversation conversation, Understanding understanding)
    {
        var parts = new List<DraftPart>();
        foreach (var topic in Order)
        {
            // What was chosen by a button is said by the parts it led to; what is not known yet is listed apart.
            var text = string.Join('\n', conversation.Statements
                .Where(statement => statement.Topic == topic && statement.Kind == StatementKind.Said)
                .Where(statement => !understanding.SaysNothing(statement) && !IsBareCause(statement))
                .Select(statement => statement.Text));
            if (text.Length > 0)
            {
                parts.Add(new DraftPart(topic, Wording.PartLabel(topic), text, Wording.Serves(topic), Shortened(text)));
            }
        }

        return parts;
    }

    /// <summary>"Compliance and cost": the parts about them say it better.</summary>
    private static bool IsBareCause(Statement statement)
        => statement.Topic == Topic.Cause && statement.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length <= 4;

    /// <summary>The sentences of a long text that decided its level, in their order; null for a text that is short enough.</summary>
    private static string? Shortened(string text)
    {
        if (text.Length <= LongestShown)
        {
            return null;
        }

        var because = FeedbackAssessor.Assess(text).Because;
        var chosen = new List<string>();
        var length = 0;
        foreach (var (start, end) in Sentences(text))
        {
            var decides = because.Any(reason => reason.Start < end && reason.Start + reason.Length > start);
            if ((decides || start == 0) && length + end - start <= LongestShown)
            {
                chosen.Add(text[start..end].Trim());
                length += end - start;
            }
        }

        return chosen.Count == 0
            ? Messaging.PersonText.Shorten(text, LongestShown)
            : string.Join(" … ", chosen);
    }

    private static IEnumerable<(int Start, int End)> Sentences(string text)
    {
        var start = 0;
        for (var index = 0; index < text.Length; index++)
        {
            if (text[index] == '\n' || (text[index] is '.' or '!' or '?' && (index + 1 == text.Length || char.IsWhiteSpace(text[index + 1]))))
            {
                if (index + 1 - start > 1)
                {
                    yield return (start, index + 1);
                }

                start = index + 1;
            }
        }

        if (start < text.Length)
        {
            yield return (start, text.Length);
        }
    }
}
