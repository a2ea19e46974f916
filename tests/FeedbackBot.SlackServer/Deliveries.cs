using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace FeedbackBot.SlackServer;

/// <summary>How events come: how often each, and by how much late.</summary>
internal sealed record DeliveryHabits
{
    public int FewestCopies { get; init; } = 1;

    public int MostCopies { get; init; } = 1;

    /// <summary>A copy comes at any moment until then; so copies and events overtake each other.</summary>
    public TimeSpan LongestDelay { get; init; }

    public int Seed { get; init; } = 20_270_104;
}

/// <summary>An attempt to deliver; <paramref name="Status"/> is null where there was no answer in time.</summary>
internal sealed record Attempt(string Path, string EventId, int Retry, int? Status, string Body)
{
    public bool IsTaken => Status is >= 200 and < 300;
}

/// <summary>
/// Calls the bot as Slack does: signed, with an answer expected within three seconds. An event that is not taken comes again
/// (https://docs.slack.dev/apis/events-api/#retries); what people press and send does not.
/// </summary>
internal sealed class Deliveries(LoopbackSlackOptions options, Workspace workspace) : IAsyncDisposable
{
    public const string Events = "/slack/events";
    public const string Interactivity = "/slack/interactivity";
    public const string Commands = "/slack/commands";
    public const string Menus = "/slack/options";
    public const string Form = "application/x-www-form-urlencoded";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, MaxConnectionsPerServer = 512 });
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<Task, bool> _running = new();
    private readonly ConcurrentQueue<Attempt> _attempts = new();
    private readonly Lock _gate = new();
    private Random? _random;

    /// <summary>Where the bot listens; null while it has no address.</summary>
    public Uri? Bot { get; set; }

    public DeliveryHabits Habits { get; set; } = new();

    public IReadOnlyCollection<Attempt> Attempts => _attempts;

    /// <summary>The signature of a body (https://docs.slack.dev/authentication/verifying-requests-from-slack).</summary>
    public static string Sign(string secret, string timestamp, string body)
        => $"v0={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"v0:{timestamp}:{body}")))}";

    /// <summary>Something happened: the bot hears of it, soon and as often as the habits say.</summary>
    public void Event(JsonObject happened)
    {
        var envelope = Envelope(happened);
        var body = envelope.ToJsonString();
        var id = envelope["event_id"]!.GetValue<string>();
        foreach (var delay in Delays())
        {
            Run(DeliverAsync(id, body, delay));
        }
    }

    /// <summary>The envelope in which an event comes.</summary>
    public JsonObject Envelope(JsonObject happened) => new()
    {
        ["token"] = "verification-token-of-old",
        ["team_id"] = options.Team,
        ["context_team_id"] = options.Team,
        ["context_enterprise_id"] = null,
        ["api_app_id"] = options.AppId,
        ["event"] = happened.DeepClone(),
        ["type"] = "event_callback",
        ["event_id"] = workspace.NextId("Ev0"),
        ["event_time"] = workspace.Now.ToUnixTimeSeconds(),
        ["authorizations"] = new JsonArray(new JsonObject
        {
            ["enterprise_id"] = null,
            ["team_id"] = options.Team,
            ["user_id"] = options.Bot,
            ["is_bot"] = true,
            ["is_enterprise_install"] = false,
        }),
        ["is_ext_shared_channel"] = false,
        ["event_context"] = workspace.NextId("4-"),
    };

    /// <summary>A press, a form or a shortcut: once, and whoever did it sees what came of it.</summary>
    public Task<Attempt> InteractAsync(JsonObject payload) => PostAsync(Interactivity, Field("payload", payload.ToJsonString()), Form);

    public Task<Attempt> MenuAsync(JsonObject payload) => PostAsync(Menus, Field("payload", payload.ToJsonString()), Form);

    public Task<Attempt> CommandAsync(params IEnumerable<(string Name, string Value)> fields)
        => PostAsync(Commands, string.Join('&', fields.Select(field => Field(field.Name, field.Value))), Form);

    /// <summary>One signed request.</summary>
    public async Task<Attempt> PostAsync(string path, string body, string contentType, string id = "", int retry = 0, string? reason = null)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        patience.CancelAfter(Patience);
        int? status = null;
        var said = "";
        try
        {
            using var request = Request(path, body, contentType);
            if (retry > 0)
            {
                request.Headers.Add("x-slack-retry-num", retry.ToString(CultureInfo.InvariantCulture));
                request.Headers.Add("x-slack-retry-reason", reason);
            }

            using var response = await _http.SendAsync(request, patience.Token);
            said = await response.Content.ReadAsStringAsync(patience.Token);
            status = response.Headers.Contains("x-slack-no-retry") ? 200 : (int)response.StatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or IOException or InvalidOperationException)
        {
            said = exception is OperationCanceledException ? "http_timeout" : "connection_failed";
        }

        var attempt = new Attempt(path, id, retry, status, said);
        _attempts.Enqueue(attempt);
        return attempt;
    }

    /// <summary>Waits until every event has been taken, or given up.</summary>
    public async Task SettledAsync()
    {
        while (!_running.IsEmpty)
        {
            await Task.WhenAll(_running.Keys);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await SettledAsync();
        _http.Dispose();
        _end.Dispose();
    }

    private static string Field(string name, string value) => $"{name}={Uri.EscapeDataString(value)}";

    private HttpRequestMessage Request(string path, string body, string contentType)
    {
        var timestamp = workspace.Now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Bot ?? throw new InvalidOperationException("The bot has no address."), path))
        {
            // Without a charset, as Slack sends it; Bolt knows no other.
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = new MediaTypeHeaderValue(contentType) } },
        };
        request.Headers.Add("User-Agent", "Slackbot 1.0 (+https://api.slack.com/robots)");
        request.Headers.Add("X-Slack-Request-Timestamp", timestamp);
        request.Headers.Add("X-Slack-Signature", Sign(options.SigningSecret, timestamp, body));
        return request;
    }

    private List<TimeSpan> Delays()
    {
        lock (_gate)
        {
            _random ??= new Random(Habits.Seed);
            var copies = _random.Next(Habits.FewestCopies, Habits.MostCopies + 1);
            return [.. Enumerable.Range(0, copies).Select(copy => copy == 0 && _random.Next(2) == 0 ? TimeSpan.Zero : _random.NextDouble() * Habits.LongestDelay)];
        }
    }

    /// <summary>At once, almost at once, after a minute, after five; then every hour for a day.</summary>
    private IEnumerable<TimeSpan> Schedule()
        => (double[])[0, 0, 1, 5, .. options.DelayedEvents ? Enumerable.Repeat(60d, 24) : []] is var minutes ? minutes.Select(minute => minute * options.Minute) : [];

    private async Task DeliverAsync(string id, string body, TimeSpan delay)
    {
        try
        {
            await Task.Delay(delay, TimeProvider.System, _end.Token);
            string? reason = null;
            foreach (var (retry, wait) in Schedule().Index())
            {
                await Task.Delay(wait, TimeProvider.System, _end.Token);
                var attempt = await PostAsync(Events, body, "application/json", id, retry, reason);
                if (attempt.IsTaken)
                {
                    return;
                }

                reason = attempt.Status is null ? attempt.Body : "http_error";
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    private void Run(Task delivery)
    {
        _running[delivery] = true;
        _ = delivery.ContinueWith(done => _running.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }
}
