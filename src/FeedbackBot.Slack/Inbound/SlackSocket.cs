using System.Net.WebSockets;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Outbox;
using FeedbackBot.Slack.Outbound;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FeedbackBot.Slack.Inbound;

/// <summary>How patient Socket Mode is.</summary>
internal sealed record SlackSocketTimes
{
    /// <summary>A new connection says hello within so long.</summary>
    public TimeSpan Hello { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often we ask whether the other side is still there.</summary>
    public TimeSpan Ping { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>It answers within so long, or the connection counts as dead.</summary>
    public TimeSpan Pong { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long the longest wait between two tries is.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>A connection that lasted so long was a good one: the next is opened without a wait.</summary>
    public TimeSpan Steady { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a connection that Slack wants to end may still bring what is on its way.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>
/// Socket Mode (https://docs.slack.dev/apis/events-api/using-socket-mode): for trying the bot out without a public address, we
/// call Slack. There is always a connection, or the next try of one: where Slack asks us to go elsewhere, the next is opened
/// before the old one ends.
/// </summary>
internal sealed partial class SlackSocket(
    SlackClient client,
    SlackIntake intake,
    IOptions<SlackOptions> options,
    PlatformConnection state,
    SlackSocketTimes times,
    TimeProvider time,
    ILogger<SlackSocket> logger) : BackgroundService
{
    private readonly string _token = options.Value.AppToken ?? throw new InvalidOperationException("Slack:AppToken is missing.");
    private readonly Uri _api = options.Value.ApiBaseUrl;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var earlier = Task.CompletedTask;
        var failures = 0;
        try
        {
            while (true)
            {
                var began = time.GetTimestamp();
                var (connection, retryAfter) = await ConnectAsync(stoppingToken);
                if (connection is not null)
                {
                    earlier = Task.WhenAll(earlier, UntilItEndsAsync(connection, stoppingToken));
                    var reason = await connection.Leaving.WaitAsync(stoppingToken);
                    LogLeaving(reason);
                }

                // One that ends as soon as it is there must not keep us, and Slack, busy.
                failures = connection is not null && time.GetElapsedTime(began) >= times.Steady ? 0 : failures + 1;
                if (failures > 0)
                {
                    await Task.Delay(RetrySchedule.Wait(failures, times.LongestWait, retryAfter), time, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is being stored is still acknowledged.
            await earlier;
        }
    }

    /// <summary>A connection that said hello; or null, and how long Slack asked us to stay away.</summary>
    private async Task<(SlackConnection? Connection, TimeSpan? RetryAfter)> ConnectAsync(CancellationToken cancellationToken)
    {
        var opened = await client.OpenConnectionAsync(_token, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        if (!opened.IsOk)
        {
            LogNotOpened(opened.Error);
            return (null, opened.RetryAfter);
        }

        if (!Uri.TryCreate(opened.Value["url"].Text, UriKind.Absolute, out var address) || !IsSlack(address))
        {
            // What comes there is believed without a signature.
            LogNotOpened("the address is none of Slack's");
            return (null, null);
        }

        var connection = new SlackConnection(intake, times, time, logger);
        try
        {
            await connection.OpenAsync(address, cancellationToken);
            return (connection, null);
        }
        catch (Exception exception) when (exception is WebSocketException or HttpRequestException or TimeoutException or OperationCanceledException)
        {
            await connection.DisposeAsync();
            cancellationToken.ThrowIfCancellationRequested();
            LogNotOpened(exception.GetType().Name);
            return (null, null);
        }
    }

    private async Task UntilItEndsAsync(SlackConnection connection, CancellationToken stoppingToken)
    {
        state.Opened();
        LogConnected();
        try
        {
            await connection.Leaving.WaitAsync(stoppingToken);
            await connection.Ended.WaitAsync(times.Grace, time, stoppingToken);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            // Slack leaves it to us to close it.
        }
        finally
        {
            state.Closed();
            await connection.DisposeAsync();
        }
    }

    /// <summary>A host of Slack's, or the loopback server that stands for all of Slack in tests.</summary>
    private bool IsSlack(Uri address)
        => (address is { Scheme: "wss", IsDefaultPort: true, UserInfo: "" } && address.Host.EndsWith(".slack.com", StringComparison.OrdinalIgnoreCase))
            || (_api.IsLoopback && address.IsLoopback && address.Scheme is "ws" or "wss");

    [LoggerMessage(Level = LogLevel.Information, Message = "Connected to Slack by Socket Mode.")]
    private partial void LogConnected();

    [LoggerMessage(Level = LogLevel.Information, Message = "A Socket Mode connection goes ({Reason}); opening the next one.")]
    private partial void LogLeaving(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No Socket Mode connection: {Why}. Nothing comes in from Slack meanwhile; trying again. 'feedbackbot doctor' may say more.")]
    private partial void LogNotOpened(string why);
}
