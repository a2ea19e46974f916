using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;

namespace FeedbackBot.Slack.Tests;

/// <summary>One call of the Web API, its arguments as JSON whatever they came as.</summary>
internal sealed record ApiCall(string Method, JsonObject Arguments, string? Token)
{
    public string this[string name] => Arguments[name]?.ToString() ?? "";
}

/// <summary>Stands for Slack's Web API behind the client: it keeps what is called and answers as a test says.</summary>
internal sealed class FakeSlackApi : HttpMessageHandler
{
    private readonly ConcurrentQueue<ApiCall> _calls = new();
    private int _posted;

    /// <summary>What it answers; null for what Slack usually does.</summary>
    public Func<ApiCall, HttpResponseMessage?> Answer { get; set; } = _ => null;

    /// <summary>Who is in every channel.</summary>
    public ConcurrentBag<string> Members { get; } = [];

    public IReadOnlyList<ApiCall> Calls => [.. _calls];

    public IEnumerable<ApiCall> Posts => Calls.Where(call => call.Method == "chat.postMessage");

    public static HttpResponseMessage Json(object value, HttpStatusCode status = HttpStatusCode.OK)
        => new(status) { Content = new StringContent(JsonSerializer.Serialize(value), Encoding.UTF8, "application/json") };

    public static HttpResponseMessage Error(string code) => Json(new { ok = false, error = code });

    [System.Diagnostics.CodeAnalysis.SuppressMessage("Reliability", "CA2000", Justification = "The caller disposes of it.")]
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        var arguments = request.Content?.Headers.ContentType?.MediaType == "application/json"
            ? JsonNode.Parse(body)!.AsObject()
            : new JsonObject(QueryHelpers.ParseQuery(body).Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)JsonValue.Create(pair.Value.ToString()))));
        var call = new ApiCall(request.RequestUri!.AbsolutePath.Split('/')[^1], arguments, request.Headers.Authorization?.Parameter);
        _calls.Enqueue(call);
        return Answer(call) ?? Usual(call);
    }

    private HttpResponseMessage Usual(ApiCall call) => call.Method switch
    {
        "chat.postMessage" => Json(new { ok = true, channel = call["channel"], ts = $"2000000000.{Interlocked.Increment(ref _posted):D6}" }),
        "chat.update" => Json(new { ok = true, channel = call["channel"], ts = call["ts"] }),
        "chat.postEphemeral" => Json(new { ok = true, message_ts = "1.1" }),
        "chat.getPermalink" => Json(new { ok = true, permalink = $"https://acme.slack.com/archives/{call["channel"]}/p{call["message_ts"].Replace(".", "", StringComparison.Ordinal)}" }),
        "users.info" => Json(new { ok = true, user = new { id = call["user"], team_id = SlackHost.Team, profile = new { display_name = $"Name of {call["user"]}" } } }),
        "conversations.open" => Json(new { ok = true, channel = new { id = $"D{call["users"]}" } }),
        "conversations.info" => Json(new { ok = true, channel = new { id = call["channel"], is_member = true } }),
        "conversations.members" => Json(new { ok = true, members = Members.ToArray(), response_metadata = new { next_cursor = "" } }),
        "conversations.replies" or "conversations.history" => Json(new { ok = true, messages = Array.Empty<object>() }),
        "views.open" or "views.update" or "views.publish" => Json(new { ok = true, view = new { id = "V1", hash = "h" } }),
        "reactions.add" or "reactions.remove" => Json(new { ok = true }),
        "auth.test" => Json(new { ok = true, user_id = SlackHost.Bot, team_id = SlackHost.Team }),
        _ => Error("unknown_method"),
    };
}
