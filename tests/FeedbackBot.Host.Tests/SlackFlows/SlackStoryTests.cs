using FeedbackBot.SlackServer;
using Shouldly;
using Xunit;

namespace FeedbackBot.Host.Tests.SlackFlows;

/// <summary>The article's story in Slack, over HTTP, from the mention to what became of the answer.</summary>
public sealed class SlackStoryTests(SlackStage stage) : IClassFixture<SlackStage>
{
    private static readonly string[] Sellers = ["Sam", "Sofia", "Dan", "Eve", "Kim"];

    [Fact]
    public async Task Each_of_the_five_answers_reaches_the_thread_that_asked_and_its_card_shows_what_became_of_it()
    {
        await Task.WhenAll(SlackActs.CompleteAnswers.Keys.Select((label, number) => PlayAsync(stage.Seller(Sellers[number], Need.All[number]), stage.Managers[number], label)));
        await stage.Slack.Deliveries.SettledAsync();

        stage.Slack.Rates.Violations.ShouldBe(0);
        stage.Slack.Calls.Where(call => call.Error is not null).Select(call => $"{call.Method}: {call.Error}").ShouldBeEmpty();
        stage.Slack.Deliveries.Attempts.ShouldAllBe(attempt => attempt.IsTaken);
        stage.Slack.Workspace.Responses.ShouldAllBe(response => !response.HadToken);
        Repeats.In(stage.Slack).ShouldBeEmpty();
        stage.Output.ShouldNotContain(stage.Slack.Options.BotToken);
        stage.Output.ShouldNotContain(stage.Slack.Options.SigningSecret);
    }

    private async Task PlayAsync(SlackSeller seller, Person manager, string label)
    {
        var thread = await seller.RelayAsync();
        var card = await stage.CardAsync(seller.Need.Opening);
        card.Shown.ShouldContain(seller.Need.Tried);
        await stage.AnswerAsync(manager, card, label);

        var answer = await seller.AnsweredAsync(thread, "The product team has answered");
        foreach (var (field, value) in SlackActs.CompleteAnswers[label].Where(part => part.Field is "link" or "how" or "planned" or "why" or "constraint"))
        {
            answer.Shown.ShouldContain(value, Case.Sensitive, field);
        }

        await seller.PressAsync(answer, "Customer accepts");
        await manager.SeesAsync(post => post.Ts == card.Ts && post.Shown.Contains("customer accepts: 1", StringComparison.Ordinal), $"the outcome on the card of {seller.Person.Name}");
    }
}
