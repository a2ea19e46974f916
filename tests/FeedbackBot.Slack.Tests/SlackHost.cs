using System.Globalization;
using System.Text;
using System.Text.Json;
using FeedbackBot.Core;
using FeedbackBot.Core.Inbox;
using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Storage;
using FeedbackBot.Slack.Inbound;
using FeedbackBot.Slack.Outbound;
using FeedbackBot.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;

namespace FeedbackBot.Slack.Tests;

/// <summary>The product with Slack as its only platform, on a port of its own, before a Slack that a test controls.</summary>
internal sealed class SlackHost : IAsyncDisposable
{
    public const string Secret = "8f742231b10e8888abcd99yyyzzz85a5";
    public const string Token = "xoxb-very-secret-token";
    public const string Team = "T1";
    public const string Bot = "UBOT";
    public const string Triage = "CTRIAGE";

    private readonly WebApplication _app;
    private readonly HttpClient _http;
    private int _events;

    private SlackHost(WebApplication app, FakeSlackApi api, LogKeeper logs)
    {
        _app = app;
        Api = api;
        Logs = logs;
        _http = app.Services.GetRequiredService<IHttpClientFactory>().CreateClient("test");
        _http.BaseAddress = new Uri(app.Urls.First());
    }

    public FakeSlackApi Api { get; }

    public LogKeeper Logs { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<SlackHost> StartAsync(
        IStore? store = null, Action<SlackOptions>? configure = null, Action<FakeSlackApi, IServiceCollection>? prepare = null)
    {
        var api = new FakeSlackApi();
        var logs = new LogKeeper();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace).AddProvider(logs);
        builder.Services.AddSingleton(store ?? new MemoryStore());
        AddProduct(builder.Services, api, configure);
        prepare?.Invoke(api, builder.Services);
        var app = builder.Build();
        app.MapSlack();
        await app.StartAsync();
        return new SlackHost(app, api, logs);
    }

    /// <summary>The product with Slack, but for its store.</summary>
    public static void AddProduct(IServiceCollection services, FakeSlackApi api, Action<SlackOptions>? configure)
    {
        services.AddSingleton(TimeProvider.System).AddFeedbackBotCore();
        services.Configure<FeedbackBotOptions>(options =>
        {
            options.Areas.Add(new ProductAreaOptions { Name = "General", TriagePlatform = "slack", TriageChannel = Triage });
            options.Work.PollSeconds = 0.1;
        });
        services.AddSlack(options =>
        {
            options.SigningSecret = Secret;
            options.Workspaces.Add(new SlackWorkspaceOptions { TeamId = Team, BotToken = Token });
            configure?.Invoke(options);
        });
        services.AddHttpClient(SlackClient.HttpClientName).ConfigurePrimaryHttpMessageHandler(() => api);
        services.AddHttpClient(SlackResponses.HttpClientName).ConfigurePrimaryHttpMessageHandler(() => api);
    }

    /// <summary>Posts with Slack's signature, or with another one.</summary>
    public async Task<(int Status, string Body)> PostAsync(
        string path, string body, string contentType = "application/json", DateTimeOffset? at = null, string? signature = null)
    {
        var timestamp = (at ?? DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds())).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = new StringContent(body, Encoding.UTF8, contentType) };
        request.Headers.Add(SlackSignature.TimestampHeader, timestamp);
        request.Headers.Add(SlackSignature.Header, signature ?? new SlackSignature(Secret, TimeProvider.System).Of(timestamp, Encoding.UTF8.GetBytes(body)));
        return await SendAsync(request);
    }

    public async Task<(int Status, string Body)> SendAsync(HttpRequestMessage request)
    {
        using var response = await _http.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Delivers an event.</summary>
    public Task<(int Status, string Body)> EventAsync(object happened, string? id = null, bool isShared = false)
        => PostAsync("/slack/events", JsonSerializer.Serialize(new
        {
            type = "event_callback",
            team_id = Team,
            event_id = id ?? $"Ev{Interlocked.Increment(ref _events)}",
            is_ext_shared_channel = isShared,
            authorizations = new[] { new { team_id = Team, user_id = Bot, is_bot = true } },
            @event = happened,
        }));

    /// <summary>Delivers a press, a form or a shortcut.</summary>
    public Task<(int Status, string Body)> InteractAsync(object payload)
        => PostAsync("/slack/interactivity", $"payload={Uri.EscapeDataString(JsonSerializer.Serialize(payload))}", "application/x-www-form-urlencoded");

    public Task<(int Status, string Body)> CommandAsync(params (string Name, string Value)[] fields)
        => PostAsync("/slack/commands", string.Join('&', fields.Select(field => $"{field.Name}={Uri.EscapeDataString(field.Value)}")), "application/x-www-form-urlencoded");

    /// <summary>A mention of the bot in a channel.</summary>
    public Task<(int Status, string Body)> MentionAsync(string text, string ts, string user = "USAM", string channel = "C1", string? threadTs = null)
        => EventAsync(new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["type"] = "app_mention",
            ["user"] = user,
            ["text"] = $"<@{Bot}> {text}",
            ["ts"] = ts,
            ["channel"] = channel,
            ["thread_ts"] = threadTs,
        });

    /// <summary>The events that were stored, the oldest first.</summary>
    public async Task<IReadOnlyList<InboxEvent>> StoredAsync()
    {
        var stored = new List<InboxMessage>();
        var lanes = Services.GetRequiredService<LaneQueues>();
        await foreach (var message in Services.GetRequiredService<IStore>().ScanAsync<InboxMessage>(lanes.Tenant, "inbox|", 100, CancellationToken.None))
        {
            stored.Add(message.Value);
        }

        return [.. stored.Where(message => message.Event is InboxEvent.FromPerson).OrderBy(message => message.ReceivedAt).Select(message => message.Event)];
    }

    /// <summary>Waits for a call of the bot's.</summary>
    public async Task<ApiCall> CallAsync(Func<ApiCall, bool> isIt)
    {
        for (var attempt = 0; attempt < 400; attempt++)
        {
            if (Api.Calls.LastOrDefault(isIt) is { } call)
            {
                return call;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }

        throw new ShouldAssertException($"No such call in: {string.Join("\n", Api.Calls.Select(call => $"{call.Method} {call.Arguments.ToJsonString()}"))}");
    }

    /// <summary>Waits for a message that the bot posts, with these words.</summary>
    public Task<ApiCall> PostedAsync(string words) => CallAsync(call => call.Method == "chat.postMessage" && call["text"].Contains(words, StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        Api.Dispose();
    }
}
