using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Slack.Inbound;
using FeedbackBot.Slack.Rendering;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace FeedbackBot.Slack.Outbound;

/// <summary>
/// The methods of Slack's Web API that the bot uses, by Slack's own names (https://docs.slack.dev/reference/methods). A call is
/// made once; it never throws for what Slack or the network does, but says what is known of the outcome.
/// </summary>
internal sealed class SlackClient(IHttpClientFactory clients, SlackWorkspaces workspaces, SlackPace pace, TimeProvider time)
{
    public const string HttpClientName = "slack";

    /// <summary>The metadata's type by which the bot finds its own messages again.</summary>
    public const string MetadataType = "feedbackbot_outbox";

    // Where Slack does not say how long.
    private static readonly TimeSpan UsualWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromHours(1);

    internal static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>chat.postMessage. A reply names its thread's root, never a reply of it.</summary>
    public Task<SlackResult> PostMessageAsync(
        string workspace, string channel, string? threadTs, SlackMessage message, string? metadataId, CancellationToken cancellationToken)
        => WriteAsync(
            workspace,
            "chat.postMessage",
            channel,
            new ChatArguments
            {
                Channel = channel,
                ThreadTs = threadTs,
                Text = message.Text,
                Blocks = message.Blocks,
                UnfurlLinks = false,
                UnfurlMedia = false,
                Metadata = Metadata.Of(metadataId),
            },
            cancellationToken);

    /// <summary>chat.update: text and blocks together, since a text alone takes the blocks away.</summary>
    public Task<SlackResult> UpdateAsync(
        string workspace, string channel, string ts, SlackMessage message, string? metadataId, CancellationToken cancellationToken)
        => WriteAsync(
            workspace,
            "chat.update",
            null,
            new ChatArguments { Channel = channel, Ts = ts, Text = message.Text, Blocks = message.Blocks, Metadata = Metadata.Of(metadataId) },
            cancellationToken);

    /// <summary>chat.postEphemeral: Slack does not promise that it is seen.</summary>
    public Task<SlackResult> PostEphemeralAsync(
        string workspace, string channel, string? threadTs, string user, SlackMessage message, CancellationToken cancellationToken)
        => WriteAsync(
            workspace,
            "chat.postEphemeral",
            channel,
            new ChatArguments { Channel = channel, ThreadTs = threadTs, User = user, Text = message.Text, Blocks = message.Blocks },
            cancellationToken);

    /// <summary>views.open, within three seconds of the <paramref name="triggerId"/>.</summary>
    public Task<SlackResult> OpenViewAsync(string workspace, string triggerId, SlackView view, CancellationToken cancellationToken)
        => WriteAsync(workspace, "views.open", null, new { TriggerId = triggerId, View = view }, cancellationToken);

    /// <summary>views.update, unless the view has changed since <paramref name="hash"/>.</summary>
    public Task<SlackResult> UpdateViewAsync(string workspace, string viewId, string? hash, SlackView view, CancellationToken cancellationToken)
        => WriteAsync(workspace, "views.update", null, new { ViewId = viewId, Hash = hash, View = view }, cancellationToken);

    /// <summary>views.publish: a person's Home tab.</summary>
    public Task<SlackResult> PublishViewAsync(string workspace, string user, SlackView view, CancellationToken cancellationToken)
        => WriteAsync(workspace, "views.publish", null, new { UserId = user, View = view }, cancellationToken);

    /// <summary>conversations.open: the direct channel with a person.</summary>
    public Task<SlackResult> OpenConversationAsync(string workspace, string user, CancellationToken cancellationToken)
        => WriteAsync(workspace, "conversations.open", null, new { Users = user }, cancellationToken);

    /// <summary>reactions.add.</summary>
    public Task<SlackResult> AddReactionAsync(string workspace, string channel, string ts, string name, CancellationToken cancellationToken)
        => WriteAsync(workspace, "reactions.add", null, new { Channel = channel, Timestamp = ts, Name = name }, cancellationToken);

    /// <summary>reactions.remove.</summary>
    public Task<SlackResult> RemoveReactionAsync(string workspace, string channel, string ts, string name, CancellationToken cancellationToken)
        => WriteAsync(workspace, "reactions.remove", null, new { Channel = channel, Timestamp = ts, Name = name }, cancellationToken);

    /// <summary>conversations.replies, with the messages' metadata.</summary>
    public Task<SlackResult> RepliesAsync(string workspace, string channel, string ts, int limit, string? cursor, CancellationToken cancellationToken)
        => ReadAsync(
            workspace,
            "conversations.replies",
            [("channel", channel), ("ts", ts), ("limit", Number(limit)), ("cursor", cursor), ("include_all_metadata", "true")],
            cancellationToken);

    /// <summary>conversations.history, the newest first, with the messages' metadata.</summary>
    public Task<SlackResult> HistoryAsync(string workspace, string channel, int limit, string? cursor, CancellationToken cancellationToken)
        => ReadAsync(
            workspace,
            "conversations.history",
            [("channel", channel), ("limit", Number(limit)), ("cursor", cursor), ("include_all_metadata", "true")],
            cancellationToken);

    /// <summary>conversations.members, a page.</summary>
    public Task<SlackResult> MembersAsync(string workspace, string channel, int limit, string? cursor, CancellationToken cancellationToken)
        => ReadAsync(workspace, "conversations.members", [("channel", channel), ("limit", Number(limit)), ("cursor", cursor)], cancellationToken);

    /// <summary>conversations.info.</summary>
    public Task<SlackResult> ConversationAsync(string workspace, string channel, CancellationToken cancellationToken)
        => ReadAsync(workspace, "conversations.info", [("channel", channel)], cancellationToken);

    /// <summary>users.info.</summary>
    public Task<SlackResult> UserAsync(string workspace, string user, CancellationToken cancellationToken)
        => ReadAsync(workspace, "users.info", [("user", user)], cancellationToken);

    /// <summary>chat.getPermalink.</summary>
    public Task<SlackResult> PermalinkAsync(string workspace, string channel, string ts, CancellationToken cancellationToken)
        => ReadAsync(workspace, "chat.getPermalink", [("channel", channel), ("message_ts", ts)], cancellationToken);

    /// <summary>auth.test: whose token it is.</summary>
    public Task<SlackResult> TestAuthAsync(string workspace, CancellationToken cancellationToken)
        => ReadAsync(workspace, "auth.test", [], cancellationToken);

    /// <summary>apps.connections.open: where to connect to in Socket Mode. It takes the app's token, not an installation's.</summary>
    public async Task<SlackResult> OpenConnectionAsync(string appToken, CancellationToken cancellationToken)
    {
        using var content = new FormUrlEncodedContent([]);
        return await CallAsync(new Caller("app", appToken), "apps.connections.open", null, content, cancellationToken);
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private async Task<SlackResult> WriteAsync<T>(string workspace, string method, string? channel, T arguments, CancellationToken cancellationToken)
    {
        using var content = JsonContent.Create(arguments, new MediaTypeHeaderValue("application/json", "utf-8"), Json);
        return await CallAsync(workspace, method, channel, content, cancellationToken);
    }

    /// <summary>Methods that read take no JSON.</summary>
    private async Task<SlackResult> ReadAsync(
        string workspace, string method, (string Name, string? Value)[] arguments, CancellationToken cancellationToken)
    {
        using var content = new FormUrlEncodedContent(arguments
            .Where(argument => !string.IsNullOrEmpty(argument.Value))
            .Select(argument => new KeyValuePair<string, string>(argument.Name, argument.Value!)));
        return await CallAsync(workspace, method, null, content, cancellationToken);
    }

    private async Task<SlackResult> CallAsync(
        string workspace, string method, string? channel, HttpContent content, CancellationToken cancellationToken)
        => workspaces.TokenOf(workspace) is { } token
            ? await CallAsync(new Caller(workspace, token), method, channel, content, cancellationToken)
            : SlackResult.Failed(DeliveryFailure.Refused, "The app is not installed in this workspace; see Slack:Workspaces.");

    private async Task<SlackResult> CallAsync(Caller caller, string method, string? channel, HttpContent content, CancellationToken cancellationToken)
    {
        var isSent = false;
        try
        {
            if (await pace.WaitAsync(caller.Name, method, channel, cancellationToken) is { } wait)
            {
                return SlackResult.Failed(DeliveryFailure.RateLimited, "kept to Slack's rate", wait);
            }

            isSent = true;
            using var client = clients.CreateClient(HttpClientName);
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(method, UriKind.Relative)) { Content = content };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", caller.Token);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken);
            var result = await ResultOfAsync(response, cancellationToken);
            if (result is { Failure: DeliveryFailure.RateLimited, RetryAfter: { } asked })
            {
                pace.Block(caller.Name, method, channel, asked);
            }

            return result;
        }
        catch (BrokenCircuitException exception)
        {
            return SlackResult.Failed(DeliveryFailure.Unavailable, "Slack has not answered for a while", exception.RetryAfter);
        }
        catch (HttpRequestException exception)
        {
            return SlackResult.Failed(WasNotSent(exception) ? DeliveryFailure.Unavailable : DeliveryFailure.OutcomeUnknown, $"{exception.HttpRequestError}");
        }
        catch (Exception exception) when (exception is TimeoutRejectedException or OperationCanceledException)
        {
            // Once it is on its way, Slack may have taken it.
            return isSent
                ? SlackResult.Failed(DeliveryFailure.OutcomeUnknown, "Slack did not answer in time")
                : SlackResult.Failed(DeliveryFailure.Unavailable, "there was no time left to send it");
        }
    }

    /// <summary>Only before a connection is there it is sure that nothing was sent.</summary>
    private static bool WasNotSent(HttpRequestException exception)
        => exception.HttpRequestError is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError;

    private async Task<SlackResult> ResultOfAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.StatusCode == HttpStatusCode.TooManyRequests)
        {
            return SlackResult.Failed(DeliveryFailure.RateLimited, "ratelimited", RetryAfter(response));
        }

        // Whatever stands between us and Slack may answer 200 with a page of its own: only Slack's JSON says that it was done.
        using var document = SlackJson.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
        var answer = document is null ? default : new SlackJson(document.RootElement.Clone());
        if (!answer["ok"].Exists)
        {
            return SlackResult.Failed(DeliveryFailure.OutcomeUnknown, $"no answer of Slack's, status {(int)response.StatusCode}");
        }

        if (answer["ok"].IsTrue && response.IsSuccessStatusCode)
        {
            return SlackResult.Ok(answer) with { Scopes = ScopesOf(response) };
        }

        var code = answer["error"].Id ?? "unknown_error";
        var failure = response.StatusCode >= HttpStatusCode.InternalServerError ? DeliveryFailure.OutcomeUnknown : SlackError.FailureOf(code);
        return SlackResult.Failed(failure, code, failure == DeliveryFailure.RateLimited ? RetryAfter(response) : null);
    }

    private static string[] ScopesOf(HttpResponseMessage response)
        => response.Headers.TryGetValues("x-oauth-scopes", out var scopes)
            ? string.Join(',', scopes).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            : [];

    private TimeSpan RetryAfter(HttpResponseMessage response)
    {
        var asked = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - time.GetUtcNow(),
            _ => UsualWait,
        };
        return asked < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : asked > LongestRetryAfter ? LongestRetryAfter : asked;
    }

    /// <summary>Who calls: the rates are counted by <paramref name="Name"/>.</summary>
    private readonly record struct Caller(string Name, string Token);

    private sealed record ChatArguments
    {
        public required string Channel { get; init; }

        public string? Ts { get; init; }

        public string? ThreadTs { get; init; }

        public string? User { get; init; }

        public required string Text { get; init; }

        public required IReadOnlyList<Block> Blocks { get; init; }

        public bool? UnfurlLinks { get; init; }

        public bool? UnfurlMedia { get; init; }

        public Metadata? Metadata { get; init; }
    }

    /// <summary>Everyone in the workspace can read it, so it holds an opaque id only (https://docs.slack.dev/messaging/message-metadata).</summary>
    private sealed record Metadata(string EventType, IReadOnlyDictionary<string, string> EventPayload)
    {
        public static Metadata? Of(string? id)
            => id is null ? null : new(MetadataType, new Dictionary<string, string>(StringComparer.Ordinal) { ["id"] = id });
    }
}
