using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Tests.Requests;
using Shouldly;
using Xunit;

namespace FeedbackBot.Core.Tests.Triage;

public sealed class TriageCardsTests
{
    [Fact]
    public async Task A_card_waits_until_the_stored_requests_are_read_since_it_says_what_may_be_the_same()
    {
        const string Issue = "The export of audit events stops at 10 GB of events";
        await using var scene = new TriageScene();
        await scene.AskAsync("Contoso", issue: Issue);
        var second = await scene.AskAsync("Northwind", issue: Issue);
        await SendDueAsync(scene);
        Cards(scene).ShouldBeEmpty();

        await scene.Instance.Index.LoadAsync(CancellationToken.None);
        scene.Time.Advance(TimeSpan.FromSeconds(2));
        await SendDueAsync(scene);
        Cards(scene).Single(card => card.Content.Request == second.Request).Content.Similar.ShouldHaveSingleItem();
        Cards(scene).Count().ShouldBe(2);
    }

    private static async Task SendDueAsync(TriageScene scene)
    {
        foreach (var lane in await scene.Instance.Lanes.Out.DueLanesAsync(100, CancellationToken.None))
        {
            for (var lease = await scene.Instance.Lanes.Out.ClaimAsync(lane, CancellationToken.None); lease is not null;)
            {
                lease = await scene.Instance.Outbox.SendAsync(lease, CancellationToken.None);
            }
        }
    }

    private static IEnumerable<OutboundMessage.TriageCard> Cards(TriageScene scene)
        => scene.Platform.Arrivals.Select(arrival => arrival.Message).OfType<OutboundMessage.TriageCard>();
}
