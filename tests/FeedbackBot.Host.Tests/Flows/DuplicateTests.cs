using Shouldly;
using Xunit;

namespace FeedbackBot.Host.Tests.Flows;

/// <summary>One need, however many customers have it.</summary>
public sealed class DuplicateTests
{
    [Fact]
    public async Task A_customer_who_has_the_same_need_is_counted_on_the_request_and_the_card_changes_in_place()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var (_, request, card) = await client.CardAsync();

        await client.SubmitAsync("sofia", Scenes.Opening, Scenes.Article.With("Customer", "Northwind"), joins: request);
        var two = await client.UpdateAsync(card, "2 customers");
        two.Seq.ShouldBeGreaterThan(card.Seq);

        // The same customer by another seller, in another case, is not a third one.
        await client.SubmitAsync("riley", Scenes.Opening, Scenes.Article.With("Customer", " CONTOSO "), joins: request);
        var three = await client.UpdateAsync(two, "riley for");
        three.Text.ShouldContain("2 customers");
        (await client.AllAsync("triage")).Count(message => message.Kind == "TriageCard").ShouldBe(1);
    }

    [Fact]
    public async Task Candidates_show_the_title_and_the_askers_own_words_and_nothing_of_the_other_customer()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var (_, request, _) = await client.CardAsync();

        var thread = await client.SayAsync("sofia", "Northwind is stuck: their development teams would need access to production systems.");
        var answers = Scenes.Article.With("Customer", "Northwind").With("Compliance", "Their auditors forbid it.").With("Alternatives", "skip");
        var offered = await UntilAsync(client, "sofia", thread, answers, "Duplicate");
        offered.Kind.ShouldBe("Candidates");
        offered.Text.ShouldContain(request);
        offered.Text.ShouldContain("The product currently requires giving access to production systems");
        offered.Text.ShouldContain("waiting for the product team");
        offered.Text.ShouldContain("Also about");
        offered.Text.ShouldNotContain("Contoso");
        offered.Text.ShouldNotContain("sox", Case.Insensitive);
        offered.Choices.Select(choice => choice.GetProperty("action").GetString()).ShouldBe(["same", "new"]);
    }

    [Fact]
    public async Task An_answer_that_is_known_is_given_at_once()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var (_, request, card) = await client.CardAsync();
        await client.AnswerAsync("pm-ana", card, "AlreadyExists");
        await client.UpdateAsync(card, "Answered by Ana");

        var (thread, joined) = await client.SubmitAsync("sofia", Scenes.Opening, Scenes.Article.With("Customer", "Northwind"), joins: request);
        joined.ShouldBe(request);
        var answer = await client.WaitAsync(message => message.Kind == "Answer", thread: thread);
        answer.Text.ShouldContain("https://docs.example/roles");
        await client.PressAsync("sofia", answer, "accepts");
        var counted = await client.UpdateAsync(card, "customer accepts: 1");
        counted.Text.ShouldContain("2 customers");
        (await client.AllAsync(thread: thread)).Count(message => message.Kind == "Answer").ShouldBe(1);
    }

    [Fact]
    public async Task None_of_these_makes_a_request_of_its_own()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        await client.CardAsync();

        var (_, other) = await client.SubmitAsync("sofia", Scenes.Opening, Scenes.Article.With("Customer", "Northwind"));
        other.ShouldBe("FR-2");
        var card = await client.WaitAsync(message => message.Kind == "TriageCard" && message.Request == other, "triage");
        card.Text.ShouldContain("1 customer\n");
        (await client.AllAsync("triage")).Count(message => message.Kind == "TriageCard").ShouldBe(2);
    }

    [Theory]
    [InlineData("fr-1")]
    [InlineData("yes")]
    [InlineData("Same!")]
    public async Task Words_do_as_well_as_the_button_where_one_request_is_offered(string words)
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var (_, request, _) = await client.CardAsync();
        var thread = await client.SayAsync("sofia", Scenes.Opening);
        var offered = await UntilAsync(client, "sofia", thread, Scenes.Article, "Duplicate");

        await client.SayAsync("sofia", words, thread);
        var draft = await client.WaitAsync(message => message.Asks is not null, thread: thread, after: offered.Seq);
        draft.Asks.ShouldBe("Confirm");
        draft.Text.ShouldContain($"add to {request}");
        draft.Text.ShouldNotContain($": {words}\n");
    }

    [Fact]
    public async Task A_request_that_was_not_offered_is_no_choice_and_the_seller_hears_what_is()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        await client.CardAsync();
        var thread = await client.SayAsync("sofia", Scenes.Opening);
        var offered = await UntilAsync(client, "sofia", thread, Scenes.Article, "Duplicate");

        await client.SayAsync("sofia", "FR-77", thread);
        var refusal = await client.WaitAsync(message => message.Kind == "Refusal", thread: thread);
        refusal.Text.ShouldContain("one of those above");
        await client.PressAsync("sofia", offered, "new");
        await client.AskedAsync(thread, "Confirm", offered.Seq);
    }

    private static async Task<Message> UntilAsync(
        PlaygroundClient client, string user, string thread, IReadOnlyDictionary<string, string> answers, string asks)
    {
        var after = 0L;
        while (true)
        {
            var asked = await client.WaitAsync(message => message.Asks is not null, thread: thread, after: after);
            after = asked.Seq;
            if (asked.Asks == asks)
            {
                return asked;
            }

            await client.SayAsync(user, answers.GetValueOrDefault(asked.Asks!, "skip"), thread);
        }
    }
}
