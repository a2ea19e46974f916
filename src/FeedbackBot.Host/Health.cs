using FeedbackBot.Core.Deduplication;
using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Requests;
using FeedbackBot.Core.Storage;

namespace FeedbackBot.Host;

/// <summary>
/// <c>/health/live</c>: the process answers. <c>/health/ready</c>: the store answers within two seconds and the requests are
/// in memory; else 503 with what is missing.
/// </summary>
internal static class Health
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", static () => Results.Json(new { status = "live" }));
        routes.MapGet("/health/ready", ReadyAsync);
    }

    private static async Task<IResult> ReadyAsync(
        IStore store, LaneQueues lanes, RequestIndex index, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        string? waitsFor = null;
        try
        {
            await store.FindAsync(lanes.Key(RequestCounter.Row), either.Token);
        }
        catch (Exception exception) when (exception is StoreUnavailableException or OperationCanceledException)
        {
            waitsFor = "the store does not answer";
        }

        waitsFor ??= index.IsLoaded ? null : "the stored requests are still being read";
        return waitsFor is null
            ? Results.Json(new { status = "ready" })
            : Results.Json(new { status = "not ready", waitsFor }, statusCode: StatusCodes.Status503ServiceUnavailable);
    }
}
