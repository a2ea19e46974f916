using FeedbackBot.Core.Deduplication;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Outbox;
using FeedbackBot.Core.Requests;
using FeedbackBot.Core.Triage;
using Shouldly;
using Xunit;

namespace FeedbackBot.Core.Tests.Requests;

public sealed class RequestIndexTests : IDisposable
{
    // Nothing is loaded here, so no store is asked.
    private readonly RequestIndex _index = new(null!, null!);

    public void Dispose() => _index.Dispose();

    [Fact]
    public void An_empty_index_finds_nothing() => _index.Find("Deployments need production access.").ShouldBeEmpty();

    [Fact]
    public void The_likest_comes_first_and_what_shares_no_words_does_not_come()
    {
        Put(1, "Deployments need direct access to production systems");
        Put(2, "Label printers lose their queue in warehouses");
        Put(3, "Production systems are slow on Mondays");
        var found = _index.Find("Their developers may not have direct access to production systems for deployments.");
        found.Select(candidate => candidate.Request.Value).First().ShouldBe("FR-1");
        found.ShouldNotContain(candidate => candidate.Request.Value == "FR-2");
        _index.Find("The invoice shows another currency.").ShouldBeEmpty();
    }

    [Fact]
    public void At_most_three_are_offered()
    {
        for (var number = 1; number <= 10; number++)
        {
            Put(number, "Deployments need direct access to production systems");
        }

        _index.Find("Deployments need direct access to production systems").Count.ShouldBe(3);
    }

    [Fact]
    public void Why_it_was_found_is_said_in_words_of_the_asker_only()
    {
        Put(1, "Deployments need direct access to production systems at Contoso");
        var asked = "direct access to production systems is forbidden at Northwind";
        _index.Find(asked).Single().SharedWords.ShouldAllBe(word => asked.Contains(word, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void A_changed_request_shows_its_new_state_and_is_found_once()
    {
        Put(1, "Deployments need direct access to production systems");
        Put(1, "Deployments need direct access to production systems", new Response.AlreadyExists(new Uri("https://docs.example"), "So."));
        var found = _index.Find("Deployments need direct access to production systems").Single();
        found.Status.ShouldBe(RequestStatus.Answered);
        _index.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("the and for")]
    [InlineData("!!! ???")]
    public void Text_without_a_word_of_its_own_finds_nothing(string text)
    {
        Put(1, "Deployments need direct access to production systems");
        _index.Find(text).ShouldBeEmpty();
    }

    private void Put(int number, string title, Response? response = null)
    {
        var person = new PersonReference("test", "w", "p");
        _index.Put(new FeedbackRequest
        {
            Id = RequestId.FromNumber(number),
            Title = title,
            Summary = title,
            Area = "General",
            CreatedAt = default,
            Card = new OutboxId("card"),
            TriageChannel = new ChannelReference("test", "w", "triage"),
            Response = response is null ? null : new RecordedResponse("r", response, person, "Ana", default),
        });
    }
}
