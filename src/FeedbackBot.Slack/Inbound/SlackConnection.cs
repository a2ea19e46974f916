using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace FeedbackBot.Slack.Inbound;

/// <summary>
/// One connection of Socket Mode: reads what Slack sends, and acknowledges an envelope by its id once it is stored. What could
/// not be stored is not acknowledged: Slack sends an event again, and tells a person that something went wrong.
/// </summary>
internal sealed partial class SlackConnection : IAsyncDisposable
{
    // As many as may wait for the store; what comes meanwhile waits in the connection.
    private const int MostAtOnce = 32;

    private static readonly TimeSpan SendPatience = TimeSpan.FromSeconds(5);

    private readonly SlackIntake _intake;
    private readonly SlackSocketTimes _times;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ClientWebSocket _socket = new();
    private readonly CancellationTokenSource _gone = new();
    private readonly SemaphoreSlim _room = new(MostAtOnce);
    private readonly SemaphoreSlim _sending = new(1);
    private readonly TaskCompletionSource _hello = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> _leaving = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SlackConnection(SlackIntake intake, SlackSocketTimes times, TimeProvider time, ILogger logger)
    {
        (_intake, _times, _time, _logger) = (intake, times, time, logger);

        // The watchdog: a ping that is not answered in time aborts the connection.
        _socket.Options.KeepAliveInterval = times.Ping;
        _socket.Options.KeepAliveTimeout = times.Pong;
    }

    /// <summary>Slack wants us to go elsewhere, or the connection ended: why.</summary>
    public Task<string> Leaving => _leaving.Task;

    /// <summary>Nothing comes any more.</summary>
    public Task Ended { get; private set; } = Task.CompletedTask;

    /// <summary>Connects, and waits for the hello without which a connection is none.</summary>
    /// <exception cref="TimeoutException">It did not come in time.</exception>
    public async Task OpenAsync(Uri address, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(_times.Hello, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        await _socket.ConnectAsync(address, either.Token);
        Ended = ReadAsync();
        await (await Task.WhenAny(_hello.Task, Ended).WaitAsync(_times.Hello, _time, cancellationToken));
        if (!_hello.Task.IsCompleted)
        {
            throw new WebSocketException(WebSocketError.ConnectionClosedPrematurely);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _leaving.TrySetResult("closed");

        // What is being stored is acknowledged first; each has its own deadline.
        for (var place = 0; place < MostAtOnce; place++)
        {
            await _room.WaitAsync(CancellationToken.None);
        }

        try
        {
            using var patience = new CancellationTokenSource(SendPatience, _time);
            if (_socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, patience.Token);
            }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            // It is gone already.
        }

        await _gone.CancelAsync();
        await Ended;
        _socket.Dispose();
        _gone.Dispose();
        _room.Dispose();
        _sending.Dispose();
    }

    private async Task ReadAsync()
    {
        var message = new ArrayBufferWriter<byte>(4096);
        try
        {
            while (await NextAsync(message))
            {
                await TakeAsync(message.WrittenMemory.ToArray());
                message.ResetWrittenCount();
            }
        }
        catch (Exception exception)
        {
            // It broke off, did not answer our ping, or was closed by us. Whatever it was, there must be a next connection.
            LogBroke(exception);
        }
        finally
        {
            _leaving.TrySetResult("the connection ended");
        }
    }

    /// <summary>Reads a message; false when there are no more. One that is too long leaves nothing behind, and is not acknowledged.</summary>
    private async Task<bool> NextAsync(ArrayBufferWriter<byte> message)
    {
        var isTooLong = false;
        while (true)
        {
            var read = await _socket.ReceiveAsync(message.GetMemory(4096), _gone.Token);
            if (read.MessageType == WebSocketMessageType.Close)
            {
                return false;
            }

            message.Advance(read.Count);
            if (message.WrittenCount > SlackEndpoints.MaxBody)
            {
                isTooLong = true;
                message.ResetWrittenCount();
            }

            if (!read.EndOfMessage)
            {
                continue;
            }

            if (isTooLong)
            {
                LogTooLong();
                message.ResetWrittenCount();
            }

            return true;
        }
    }

    private async Task TakeAsync(ReadOnlyMemory<byte> message)
    {
        using var document = SlackJson.Parse(message);
        var envelope = document is null ? default : new SlackJson(document.RootElement.Clone());
        switch (envelope["type"].Text)
        {
            case "hello":
                _hello.TrySetResult();
                break;
            case "disconnect":
                _leaving.TrySetResult(envelope["reason"].Id ?? "no reason given");
                break;
            case not null:
                await _room.WaitAsync(_gone.Token);
                _ = AnswerAsync(envelope);
                break;
        }
    }

    private async Task AnswerAsync(SlackJson envelope)
    {
        // Not on the reader's back: it goes on at once.
        await Task.Yield();
        try
        {
            var payload = envelope["payload"];
            var reply = await _intake.TakeAsync(
                token => envelope["type"].Text switch
                {
                    "events_api" => _intake.EventAsync(payload, token),
                    "interactive" => _intake.InteractionAsync(payload, token),
                    "slash_commands" => _intake.CommandAsync(Fields(payload), token),
                    _ => Task.FromResult(SlackReply.Ok),
                },
                CancellationToken.None);
            if (reply.IsOk && envelope["envelope_id"].Id is { } id)
            {
                await AcknowledgeAsync(id, envelope["accepts_response_payload"].IsTrue ? reply.Body : null);
            }
        }
        catch (Exception exception)
        {
            // As over HTTP: not taken, not acknowledged, and the next one comes.
            LogFailed(exception);
        }
        finally
        {
            _room.Release();
        }
    }

    private async Task AcknowledgeAsync(string id, object? payload)
    {
        using var patience = new CancellationTokenSource(SendPatience, _time);
        var bytes = JsonSerializer.SerializeToUtf8Bytes(new { EnvelopeId = id, Payload = payload }, SlackReply.Json);
        try
        {
            await _sending.WaitAsync(patience.Token);
            try
            {
                await _socket.SendAsync(bytes, WebSocketMessageType.Text, endOfMessage: true, patience.Token);
            }
            finally
            {
                _sending.Release();
            }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or InvalidOperationException)
        {
            // It is stored; Slack sends it again elsewhere, and then it is known.
            LogNotAcknowledged(exception.GetType().Name);
        }
    }

    private static Dictionary<string, string> Fields(SlackJson payload)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in payload.Members)
        {
            fields[name] = value.Text ?? "";
        }

        return fields;
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "A Socket Mode connection broke off.")]
    private partial void LogBroke(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A message by Socket Mode was too long and was not read.")]
    private partial void LogTooLong();

    [LoggerMessage(Level = LogLevel.Error, Message = "A message by Socket Mode could not be handled and was not acknowledged.")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A message by Socket Mode was stored but could not be acknowledged ({Why}); it comes again and is then known.")]
    private partial void LogNotAcknowledged(string why);
}
