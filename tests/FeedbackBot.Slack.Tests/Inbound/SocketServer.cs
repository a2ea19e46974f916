using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Shouldly;

namespace FeedbackBot.Slack.Tests.Inbound;

/// <summary>Slack's end of Socket Mode: takes connections, and sends and hears what a test says.</summary>
internal sealed class SocketServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<SocketSession> _sessions = new();

    private SocketServer(WebApplication app) => _app = app;

    /// <summary>Whether a connection is greeted.</summary>
    public bool SaysHello { get; set; } = true;

    /// <summary>Whether what comes in is read: without it no ping is answered either.</summary>
    public bool Listens { get; set; } = true;

    public Uri Address => new($"{_app.Urls.First().Replace("http://", "ws://", StringComparison.Ordinal)}/link?ticket=very-secret-ticket");

    public IReadOnlyList<SocketSession> Sessions => [.. _sessions];

    public static async Task<SocketServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var server = new SocketServer(app);
        app.UseWebSockets();
        app.Run(server.ServeAsync);
        await app.StartAsync();
        return server;
    }

    /// <summary>The connection number <paramref name="number"/> (from 1), as soon as it is there.</summary>
    public async Task<SocketSession> SessionAsync(int number)
    {
        await Condition.UntilAsync(() => _sessions.Count >= number, $"connection {number}");
        return Sessions[number - 1];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var session in _sessions)
        {
            session.Abort();
        }

        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task ServeAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var session = new SocketSession(socket);
        if (SaysHello)
        {
            await session.SendAsync(new { type = "hello", num_connections = 1 });
        }

        _sessions.Enqueue(session);
        await (Listens ? session.ListenAsync() : session.Gone);
    }
}

/// <summary>One connection, seen from Slack.</summary>
internal sealed class SocketSession(WebSocket socket)
{
    private readonly ConcurrentQueue<JsonObject> _heard = new();
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Gone => _gone.Task;

    public IReadOnlyList<JsonObject> Heard => [.. _heard];

    public Task SendAsync(object message)
        => socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(message), WebSocketMessageType.Text, true, CancellationToken.None);

    public Task EventAsync(string envelope, object happened, string eventId)
        => SendAsync(new
        {
            envelope_id = envelope,
            type = "events_api",
            accepts_response_payload = false,
            payload = new
            {
                type = "event_callback",
                team_id = SlackHost.Team,
                event_id = eventId,
                authorizations = new[] { new { team_id = SlackHost.Team, user_id = SlackHost.Bot, is_bot = true } },
                @event = happened,
            },
        });

    /// <summary>The acknowledgement of an envelope, as soon as it is there.</summary>
    public async Task<JsonObject> AcknowledgedAsync(string envelope)
    {
        await Condition.UntilAsync(() => Heard.Any(message => (string?)message["envelope_id"] == envelope), $"the acknowledgement of {envelope}");
        return Heard.First(message => (string?)message["envelope_id"] == envelope);
    }

    public void Abort()
    {
        socket.Abort();
        _gone.TrySetResult();
    }

    public async Task ListenAsync()
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None) is { MessageType: not WebSocketMessageType.Close } read)
            {
                _heard.Enqueue(JsonNode.Parse(buffer.AsSpan(0, read.Count))!.AsObject());
            }

            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or IOException)
        {
            // It broke off.
        }
        finally
        {
            _gone.TrySetResult();
        }
    }
}

/// <summary>Waits until something is so.</summary>
internal static class Condition
{
    public static Task UntilAsync(Func<bool> isSo, string what) => UntilAsync(() => Task.FromResult(isSo()), what);

    public static async Task UntilAsync(Func<Task<bool>> isSo, string what)
    {
        for (var attempt = 0; attempt < 600; attempt++)
        {
            if (await isSo())
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }

        throw new ShouldAssertException($"Waited in vain for {what}.");
    }
}
