using Shouldly;
using Xunit;

namespace FeedbackBot.Host.Tests.Flows;

/// <summary>A colleague goes on in a seller's place.</summary>
public sealed class HandOverTests
{
    [Fact]
    public async Task The_colleague_goes_on_the_former_seller_is_refused_privately_and_the_answer_reaches_the_thread()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var thread = await client.SayAsync("sam", Scenes.Opening);
        await client.AskedAsync(thread, "SpecificIssue");
        await client.SayAsync("sam", Scenes.Article["SpecificIssue"], thread);
        var asked = await client.AskedAsync(thread, "Cause");
        await client.SayAsync("sam", "hand over to @sofia", thread);
        var notice = await client.NoticeAsync(thread, "Sofia goes on from here, Sam has handed it over.");
        var again = await client.AskedAsync(thread, "Cause", asked.Seq);

        await client.SayAsync("sam", "Forty teams are waiting for it.", thread);
        var words = await client.RefusalAsync(thread, "sam", notice.Seq);
        words.Text.ShouldContain("Sofia is giving this feedback");
        await client.PressAsync("sam", again, "cancel");
        await client.RefusalAsync(thread, "sam", words.Seq);
        (await client.ReadAsync(thread: thread, user: "sofia")).Messages.ShouldNotContain(message => message.Kind == "Refusal");

        await client.PressAsync("sofia", again, "choose", "Compliance");
        var draft = await client.ToDraftAsync("sofia", thread, Scenes.Article, again.Seq);
        draft.Text.ShouldContain(Scenes.Article["SpecificIssue"]);
        draft.Text.ShouldContain(Scenes.Article["Compliance"]);
        draft.Text.ShouldNotContain("Forty teams");
        draft.Text.ShouldNotContain("hand over");
        var card = await client.SendAsync("sofia", draft);
        card.Text.ShouldContain("Sofia for Contoso");

        await client.AnswerAsync("pm-ana", card, "TooCostly");
        var answer = await client.WaitAsync(message => message.Kind == "Answer", thread: thread);
        await client.PressAsync("sam", answer, "told");
        (await client.RefusalAsync(thread, "sam", answer.Seq)).Text.ShouldContain("Only Sofia");
        await client.PressAsync("sofia", answer, "accepts");
        await client.UpdateAsync(card, "Outcome: customer accepts: 1");
    }

    [Fact]
    public async Task A_draft_is_handed_over_and_sent_by_the_colleague()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var thread = await client.SayAsync("sam", Scenes.Opening);
        var draft = await client.ToDraftAsync("sam", thread, Scenes.Article);
        await client.SayAsync("sam", "Hand this over to sofia.", thread);
        var notice = await client.NoticeAsync(thread, "Sofia goes on from here", draft.Seq);

        await client.PressAsync("sofia", notice, "draft");
        var shown = await client.AskedAsync(thread, "Confirm", notice.Seq);
        shown.Text.ShouldBe(draft.Text);
        (await client.SendAsync("sofia", shown)).Text.ShouldContain("Sofia for Contoso");
    }

    [Fact]
    public async Task The_colleague_gets_the_requests_that_may_be_the_same_with_buttons_that_work()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var (_, request, card) = await client.CardAsync();
        var thread = await client.SayAsync("riley", Scenes.Opening);
        var offered = await ToCandidatesAsync(client, "riley", thread, Scenes.Article.With("Customer", "Northwind"));
        await client.SayAsync("riley", "hand over to sofia", thread);
        await client.NoticeAsync(thread, "Sofia goes on from here", offered.Seq);

        var again = await client.AskedAsync(thread, "Duplicate", offered.Seq);
        await client.PressAsync("sofia", again, "same", request);
        await client.SendAsync("sofia", await client.AskedAsync(thread, "Confirm", again.Seq));
        (await client.UpdateAsync(card, "2 customers")).Text.ShouldContain("Sofia for Northwind");
    }

    [Fact]
    public async Task Nobody_takes_over_what_was_not_handed_to_them()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var thread = await client.SayAsync("sam", Scenes.Opening);
        var asked = await client.AskedAsync(thread, "SpecificIssue");
        await client.SayAsync("sofia", "hand over to sofia", thread);
        (await client.RefusalAsync(thread, "sofia", asked.Seq)).Text.ShouldContain("Sam is giving this feedback");

        await client.SayAsync("sam", Scenes.Article["SpecificIssue"], thread);
        await client.AskedAsync(thread, "Cause", asked.Seq);
        (await client.CountAsync(thread, "goes on from here")).ShouldBe(0);
    }

    [Fact]
    public async Task A_colleague_is_known_by_their_name_however_it_is_written()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var thread = await client.SayAsync("sam", Scenes.Opening);
        var asked = await client.AskedAsync(thread, "SpecificIssue");
        await client.SayAsync("sam", "hand over to Sofia", thread);
        var again = await client.AskedAsync(thread, "SpecificIssue", asked.Seq);
        await client.SayAsync("sofia", Scenes.Article["SpecificIssue"], thread);
        await client.AskedAsync(thread, "Cause", again.Seq);
    }

    [Fact]
    public async Task The_former_seller_can_still_take_back_what_they_wrote()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var thread = await client.SayAsync("sam", Scenes.Opening);
        await client.AskedAsync(thread, "SpecificIssue");
        await client.SayAsync("sam", "The product currently requires giving access to the production systems of Bluebird directly to their development teams.", thread);
        var asked = await client.WaitAsync(message => message.Asks == "Cause", thread: thread);
        await client.SayAsync("sam", "hand over to sofia", thread);
        var notice = await client.NoticeAsync(thread, "Sofia goes on from here", asked.Seq);
        var draft = await client.ToDraftAsync("sofia", thread, Scenes.Article, notice.Seq);
        draft.Text.ShouldContain("Bluebird");

        await client.DeleteAsync("sam", (await client.AllAsync(thread: thread)).Single(message => message.From == "sam" && message.Text.Contains("Bluebird", StringComparison.Ordinal)));
        var without = await client.AskedAsync(thread, "Confirm", draft.Seq);
        without.Text.ShouldNotContain("Bluebird");
        without.Text.ShouldContain(Scenes.Article["Compliance"]);
    }

    private static async Task<Message> ToCandidatesAsync(
        PlaygroundClient client, string user, string thread, IReadOnlyDictionary<string, string> answers)
    {
        var asked = await client.WaitAsync(message => message.Asks is not null, thread: thread);
        while (asked.Asks != "Duplicate")
        {
            await client.SayAsync(user, answers.GetValueOrDefault(asked.Asks!, "skip"), thread);
            asked = await client.WaitAsync(message => message.Asks is not null, thread: thread, after: asked.Seq);
        }

        return asked;
    }
}
