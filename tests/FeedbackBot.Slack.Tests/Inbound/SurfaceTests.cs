using FeedbackBot.Core;
using FeedbackBot.Core.Inbox;
using FeedbackBot.Testing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace FeedbackBot.Slack.Tests.Inbound;

/// <summary>Reactions, welcomes, the choice of a triage channel, and first messages that come at once.</summary>
public sealed class SurfaceTests
{
    private const string Root = "1700000000.000100";

    [Fact]
    public async Task A_message_wears_eyes_until_it_is_answered()
    {
        await using var host = await SlackHost.StartAsync();
        await host.MentionAsync("Contoso is blocked", Root);
        var added = await host.CallAsync(call => call.Method == "reactions.add");
        (added["channel"], added["timestamp"], added["name"]).ShouldBe(("C1", Root, "eyes"));
        (await host.CallAsync(call => call.Method == "reactions.remove"))["timestamp"].ShouldBe(Root);
        host.Api.Posts.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Where_the_app_may_not_react_it_answers_all_the_same_and_leaves_it_at_that()
    {
        await using var host = await SlackHost.StartAsync();
        host.Api.Answer = call => call.Method == "reactions.add" ? FakeSlackApi.Error("missing_scope") : null;
        await host.MentionAsync("Contoso is blocked", Root);
        await host.PostedAsync("What exactly fails");
        await host.CallAsync(call => call.Method == "reactions.add");
        await host.MentionAsync("Fabrikam is blocked", "1700000000.000200");
        await host.CallAsync(call => call.Method == "chat.postMessage" && call["thread_ts"] == "1700000000.000200");
        host.Api.Calls.ShouldNotContain(call => call.Method == "reactions.remove");
    }

    [Fact]
    public async Task Two_first_messages_at_once_begin_one_conversation()
    {
        var store = new HeldStore(new MemoryStore());
        await using var host = await SlackHost.StartAsync(store);
        var held = store.Hold();
        var first = host.EventAsync(new { type = "message", channel_type = "im", user = "USAM", text = "Contoso is blocked", ts = Root, channel = "D1" });
        await held.Reached;
        (await host.EventAsync(new { type = "message", channel_type = "im", user = "USAM", text = "by SOX", ts = "1700000000.000200", channel = "D1" })).Status.ShouldBe(200);
        held.Release();
        (await first).Status.ShouldBe(200);
        var posted = (await host.StoredAsync()).OfType<InboxEvent.TextPosted>().ToList();
        posted.Count.ShouldBe(2);
        posted.Select(post => post.Thread).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_channel_is_welcomed_once_and_only_when_the_bot_itself_joins()
    {
        await using var host = await SlackHost.StartAsync();
        await host.EventAsync(new { type = "member_joined_channel", user = "USAM", channel = "C1", inviter = "UANA" });
        (await host.StoredAsync()).ShouldBeEmpty();
        await host.EventAsync(new { type = "member_joined_channel", user = SlackHost.Bot, channel = "C1", inviter = "UANA" });
        await host.EventAsync(new { type = "member_joined_channel", user = SlackHost.Bot, channel = "C1" });
        (await host.PostedAsync("Mention me"))["channel"].ShouldBe("C1");
        (await host.StoredAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Who_opens_the_messages_for_the_first_time_is_welcomed_once_and_who_knows_the_bot_is_not()
    {
        await using var host = await SlackHost.StartAsync();
        foreach (var at in (string[])["5.1", "5.2"])
        {
            await host.EventAsync(new { type = "app_home_opened", user = "USAM", channel = "DUSAM", tab = "messages", event_ts = at });
        }

        (await host.PostedAsync("Tell me what a customer is blocked by"))["channel"].ShouldBe("DUSAM");
        await host.EventAsync(new { type = "message", channel_type = "im", user = "UDAN", text = "Contoso is blocked", ts = Root, channel = "DUDAN" });
        await host.EventAsync(new { type = "app_home_opened", user = "UDAN", channel = "DUDAN", tab = "messages", event_ts = "5.3" });
        (await host.StoredAsync()).OfType<InboxEvent.Welcomed>().ShouldHaveSingleItem().Person.PersonId.ShouldBe("USAM");
    }

    [Fact]
    public async Task An_owner_makes_a_channel_the_triage_channel_and_the_next_card_goes_there()
    {
        await using var host = await OwnedAsync();
        await host.MentionAsync("use this channel for triage of general.", Root, user: "UOWNER", channel: "CNEW");
        (await host.PostedAsync("From now on, cards about General"))["channel"].ShouldBe("CNEW");
        await SubmitAsync(host);
        var card = await host.CallAsync(call => call.Method == "chat.postMessage" && call["text"].Contains("FR-1 ·", StringComparison.Ordinal));
        card["channel"].ShouldBe("CNEW");
    }

    [Theory]
    [InlineData("USAM", "General", "Only those who look after me")]
    [InlineData("UOWNER", "Nothing at all", "I know no area “Nothing at all”. There is: General.")]
    public async Task Others_and_unknown_areas_are_refused(string user, string area, string words)
    {
        await using var host = await OwnedAsync();
        await host.MentionAsync($"use this channel for triage of {area}", Root, user: user, channel: "CNEW");
        var refusal = await host.CallAsync(call => call.Method == "chat.postEphemeral");
        refusal["text"].ShouldContain(words);
        refusal["user"].ShouldBe(user);
    }

    [Theory]
    [InlineData("is_ext_shared", "People of other companies")]
    [InlineData("is_pending_ext_shared", "People of other companies")]
    [InlineData("is_mpim", "only in a channel that I am in")]
    [InlineData("error", "I can't tell just now")]
    public async Task A_channel_that_others_read_is_refused(string what, string words)
    {
        await using var host = await OwnedAsync();
        host.Api.Answer = call => call.Method != "conversations.info" ? null
            : what == "error" ? FakeSlackApi.Error("internal_error")
            : FakeSlackApi.Json(new { ok = true, channel = new Dictionary<string, object>(StringComparer.Ordinal) { ["is_member"] = true, [what] = true } });
        await host.MentionAsync("use this channel for triage of General", Root, user: "UOWNER", channel: "CNEW");
        (await host.CallAsync(call => call.Method == "chat.postEphemeral"))["text"].ShouldContain(words);
        host.Api.Posts.ShouldNotContain(call => call["text"].Contains("From now on", StringComparison.Ordinal));
    }

    [Fact]
    public async Task In_a_direct_message_there_is_no_channel_to_choose()
    {
        await using var host = await OwnedAsync();
        await host.EventAsync(new { type = "message", channel_type = "im", user = "UOWNER", text = "use this channel for triage of General", ts = Root, channel = "D1" });
        (await host.PostedAsync("only in a channel that I am in"))["channel"].ShouldBe("D1");
    }

    private static Task<SlackHost> OwnedAsync()
        => SlackHost.StartAsync(prepare: (_, services) => services.Configure<FeedbackBotOptions>(options => options.Owners.Add("slack:UOWNER")));

    private static async Task SubmitAsync(SlackHost host)
    {
        await host.MentionAsync(
            "The product requires giving developers access to production, which violates SOX segregation of duties; 40 developers are blocked and a broker tool was tried and rejected.", "1700000001.000100");
        await host.CallAsync(call => call["thread_ts"] == "1700000001.000100");
        for (var turn = 0; host.Api.Posts.All(post => !post["text"].Contains("FR-1 ·", StringComparison.Ordinal)) && turn < 12; turn++)
        {
            var before = host.Api.Posts.Count();
            await host.EventAsync(new { type = "message", user = "USAM", text = turn < 8 ? "skip" : "submit now", ts = $"17000001{turn:D2}.1", thread_ts = "1700000001.000100", channel = "C1" });
            await host.CallAsync(_ => host.Api.Posts.Count() > before);
        }
    }
}
