using FeedbackBot.Core.Conversations;
using FeedbackBot.Core.Inbox;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Requests;
using FeedbackBot.Core.Storage;

namespace FeedbackBot.Core.Deduplication;

/// <summary>
/// Row <c>label|source|candidate</c>: what a person said of a match, so that what people see can be measured. The source is a
/// seller's thread, or the request that a product manager compared. It holds no text.
/// </summary>
public sealed record MatchLabel : IStoredRecord
{
    public static int Schema => 1;

    public required CandidateId Candidate { get; init; }

    /// <summary>How sure the match was said to be; null where nothing was offered: a product manager found it.</summary>
    public MatchBand? Band { get; init; }

    /// <summary>Null where the person took it back.</summary>
    public bool? IsSame { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>The seller's thread, null for a product manager's act.</summary>
    public ThreadReference? Thread { get; init; }

    /// <summary>The request that a product manager compared, null for a seller's thread.</summary>
    public RequestId? Source { get; init; }

    public const string Prefix = "label|";

    /// <summary>The labels of a request that product managers compared with others.</summary>
    public static string PrefixOf(RequestId request) => $"{Prefix}{request.Value}|";

    /// <summary>
    /// Writes what a product manager said of two requests; it is found from either. <paramref name="band"/> is how sure the card
    /// was that they are the same; where it said nothing, what was said before holds.
    /// </summary>
    public static async Task RememberAsync(RequestId one, RequestId other, bool isSame, MatchBand? band, Turn turn, CancellationToken cancellationToken)
    {
        foreach (var (source, candidate) in new[] { (one, other), (other, one) })
        {
            var row = PrefixOf(source) + candidate.Value;
            turn.Upsert(row, new MatchLabel
            {
                Candidate = new CandidateId(candidate),
                Band = source == one ? band ?? (await turn.FindAsync<MatchLabel>(row, cancellationToken))?.Value.Band : null,
                IsSame = isSame,
                At = turn.Now,
                Source = source,
            });
        }
    }

    /// <summary>Writes what the seller said of what was offered, as far as this turn changes it.</summary>
    public static void Remember(Conversation before, Conversation after, Turn turn)
    {
        // Another conversation in the same thread changes nothing of what was said in the one before. What has ended so begins anew.
        var isAnother = before.State is ConversationState.Submitted or ConversationState.Cancelled && !after.HasEnded;
        var (said, says) = (isAnother ? [] : LabelsOf(before), LabelsOf(after));
        foreach (var candidate in said.Keys.Union(says.Keys))
        {
            if (said.TryGetValue(candidate, out var was) && says.TryGetValue(candidate, out var label) && was == label)
            {
                continue;
            }

            turn.Upsert($"{Prefix}{after.Thread.Hash()}|{candidate}", new MatchLabel
            {
                Candidate = candidate,
                Band = after.Offered.Concat(before.Offered).FirstOrDefault(offered => offered.Id == candidate)?.Band,
                IsSame = says.TryGetValue(candidate, out var isSame) ? isSame : null,
                At = turn.Now,
                Thread = after.Thread,
            });
        }
    }

    private static Dictionary<CandidateId, bool> LabelsOf(Conversation conversation)
    {
        var labels = conversation.Disputed.ToDictionary(candidate => candidate, static _ => false);
        if (conversation.SameAs is { } chosen)
        {
            labels[chosen] = true;
        }

        return labels;
    }
}
