using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FeedbackBot.SlackServer;

/// <summary>
/// Slack, on a loopback address: a workspace with its Web API, its events and its people, who act as people in Slack's clients
/// do. It is made from Slack's documentation and knows nothing of the product; that it is like Slack is shown by driving it
/// with Slack's own packages (tests/peers/slack).
/// </summary>
internal sealed class LoopbackSlack : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly WebApi _api;
    private readonly ConcurrentQueue<ApiCall> _calls = new();
    private readonly ConcurrentDictionary<string, (string User, string Channel, int Uses)> _responseUrls = new(StringComparer.Ordinal);

    private LoopbackSlack(WebApplication app, LoopbackSlackOptions options)
    {
        _app = app;
        Options = options;
        Workspace = new Workspace(TimeProvider.System);
        Rates = new RateLimits(TimeProvider.System);
        Deliveries = new Deliveries(options, Workspace);
        _api = new WebApi(options, Workspace, Deliveries.Event);
        Workspace.People[options.Bot] = new Member(options.Bot, "FeedbackBot", options.Team) { IsBot = true };
    }

    public LoopbackSlackOptions Options { get; }

    public Workspace Workspace { get; }

    public RateLimits Rates { get; }

    public Faults Faults { get; } = new();

    public Deliveries Deliveries { get; }

    public IReadOnlyCollection<ApiCall> Calls => _calls;

    public Uri Address => new(_app.Urls.First());

    public Uri ApiBaseUrl => new(Address, "api/");

    public static async Task<LoopbackSlack> StartAsync(LoopbackSlackOptions? options = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var slack = new LoopbackSlack(app, options ?? new LoopbackSlackOptions());
        app.Map("/api/{method}", (RequestDelegate)slack.CallAsync);
        app.MapPost("/response/{id}", (RequestDelegate)slack.RespondAsync);
        await app.StartAsync();
        return slack;
    }

    /// <summary>Somebody of the workspace, or of another team.</summary>
    public Person Person(string name, string? team = null)
    {
        lock (Workspace.Gate)
        {
            var member = Workspace.People.Values.FirstOrDefault(known => known.Name == name);
            if (member is null)
            {
                member = new Member($"U0{name.ToUpperInvariant()}", name, team ?? Options.Team);
                Workspace.People[member.Id] = member;
            }

            return new Person(this, member);
        }
    }

    /// <summary>A channel with these people in it, and the bot.</summary>
    public Channel Channel(string name, bool isPrivate = false, bool withBot = true, params IEnumerable<Person> people)
    {
        lock (Workspace.Gate)
        {
            var channel = new Channel($"C0{name.ToUpperInvariant().Replace("-", "", StringComparison.Ordinal)}", name) { IsPrivate = isPrivate };
            channel.Members.UnionWith(people.Select(person => person.Id));
            if (withBot)
            {
                channel.Members.Add(Options.Bot);
            }

            return Workspace.Channels[channel.Id] = channel;
        }
    }

    /// <summary>An address at which the bot may answer what <paramref name="user"/> did, five times.</summary>
    public string ResponseUrl(string user, string channel)
    {
        var id = Workspace.NextId("r");
        _responseUrls[id] = (user, channel, 0);
        return new Uri(Address, $"response/{id}").AbsoluteUri;
    }

    public async ValueTask DisposeAsync()
    {
        await Deliveries.DisposeAsync();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task CallAsync(HttpContext context)
    {
        var (call, error) = await ApiCall.ReadAsync(context.Request, (string)context.Request.RouteValues["method"]!);
        if (call is null)
        {
            await WriteAsync(context, WebApi.Error(error!).ToJsonString());
            return;
        }

        _calls.Enqueue(call);
        call.Fault = Faults.Take(call);
        var wait = call.Fault is Fault.RateLimited(var seconds) ? seconds : Rates.Check(call.Method, call["channel"]);
        if (wait is { } retryAfter)
        {
            call.Error = "ratelimited";
            context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            context.Response.Headers.RetryAfter = retryAfter.ToString(CultureInfo.InvariantCulture);
            await WriteAsync(context, WebApi.Error("ratelimited").ToJsonString());
            return;
        }

        await AnswerAsync(context, call);
    }

    private async Task AnswerAsync(HttpContext context, ApiCall call)
    {
        switch (call.Fault)
        {
            case Fault.Slow(var wait):
                await Task.Delay(wait, TimeProvider.System);
                break;
            case Fault.Error(var code):
                call.Error = code;
                await WriteAsync(context, WebApi.Error(code).ToJsonString());
                return;
            case Fault.Broken(var status, false):
                call.Error = $"status {status}";
                context.Response.StatusCode = status;
                return;
        }

        var answer = _api.Answer(call);
        call.Error = answer["error"]?.ToString();
        if (call is { IsJson: true } && context.Request.ContentType?.Contains("charset", StringComparison.OrdinalIgnoreCase) != true)
        {
            answer["warning"] = "missing_charset";
        }

        await WriteAsync(context, call.Fault, answer.ToJsonString());
    }

    /// <summary>The answer, or what comes of it.</summary>
    private static async Task WriteAsync(HttpContext context, Fault? fault, string answer)
    {
        switch (fault)
        {
            case Fault.Broken(var status, true):
                context.Response.StatusCode = status;
                break;
            case Fault.Closed:
                context.Abort();
                break;
            case Fault.Hanging:
                try
                {
                    await Task.Delay(TimeSpan.FromMinutes(1), TimeProvider.System, context.RequestAborted);
                }
                catch (OperationCanceledException)
                {
                    // The caller has given up.
                }

                break;
            case Fault.Page:
                context.Response.ContentType = "text/html";
                await context.Response.WriteAsync("<html><body>Please sign in to the network.</body></html>");
                break;
            case Fault.CutOff:
                await WriteAsync(context, answer[..(answer.Length / 2)]);
                break;
            default:
                await WriteAsync(context, answer);
                break;
        }
    }

    private static Task WriteAsync(HttpContext context, string json)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        return context.Response.WriteAsync(json);
    }

    /// <summary>What the bot sends to a <c>response_url</c> (https://docs.slack.dev/interactivity/handling-user-interaction#message_responses).</summary>
    private async Task RespondAsync(HttpContext context)
    {
        var id = (string)context.Request.RouteValues["id"]!;
        var body = await JsonNode.ParseAsync(context.Request.Body);
        if (!_responseUrls.TryGetValue(id, out var url) || url.Uses >= 5)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            await context.Response.WriteAsync("used_url");
            return;
        }

        _responseUrls[id] = url with { Uses = url.Uses + 1 };
        lock (Workspace.Gate)
        {
            var text = body?["text"]?.ToString() ?? "";
            Workspace.Responses.Add(new Response(url.User, text, context.Request.Headers.ContainsKey("Authorization")));
            Workspace.Put(new Post(url.Channel, Workspace.NextTs(), Options.Bot, text) { VisibleTo = url.User });
        }

        await context.Response.WriteAsync("ok");
    }
}
