using FeedbackBot.Core.Requests;

namespace FeedbackBot.Core.Deduplication;

/// <summary>
/// A stored request that may be the same need. <paramref name="SharedWords"/> are words of the asker, never of another
/// customer. <paramref name="Band"/> says how sure it is: at most one candidate is <see cref="MatchBand.Certain"/>.
/// </summary>
public sealed record DuplicateCandidate(
    RequestId Request,
    string Title,
    string Area,
    RequestStatus Status,
    IReadOnlyList<string> SharedWords,
    MatchBand Band = MatchBand.Possible);
