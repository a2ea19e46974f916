using FeedbackBot.Core.Conversations;
using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Storage;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace FeedbackBot.Slack.Tests.Inbound;

/// <summary>A draft that is kept in a direct channel takes nothing in that its seller did not mean for it.</summary>
public sealed class KeptDraftTests
{
    private const string First = "1700000000.000100";
    private const string Second = "1700000000.000300";

    [Fact]
    public async Task Something_new_begins_a_conversation_of_its_own_and_the_draft_stays()
    {
        await using var host = await KeptAsync();
        var asked = await AskAsync(host);
        var press = Interactions.Press(asked, "Start a new one with this", "USAM", "1.1");
        await Task.WhenAll(host.InteractAsync(press), host.InteractAsync(press));
        await Condition.UntilAsync(() => Questions(host) == 2, "the first question about the other customer");
        (await ConversationAsync(host, Second)).Statements.ShouldHaveSingleItem().Text.ShouldBe("Fabrikam needs roles");
        var kept = await ConversationAsync(host, First);
        (kept.State, kept.Statements.Count, kept.Later.Count).ShouldBe((ConversationState.Saved, 1, 0));

        var said = host.Api.Posts.Count();
        await SayAsync(host, "They cannot pass the audit", "1700000000.000400");
        await Condition.UntilAsync(() => host.Api.Posts.Count() > said, "the next question");
        (await ConversationAsync(host, Second)).Statements.Count.ShouldBe(2);
        (await ConversationAsync(host, First)).Statements.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("yes")]
    [InlineData("Add it to the draft")]
    public async Task What_belongs_to_the_draft_joins_it_and_nothing_is_sent(string answer)
    {
        await using var host = await KeptAsync();
        var asked = await AskAsync(host);
        await (answer == "yes" ? SayAsync(host, answer, "1700000000.000400") : host.InteractAsync(Interactions.Press(asked, answer, "USAM", "1.1")));
        await host.PostedAsync("Here is what I would send");
        var kept = await ConversationAsync(host, First);
        kept.State.ShouldBe(ConversationState.Confirming);
        kept.Statements.Select(statement => statement.Text).ShouldBe(["Contoso is blocked", "Fabrikam needs roles"]);
        host.Api.Posts.ShouldNotContain(post => post["channel"] == SlackHost.Triage);
    }

    [Fact]
    public async Task What_waits_beside_it_is_asked_about_again_and_not_lost_when_the_draft_comes_to_an_end()
    {
        await using var host = await KeptAsync();
        await AskAsync(host);
        await SayAsync(host, "submit now", "1700000000.000400");
        await host.PostedAsync("Here is what I would send");
        await Condition.UntilAsync(
            () => host.Api.Posts.Count(post => post["text"].Contains("Does this belong to it", StringComparison.Ordinal)) == 2, "the question below the draft");

        await SayAsync(host, "cancel", "1700000000.000500");
        var left = await host.PostedAsync("There is still what you wrote beside it: “Fabrikam needs roles”");
        await host.InteractAsync(Interactions.Press(left, "Start a new one with this", "USAM", "1.3"));
        await Condition.UntilAsync(() => Questions(host) == 2, "the first question about the other customer");
    }

    [Fact]
    public async Task A_message_that_is_edited_or_deleted_is_found_in_the_conversation_it_came_to()
    {
        await using var host = await KeptAsync();
        await host.InteractAsync(Interactions.Press(await AskAsync(host), "Start a new one with this", "USAM", "1.1"));
        await Condition.UntilAsync(() => Questions(host) == 2, "the first question about the other customer");
        await host.EventAsync(new
        {
            type = "message",
            subtype = "message_changed",
            channel = "DUSAM",
            event_ts = "1700000000.000500",
            message = new { user = "USAM", text = "Contoso waits", ts = First, edited = new { ts = "1700000000.000500" } },
            previous_message = new { user = "USAM", text = "Contoso is blocked", ts = First },
        });
        await Condition.UntilAsync(async () => (await ConversationAsync(host, First)).Statements[0].Text == "Contoso waits", "the kept draft with the edit");

        await host.EventAsync(new { type = "message", subtype = "message_deleted", channel = "DUSAM", deleted_ts = Second, event_ts = "1700000000.000600", previous_message = new { user = "USAM", text = "Fabrikam needs roles", ts = Second } });
        await host.PostedAsync("You took back everything you wrote here");
        (await ConversationAsync(host, Second)).State.ShouldBe(ConversationState.Cancelled);
        (await ConversationAsync(host, First)).State.ShouldNotBe(ConversationState.Cancelled);
    }

    [Fact]
    public async Task A_command_is_one_while_a_draft_is_kept()
    {
        await using var host = await KeptAsync();
        await SayAsync(host, "mine", Second);
        await host.PostedAsync("You have not relayed any feedback yet.");
        host.Api.Posts.ShouldNotContain(post => post["text"].Contains("Does this belong to it", StringComparison.Ordinal));
        (await ConversationAsync(host, First)).State.ShouldBe(ConversationState.Saved);
    }

    [Fact]
    public async Task Showing_the_draft_makes_the_channel_be_about_it_again()
    {
        await using var host = await KeptAsync();
        var kept = await host.PostedAsync("Kept.");
        await host.InteractAsync(Interactions.Press(await AskAsync(host), "Start a new one with this", "USAM", "1.1"));
        await Condition.UntilAsync(() => Questions(host) == 2, "the first question about the other customer");
        await host.InteractAsync(Interactions.Press(kept, "Show the draft", "USAM", "1.2"));
        await host.PostedAsync("Here is what I would send");
        await SayAsync(host, "40 people are affected", "1700000000.000400");
        await Condition.UntilAsync(
            () => host.Api.Posts.Any(post => post["text"].Contains("40 people are affected", StringComparison.Ordinal)), "the draft with the fact");
        (await ConversationAsync(host, First)).Statements.Count.ShouldBe(2);
    }

    private static int Questions(SlackHost host) => host.Api.Posts.Count(post => post["text"].Contains("What exactly fails", StringComparison.Ordinal));

    private static async Task<SlackHost> KeptAsync()
    {
        var host = await SlackHost.StartAsync();
        await SayAsync(host, "Contoso is blocked", First);
        await host.PostedAsync("What exactly fails");
        await SayAsync(host, "save", "1700000000.000200");
        await host.PostedAsync("Kept.");
        return host;
    }

    private static async Task<ApiCall> AskAsync(SlackHost host)
    {
        await SayAsync(host, "Fabrikam needs roles", Second);
        return await host.PostedAsync("You kept a draft here: “Contoso is blocked” Does this belong to it");
    }

    private static Task<(int Status, string Body)> SayAsync(SlackHost host, string text, string ts)
        => host.EventAsync(new { type = "message", channel_type = "im", user = "USAM", text, ts, channel = "DUSAM" });

    private static async Task<Conversation> ConversationAsync(SlackHost host, string thread)
        => (await host.Services.GetRequiredService<IStore>().FindAsync<Conversation>(
            host.Services.GetRequiredService<LaneQueues>().Key(Conversation.Row(new("slack", SlackHost.Team, "DUSAM", thread))), CancellationToken.None)).ShouldNotBeNull().Value;
}
