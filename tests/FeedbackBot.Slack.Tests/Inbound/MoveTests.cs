using FeedbackBot.Core.Outbox;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace FeedbackBot.Slack.Tests.Inbound;

/// <summary>What began by <c>/feedback</c> moves to the channel of the command, once, if its seller wants it there.</summary>
public sealed class MoveTests
{
    private const string Root = "1800000000.000001";

    [Fact]
    public async Task A_conversation_moves_to_the_channel_of_its_command_and_goes_on_there_once()
    {
        await using var host = await StartAsync();
        var offer = await OfferAsync(host);
        var presses = Enumerable.Range(1, 3).Select(press => host.InteractAsync(Interactions.Press(offer, "Move to #deals", "USAM", "1.1", $"1700000001.{press}")));
        (await Task.WhenAll(presses)).ShouldAllBe(reply => reply.Status == 200);

        var question = await host.CallAsync(call => call.Method == "chat.postMessage" && call["channel"] == "C9" && call["thread_ts"] == Root);
        question["text"].ShouldContain("What exactly fails");
        await host.PostedAsync("We go on in the channel.");
        host.Api.Posts.Where(IsRoot).ShouldHaveSingleItem()["text"].ShouldContain("Name of USAM is passing on");

        await host.EventAsync(new { type = "message", user = "USAM", text = "Roles cannot be limited", ts = "1800000001.1", thread_ts = Root, channel = "C9" });
        await host.CallAsync(call => call["thread_ts"] == Root && call["text"].Contains("What is behind it?", StringComparison.Ordinal));

        await host.EventAsync(new { type = "message", channel_type = "im", user = "USAM", text = "Fabrikam is blocked", ts = "1800000002.1", channel = "DUSAM" });
        await Condition.UntilAsync(
            () => host.Api.Posts.Count(call => call["channel"] == "DUSAM" && call["text"].Contains("What exactly fails", StringComparison.Ordinal)) == 2, "a new conversation");
        host.Api.Posts.Count(IsRoot).ShouldBe(1);
    }

    [Fact]
    public async Task Where_the_bot_is_no_member_it_stays_and_says_how_to_invite_it()
    {
        await using var host = await StartAsync();
        var offer = await OfferAsync(host);
        var usual = host.Api.Answer;
        host.Api.Answer = call => call.Method == "conversations.info" ? FakeSlackApi.Json(new { ok = true, channel = new { id = call["channel"], is_member = false } }) : usual(call);
        await host.InteractAsync(Interactions.Press(offer, "Move to #deals", "USAM", "1.1"));
        (await host.PostedAsync("I am not in that channel. Invite me there (/invite)"))["channel"].ShouldBe("DUSAM");
        host.Api.Posts.ShouldNotContain(call => IsRoot(call));

        // Who does so is not sent away once more.
        host.Api.Answer = usual;
        await host.InteractAsync(Interactions.Press(offer, "Move to #deals", "USAM", "1.1", "1700000009.1"));
        await host.CallAsync(call => call["thread_ts"] == Root);
    }

    [Fact]
    public async Task Where_people_of_other_companies_read_along_it_stays()
    {
        await using var host = await StartAsync();
        var offer = await OfferAsync(host);
        var usual = host.Api.Answer;
        host.Api.Answer = call => call.Method == "conversations.info"
            ? FakeSlackApi.Json(new { ok = true, channel = new { id = call["channel"], is_member = true, is_ext_shared = true } }) : usual(call);
        await host.InteractAsync(Interactions.Press(offer, "Move to #deals", "USAM", "1.1"));
        (await host.PostedAsync("People of other companies read that channel"))["channel"].ShouldBe("DUSAM");
        host.Api.Posts.ShouldNotContain(call => IsRoot(call));
    }

    [Fact]
    public async Task What_it_asked_before_it_moved_takes_no_answers_any_more()
    {
        await using var host = await StartAsync();
        await CommandAsync(host, "C9", "deals");
        await host.PostedAsync("What exactly fails");
        var offer = await host.PostedAsync("Move to #deals");
        await host.EventAsync(new { type = "message", channel_type = "im", user = "USAM", text = "submit now", ts = "1800000001.9", channel = "DUSAM" });
        var draft = await host.PostedAsync("Here is what I would send");
        await host.InteractAsync(Interactions.Press(offer, "Move to #deals", "USAM", "1.1"));
        await host.CallAsync(call => call["thread_ts"] == Root && call["text"].Contains("Here is what I would send", StringComparison.Ordinal));

        await host.InteractAsync(Interactions.Press(draft, "Keep for later", "USAM", "1.2"));
        await host.PostedAsync("This goes on in the channel now.");
        host.Api.Posts.ShouldNotContain(call => call["text"].Contains("Kept.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_post_that_is_refused_leaves_it_where_it_is_and_it_can_be_tried_again()
    {
        await using var host = await StartAsync();
        var offer = await OfferAsync(host);
        var usual = host.Api.Answer;
        host.Api.Answer = call => IsRoot(call) ? FakeSlackApi.Error("restricted_action") : usual(call);
        await host.InteractAsync(Interactions.Press(offer, "Move to #deals", "USAM", "1.1"));
        await host.PostedAsync("I couldn't post in that channel");
        host.Api.Answer = usual;
        await host.InteractAsync(Interactions.Press(offer, "Move to #deals", "USAM", "1.1", "1700000009.1"));
        await host.CallAsync(call => call["thread_ts"] == Root);
    }

    [Theory]
    [InlineData("D77", "directmessage")]
    [InlineData("G77", "mpdm-sam--ana-1")]
    [InlineData("../etc", "deals")]
    [InlineData("", "")]
    public async Task A_command_given_among_a_few_offers_no_move(string channel, string name)
    {
        await using var host = await StartAsync();
        await CommandAsync(host, channel, name);
        await host.PostedAsync("What exactly fails");
        host.Api.Posts.ShouldNotContain(call => call["text"].Contains("Move to", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nobody_else_moves_it_and_one_that_has_ended_stays()
    {
        await using var host = await StartAsync();
        var offer = await OfferAsync(host);
        await host.InteractAsync(Interactions.Press(offer, "Move to #deals", "UMALLORY", "1.1"));
        await host.PostedAsync("is giving this feedback");
        await host.EventAsync(new { type = "message", channel_type = "im", user = "USAM", text = "cancel", ts = "1800000002.1", channel = "DUSAM" });
        await host.PostedAsync("Dropped.");
        await host.InteractAsync(Interactions.Press(offer, "Move to #deals", "USAM", "1.1", "1700000009.1"));
        await host.PostedAsync("belongs to an earlier step");
        host.Api.Posts.ShouldNotContain(call => IsRoot(call));
        (await host.Services.GetRequiredService<DeadLetters>().ListAsync(CancellationToken.None).AnyAsync()).ShouldBeFalse();
    }

    private static bool IsRoot(ApiCall call) => call.Method == "chat.postMessage" && call["channel"] == "C9" && call["thread_ts"].Length == 0;

    private static async Task<SlackHost> StartAsync()
    {
        var host = await SlackHost.StartAsync();
        host.Api.Answer = call => IsRoot(call) ? FakeSlackApi.Json(new { ok = true, channel = "C9", ts = Root }) : null;
        return host;
    }

    private static async Task<ApiCall> OfferAsync(SlackHost host)
    {
        await CommandAsync(host, "C9", "deals");
        await host.PostedAsync("What exactly fails");
        return await host.PostedAsync("Move to #deals");
    }

    private static Task<(int Status, string Body)> CommandAsync(SlackHost host, string channel, string name)
        => host.CommandAsync(
            ("command", "/feedback"), ("team_id", SlackHost.Team), ("user_id", "USAM"), ("user_name", "sam"), ("text", "Contoso is blocked"), ("trigger_id", "t1"), ("channel_id", channel), ("channel_name", name));
}
