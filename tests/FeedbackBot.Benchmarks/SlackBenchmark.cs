using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using FeedbackBot.Core.Lanes;
using FeedbackBot.Host;
using FeedbackBot.SlackServer;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace FeedbackBot.Benchmarks;

/// <summary>
/// Slack beside the Playground, before the loopback Slack: signed events taken a second; the wait for an acknowledgement while
/// a thousand messages go out; and how fast they go out, at the rates that the loopback Slack is configured to allow.
/// </summary>
internal static class SlackBenchmark
{
    private const double LowestRatio = 0.8;
    private const double MostAckRatio = 3;
    private const double LowestUse = 0.9;
    private const int Rounds = 7;
    private const int AtOnce = 64;
    private const int Messages = 1_000;
    private const int Channels = 50;
    private const int EventsPerSecond = 50;
    private static readonly TimeSpan RoundLength = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan AckLength = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LongestDrain = TimeSpan.FromMinutes(6);

    public static async Task<int> RunAsync(TextWriter output)
    {
        var directory = Directory.CreateTempSubdirectory("feedbackbot-benchmark-");
        try
        {
            return await AcceptAsync(directory.FullName, output) | await DrainAsync(directory.FullName, output);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    /// <summary>Events a second over HTTP, in turns, with nobody who handles them: what is compared is the taking in.</summary>
    private static async Task<int> AcceptAsync(string directory, TextWriter output)
    {
        await using var slack = await LoopbackSlack.StartAsync();
        var sam = slack.Person("Sam");
        var channel = slack.Channel("sellers", people: [sam]);
        await using var bySlack = await StartAsync(Path.Combine(directory, "slack"), slack, WithoutWorkers);
        await using var byPlayground = HostBuilding.Build(Path.Combine(directory, "playground"), "http://127.0.0.1:0", ["--Logging:LogLevel:Default=Warning"], WithoutWorkers);
        await byPlayground.StartAsync();
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = 512 };
        using var http = new HttpMessageInvoker(handler, disposeHandler: false);
        var address = new Uri($"{byPlayground.Urls.First()}/playground/api/messages");
        var (ours, theirs) = (new List<double>(), new List<double>());
        for (var round = -1; round < Rounds; round++)
        {
            var our = await PerSecondAsync(texts => MentionAsync(slack, channel, sam, texts.Opening()));
            var their = await PerSecondAsync(texts => PostAsync(http, address, texts.Opening()));

            // The first round warms up.
            if (round >= 0)
            {
                ours.Add(our);
                theirs.Add(their);
            }
        }

        var ratio = Figures.Median(ours.Zip(theirs, static (our, their) => our / their));
        await output.WriteLineAsync(FormattableString.Invariant(
            $"accepted events/s     Slack {Figures.Median(ours):f0}   Playground {Figures.Median(theirs):f0}"));
        return await Figures.GateAsync(output, "Slack to Playground", ratio, ratio >= LowestRatio, $"at least {LowestRatio}");
    }

    private static async Task<int> DrainAsync(string directory, TextWriter output)
    {
        await using var slack = await LoopbackSlack.StartAsync(new LoopbackSlackOptions { Echoes = false });
        var sam = slack.Person("Sam");
        List<Channel> channels = [.. Enumerable.Range(0, Channels).Select(number => slack.Channel($"account-{number}", people: [sam]))];
        await using var host = await StartAsync(Path.Combine(directory, "drain"), slack, static _ => { });

        // Warm, and with a thread in which somebody may take something back that was never said: stored, and nothing comes of it.
        var thread = sam.Mention(channels[0], "Contoso is blocked");
        await sam.SeesAsync(post => post.ThreadTs == thread.Ts, "an answer");
        await AckAsync(slack, thread, TimeSpan.FromSeconds(5));
        var idle = await AckAsync(slack, thread, AckLength);

        var before = slack.Workspace.Posts.Count(post => post.User == slack.Options.Bot);
        var started = Stopwatch.GetTimestamp();
        await FillAsync(slack, host, sam, channels);
        var busy = await AckAsync(slack, thread, AckLength);
        var times = await ArrivalsAsync(slack, before, started);
        await host.StopAsync();

        var (allowed, needed) = (Allowed(slack), times[^1] - times[0]);
        var violations = slack.Rates.Violations;
        var (quiet, loud) = (Figures.Percentile(idle, 0.99), Figures.Percentile(busy, 0.99));
        await output.WriteLineAsync(FormattableString.Invariant($"acknowledgement p99   idle {quiet:f1} ms   draining {loud:f1} ms   longest {idle.Max():f0} and {busy.Max():f0} ms"));
        await output.WriteLineAsync(FormattableString.Invariant($"draining {times.Count} of {Messages}  {needed.TotalSeconds:f0} s, where {allowed.TotalSeconds:f0} s are allowed; told to wait {violations} times"));
        return await Figures.GateAsync(output, "acknowledgement, draining to idle", loud / quiet, loud / quiet <= MostAckRatio, $"at most {MostAckRatio}")
            | await Figures.GateAsync(output, "use of the rate", allowed / needed, times.Count == Messages && allowed / needed >= LowestUse, $"at least {LowestUse}")
            | await Figures.GateAsync(output, "429s", violations, violations == 0, "none");
    }

    /// <summary>The shortest time in which the messages can go out: so many a minute, and the last of them over their channels.</summary>
    private static TimeSpan Allowed(LoopbackSlack slack)
    {
        var perMinute = slack.Rates.PerMinute["chat.postMessage"];
        var minutes = (Messages - 1) / perMinute;
        var inLast = Messages - (minutes * perMinute);
        return TimeSpan.FromMinutes(minutes) + (((inLast - 1) / Channels) * slack.Rates.BetweenMessages);
    }

    /// <summary>Has a thousand questions wait in as many threads.</summary>
    private static async Task FillAsync(LoopbackSlack slack, WebApplication host, Person sam, IReadOnlyList<Channel> channels)
    {
        var texts = new SampleTexts(seed: 7);
        for (var batch = 0; batch < Messages / Channels; batch++)
        {
            foreach (var channel in channels)
            {
                sam.Mention(channel, texts.Opening());
            }

            await slack.Deliveries.SettledAsync();
        }

        var lanes = host.Services.GetRequiredService<LaneQueues>();
        while (await lanes.In.NextDueAsync(CancellationToken.None) is { } due && due <= TimeProvider.System.GetUtcNow() + lanes.In.Lease)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }

    /// <summary>When each of the messages arrived since <paramref name="started"/>, as far as they did.</summary>
    private static async Task<IReadOnlyList<TimeSpan>> ArrivalsAsync(LoopbackSlack slack, int before, long started)
    {
        while (slack.Calls.Count(call => call is { Method: "chat.postMessage", Error: null }) < before + Messages && Stopwatch.GetElapsedTime(started) < LongestDrain)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        }

        return [.. slack.Calls.Where(call => call is { Method: "chat.postMessage", Error: null }).Skip(before).Select(call => Stopwatch.GetElapsedTime(started, call.At))];
    }

    /// <summary>Milliseconds until the acknowledgement, in an open loop, of events of which nothing comes.</summary>
    private static async Task<IReadOnlyCollection<double>> AckAsync(LoopbackSlack slack, Post thread, TimeSpan length)
    {
        var waits = new ConcurrentBag<double>();
        var running = new List<Task>();
        var start = Stopwatch.GetTimestamp();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        for (var due = TimeSpan.Zero; due < length;)
        {
            await tick.WaitForNextTickAsync();
            for (var now = Stopwatch.GetElapsedTime(start); due < now; due += TimeSpan.FromSeconds(1.0 / EventsPerSecond))
            {
                var dueAt = due;
                running.Add(Task.Run(async () =>
                {
                    await DeliverAsync(slack, TakenBack(slack, thread));
                    waits.Add((Stopwatch.GetElapsedTime(start) - dueAt).TotalMilliseconds);
                }));
            }
        }

        await Task.WhenAll(running);
        return waits;
    }

    private static JsonObject TakenBack(LoopbackSlack slack, Post thread)
    {
        var ts = slack.Workspace.NextTs();
        return new JsonObject
        {
            ["type"] = "message",
            ["subtype"] = "message_deleted",
            ["channel"] = thread.Channel,
            ["ts"] = ts,
            ["event_ts"] = ts,
            ["deleted_ts"] = ts,
            ["previous_message"] = new JsonObject { ["type"] = "message", ["user"] = thread.User, ["text"] = "x", ["ts"] = ts, ["thread_ts"] = thread.Ts },
        };
    }

    /// <summary>A mention, made as cheaply as the Playground's message: client and service share the processor.</summary>
    private static async Task MentionAsync(LoopbackSlack slack, Channel channel, Person person, string text)
    {
        var (ts, options) = (slack.Workspace.NextTs(), slack.Options);
        var body = JsonSerializer.Serialize(new
        {
            team_id = options.Team,
            api_app_id = options.AppId,
            type = "event_callback",
            event_id = $"Ev{ts}",
            authorizations = new[] { new { team_id = options.Team, user_id = options.Bot, is_bot = true } },
            @event = new { type = "app_mention", user = person.Id, text = $"<@{options.Bot}> {text}", ts, event_ts = ts, channel = channel.Id, team = options.Team },
        });
        await TakenAsync(slack.Deliveries.PostAsync(Deliveries.Events, body, "application/json"));
    }

    private static Task DeliverAsync(LoopbackSlack slack, JsonObject happened)
        => TakenAsync(slack.Deliveries.PostAsync(Deliveries.Events, slack.Deliveries.Envelope(happened).ToJsonString(), "application/json"));

    private static async Task TakenAsync(Task<Attempt> posting)
    {
        var attempt = await posting;
        if (!attempt.IsTaken)
        {
            throw new InvalidOperationException($"The answer was {attempt}.");
        }
    }

    private static async Task PostAsync(HttpMessageInvoker http, Uri address, string text)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = JsonContent.Create(new { eventId = Guid.NewGuid().ToString("n"), user = "sam", channel = "sellers", text }),
        };
        using var response = await http.SendAsync(request, CancellationToken.None);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>How often a second <see cref="AtOnce"/> people get through, who each wait for the answer.</summary>
    private static async Task<double> PerSecondAsync(Func<SampleTexts, Task> act)
    {
        var start = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(person => Task.Run(async () =>
        {
            var texts = new SampleTexts(person);
            var count = 0;
            for (; Stopwatch.GetElapsedTime(start) < RoundLength; count++)
            {
                await act(texts);
            }

            return count;
        })));
        return counts.Sum() / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task<WebApplication> StartAsync(string directory, LoopbackSlack slack, Action<IServiceCollection> configure)
    {
        var host = HostBuilding.Build(
            directory,
            "http://127.0.0.1:0",
            [
                "--Logging:LogLevel:Default=Error",
                $"--Slack:SigningSecret={slack.Options.SigningSecret}",
                $"--Slack:Workspaces:0:TeamId={slack.Options.Team}",
                $"--Slack:Workspaces:0:BotToken={slack.Options.BotToken}",
                $"--Slack:ApiBaseUrl={slack.ApiBaseUrl}",
                "--FeedbackBot:Areas:0:Name=General",
                "--FeedbackBot:Areas:0:TriagePlatform=slack",
                "--FeedbackBot:Areas:0:TriageChannel=C0TRIAGE",
            ],
            configure);
        await host.StartAsync();
        slack.Deliveries.Bot = new Uri(host.Urls.First());
        return host;
    }

    /// <summary>Without those who handle what was taken in; they would slow down whichever is measured next.</summary>
    private static void WithoutWorkers(IServiceCollection services)
    {
        var core = typeof(LaneWorker).Assembly;
        foreach (var worker in services.Where(service => service.ServiceType == typeof(IHostedService) && AssemblyOf(service) == core).ToList())
        {
            services.Remove(worker);
        }
    }

    private static Assembly? AssemblyOf(ServiceDescriptor service)
        => service.ImplementationType?.Assembly ?? service.ImplementationFactory?.Method.DeclaringType?.Assembly;
}
