using System.Runtime.CompilerServices;
using FeedbackBot.Core.Inbox;
using FeedbackBot.Core.Storage;

namespace FeedbackBot.Core.Requests;

/// <summary>
/// Reads requests that were merged. A request is part of at most one other, so requests form trees; the root is the one that
/// collects the counts and is answered for all of them.
/// </summary>
public static class MergedRequests
{
    /// <summary>
    /// So many redirects are followed at most; no merge makes a longer chain. Only requests that are roots themselves are
    /// merged, and only into roots, so a chain grows by one where the root of a tree is merged.
    /// </summary>
    public const int LongestChain = 256;

    private const int PageSize = 200;

    /// <summary>The request that <paramref name="id"/> is part of now, itself if of no other.</summary>
    /// <exception cref="InvalidDataException">There is no such request, or the redirects lead nowhere.</exception>
    public static async Task<Stored<FeedbackRequest>> RootAsync(this Turn turn, RequestId id, CancellationToken cancellationToken)
        => await turn.FindRootAsync(id, cancellationToken) ?? throw new InvalidDataException($"There is no request {id}.");

    /// <summary>The request that <paramref name="id"/> is part of now, itself if of no other; null if there is no such request (any more).</summary>
    /// <exception cref="InvalidDataException">The redirects lead nowhere.</exception>
    public static async Task<Stored<FeedbackRequest>?> FindRootAsync(this Turn turn, RequestId id, CancellationToken cancellationToken)
    {
        var request = await turn.FindAsync<FeedbackRequest>(FeedbackRequest.Row(id), cancellationToken);
        for (var followed = 0; request?.Value.MergedInto is { } target; followed++)
        {
            if (followed == LongestChain)
            {
                throw new InvalidDataException($"{id} leads through more requests than were ever merged.");
            }

            request = await turn.GetAsync<FeedbackRequest>(FeedbackRequest.Row(target), cancellationToken);
        }

        return request;
    }

    /// <summary><paramref name="id"/> and every request that is part of it, directly or through others.</summary>
    public static async IAsyncEnumerable<RequestId> WithPartsAsync(
        this IStore store, string tenant, RequestId id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // It is read while others merge, so one may turn up at two places.
        var seen = new HashSet<RequestId> { id };
        var open = new Queue<RequestId>([id]);
        while (open.TryDequeue(out var next))
        {
            yield return next;
            await foreach (var part in store.ScanAsync<MergedRequest>(tenant, MergedRequest.Prefix(next), PageSize, cancellationToken))
            {
                if (seen.Add(part.Value.Id))
                {
                    open.Enqueue(part.Value.Id);
                }
            }
        }
    }
}
