using Shouldly;
using Xunit;

namespace FeedbackBot.Host.Tests.Flows;

/// <summary>From the seller's post to the product team's answer and back.</summary>
public sealed class LoopTests
{
    [Fact]
    public async Task The_answer_to_the_articles_example_arrives_in_the_sellers_thread()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var (thread, request, card) = await client.CardAsync();
        card.Request.ShouldBe(request);
        card.Text.ShouldContain("segregation of duties");
        await client.AnswerAsync("pm-ana", card, "OnRoadmap");

        var answer = await client.WaitAsync(message => message.Kind == "Answer", thread: thread);
        answer.Text.ShouldContain("Q2 2027");
        await client.PressAsync("sam", answer, "accepts");
        var outcome = await client.UpdateAsync(card, "customer accepts: 1");
        outcome.Seq.ShouldBeGreaterThan(card.Seq);
    }

    [Theory]
    [InlineData("AlreadyExists", "This already exists: https://docs.example/roles", "Give the pipeline its own role.")]
    [InlineData("OnRoadmap", "on the roadmap, for about Q2 2027", "Deployment by role.", "Meanwhile: A shared break-glass account.")]
    [InlineData("NotAPriority", "not a priority now", "Two customers asked in three years.", "5 customers or EUR 500,000 at stake", "no workaround is known")]
    [InlineData("TooCostly", "too costly to build", "Every agent would need a second identity.", "Meanwhile: A jump host.")]
    [InlineData("NotAligned", "lead customers down the wrong path", "Shared accounts leave no trail.", "no workaround is known")]
    public async Task Each_answer_reaches_the_thread_that_asked_with_all_its_parts(string category, params string[] parts)
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var (thread, request, card) = await client.CardAsync();
        await client.AnswerAsync("pm-ana", card, category);

        var answer = await client.WaitAsync(message => message.Kind == "Answer", thread: thread);
        answer.Channel.ShouldBe("sellers");
        answer.To.ShouldBeNull();
        answer.Request.ShouldBe(request);
        foreach (var part in parts)
        {
            answer.Text.ShouldContain(part);
        }

        var answered = await client.UpdateAsync(card, "Answered by Ana");
        answered.Choices.ShouldBeEmpty();
        answered.Form.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("AlreadyExists", "{}", "link", "how")]
    [InlineData("AlreadyExists", """{"link":"the wiki","how":"Look there."}""", "link")]
    [InlineData("AlreadyExists", """{"link":"javascript:alert(1)","how":"Look there."}""", "link")]
    [InlineData("AlreadyExists", """{"link":"https://docs.example","how":"Look there.","workaround":"none known"}""", "workaround")]
    [InlineData("OnRoadmap", "{}", "date", "planned", "workaround")]
    [InlineData("OnRoadmap", """{"date":"soon","planned":"Roles.","workaround":"none known"}""", "date")]
    [InlineData("OnRoadmap", """{"date":"Q2 2027","planned":"Roles."}""", "workaround")]
    [InlineData("OnRoadmap", """{"date":"Q2 2027","planned":"Roles.","workaround":"   "}""", "workaround")]
    [InlineData("NotAPriority", "{}", "why", "threshold", "workaround")]
    [InlineData("NotAPriority", """{"why":"Rare.","threshold":"more interest","workaround":"none known"}""", "threshold")]
    [InlineData("NotAPriority", """{"why":"Rare.","threshold":"5 customers"}""", "workaround")]
    [InlineData("TooCostly", "{}", "constraint", "workaround")]
    [InlineData("TooCostly", """{"constraint":"One identity per agent."}""", "workaround")]
    [InlineData("NotAligned", "{}", "kind", "why", "workaround")]
    [InlineData("NotAligned", """{"kind":"Boring","why":"No.","workaround":"none known"}""", "kind")]
    [InlineData("NotAligned", """{"kind":["WrongPath","PlannedSunset"],"why":"No.","workaround":"none known"}""", "kind")]
    public async Task An_incomplete_answer_is_refused_with_what_is_missing_and_the_card_stays_open(string category, string form, params string[] fields)
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var (thread, _, card) = await client.CardAsync();

        var refused = await client.TryPressAsync("pm-ana", card.Id, "answer", category, Scenes.Json(form));
        refused.Status.ShouldBe(400);
        refused.Fields().ShouldBe(fields, ignoreOrder: true);
        refused.Error().ShouldStartWith("Not sent yet.");
        foreach (var field in card.Form.Where(field => fields.Contains(field.GetProperty("name").GetString(), StringComparer.Ordinal)))
        {
            // In the words that stand beside the field, so that a reader of the sentence alone knows where to look.
            refused.Error().ShouldContain(field.GetProperty("label").GetString()!);
        }

        await client.AnswerAsync("pm-ben", card, category);
        await client.UpdateAsync(card, "Answered by Ben");
        await client.WaitAsync(message => message.Kind == "Answer", thread: thread);
        (await client.AllAsync(thread: thread)).Count(message => message.Kind == "Answer").ShouldBe(1);
    }

    [Fact]
    public async Task Who_is_no_member_of_the_triage_channel_is_refused_politely_where_only_they_see_it()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var (thread, _, card) = await client.CardAsync();

        await client.AnswerAsync("sofia", card, "TooCostly");
        var refusal = await client.WaitAsync(message => message.Kind == "Refusal", "triage");
        refusal.To.ShouldBe("sofia");
        refusal.Thread.ShouldBe(card.Thread);
        refusal.Text.ShouldContain("members of this triage channel");
        (await client.ReadAsync("triage", user: "pm-ana")).Messages.ShouldNotContain(message => message.Id == refusal.Id);

        // The refused answer had no effect: the one that counts is the member's.
        await client.AnswerAsync("pm-ana", card, "OnRoadmap");
        await client.UpdateAsync(card, "Answered by Ana: On the roadmap");
        (await client.WaitAsync(message => message.Kind == "Answer", thread: thread)).Text.ShouldContain("Q2 2027");
        (await client.AllAsync(thread: thread)).Count(message => message.Kind == "Answer").ShouldBe(1);
    }

    [Fact]
    public async Task The_card_shows_what_the_seller_said_last_became_of_the_answer()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var (thread, _, card) = await client.CardAsync();
        await client.AnswerAsync("pm-ana", card, "TooCostly");
        var answer = await client.WaitAsync(message => message.Kind == "Answer", thread: thread);

        await client.PressAsync("sam", answer, "told");
        await client.WaitAsync(message => message.Text.Contains("has been told", StringComparison.Ordinal), thread: thread);
        var told = await client.UpdateAsync(card, "Outcome: customer told: 1");
        await client.PressAsync("sam", answer, "accepts");
        var accepted = await client.UpdateAsync(told, "Outcome: customer accepts: 1");
        accepted.Text.ShouldNotContain("customer told");
    }

    [Fact]
    public async Task Nobody_but_its_seller_says_what_became_of_an_answer()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var (thread, _, card) = await client.CardAsync();
        await client.AnswerAsync("pm-ana", card, "TooCostly");
        var answer = await client.WaitAsync(message => message.Kind == "Answer", thread: thread);

        await client.PressAsync("sofia", answer, "accepts");
        var refusal = await client.WaitAsync(message => message.Kind == "Refusal", thread: thread);
        refusal.To.ShouldBe("sofia");
        refusal.Text.ShouldContain("Only Sam");

        await client.PressAsync("sam", answer, "told");
        (await client.UpdateAsync(card, "Outcome: ")).Text.ShouldContain("Outcome: customer told: 1");
    }

    [Fact]
    public async Task Still_blocked_opens_the_request_again_with_the_new_facts_and_the_second_answer_reaches_everyone()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var (samsThread, request, card) = await client.CardAsync();
        var (sofiasThread, _) = await client.SubmitAsync("sofia", Scenes.Opening, Scenes.Article.With("Customer", "Northwind"), joins: request);
        var joined = await client.UpdateAsync(card, "2 customers");
        await client.AnswerAsync("pm-ana", joined, "TooCostly");
        var samsAnswer = await client.WaitAsync(message => message.Kind == "Answer", thread: samsThread);
        var sofiasAnswer = await client.WaitAsync(message => message.Kind == "Answer", thread: sofiasThread);
        await client.PressAsync("sofia", sofiasAnswer, "accepts");
        var accepted = await client.UpdateAsync(joined, "customer accepts: 1");

        (await client.TryPressAsync("sam", samsAnswer.Id, "blocked")).Fields().ShouldBe(["facts"]);
        await client.PressAsync("sam", samsAnswer, "blocked", form: new { facts = "The jump host failed their audit of 3 March." });
        var reopened = await client.UpdateAsync(accepted, "Opened again: Still blocked, says Sam");
        reopened.Text.ShouldContain("The jump host failed their audit of 3 March.");
        reopened.Text.ShouldContain("waiting for the product team");
        reopened.Text.ShouldNotContain("Outcome:");
        reopened.Choices.Count.ShouldBe(5);

        // The old answer no longer holds for anybody; what Sofia typed comes back to her.
        await client.PressAsync("sofia", sofiasAnswer, "blocked", form: new { facts = "So do ours." });
        var late = await client.WaitAsync(message => message.Kind == "Refusal", thread: sofiasThread, after: sofiasAnswer.Seq);
        late.To.ShouldBe("sofia");
        late.Text.ShouldContain("So do ours.");

        await client.AnswerAsync("pm-ben", reopened, "OnRoadmap");
        foreach (var thread in (string[])[samsThread, sofiasThread])
        {
            var second = await client.WaitAsync(
                message => message.Kind == "Answer" && message.Text.Contains("Q2 2027", StringComparison.Ordinal), thread: thread);
            second.Request.ShouldBe(request);
            (await client.AllAsync(thread: thread)).Count(message => message.Kind == "Answer").ShouldBe(2);
        }

        var answered = await client.UpdateAsync(reopened, "Answered by Ben");
        answered.Text.ShouldNotContain("Outcome:");
        answered.Text.ShouldNotContain("Opened again");
        answered.Text.ShouldContain("The jump host failed their audit of 3 March.");
    }
}
