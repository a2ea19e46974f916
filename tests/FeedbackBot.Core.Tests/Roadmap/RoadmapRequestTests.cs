using FeedbackBot.Core.Deduplication;
using FeedbackBot.Core.Requests;
using FeedbackBot.Core.Roadmap;
using FeedbackBot.Core.Storage;
using FeedbackBot.Core.Tests.Lanes;
using FeedbackBot.Core.Tests.Requests;
using Shouldly;
using Xunit;

namespace FeedbackBot.Core.Tests.Roadmap;

/// <summary>What is planned becomes one request, whoever asks for it at whatever moment.</summary>
public sealed class RoadmapRequestTests : IAsyncDisposable
{
    private static readonly RoadmapItem Item = new()
    {
        Title = "Private networking",
        Description = "Build agents without a public address",
        Area = "",
        Status = RoadmapStatus.Planned,
    };

    private readonly TriageScene _scene = new();

    public ValueTask DisposeAsync() => _scene.DisposeAsync();

    [Fact]
    public async Task Two_sellers_who_were_offered_the_item_before_either_sent_make_one_request()
    {
        await StoreAsync();
        var first = await AskAsync("Contoso");
        var second = await AskAsync("Northwind");

        second.Request.ShouldBe(first.Request);
        (await _scene.RequestAsync(first.Request)).Title.ShouldBe(Item.Title);
        (await _scene.CardAsync(first.Request)).Customers.ShouldBe(2);
        (await _scene.OpenAsync()).ShouldBe([first.Request]);
    }

    [Fact]
    public async Task Two_who_send_in_the_same_moment_make_one_request()
    {
        await StoreAsync();
        Asked? first = null;
        _scene.Meanwhile(async () => first = await AskAsync("Contoso"));
        var second = await AskAsync("Northwind");

        second.Request.ShouldBe(first!.Request);
        (await _scene.CardAsync(second.Request)).Customers.ShouldBe(2);
    }

    [Fact]
    public async Task What_it_was_merged_into_is_joined()
    {
        await StoreAsync();
        var other = await _scene.AskAsync("Fabrikam");
        var first = await AskAsync("Contoso");
        await _scene.MergeAsync(first.Request, other.Request);
        (await AskAsync("Northwind")).Request.ShouldBe(other.Request);
    }

    private Task<Asked> AskAsync(string customer) => _scene.AskAsync(customer, sameAs: new CandidateId(Item.Row));

    private async Task StoreAsync()
    {
        var transaction = new StoreTransaction(Instance.Tenant);
        transaction.Insert(Item.Row, Item);
        await _scene.Instance.Store.CommitAsync(transaction, CancellationToken.None);
    }
}
