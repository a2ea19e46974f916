using System.Text.Json.Nodes;
using FeedbackBot.SlackServer;
using Shouldly;
using Xunit;

namespace FeedbackBot.Slack.Tests.Peers;

/// <summary>The loopback Slack is one for Slack's own client, and for an app on Slack's own framework.</summary>
public sealed class WebApiPeerTests
{
    [Fact]
    public async Task Slacks_client_gets_what_it_asks_for()
    {
        await using var slack = await LoopbackSlack.StartAsync();
        var sam = slack.Person("Sam");
        var channel = slack.Channel("sellers", people: [sam, .. Enumerable.Range(0, 6).Select(number => slack.Person($"P{number}"))]);
        var root = sam.Write(channel, "Contoso is blocked");
        for (var reply = 0; reply < 4; reply++)
        {
            sam.Write(channel, $"reply {reply}", root.Ts);
        }

        var said = await CallAsync(
            slack,
            Call("auth.test"),
            Call("chat.postMessage", new { channel = channel.Id, thread_ts = root.Ts, text = "Hello", metadata = new { event_type = "x", event_payload = new { id = "7" } }, blocks = new[] { new { type = "section", text = new { type = "mrkdwn", text = "*Hello*" } } } }),
            Call("conversations.replies", new { channel = channel.Id, ts = root.Ts, include_all_metadata = true, limit = 2 }, pages: true),
            Call("conversations.members", new { channel = channel.Id, limit = 3 }, pages: true),
            Call("conversations.history", new { channel = channel.Id }),
            Call("users.info", new { user = sam.Id }),
            Call("conversations.open", new { users = sam.Id }),
            Call("chat.getPermalink", new { channel = channel.Id, message_ts = root.Ts }),
            Call("views.publish", new { user_id = sam.Id, view = new { type = "home", blocks = new[] { new { type = "divider" } } } }),
            Call("reactions.add", new { channel = channel.Id, timestamp = root.Ts, name = "eyes" }),
            Call("reactions.remove", new { channel = channel.Id, timestamp = root.Ts, name = "eyes" }));
        said.ShouldAllBe(call => call!["ok"]!.GetValue<bool>(), said.ToJsonString());
        said[0]!["answer"]!["user_id"]!.ToString().ShouldBe(slack.Options.Bot);
        var pages = said[2]!["answer"]!.AsArray();
        pages.Count.ShouldBe(3);
        var replies = pages.SelectMany(page => page!["messages"]!.AsArray()).ToList();
        replies.Select(message => message!["text"]!.ToString()).ShouldBe(["Contoso is blocked", "reply 0", "reply 1", "reply 2", "reply 3", "Hello"]);
        replies[^1]!["metadata"]!["event_payload"]!["id"]!.ToString().ShouldBe("7");
        said[3]!["answer"]!.AsArray().SelectMany(page => page!["members"]!.AsArray()).Count().ShouldBe(8);
        said[4]!["answer"]!["messages"]!.AsArray().ShouldHaveSingleItem();
        said[5]!["answer"]!["user"]!["profile"]!["display_name"]!.ToString().ShouldBe("Sam");
        said[6]!["answer"]!["channel"]!["id"]!.ToString().ShouldStartWith("D");
        said[7]!["answer"]!["permalink"]!.ToString().ShouldContain($"/archives/{channel.Id}/p");
        slack.Workspace.Homes.ShouldContainKey(sam.Id);
    }

    [Fact]
    public async Task Slacks_client_hears_slacks_errors()
    {
        await using var slack = await LoopbackSlack.StartAsync(new LoopbackSlackOptions { Scopes = new HashSet<string>(StringComparer.Ordinal) { "chat:write", "channels:read", "channels:history", "im:write" } });
        slack.Rates.BetweenMessages = TimeSpan.Zero;
        var sam = slack.Person("Sam");
        var channel = slack.Channel("sellers", people: [sam]);
        var elsewhere = slack.Channel("elsewhere", withBot: false, people: [sam]);
        var secret = slack.Channel("secret", isPrivate: true, withBot: false, people: [sam]);
        var root = sam.Write(channel, "root");
        var reply = sam.Write(channel, "reply", root.Ts);
        object[] tooMany = [.. Enumerable.Repeat(new { type = "divider" }, 51)];
        (string Error, object Call)[] calls =
        [
            ("invalid_auth", Call("auth.test", by: "strangers")),
            ("unknown_method", Call("chat.shout")),
            ("channel_not_found", Call("chat.postMessage", new { channel = "C404", text = "x" })),
            ("channel_not_found", Call("chat.postMessage", new { channel = secret.Id, text = "x" })),
            ("not_in_channel", Call("chat.postMessage", new { channel = elsewhere.Id, text = "x" })),
            ("no_text", Call("chat.postMessage", new { channel = channel.Id })),
            ("thread_not_found", Call("chat.postMessage", new { channel = channel.Id, text = "x", thread_ts = "1.1" })),
            ("cannot_reply_to_message", Call("chat.postMessage", new { channel = channel.Id, text = "x", thread_ts = reply.Ts })),
            ("invalid_blocks", Call("chat.postMessage", new { channel = channel.Id, text = "x", blocks = tooMany })),
            ("invalid_blocks", Call("chat.postMessage", new { channel = channel.Id, text = "x", blocks = new[] { new { type = "section", text = new { type = "plain_text", text = new string('x', 3001) } } } })),
            ("invalid_blocks_format", Call("chat.postMessage", new { channel = channel.Id, text = "x", blocks = "no" })),
            ("invalid_metadata_format", Call("chat.postMessage", new { channel = channel.Id, text = "x", metadata = new { id = 1 } })),
            ("user_not_in_channel", Call("chat.postEphemeral", new { channel = channel.Id, text = "x", user = "U404" })),
            ("message_not_found", Call("chat.update", new { channel = channel.Id, text = "x", ts = "1.1" })),
            ("cant_update_message", Call("chat.update", new { channel = channel.Id, text = "x", ts = root.Ts })),
            ("invalid_cursor", Call("conversations.members", new { channel = channel.Id, cursor = "??" })),
            ("missing_scope", Call("users.info", new { user = sam.Id })),
            ("user_not_found", Call("conversations.open", new { users = "U404" })),
            ("invalid_trigger_id", Call("views.open", new { trigger_id = "1", view = Modal("Title") })),
            ("invalid_arguments", Call("views.open", new { trigger_id = "1", view = Modal(new string('x', 25)) })),
            ("not_found", Call("views.update", new { view_id = "V404", view = Modal("Title") })),
        ];
        var said = await CallAsync(slack, [.. calls.Select(call => call.Call)]);
        said.Select(call => call!["error"]?.ToString()).ShouldBe(calls.Select(call => call.Error), said.ToJsonString());
        said.ShouldAllBe(call => call!["code"]!.ToString() == "slack_webapi_platform_error");
        said[8]!["messages"]![0]!.ToString().ShouldContain("json-pointer:/blocks");
        said[16]!["needed"]!.ToString().ShouldBe("users:read");
    }

    [Fact]
    public async Task Slacks_client_waits_as_long_as_it_is_told_and_comes_again()
    {
        await using var slack = await LoopbackSlack.StartAsync();
        var channel = slack.Channel("sellers");
        slack.Faults.Add(new Fault.RateLimited(1), "chat.postMessage");
        var said = await CallAsync(slack, Call("chat.postMessage", new { channel = channel.Id, text = "x" }));
        said[0]!["ok"]!.GetValue<bool>().ShouldBeTrue();
        said[0]!["waits"]![0]!.GetValue<int>().ShouldBe(1);
        said[0]!["ms"]!.GetValue<int>().ShouldBeGreaterThanOrEqualTo(1_000);
        slack.Workspace.Posts.ShouldHaveSingleItem();

        // Who does not keep to the rate, and does not wait.
        slack.Rates.PerMinute["auth.test"] = 3;
        said = await CallAsync(slack, [.. Enumerable.Repeat(Call("auth.test", by: "impatient"), 5)]);
        said.Select(call => call!["ok"]!.GetValue<bool>()).ShouldBe([true, true, true, false, false]);
        said[4]!["code"]!.ToString().ShouldBe("slack_webapi_rate_limited_error");
        said[4]!["retryAfter"]!.GetValue<int>().ShouldBeInRange(50, 60);
        slack.Rates.Violations.ShouldBe(2);
    }

    [Fact]
    public async Task Slacks_client_cannot_tell_what_became_of_an_ambiguous_call()
    {
        await using var slack = await LoopbackSlack.StartAsync();
        slack.Rates.BetweenMessages = TimeSpan.Zero;
        var channel = slack.Channel("sellers");
        Fault[] faults = [new Fault.Closed(), new Fault.Hanging(), new Fault.Broken(502, IsDone: true), new Fault.Page(), new Fault.CutOff(), new Fault.Broken(500, IsDone: false)];
        foreach (var fault in faults)
        {
            slack.Faults.Add(fault, "chat.postMessage");
        }

        var said = await CallAsync(slack, [.. faults.Select((_, number) => Call("chat.postMessage", new { channel = channel.Id, text = $"{number}" }, by: "impatient"))]);

        // All were taken but the last, and the client knows of none: for a page it has not even an error.
        slack.Workspace.Posts.Select(post => post.Text).ShouldBe(["0", "1", "2", "3", "4"]);
        said.Where(call => call!["ok"]!.GetValue<bool>()).ShouldAllBe(call => call!["answer"]!["ts"] == null);
        said[0]!["code"]!.ToString().ShouldBe("slack_webapi_request_error");
        said[2]!["status"]!.GetValue<int>().ShouldBe(502);
    }

    [Fact]
    public async Task An_app_on_slacks_framework_works_in_the_loopback_slack()
    {
        await using var slack = await LoopbackSlack.StartAsync();
        await using var bolt = await Peer.ServeAsync("bolt-app.mjs", slack.ApiBaseUrl.AbsoluteUri, slack.Options.BotToken, slack.Options.SigningSecret);
        slack.Deliveries.Bot = bolt.Address;
        var sam = slack.Person("Sam");
        var channel = slack.Channel("sellers", people: [sam]);

        var mention = sam.Mention(channel, "Contoso & co");
        var asked = await sam.SeesAsync(post => post.ThreadTs == mention.Ts && post.Buttons.Contains("Tell more", StringComparer.Ordinal), "a button");
        (await sam.PressAsync(asked, "Tell more")).IsTaken.ShouldBeTrue($"{slack.Deliveries.Attempts.Last()}");
        var modal = await sam.OpenedAsync();
        var refused = await sam.SubmitAsync(modal, ("facts", "no"));
        refused.Answer!["errors"]!["facts"]!.ToString().ShouldBe("Too short.");
        (await sam.SubmitAsync(modal, ("facts", "SOX section 404"))).Answer.ShouldBeNull();
        (await sam.SeesAsync(post => post.Text == "Noted SOX section 404", "what came of the form")).ThreadTs.ShouldBe(mention.Ts);

        (await slack.Deliveries.CommandAsync(("command", "/feedback"), ("text", "help"), ("user_id", sam.Id), ("response_url", slack.ResponseUrl(sam.Id, channel.Id)))).Body.ShouldContain("Taken: help");
        await sam.SeesAsync(post => post.Text == $"Later: {sam.Id}", "what comes after the command");
        (await sam.ShortcutAsync(mention, "relay_feedback")).IsTaken.ShouldBeTrue();
        (await sam.SeesAsync(post => post.Text.StartsWith("Relayed: ", StringComparison.Ordinal), "what comes of the shortcut")).VisibleTo.ShouldBe(sam.Id);
        sam.OpenHome();
        await slack.Workspace.UntilAsync(workspace => workspace.Homes.GetValueOrDefault(sam.Id), "a Home tab");
        await slack.Deliveries.SettledAsync();
        slack.Deliveries.Attempts.ShouldAllBe(attempt => attempt.IsTaken);
        slack.Workspace.Responses.ShouldAllBe(response => !response.HadToken);
    }

    private static object Modal(string title) => new
    {
        type = "modal",
        title = new { type = "plain_text", text = title },
        blocks = new[] { new { type = "section", text = new { type = "plain_text", text = "x" } } },
    };

    private static object Call(string method, object? args = null, string by = "client", bool pages = false) => new { by, method, args = args ?? new { }, pages };

    private static Task<JsonArray> CallAsync(LoopbackSlack slack, params object[] calls)
        => Peer.RunAsync("web-api.mjs", null, slack.ApiBaseUrl.AbsoluteUri, slack.Options.BotToken, System.Text.Json.JsonSerializer.Serialize(calls));
}
