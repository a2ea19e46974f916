using System.Text.Json.Serialization;
using FeedbackBot.Core.Deduplication;
using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Requests;
using FeedbackBot.Core.Storage;

namespace FeedbackBot.Host;

/// <summary>
/// <c>/health/live</c>: the process answers. <c>/health/ready</c>: the store answers within two seconds and the requests are
/// in memory, and where a platform is reached by a connection that we keep, it is there; else 503 with what is missing.
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
        IStore store,
        LaneQueues lanes,
        RequestIndex index,
        IEnumerable<PlatformConnection> kept,
        TimeProvider time,
        CancellationToken cancellationToken)
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
        var connections = kept.Select(connection => connection.State).ToList();
        waitsFor ??= connections.FirstOrDefault(connection => !connection.Connected) is { } away ? $"{away.Name} is not connected" : null;
        return Results.Json(
            new Readiness(waitsFor is null ? "ready" : "not ready", waitsFor, connections.Count == 0 ? null : connections),
            statusCode: waitsFor is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private sealed record Readiness(
        string Status,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? WaitsFor,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<PlatformConnectionState>? Connections);
}
