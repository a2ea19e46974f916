using Shouldly;
using Xunit;

namespace FeedbackBot.Host.Tests.Flows;

public sealed class LoopTests
{
    private static readonly Dictionary<string, string> ArticleAnswers = new(StringComparer.Ordinal)
    {
        ["SpecificIssue"] = "The product currently requires giving access to production systems directly to their development teams.",
        ["Cause"] = "Compliance",
        ["Compliance"] = "It puts them in violation of their current implementation of SOX.",
        ["Alternatives"] = "SOX without segregation of duties was suggested, but rejected by the enterprise security team.",
        ["Customer"] = "Contoso",
        ["ProductArea"] = "Identity and security",
    };

    [Fact]
    public async Task The_answer_to_the_articles_example_arrives_in_the_sellers_thread()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var (thread, request) = await client.SubmitAsync("sam", "Contoso will not buy the product until feature X is added", ArticleAnswers);

        var card = await client.WaitAsync(message => message.Kind == "TriageCard", "triage");
        card.Request.ShouldBe(request);
        card.Text.ShouldContain("segregation of duties");
        await client.PressAsync(
            "pm-ana", card, "answer", "OnRoadmap", new { date = "Q2 2027", planned = "Deployment by role.", workaround = "none known" });

        var answer = await client.WaitAsync(message => message.Kind == "Answer", thread: thread);
        answer.Text.ShouldContain("Q2 2027");
        await client.PressAsync("sam", answer, "accepts");
        var outcome = await client.WaitAsync(message => message.Text.Contains("customer accepts: 1", StringComparison.Ordinal), "triage", after: card.Seq);
        outcome.Id.ShouldBe(card.Id);
    }
}
