using FeedbackBot.Core.Requests;

namespace FeedbackBot.Core.Deduplication;

/// <summary>
/// A stored request that may be the same need. <paramref name="SharedWords"/> are words of the asker, never of another
/// customer.
/// </summary>
public sealed record DuplicateCandidate(
    RequestId Request, string Title, string Area, RequestStatus Status, IReadOnlyList<string> SharedWords);
