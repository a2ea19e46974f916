using Shouldly;
using Xunit;

namespace FeedbackBot.Host.Tests.Flows;

/// <summary>Two requests turn out to be one need, and then not.</summary>
public sealed class MergeTests
{
    [Fact]
    public async Task Merged_requests_are_answered_together_and_are_two_again_when_they_are_taken_apart()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var (samsThread, one, card) = await client.CardAsync();
        var (sofiasThread, two) = await client.SubmitAsync("sofia", "Fabrikam loses labels", Scenes.Printing);
        var other = await client.CardOfAsync(two);

        await host.MergeAsync(other, one);
        var both = await client.UpdateAsync(card, "2 customers");
        both.Text.ShouldContain($"with {two}");
        var part = await client.UpdateAsync(other, $"part of {one}, answer it there");
        part.Actions().ShouldBe(["unmerge"]);

        await client.AnswerAsync("pm-ana", both, "OnRoadmap");
        var samsAnswer = await client.WaitAsync(message => message.Kind == "Answer", thread: samsThread);
        samsAnswer.Text.ShouldNotContain("is part of");
        var sofiasAnswer = await client.WaitAsync(message => message.Kind == "Answer", thread: sofiasThread);
        sofiasAnswer.Text.ShouldContain($"answered {one}");
        sofiasAnswer.Text.ShouldContain($"which your {two} is part of");
        await client.PressAsync("sofia", sofiasAnswer, "accepts");
        await client.UpdateAsync(both, "customer accepts: 1");

        await client.PressAsync("sofia", part, "unmerge");
        (await client.RefusalAsync(part.Thread, "sofia")).Text.ShouldContain("members of this triage channel");
        await client.PressAsync("pm-ben", part, "unmerge");
        var again = await client.UpdateAsync(part, "waiting for the product team");
        again.Choices.Count.ShouldBe(5);
        var alone = await client.UpdateAsync(both, "1 customer\n");
        alone.Text.ShouldNotContain("Outcome:");
        alone.Text.ShouldContain("Answered by Ana");

        // Merged once more, under the answer that they have heard.
        await host.MergeAsync(again, one);
        await client.UpdateAsync(alone, "2 customers");
        await client.PressAsync("sofia", sofiasAnswer, "blocked", form: new { facts = "The labels still get lost." });
        var reopened = await client.UpdateAsync(alone, "Opened again: Still blocked, says Sofia");
        reopened.Choices.Count.ShouldBe(5);
        foreach (var thread in (string[])[samsThread, sofiasThread])
        {
            (await client.AllAsync(thread: thread)).Count(message => message.Kind == "Answer").ShouldBe(1);
        }
    }
}
