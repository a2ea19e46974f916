using FeedbackBot.Core.Inbox;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Storage;
using FeedbackBot.Slack.Inbound;
using FeedbackBot.Testing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace FeedbackBot.Slack.Tests.Inbound;

/// <summary>Socket Mode: what is stored is acknowledged and nothing else, and there is always a connection or the next try.</summary>
public sealed class SocketModeTests
{
    private const string AppToken = "xapp-1-very-secret";

    private static readonly object Mention = new { type = "app_mention", user = "USAM", text = "<@UBOT> Contoso is blocked", ts = "1700000000.000100", channel = "C1" };

    [Fact]
    public async Task An_event_is_stored_and_then_acknowledged_once_however_often_it_comes()
    {
        await using var slack = await SocketServer.StartAsync();
        await using var host = await StartAsync(slack);
        var session = await slack.SessionAsync(1);
        await session.EventAsync("e1", Mention, "Ev1");
        await session.EventAsync("e2", Mention, "Ev1");
        await session.EventAsync("e3", Mention, "Ev2");
        foreach (var envelope in (string[])["e1", "e2", "e3"])
        {
            (await session.AcknowledgedAsync(envelope)).ContainsKey("payload").ShouldBeFalse();
        }

        (await host.StoredAsync()).ShouldHaveSingleItem().ShouldBeOfType<InboxEvent.TextPosted>().Text.ShouldBe("Contoso is blocked");
        host.Api.Calls.First(call => call.Method == "apps.connections.open").Token.ShouldBe(AppToken);
        host.Logs.Lines.ShouldNotContain(line => line.Contains("very-secret", StringComparison.Ordinal));
        State(host).Connected.ShouldBeTrue();
    }

    [Fact]
    public async Task What_could_not_be_stored_is_not_acknowledged()
    {
        var store = new FailingStore(new MemoryStore()) { IsDown = true };
        await using var slack = await SocketServer.StartAsync();
        await using var host = await StartAsync(slack, store);
        var session = await slack.SessionAsync(1);
        await session.EventAsync("e1", Mention, "Ev1");
        await Condition.UntilAsync(() => host.Logs.Lines.Any(line => line.Contains("was not acknowledged", StringComparison.Ordinal)), "the failure");
        store.IsDown = false;
        await session.EventAsync("e2", Mention, "Ev1");
        await session.AcknowledgedAsync("e2");
        session.Heard.ShouldNotContain(message => (string?)message["envelope_id"] == "e1");
        (await host.StoredAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task The_acknowledgement_waits_for_the_store()
    {
        var store = new HeldStore(new MemoryStore());
        await using var slack = await SocketServer.StartAsync();
        await using var host = await StartAsync(slack, store);
        var session = await slack.SessionAsync(1);
        var held = store.Hold();
        await session.EventAsync("e1", Mention, "Ev1");
        await held.Reached;
        await session.SendAsync(new { envelope_id = "e2", type = "events_api", payload = new { type = "app_rate_limited", team_id = SlackHost.Team } });
        await session.AcknowledgedAsync("e2");
        session.Heard.ShouldNotContain(message => (string?)message["envelope_id"] == "e1");
        held.Release();
        await session.AcknowledgedAsync("e1");
    }

    [Fact]
    public async Task A_command_is_answered_in_its_acknowledgement()
    {
        await using var slack = await SocketServer.StartAsync();
        await using var host = await StartAsync(slack);
        var session = await slack.SessionAsync(1);
        await session.SendAsync(new
        {
            envelope_id = "e1",
            type = "slash_commands",
            accepts_response_payload = true,
            payload = new { command = "/feedback", text = "Contoso is blocked", user_id = "USAM", user_name = "sam", team_id = SlackHost.Team, trigger_id = "1.2" },
        });
        ((string?)(await session.AcknowledgedAsync("e1"))["payload"]!["text"]).ShouldNotBeNull().ShouldContain("Contoso is blocked");
        (await host.StoredAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_form_with_an_error_stays_open_and_a_menu_gets_no_options()
    {
        await using var slack = await SocketServer.StartAsync();
        await using var host = await StartAsync(slack);
        var session = await slack.SessionAsync(1);
        await session.SendAsync(new
        {
            envelope_id = "e1",
            type = "interactive",
            accepts_response_payload = true,
            payload = new { type = "view_submission", user = new { id = "USAM" }, team = new { id = SlackHost.Team }, view = new { id = "V1", callback_id = "other", state = new { values = new { why = new { value = new { value = "x" } } } } } },
        });
        ((string?)(await session.AcknowledgedAsync("e1"))["payload"]!["response_action"]).ShouldBe("errors");
        await session.SendAsync(new { envelope_id = "e2", type = "interactive", accepts_response_payload = true, payload = new { type = "block_suggestion", user = new { id = "USAM" }, team = new { id = SlackHost.Team } } });
        (await session.AcknowledgedAsync("e2"))["payload"]!["options"]!.AsArray().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("warning")]
    [InlineData("refresh_requested")]
    [InlineData("link_disabled")]
    public async Task Whatever_the_reason_the_next_connection_is_opened_while_the_old_one_still_works(string reason)
    {
        await using var slack = await SocketServer.StartAsync();
        await using var host = await StartAsync(slack);
        var first = await slack.SessionAsync(1);
        await first.SendAsync(new { type = "disconnect", reason, debug_info = new { host = "wss-1" } });
        var second = await slack.SessionAsync(2);
        first.Gone.IsCompleted.ShouldBeFalse();
        await first.EventAsync("e1", Mention, "Ev1");
        await first.AcknowledgedAsync("e1");
        await second.EventAsync("e2", Mention, "Ev1");
        await second.AcknowledgedAsync("e2");
        (await host.StoredAsync()).ShouldHaveSingleItem();
        State(host).Connected.ShouldBeTrue();
    }

    [Fact]
    public async Task The_old_connection_is_closed_when_its_time_is_over()
    {
        await using var slack = await SocketServer.StartAsync();
        await using var host = await StartAsync(slack, times: Times with { Grace = TimeSpan.FromMilliseconds(100) });
        var first = await slack.SessionAsync(1);
        await first.SendAsync(new { type = "disconnect", reason = "warning" });
        await slack.SessionAsync(2);
        await first.Gone.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
    }

    [Fact]
    public async Task A_connection_that_breaks_off_is_followed_by_another_and_health_says_so_meanwhile()
    {
        await using var slack = await SocketServer.StartAsync();
        await using var host = await StartAsync(slack);
        var first = await slack.SessionAsync(1);
        await Condition.UntilAsync(() => State(host).Connected, "the connection");
        host.Api.Answer = call => call.Method == "apps.connections.open" ? FakeSlackApi.Error("internal_error") : null;
        first.Abort();
        await Condition.UntilAsync(() => !State(host).Connected, "the end of the connection");
        Open(host, slack);
        var second = await slack.SessionAsync(2);
        await Condition.UntilAsync(() => State(host).Connected, "the next connection");
        await second.EventAsync("e1", Mention, "Ev1");
        await second.AcknowledgedAsync("e1");
    }

    [Fact]
    public async Task A_connection_that_does_not_say_hello_is_none()
    {
        await using var slack = await SocketServer.StartAsync();
        slack.SaysHello = false;
        await using var host = await StartAsync(slack, times: Times with { Hello = TimeSpan.FromMilliseconds(200) });
        await slack.SessionAsync(2);
        State(host).Connected.ShouldBeFalse();
        slack.SaysHello = true;
        await Condition.UntilAsync(() => State(host).Connected, "a connection that says hello");
    }

    [Fact]
    public async Task A_connection_that_answers_no_ping_is_given_up()
    {
        await using var slack = await SocketServer.StartAsync();
        slack.Listens = false;
        await using var host = await StartAsync(
            slack, times: Times with { Ping = TimeSpan.FromMilliseconds(100), Pong = TimeSpan.FromMilliseconds(300) });
        await slack.SessionAsync(2);
    }

    [Fact]
    public async Task What_is_too_long_or_none_of_slacks_json_is_passed_over()
    {
        await using var slack = await SocketServer.StartAsync();
        await using var host = await StartAsync(slack);
        var session = await slack.SessionAsync(1);
        await session.SendAsync(new { envelope_id = "e1", type = "events_api", payload = new { padding = new string('x', SlackEndpoints.MaxBody) } });
        foreach (var odd in (object[])[7, "x", Array.Empty<int>(), new { }, new { type = 7 }, new { type = "unheard_of" }, new { type = "events_api" }, new { type = "slash_commands", payload = 7 }])
        {
            await session.SendAsync(odd);
        }

        await session.EventAsync("e2", Mention, "Ev1");
        await session.AcknowledgedAsync("e2");
        session.Heard.ShouldNotContain(message => (string?)message["envelope_id"] == "e1");
        slack.Sessions.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("wss://slack.example/link")]
    [InlineData("wss://evil.slack.com.example/link")]
    [InlineData("http://127.0.0.1/link")]
    public async Task Nobody_but_slack_is_connected_to(string address)
    {
        await using var host = await StartAsync(null, prepare: api => api.Answer = call => call.Method == "apps.connections.open"
            ? FakeSlackApi.Json(new { ok = true, url = address })
            : null);
        await Condition.UntilAsync(() => host.Logs.Lines.Any(line => line.Contains("none of Slack's", StringComparison.Ordinal)), "the refusal");
        State(host).Connected.ShouldBeFalse();
    }

    [Fact]
    public async Task With_socket_mode_alone_nothing_listens()
    {
        await using var slack = await SocketServer.StartAsync();
        await using var host = await StartAsync(slack);
        (await host.PostAsync("/slack/events", "{}")).Status.ShouldBe(404);
    }

    private static SlackSocketTimes Times { get; } = new()
    {
        LongestWait = TimeSpan.FromMilliseconds(50),
        Ping = TimeSpan.FromSeconds(20),
        Pong = TimeSpan.FromSeconds(20),
        Hello = TimeSpan.FromSeconds(20),
    };

    private static Task<SlackHost> StartAsync(
        SocketServer? slack, IStore? store = null, SlackSocketTimes? times = null, Action<FakeSlackApi>? prepare = null)
        => SlackHost.StartAsync(
            store,
            options =>
            {
                options.SigningSecret = null;
                options.AppToken = AppToken;
                options.ApiBaseUrl = new Uri("http://127.0.0.1:1/api/");
            },
            (api, services) =>
            {
                services.AddSingleton(times ?? Times);
                prepare?.Invoke(api);
                if (slack is not null)
                {
                    Open(api, slack);
                }
            });

    private static void Open(SlackHost host, SocketServer slack) => Open(host.Api, slack);

    private static void Open(FakeSlackApi api, SocketServer slack)
        => api.Answer = call => call.Method == "apps.connections.open" ? FakeSlackApi.Json(new { ok = true, url = slack.Address.AbsoluteUri }) : null;

    private static PlatformConnectionState State(SlackHost host) => host.Services.GetRequiredService<PlatformConnection>().State;
}

/// <summary>A store whose next commit waits until a test lets it go on.</summary>
internal sealed class HeldStore(IStore inner) : IStore
{
    private HeldCommit? _held;

    public HeldCommit Hold() => _held = new HeldCommit();

    public ValueTask<Entity?> FindAsync(EntityKey key, CancellationToken cancellationToken) => inner.FindAsync(key, cancellationToken);

    public ValueTask<EntityPage> QueryAsync(
        string partition, string fromRow, string toRow, int limit, string? continuation, CancellationToken cancellationToken)
        => inner.QueryAsync(partition, fromRow, toRow, limit, continuation, cancellationToken);

    public async ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _held, null) is { } held)
        {
            await held.WaitAsync();
        }

        return await inner.CommitAsync(transaction, cancellationToken);
    }
}

internal sealed class HeldCommit
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Reached => _reached.Task;

    public void Release() => _released.TrySetResult();

    public Task WaitAsync()
    {
        _reached.TrySetResult();
        return _released.Task;
    }
}
