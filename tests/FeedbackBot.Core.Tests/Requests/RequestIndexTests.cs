using FeedbackBot.Core.Assessment;
using FeedbackBot.Core.Catalogue;
using FeedbackBot.Core.Conversations;
using FeedbackBot.Core.Deduplication;
using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Outbox;
using FeedbackBot.Core.Requests;
using FeedbackBot.Core.Roadmap;
using FeedbackBot.Core.Storage;
using FeedbackBot.Core.Triage;
using FeedbackBot.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace FeedbackBot.Core.Tests.Requests;

public sealed class RequestIndexTests : IDisposable
{
    private static readonly DateTimeOffset At = new(2027, 3, 1, 9, 0, 0, TimeSpan.Zero);
    private static readonly PersonReference Person = new("test", "w", "p");

    // Nothing is loaded here, so no store is asked.
    private readonly RequestIndex _index = new(null!, null!, NullLogger<RequestIndex>.Instance);

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
        found.Select(candidate => candidate.Id.Value).First().ShouldBe("FR-1");
        found.ShouldNotContain(candidate => candidate.Id.Value == "FR-2");
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
        _index.Find(asked).Single().About.ShouldAllBe(word => asked.Contains(word, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void It_is_said_in_phrases_the_rarest_first()
    {
        for (var number = 2; number <= 40; number++)
        {
            Put(number, $"Label printers of hall {number} lose their queue in warehouses, as the agents say");
        }

        Put(1, "Build agents reach the database over the internet, private networking for build agents is needed for SOX");
        _index.Find("Their SOX auditor asks for private networking for build agents.")[0].About
            .ShouldBe(["private networking for build agents", "SOX"]);
    }

    [Theory]
    [InlineData("Alpine Ski House is blocked: the mobile app needs a connection to open a ticket. Paper was tried, but rejected.", false)]
    [InlineData("Contoso will not buy the product until feature Z is added for their team", false)]
    [InlineData("30 of their lifts have no coverage in winter, which violates their process", false)]
    [InlineData("Their app runs on a cluster in each of the lifts", true)]
    [InlineData("Northwind waits for a smaller cluster", true)]
    public void What_is_said_everywhere_a_number_or_one_word_of_many_is_no_reason(string text, bool isOffered)
    {
        Put(1, "The smallest application cluster is 7 nodes for an app, cost 30 was suggested and rejected, the customer will not buy the product until a feature is added");
        _index.Find(text).Count.ShouldBe(isOffered ? 1 : 0);
    }

    [Fact]
    public void Customers_are_counted_once_those_of_parts_too_and_their_names_are_no_reason()
    {
        Put(1, "Deployments need direct access to production systems");
        Put(2, "Label printers lose their queue in warehouses");
        Say(1, "a", "Contoso", "Contoso must not touch production");
        Say(1, "b", " contoso ", "Nobody at Contoso may");
        Say(2, "c", "Fabrikam", "Every night at Fabrikam");
        Find().Customers.ShouldBe(1);
        _index.Find("Contoso and Fabrikam want another colour").ShouldBeEmpty();

        _index.Put(Request(2, "Label printers lose their queue in warehouses") with { MergedInto = RequestId.FromNumber(1) });
        Find().Customers.ShouldBe(2);

        DuplicateCandidate Find() => _index.Find("direct access to production systems for deployments").Single();
    }

    [Fact]
    public void What_exists_and_what_is_planned_is_found_beside_the_requests()
    {
        Put(1, "Label printers lose their queue in warehouses");
        var feature = new ExistingFeature { Name = "Roles for pipelines", Description = "A pipeline deploys to production with a role of its own.", Link = "https://docs.example/roles" };
        var item = new RoadmapItem { Title = "Private networking", Description = "Build agents without a public address.", Area = "Deployment", Status = RoadmapStatus.Planned, Date = new RoadmapDate(2027, RoadmapPrecision.Quarter, 2) };
        _index.Answers.Put(feature);
        _index.Answers.Put(item);

        var found = _index.Find("Can a pipeline deploy to production with a role of its own?")[0];
        (found.Id.Kind, found.Link, found.Title).ShouldBe((CandidateKind.Feature, feature.Link, feature.Name));
        var planned = _index.Find("Our build agents may not have a public address, private networking is a must")[0];
        (planned.Id.Kind, planned.Planned, planned.Area).ShouldBe((CandidateKind.RoadmapItem, item.Date, item.Area));

        // Whoever asked for it first made a request of it: then that is what is offered, with the item's date.
        _index.Put(Request(7, item.Title) with { RoadmapItem = item.Row });
        var asked = _index.Find("Our build agents may not have a public address, private networking is a must")[0];
        (asked.Id.Value, asked.Planned).ShouldBe(("FR-7", item.Date));

        _index.FindLike(RequestId.FromNumber(7), At, new HashSet<CandidateId>()).ShouldNotContain(candidate => candidate.Id.Value == "FR-7", "it is no duplicate of itself");

        _index.Answers.Put(item with { Status = RoadmapStatus.Dropped });
        _index.Find("Our build agents may not have a public address, private networking is a must").ShouldAllBe(candidate => candidate.Id.Kind == CandidateKind.Request);
    }

    [Fact]
    public void A_request_does_not_find_itself_and_nothing_that_is_left_out()
    {
        Put(1, "Deployments need direct access to production systems");
        Put(2, "Direct access to production systems is needed for deployments");
        _index.FindLike(RequestId.FromNumber(1), At, new HashSet<CandidateId>()).Single().Id.Value.ShouldBe("FR-2");
        _index.FindLike(RequestId.FromNumber(1), At, new HashSet<CandidateId> { new("FR-2") }).ShouldBeEmpty();
        _index.Find("direct access to production systems", except: new HashSet<CandidateId> { new("FR-2") }).Single().Id.Value.ShouldBe("FR-1");
        _index.Search("production", 5).Count.ShouldBe(2);
        _index.Search("nothing of that kind", 5).ShouldBeEmpty();
        _index.Search("fr-2", 5).Single().Id.Value.ShouldBe("FR-2");
    }

    [Fact]
    public void What_was_said_not_to_be_the_same_is_not_offered_as_what_it_became_part_of()
    {
        const string Need = "Deployments need direct access to production systems";
        Put(1, Need);
        Put(2, Need);
        var not = new HashSet<CandidateId> { new("FR-2") };
        _index.Find(Need, except: not).Single().Id.Value.ShouldBe("FR-1");
        _index.Put(Request(2, Need) with { MergedInto = RequestId.FromNumber(1) });
        _index.Find(Need, except: not).ShouldBeEmpty();
        _index.Find(Need).Single().Id.Value.ShouldBe("FR-1");
    }

    [Fact]
    public void Of_a_planned_item_that_was_said_not_to_be_it_neither_is_the_request()
    {
        var item = new RoadmapItem { Title = "Private networking", Description = "Build agents without a public address", Area = "", Status = RoadmapStatus.Planned };
        _index.Answers.Put(item);
        _index.Put(Request(1, item.Title) with { RoadmapItem = item.Row });
        const string Asked = "They need private networking for build agents";
        _index.Find(Asked).Single().Id.Value.ShouldBe("FR-1");
        _index.Find(Asked, except: new HashSet<CandidateId> { new(item.Row) }).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_keeps_nobody_from_finding_the_others()
    {
        var store = new MemoryStore();
        var lanes = new LaneQueues(store, Options.Create(new FeedbackBotOptions { Tenant = "test" }), TimeProvider.System);
        var transaction = new StoreTransaction("test");
        transaction.Insert(FeedbackRequest.Row(RequestId.FromNumber(1)), Request(1, "Deployments need direct access to production systems"));
        transaction.Insert(new Entity(new EntityKey("test", FeedbackRequest.Row(RequestId.FromNumber(2))), 1, new Dictionary<string, string>(StringComparer.Ordinal) { ["json"] = "{" }));
        transaction.Insert(new Entity(new EntityKey("test", ExistingFeature.RowOf("x")), 1, new Dictionary<string, string>(StringComparer.Ordinal) { ["json"] = "{\"name\":1}" }));
        await store.CommitAsync(transaction, CancellationToken.None);
        using var index = new RequestIndex(store, lanes, NullLogger<RequestIndex>.Instance);
        await index.LoadAsync(CancellationToken.None);
        index.IsLoaded.ShouldBeTrue();
        index.Count.ShouldBe(1);
    }

    [Fact]
    public void Customers_are_counted_anew_with_each_submission_and_merge()
    {
        const string Need = "Deployments need direct access to production systems";
        Put(1, Need);
        Put(2, Need);
        Say(1, "a", "Contoso", "First.");
        Customers().ShouldBe([1, 0]);
        Say(1, "b", "contoso ", "Second.");
        Say(2, "c", "Northwind", "Third.");
        Customers().ShouldBe([1, 1]);
        _index.Put(Request(2, Need) with { MergedInto = RequestId.FromNumber(1) });
        Customers().ShouldBe([2]);
        Say(2, "d", "Fabrikam", "Fourth.");
        Customers().ShouldBe([3]);
        _index.Put(Request(2, Need));
        Customers().ShouldBe([1, 2]);
        _index.Remove(RequestId.FromNumber(2));
        Customers().ShouldBe([1]);

        List<int> Customers() => [.. _index.Find(Need).OrderBy(candidate => candidate.Id.Value, StringComparer.Ordinal).Select(candidate => candidate.Customers)];
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
        => _index.Put(Request(number, title) with
        {
            Response = response is null ? null : new RecordedResponse("r", response, Person, "Ana", At),
        });

    private void Say(int request, string id, string customer, string text) => _index.Put(new Submission
    {
        Id = new SubmissionId(id),
        Request = RequestId.FromNumber(request),
        Seller = Person,
        SellerName = "Sam",
        Customer = customer,
        Area = "General",
        Parts = [new DraftPart(Topic.Opening, "Customer is blocked", text, "", null)],
        Level = FeedbackLevel.Level300,
        Constraints = [],
        Thread = new ThreadReference("test", "w", "sellers", id),
        SubmittedAt = At,
    });

    private static FeedbackRequest Request(int number, string title) => new()
    {
        Id = RequestId.FromNumber(number),
        Title = title,
        Summary = title,
        Area = "General",
        CreatedAt = At,
        Card = new OutboxId("card"),
        TriageChannel = new ChannelReference("test", "w", "triage"),
    };
}
