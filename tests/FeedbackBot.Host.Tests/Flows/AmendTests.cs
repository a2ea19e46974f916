using System.Text.Json;
using Shouldly;
using Xunit;

namespace FeedbackBot.Host.Tests.Flows;

/// <summary>Sellers who change or take back what they wrote.</summary>
public sealed class AmendTests
{
    private const string Secret = "Bluebird";

    [Fact]
    public async Task An_edited_message_is_what_the_draft_and_the_card_say()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var thread = await client.SayAsync("sam", Scenes.Opening);
        await client.AskedAsync(thread, "SpecificIssue");
        await client.SayAsync("sam", Scenes.Article["SpecificIssue"], thread);
        await client.AskedAsync(thread, "Cause");

        // In the middle of the questions the open one is asked again, and goes on being the open one.
        var edited = await client.EditAsync(
            "sam", await client.WrittenAsync(thread, Scenes.Article["SpecificIssue"]), "Deploying requires the production password, which every developer then knows.");
        await client.AskedAsync(thread, "Cause", edited);
        var draft = await client.ToDraftAsync("sam", thread, Scenes.Article, edited);
        draft.Text.ShouldContain("The specific issue: Deploying requires the production password, which every developer then knows.");
        draft.Text.ShouldNotContain("directly to their development teams");

        // With the draft open, the draft follows.
        var opening = await client.EditAsync("sam", await client.WrittenAsync(thread, Scenes.Opening), "Contoso will not renew until deploying is safe");
        var following = await client.AskedAsync(thread, "Confirm", opening);
        following.Text.ShouldContain("Customer is blocked: Contoso will not renew until deploying is safe");
        following.Text.ShouldNotContain(Scenes.Opening);
        following.Text.ShouldContain(Scenes.Article["Compliance"]);

        // The draft from before would send what is no longer so.
        await client.PressAsync("sam", draft, "submit");
        await client.RefusalAsync(thread, "sam", following.Seq);
        var card = await client.SendAsync("sam", following);
        card.Text.ShouldContain("Deploying requires the production password");
        card.Text.ShouldNotContain("directly to their development teams");
        card.Text.ShouldNotContain(Scenes.Opening);
    }

    [Fact]
    public async Task A_deleted_message_is_in_nothing_that_the_bot_says_from_then_on()
    {
        await using var host = await RunningHost.StartAsync("--FeedbackBot:MinimumLevel=Level100");
        var client = host.Client;
        const string Issue = $"Deployments of {Secret} need direct access to production, because its pipeline has no role of its own.";
        const string Added = $"The {Secret} team has 40 developers.";
        var thread = await client.SayAsync("sam", Scenes.Opening);
        var draft = await client.ToDraftAsync("sam", thread, Scenes.Article.With("SpecificIssue", Issue));
        await client.SayAsync("sam", Added, thread);
        draft = await client.AskedAsync(thread, "Confirm", draft.Seq);
        draft.Text.ShouldContain(Issue);
        draft.Text.ShouldContain(Added);

        await client.DeleteAsync("sam", await client.WrittenAsync(thread, Added));
        draft = await client.AskedAsync(thread, "Confirm", draft.Seq);
        draft.Text.ShouldContain(Issue);
        draft.Text.ShouldNotContain(Added);
        var deleted = await client.DeleteAsync("sam", await client.WrittenAsync(thread, Issue));
        draft = await client.AskedAsync(thread, "Confirm", deleted);
        draft.Form.Select(field => field.GetRawText()).ShouldNotContain(field => field.Contains(Secret, StringComparison.Ordinal));
        var card = await client.SendAsync("sam", draft);
        card.Text.ShouldContain(Scenes.Article["Compliance"]);

        // Nor does another seller, to whom the request is offered, or the thread, when it is answered.
        var other = await client.SayAsync("sofia", $"Northwind is stuck, like {Secret}: deployments need production access.");
        await client.ToDraftAsync("sofia", other, Scenes.Article.With("Customer", "Northwind"));
        await client.AnswerAsync("pm-ana", card, "TooCostly");
        await client.WaitAsync(message => message.Kind == "Answer", thread: thread);
        await client.UpdateAsync(card, "Answered by Ana");
        var offered = (await client.AllAsync(thread: other)).Single(message => message.Kind == "Candidates");
        offered.Text.ShouldNotContain(Secret, Case.Insensitive);
        (await client.ReadAsync(after: deleted)).Messages
            .Where(message => message.From == "bot" && message.Thread != other)
            .ShouldNotContain(message => message.Text.Contains(Secret, StringComparison.OrdinalIgnoreCase));
        (await client.AllAsync(thread: thread)).Where(message => message.From == "sam").ShouldNotContain(message => message.Text.Contains(Secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_deleted_answer_is_asked_for_again()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var thread = await client.SayAsync("sam", Scenes.Opening);
        await client.AskedAsync(thread, "SpecificIssue");
        await client.SayAsync("sam", Scenes.Article["SpecificIssue"], thread);
        await client.AskedAsync(thread, "Cause");
        var deleted = await client.DeleteAsync("sam", await client.WrittenAsync(thread, Scenes.Article["SpecificIssue"]));
        await client.AskedAsync(thread, "SpecificIssue", deleted);
        await client.SayAsync("sam", Scenes.Article["SpecificIssue"], thread);
        await client.AskedAsync(thread, "Cause", deleted);
    }

    [Fact]
    public async Task Who_takes_everything_back_hears_that_it_is_dropped()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var thread = await client.SayAsync("sam", Scenes.Opening);
        await client.AskedAsync(thread, "SpecificIssue");
        await client.SayAsync("sam", Scenes.Article["SpecificIssue"], thread);
        var cause = await client.AskedAsync(thread, "Cause");
        await client.DeleteAsync("sam", await client.WrittenAsync(thread, Scenes.Article["SpecificIssue"]));
        await client.DeleteAsync("sam", await client.WrittenAsync(thread, Scenes.Opening));
        await client.NoticeAsync(thread, "You took back everything you wrote here");

        await client.PressAsync("sam", cause, "submit", "", new { }).ShouldThrowAsync<InvalidOperationException>();
        await client.PressAsync("sam", cause, "choose", "Compliance");
        await client.WaitAsync(message => message.Kind == "Refusal", thread: thread);
        (await client.AllAsync("triage")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Nobody_changes_or_deletes_what_somebody_else_wrote()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var thread = await client.SayAsync("sam", Scenes.Opening);
        var draft = await client.ToDraftAsync("sam", thread, Scenes.Article);
        var issue = await client.WrittenAsync(thread, Scenes.Article["SpecificIssue"]);
        foreach (var (status, body) in ((int Status, JsonElement Body)[])
        [
            await client.TryEditAsync("sofia", issue, "It all works."),
            await client.TryDeleteAsync("sofia", issue),
            await client.TryEditAsync("sam", draft, "It all works."),
            await client.TryDeleteAsync("sam", draft),
            await client.TryEditAsync("nobody at all", issue, "It all works."),
        ])
        {
            status.ShouldBeOneOf(400, 404);
            body.GetProperty("error").GetString().ShouldNotBeNullOrEmpty();
        }

        (await client.TryEditAsync("sam", issue, " ")).Status.ShouldBe(400);
        (await client.WrittenAsync(thread, Scenes.Article["SpecificIssue"])).Seq.ShouldBe(issue.Seq);
        (await client.SendAsync("sam", draft)).Text.ShouldContain(Scenes.Article["SpecificIssue"]);
    }

    [Fact]
    public async Task What_others_write_in_the_thread_and_change_there_is_no_part_of_the_draft()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var thread = await client.SayAsync("sam", Scenes.Opening);
        var draft = await client.ToDraftAsync("sam", thread, Scenes.Article);
        await client.SayAsync("sofia", "We saw that too.", thread);
        await client.RefusalAsync(thread, "sofia");
        var changed = await client.EditAsync("sofia", await client.WrittenAsync(thread, "We saw that too."), $"We saw that at {Secret}.");
        await client.DeleteAsync("sofia", await client.WrittenAsync(thread, $"We saw that at {Secret}."));

        // The draft on the screen is still the newest: its buttons are good, and nothing was said in between.
        var card = await client.SendAsync("sam", draft);
        card.Text.ShouldNotContain(Secret);
        card.Text.ShouldNotContain("We saw that");
        (await client.ReadAsync(thread: thread, after: changed)).Messages.First(message => message.From == "bot").Kind.ShouldBe("Submitted");
    }
}
