using System.Text.Json;
using FeedbackBot.Core.Inbox;
using FeedbackBot.Core.Messaging;
using Shouldly;
using Xunit;

namespace FeedbackBot.Slack.Tests.Inbound;

/// <summary>Buttons, forms, the shortcut and the slash command.</summary>
public sealed class InteractionTests
{
    private const string Root = "1700000000.000100";

    private const string Opening = "The product requires giving developers access to production, which violates SOX segregation of duties; 40 developers are blocked and a broker tool was tried and rejected.";

    [Fact]
    public async Task The_loop_goes_round_from_a_mention_to_the_answer_in_its_thread()
    {
        await using var host = await SlackHost.StartAsync();
        host.Api.Members.Add("UANA");
        await host.MentionAsync(Opening, Root);
        await host.CallAsync(call => call.Method == "chat.postMessage" && call["thread_ts"] == Root);
        for (var turn = 0; host.Api.Posts.All(post => post["channel"] != SlackHost.Triage) && turn < 12; turn++)
        {
            var before = host.Api.Posts.Count();
            await host.EventAsync(new { type = "message", user = "USAM", text = turn < 8 ? "skip" : "submit now", ts = $"17000001{turn:D2}.1", thread_ts = Root, channel = "C1" });
            await host.CallAsync(_ => host.Api.Posts.Count() > before);
        }

        var card = await host.CallAsync(call => call["channel"] == SlackHost.Triage);
        card["text"].ShouldContain("FR-1");
        card.Arguments.ToJsonString().ShouldContain("https://acme.slack.com/archives/C1/p1700000000000100");

        (await host.InteractAsync(Interactions.Press(card, "Already exists", "UANA", "2000000000.000002"))).Status.ShouldBe(200);
        var opened = await host.CallAsync(call => call.Method == "views.open");
        var view = opened.Arguments["view"]!;
        view["blocks"]!.AsArray().Select(block => block!["block_id"]!.GetValue<string>()).ShouldBe(["category", "link", "how"]);
        var metadata = view["private_metadata"]!.GetValue<string>();

        await host.InteractAsync(Interactions.Change("V1", "UANA", metadata, ("category", "TooCostly"), ("how", "By roles")));
        var updated = await host.CallAsync(call => call.Method == "views.update");
        updated["hash"].ShouldBe("hash");
        updated.Arguments["view"]!["blocks"]!.AsArray().Select(block => block!["block_id"]!.GetValue<string>()).ShouldBe(["category", "constraint", "workaround"]);

        var wrong = JsonDocument.Parse((await host.InteractAsync(Interactions.Submit("V1", "UANA", metadata, ("category", "AlreadyExists"), ("link", "nowhere"), ("how", "By roles")))).Body).RootElement;
        wrong.GetProperty("errors").GetProperty("link").GetString().ShouldNotBeNull().ShouldContain("https://");
        wrong.GetProperty("errors").EnumerateObject().Count().ShouldBe(1);

        var right = Interactions.Submit("V1", "UANA", metadata, ("category", "AlreadyExists"), ("link", "https://docs.example.com/roles"), ("how", "By roles"), ("workaround", "typed before another answer was chosen"));
        (await Task.WhenAll(host.InteractAsync(right), host.InteractAsync(right))).ShouldAllBe(reply => reply.Status == 200 && reply.Body.Length == 0);
        var answer = await host.PostedAsync("already exists");
        answer["thread_ts"].ShouldBe(Root);
        (await host.CallAsync(call => call.Method == "chat.update"))["text"].ShouldContain("Answered by Name of UANA");

        await host.InteractAsync(Interactions.Press(answer, "Customer accepts", "USAM", "2000000000.000009"));
        await host.CallAsync(call => call.Method == "chat.update" && call["text"].Contains("customer accepts: 1", StringComparison.Ordinal));
        await host.EventAsync(new { type = "app_home_opened", user = "USAM", channel = "DUSAM", tab = "home", event_ts = "5.5" });
        (await host.CallAsync(call => call.Method == "views.publish")).Arguments.ToJsonString().ShouldContain("FR-1");
    }

    [Fact]
    public async Task A_stranger_who_presses_a_triage_button_is_refused_before_a_form_opens()
    {
        await using var host = await SlackHost.StartAsync();
        host.Api.Members.Add("UANA");
        var card = new ApiCall("chat.postMessage", JsonSerializer.SerializeToNode(new
        {
            channel = SlackHost.Triage,
            blocks = new[] { new { type = "actions", block_id = "fb:x:0:", elements = new[] { new { action_id = "answer:0", value = """{"k":"Request","i":"FR-1","f":true}""", text = new { text = "Too costly" } } } } },
        })!.AsObject(), null);
        (await host.InteractAsync(Interactions.Press(card, "Too costly", "UMALLORY", "2000000000.000002"))).Status.ShouldBe(200);
        await host.CallAsync(call => call.Method == "chat.postEphemeral" && call["user"] == "UMALLORY");
        host.Api.Calls.ShouldNotContain(call => call.Method == "views.open");
    }

    [Theory]
    [InlineData("")]
    [InlineData("no json")]
    [InlineData("""{"k":1,"i":"x"}""")]
    [InlineData("""{"k":"Nothing","i":"x"}""")]
    [InlineData("""{"k":"Request"}""")]
    [InlineData("""[[[[[[[[[[[[[[]]]]]]]]]]]]]]""")]
    [InlineData("null")]
    public async Task A_button_that_is_none_of_ours_does_nothing(string value)
    {
        await using var host = await SlackHost.StartAsync();
        var posted = new ApiCall("chat.postMessage", JsonSerializer.SerializeToNode(new
        {
            channel = "C1",
            blocks = new[] { new { type = "actions", block_id = "fb:x:0:", elements = new[] { new { action_id = "answer:0", value, text = new { text = "Press" } } } } },
        })!.AsObject(), null);
        (await host.InteractAsync(Interactions.Press(posted, "Press", "USAM", "1.1"))).Status.ShouldBe(200);
        (await host.StoredAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_press_is_taken_once_and_pressing_again_is_another()
    {
        await using var host = await SlackHost.StartAsync();
        await host.MentionAsync("Contoso is blocked", Root);
        var question = await host.CallAsync(call => call.Method == "chat.postMessage");
        var press = Interactions.Press(question, "Skip", "USAM", "2000000000.000001");
        await Task.WhenAll(host.InteractAsync(press), host.InteractAsync(press), host.InteractAsync(press));
        var pressed = (await host.StoredAsync()).OfType<InboxEvent.ActionPressed>().ShouldHaveSingleItem();
        pressed.Action.ShouldBe(ActionNames.Skip);
        pressed.Thread.ThreadId.ShouldBe(Root);
        await host.InteractAsync(Interactions.Press(question, "Skip", "USAM", "2000000000.000001", actionTs: "1700000002.2"));
        (await host.StoredAsync()).OfType<InboxEvent.ActionPressed>().Count().ShouldBe(2);
    }

    [Fact]
    public async Task A_form_that_slack_does_not_open_is_said_to_the_person_without_a_token()
    {
        await using var host = await SlackHost.StartAsync();
        host.Api.Members.Add("UANA");
        host.Api.Answer = call => call.Method == "views.open" ? FakeSlackApi.Error("expired_trigger_id") : null;
        var card = new ApiCall("chat.postMessage", JsonSerializer.SerializeToNode(new
        {
            channel = SlackHost.Triage,
            blocks = new[] { new { type = "actions", block_id = "fb:x:0:", elements = new[] { new { action_id = "answer:0", value = """{"k":"Request","i":"FR-1","f":true}""", text = new { text = "Too costly" } } } } },
        })!.AsObject(), null);
        await host.InteractAsync(Interactions.Press(card, "Too costly", "UANA", "2000000000.000002"));
        var told = await host.CallAsync(call => call["response_type"] == "ephemeral");
        told["text"].ShouldContain("press the button again");
        told.Token.ShouldBeNull();
    }

    [Fact]
    public async Task A_form_that_nobody_knows_stays_open()
    {
        await using var host = await SlackHost.StartAsync();
        var (status, body) = await host.InteractAsync(Interactions.Submit("V1", "USAM", "not ours", ("facts", "typed for ten minutes")));
        status.ShouldBe(200);
        JsonDocument.Parse(body).RootElement.GetProperty("errors").GetProperty("facts").GetString().ShouldNotBeNull().ShouldContain("nothing was taken");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_shortcut_relays_a_message_where_the_answers_can_be_heard(bool isMember)
    {
        await using var host = await SlackHost.StartAsync();
        host.Api.Answer = call => call.Method == "conversations.info" ? FakeSlackApi.Json(new { ok = true, channel = new { id = "C1", is_member = isMember } }) : null;
        (await host.InteractAsync(new
        {
            type = "message_action",
            callback_id = "relay_feedback",
            trigger_id = "t",
            response_url = "https://hooks.slack.com/app/T1/1/x",
            team = new { id = SlackHost.Team },
            user = new { id = "USAM", team_id = SlackHost.Team, name = "sam" },
            channel = new { id = "C1" },
            message_ts = Root,
            message = new { type = "message", user = "UDAN", text = "Contoso &amp; co are blocked", ts = Root },
        })).Status.ShouldBe(200);
        var posted = (await host.StoredAsync()).ShouldHaveSingleItem().ShouldBeOfType<InboxEvent.TextPosted>();
        posted.Text.ShouldBe("Contoso & co are blocked\n(Name of UDAN: https://acme.slack.com/archives/C1/p1700000000000100)");
        posted.Person.PersonId.ShouldBe("USAM");
        posted.Thread.ChannelId.ShouldBe(isMember ? "C1" : "DUSAM");
        var question = await host.CallAsync(call => call.Method == "chat.postMessage");
        question.Arguments.ContainsKey("thread_ts").ShouldBe(isMember);
    }

    [Fact]
    public async Task The_slash_command_goes_on_in_the_direct_channel_and_its_buttons_work()
    {
        await using var host = await SlackHost.StartAsync();
        var (_, body) = await host.CommandAsync(("command", "/feedback"), ("team_id", SlackHost.Team), ("user_id", "USAM"), ("user_name", "sam"), ("text", "Contoso needs <!channel> roles"), ("trigger_id", "t1"));
        body.ShouldContain("direct messages");
        body.ShouldNotContain("<!");
        var question = await host.CallAsync(call => call.Method == "chat.postMessage");
        question["channel"].ShouldBe("DUSAM");
        await host.InteractAsync(Interactions.Press(question, "Cancel", "USAM", "2000000000.000001"));
        await host.PostedAsync("Dropped.");

        await host.CommandAsync(("command", "/feedback"), ("team_id", SlackHost.Team), ("user_id", "USAM"), ("text", "mine"), ("trigger_id", "t2"));
        await host.PostedAsync("You have not relayed any feedback yet");
    }

    [Fact]
    public async Task A_command_from_nowhere_or_of_another_name_is_told_so()
    {
        await using var host = await SlackHost.StartAsync();
        (await host.CommandAsync(("command", "/other"), ("team_id", SlackHost.Team), ("user_id", "USAM"))).Body.ShouldContain("Nothing was taken");
        (await host.CommandAsync(("command", "/feedback"), ("team_id", "T9"), ("user_id", "USAM"))).Body.ShouldContain("not set up");
        (await host.CommandAsync(("command", "/feedback"), ("team_id", SlackHost.Team))).Body.ShouldContain("not set up");
        (await host.CommandAsync(("ssl_check", "1"))).ShouldBe((200, ""));
        (await host.StoredAsync()).ShouldBeEmpty();
    }
}
