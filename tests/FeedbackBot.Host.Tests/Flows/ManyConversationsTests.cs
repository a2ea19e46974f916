using Shouldly;
using Xunit;

namespace FeedbackBot.Host.Tests.Flows;

/// <summary>One seller with several pieces of feedback at the same time.</summary>
public sealed class ManyConversationsTests
{
    private static readonly (string Channel, string Opening, IReadOnlyDictionary<string, string> Answers)[] Pieces =
    [
        ("sellers", Scenes.Opening, Scenes.Article),
        ("sellers", "Fabrikam loses label printers in the warehouse.", Scenes.Printing),
        ("dm-sam", "Northwind's nightly export is too slow.", new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["SpecificIssue"] = "The nightly export of invoices takes eleven hours and is cut off at six in the morning.",
            ["Cause"] = "Cost",
            ["Cost"] = "A second export node costs EUR 90,000 a year; their budget is EUR 20,000.",
            ["Alternatives"] = "Exporting every hour was tried and rejected, because the invoices lock.",
            ["Customer"] = "Northwind",
        }),
    ];

    [Fact]
    public async Task Interleaved_conversations_each_have_their_own_draft_request_and_answer()
    {
        await using var host = await RunningHost.StartAsync("--FeedbackBot:MinimumLevel=Level100");
        var client = host.Client;
        var drafts = await InterleavedAsync(client);
        for (var piece = 0; piece < Pieces.Length; piece++)
        {
            await ShouldSayOnlyAsync(client, drafts[piece], drafts[piece].Text, piece);
        }

        // The last one is sent first, so that the numbers do not follow the order of the beginnings by chance.
        var cards = new Message[Pieces.Length];
        for (var piece = Pieces.Length - 1; piece >= 0; piece--)
        {
            cards[piece] = await client.SendAsync("sam", drafts[piece]);
            await ShouldSayOnlyAsync(client, drafts[piece], cards[piece].Text, piece);
            cards[piece].Text.ShouldContain($"Sam for {Pieces[piece].Answers["Customer"]}");
        }

        cards.Select(card => card.Request!).ShouldBe(["FR-3", "FR-2", "FR-1"]);

        await client.AnswerAsync("pm-ana", cards[1], "TooCostly");
        await client.UpdateAsync(cards[1], "Answered by Ana");
        var answer = await client.WaitAsync(message => message.Kind == "Answer");
        answer.Thread.ShouldBe(drafts[1].Thread);
        await client.AnswerAsync("pm-ben", cards[2], "OnRoadmap");
        var second = await client.WaitAsync(message => message.Kind == "Answer", after: answer.Seq);
        second.Thread.ShouldBe(drafts[2].Thread);
        second.Channel.ShouldBe("dm-sam");
        (await client.AllAsync(thread: drafts[0].Thread)).ShouldNotContain(message => message.Kind == "Answer");
    }

    [Fact]
    public async Task Ending_one_leaves_the_others_as_they_are()
    {
        await using var host = await RunningHost.StartAsync("--FeedbackBot:MinimumLevel=Level100");
        var client = host.Client;
        var drafts = await InterleavedAsync(client);
        await client.PressAsync("sam", drafts[0], "cancel");
        await client.NoticeAsync(drafts[0].Thread, "Nothing was sent");
        await client.SayAsync("sam", "It happens in the Leeds warehouse only.", drafts[1].Thread);
        var followed = await client.AskedAsync(drafts[1].Thread, "Confirm", drafts[1].Seq);
        followed.Text.ShouldContain("Leeds");

        (await client.SendAsync("sam", drafts[2])).Text.ShouldNotContain("Leeds");
        (await client.SendAsync("sam", followed)).Text.ShouldContain("Leeds");
        (await client.AllAsync("triage")).Count(message => message.Kind == "TriageCard").ShouldBe(2);
    }

    [Fact]
    public async Task Everything_sent_at_the_same_moment_gets_a_request_and_a_card_of_its_own()
    {
        await using var host = await RunningHost.StartAsync("--FeedbackBot:MinimumLevel=Level100");
        var client = host.Client;
        var drafts = await InterleavedAsync(client);
        var cards = await Task.WhenAll(drafts.Select(draft => client.SendAsync("sam", draft)));
        cards.Select(card => card.Request!).Order(StringComparer.Ordinal).ShouldBe(["FR-1", "FR-2", "FR-3"]);
        for (var piece = 0; piece < Pieces.Length; piece++)
        {
            await ShouldSayOnlyAsync(client, drafts[piece], cards[piece].Text, piece);
        }
    }

    /// <summary>Plays all of them by turns, one answer here, one answer there, until each stands at its draft.</summary>
    private static async Task<Message[]> InterleavedAsync(PlaygroundClient client)
    {
        var threads = new string[Pieces.Length];
        for (var piece = 0; piece < Pieces.Length; piece++)
        {
            threads[piece] = await client.SayAsync("sam", Pieces[piece].Opening, channel: Pieces[piece].Channel);
        }

        var asked = await Task.WhenAll(threads.Select(thread => client.WaitAsync(message => message.Asks is not null, thread: thread)));
        while (Array.Exists(asked, message => message.Asks != "Confirm"))
        {
            for (var piece = 0; piece < Pieces.Length; piece++)
            {
                if (asked[piece].Asks != "Confirm")
                {
                    var (channel, _, answers) = Pieces[piece];
                    await client.SayAsync("sam", answers.GetValueOrDefault(asked[piece].Asks!, "skip"), threads[piece], channel);
                    asked[piece] = await client.WaitAsync(message => message.Asks is not null, thread: threads[piece], after: asked[piece].Seq);
                }
            }
        }

        return asked;
    }

    /// <summary>The text holds what was said in the draft's thread, and nothing of the others.</summary>
    private static async Task ShouldSayOnlyAsync(PlaygroundClient client, Message draft, string text, int piece)
    {
        var said = (await client.AllAsync(thread: draft.Thread)).Where(message => message.From == "sam").Select(message => message.Text).ToHashSet(StringComparer.Ordinal);
        for (var other = 0; other < Pieces.Length; other++)
        {
            var (_, opening, answers) = Pieces[other];
            foreach (var words in (string[])[opening, answers["SpecificIssue"], answers[answers["Cause"]]])
            {
                if (other != piece)
                {
                    text.ShouldNotContain(words);
                }
                else if (said.Contains(words))
                {
                    text.ShouldContain(words);
                }
            }
        }
    }
}
