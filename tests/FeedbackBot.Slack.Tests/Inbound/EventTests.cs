using FeedbackBot.Core.Commands;
using FeedbackBot.Core.Inbox;
using Shouldly;
using Xunit;

namespace FeedbackBot.Slack.Tests.Inbound;

/// <summary>What becomes of what people do in Slack.</summary>
public sealed class EventTests
{
    private const string Root = "1700000000.000100";
    private const string Later = "1700000050.000200";

    [Fact]
    public async Task A_mention_begins_in_its_thread_with_the_persons_name_and_clean_text()
    {
        await using var host = await SlackHost.StartAsync();
        (await host.MentionAsync("Contoso &amp; <@UDAN> need &lt;roles&gt;", Root)).Status.ShouldBe(200);
        var posted = (await host.StoredAsync()).ShouldHaveSingleItem().ShouldBeOfType<InboxEvent.TextPosted>();
        posted.Thread.ShouldBe(new("slack", SlackHost.Team, "C1", Root));
        posted.Person.ShouldBe(new("slack", SlackHost.Team, "USAM"));
        posted.PersonName.ShouldBe("Name of USAM");
        posted.Text.ShouldBe("Contoso & @Name of UDAN need <roles>");
        posted.Starts.ShouldBeTrue();
        (await host.CallAsync(call => call.Method == "chat.postMessage"))["thread_ts"].ShouldBe(Root);
    }

    [Fact]
    public async Task A_mention_in_a_thread_is_answered_at_its_root()
    {
        await using var host = await SlackHost.StartAsync();
        await host.MentionAsync("Contoso is blocked", Later, threadTs: Root);
        (await host.CallAsync(call => call.Method == "chat.postMessage"))["thread_ts"].ShouldBe(Root);
    }

    [Fact]
    public async Task A_mention_where_the_answers_could_not_be_heard_goes_on_in_the_direct_channel()
    {
        await using var host = await SlackHost.StartAsync();
        host.Api.Answer = call => call.Method == "conversations.info" ? FakeSlackApi.Error("channel_not_found") : null;
        await host.MentionAsync("Contoso is blocked", Root);
        (await host.CallAsync(call => call.Method == "chat.postMessage"))["channel"].ShouldBe("DUSAM");
        await host.EventAsync(new { type = "message", channel_type = "im", user = "USAM", text = "by SOX", ts = Later, channel = "DUSAM" });
        var stored = (await host.StoredAsync()).OfType<InboxEvent.TextPosted>().ToList();
        stored.Count.ShouldBe(2);
        stored[1].Thread.ShouldBe(stored[0].Thread);
    }

    [Fact]
    public async Task An_event_is_taken_once_however_often_and_as_whatever_it_comes()
    {
        await using var host = await SlackHost.StartAsync();
        var mention = new { type = "app_mention", user = "USAM", text = "<@UBOT> Contoso is blocked", ts = Root, channel = "C1" };
        var message = new { type = "message", user = "USAM", text = "<@UBOT> Contoso is blocked", ts = Root, channel = "C1", channel_type = "channel" };
        var replies = await Task.WhenAll(
            host.EventAsync(mention, "Ev1"), host.EventAsync(message, "Ev2"), host.EventAsync(mention, "Ev1"), host.EventAsync(message, "Ev2"), host.EventAsync(mention, "Ev3"));
        replies.ShouldAllBe(reply => reply.Status == 200);
        (await host.StoredAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Only_a_thread_that_is_known_is_listened_to()
    {
        await using var host = await SlackHost.StartAsync();
        await host.EventAsync(new { type = "message", user = "USAM", text = "lunch?", ts = "1.1", channel = "C1" });
        await host.EventAsync(new { type = "message", user = "USAM", text = "yes", ts = "1.2", thread_ts = "1.1", channel = "C1" });
        (await host.StoredAsync()).ShouldBeEmpty();
        await host.MentionAsync("Contoso is blocked", Root);
        await host.EventAsync(new { type = "message", user = "USAM", text = "by SOX", ts = Later, thread_ts = Root, channel = "C1" });
        (await host.StoredAsync()).Select(happened => happened.ShouldBeOfType<InboxEvent.TextPosted>().Text).ShouldBe(["Contoso is blocked", "by SOX"]);
    }

    [Fact]
    public async Task Bots_are_not_listened_to()
    {
        await using var host = await SlackHost.StartAsync();
        await host.EventAsync(new { type = "message", subtype = "bot_message", bot_id = "B1", text = "<@UBOT> hi", ts = "1.1", channel = "D1" });
        await host.EventAsync(new { type = "message", user = "UOTHER", bot_id = "B1", text = "<@UBOT> hi", ts = "1.2", channel = "C1" });
        await host.EventAsync(new { type = "app_mention", user = "UOTHER", bot_id = "B1", text = "<@UBOT> hi", ts = "1.3", channel = "C1" });
        await host.EventAsync(new { type = "message", user = SlackHost.Bot, text = "hi", ts = "1.4", channel = "D1" });
        (await host.StoredAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_edit_and_a_deletion_reach_the_conversation_and_a_preview_does_not()
    {
        await using var host = await SlackHost.StartAsync();
        await host.MentionAsync("Contoso is blocked", Root);
        await host.EventAsync(new { type = "message", subtype = "message_changed", channel = "C1", ts = "9.1", message = new { user = "USAM", text = "<@UBOT> see <https://a.example>", ts = Root }, previous_message = new { text = "<@UBOT> see <https://a.example>" } });
        await host.EventAsync(new { type = "message", subtype = "message_changed", channel = "C1", ts = "9.2", message = new { user = "USAM", text = "<@UBOT> Fabrikam is blocked", ts = Root, edited = new { user = "USAM", ts = "9.2" } }, previous_message = new { text = "<@UBOT> Contoso is blocked" } });
        await host.EventAsync(new { type = "message", subtype = "message_deleted", channel = "C1", ts = "9.3", deleted_ts = Root, previous_message = new { user = "USAM", text = "x", ts = Root } });
        await host.EventAsync(new { type = "message", subtype = "message_deleted", channel = "C1", ts = "9.4", deleted_ts = "7.7", previous_message = new { user = "USAM", text = "x", ts = "7.7" } });
        var stored = await host.StoredAsync();
        stored.Count.ShouldBe(3);
        stored[1].ShouldBeOfType<InboxEvent.TextEdited>().Text.ShouldBe("Fabrikam is blocked");
        stored[2].ShouldBeOfType<InboxEvent.TextDeleted>().MessageId.ShouldBe(Root);
    }

    [Fact]
    public async Task Attachments_are_kept_as_links()
    {
        await using var host = await SlackHost.StartAsync();
        await host.EventAsync(new
        {
            type = "message",
            subtype = "file_share",
            user = "USAM",
            text = "Contoso is blocked",
            ts = Root,
            channel = "D1",
            files = new object[] { new { title = "Audit", permalink = "https://acme.slack.com/files/F1" }, new { title = "x", permalink = "javascript:alert(1)" }, 7 },
        });
        (await host.StoredAsync()).ShouldHaveSingleItem().ShouldBeOfType<InboxEvent.TextPosted>().Text.ShouldBe("Contoso is blocked\nAudit: https://acme.slack.com/files/F1");
    }

    [Fact]
    public async Task A_direct_channel_is_one_stream_and_goes_on_where_it_was()
    {
        await using var host = await SlackHost.StartAsync();
        await host.EventAsync(new { type = "message", channel_type = "im", user = "USAM", text = "Contoso is blocked", ts = Root, channel = "D1" });
        var question = await host.CallAsync(call => call.Method == "chat.postMessage");
        question["channel"].ShouldBe("D1");
        question.Arguments.ContainsKey("thread_ts").ShouldBeFalse();
        await host.EventAsync(new { type = "message", channel_type = "im", user = "USAM", text = "cancel", ts = Later, channel = "D1" });
        await host.PostedAsync("Dropped.");
        await host.EventAsync(new { type = "message", channel_type = "im", user = "USAM", text = "Fabrikam is blocked", ts = "1700000090.1", channel = "D1" });
        (await host.StoredAsync()).OfType<InboxEvent.TextPosted>().Select(posted => posted.Thread.ThreadId).ShouldBe([Root, Root, "1700000090.1"]);
    }

    [Theory]
    [InlineData("", CommandName.Help)]
    [InlineData("help", CommandName.Help)]
    [InlineData("Mine", CommandName.Mine)]
    [InlineData("status", CommandName.Mine)]
    public async Task A_mention_with_a_command_is_answered_directly(string text, CommandName command)
    {
        await using var host = await SlackHost.StartAsync();
        await host.MentionAsync(text, Root);
        (await host.StoredAsync()).ShouldHaveSingleItem().ShouldBeOfType<InboxEvent.CommandGiven>().Command.Name.ShouldBe(command);
        (await host.CallAsync(call => call.Method == "chat.postMessage"))["channel"].ShouldBe("DUSAM");
    }

    [Fact]
    public async Task A_colleague_who_is_mentioned_takes_over()
    {
        await using var host = await SlackHost.StartAsync();
        await host.MentionAsync("Contoso is blocked", Root);
        await host.EventAsync(new { type = "message", user = "USAM", text = "hand over to <@USOFIA>", ts = Later, thread_ts = Root, channel = "C1" });
        var over = (await host.StoredAsync())[^1].ShouldBeOfType<InboxEvent.HandedOver>();
        over.Colleague.PersonId.ShouldBe("USOFIA");
        over.ColleagueName.ShouldBe("Name of USOFIA");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task People_of_another_company_are_let_in_only_where_that_is_wanted(bool accepted)
    {
        await using var host = await SlackHost.StartAsync(configure: options => options.AcceptExternalMembers = accepted);
        host.Api.Answer = call => call.Method == "users.info"
            ? FakeSlackApi.Json(new { ok = true, user = new { id = call["user"], team_id = "T9", real_name = "Eve" } })
            : null;
        (await host.MentionAsync("Contoso is blocked", Root)).Status.ShouldBe(200);
        if (accepted)
        {
            (await host.StoredAsync()).ShouldHaveSingleItem().ShouldBeOfType<InboxEvent.TextPosted>();
            return;
        }

        (await host.StoredAsync()).ShouldHaveSingleItem().ShouldBeOfType<InboxEvent.TurnedAway>();
        (await host.CallAsync(call => call.Method == "chat.postEphemeral"))["text"].ShouldContain("another one");
    }

    [Fact]
    public async Task Where_slack_does_not_say_who_somebody_is_a_shared_channel_makes_them_an_outsider()
    {
        await using var host = await SlackHost.StartAsync();
        host.Api.Answer = call => call.Method == "users.info" ? FakeSlackApi.Error("user_not_found") : null;
        await host.EventAsync(new { type = "app_mention", user = "U7", text = "<@UBOT> Contoso is blocked", ts = Root, channel = "C1" }, isShared: true);
        await host.EventAsync(new { type = "app_mention", user = "U8", text = "<@UBOT> Contoso is blocked", ts = Later, channel = "C1" });
        var stored = await host.StoredAsync();
        stored[0].ShouldBeOfType<InboxEvent.TurnedAway>();
        stored[1].ShouldBeOfType<InboxEvent.TextPosted>().PersonName.ShouldBe("Somebody");
    }

    [Fact]
    public async Task The_home_tab_shows_what_a_seller_relayed()
    {
        await using var host = await SlackHost.StartAsync();
        await host.EventAsync(new { type = "app_home_opened", user = "USAM", channel = "DUSAM", tab = "home", event_ts = "5.5" });
        var published = await host.CallAsync(call => call.Method == "views.publish");
        published["user_id"].ShouldBe("USAM");
        published.Arguments.ToJsonString().ShouldContain("You have not relayed any feedback yet");
    }
}
