using FeedbackBot.Core.Assessment;
using FeedbackBot.Core.Conversations;
using FeedbackBot.Core.Deduplication;
using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Outbox;
using FeedbackBot.Core.Requests;
using FeedbackBot.Core.Storage;
using FeedbackBot.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace FeedbackBot.Core.Tests.Requests;

/// <summary>Requests and submissions as they are stored, and an index that is told each of their changes.</summary>
internal sealed class IndexedRequests : IDisposable
{
    private const string Tenant = "test";

    // Nothing is loaded here, so no store is asked.
    public RequestIndex Index { get; } = new(null!, null!, NullLogger<RequestIndex>.Instance);

    public Dictionary<RequestId, FeedbackRequest> Requests { get; } = [];

    public Dictionary<SubmissionId, Submission> Submissions { get; } = [];

    public void Dispose() => Index.Dispose();

    public void Put(RequestId id, string title, string summary, DateTimeOffset created = default)
        => Put(new FeedbackRequest
        {
            Id = id,
            Title = title,
            Summary = summary,
            Area = "General",
            CreatedAt = created,
            Card = new OutboxId("card"),
            TriageChannel = new ChannelReference("test", "w", "triage"),
        });

    public void Put(FeedbackRequest request)
    {
        Requests[request.Id] = request;
        Index.Put(request);
    }

    public void Merge(RequestId source, RequestId? target) => Put(Requests[source] with { MergedInto = target });

    public void Submit(SubmissionId id, RequestId request, params string[] texts)
        => Put(new Submission
        {
            Id = id,
            Request = request,
            Seller = new PersonReference("test", "w", "sam"),
            SellerName = "Sam",
            Customer = "",
            Area = "General",
            Parts = [.. texts.Select(text => new DraftPart(Topic.SpecificIssue, "Issue", text))],
            Level = FeedbackLevel.Level200,
            Constraints = [],
            Thread = new ThreadReference("test", "w", "c", "t"),
            SubmittedAt = default,
        });

    public void Put(Submission submission)
    {
        Submissions[submission.Id] = submission;
        Index.Put(submission);
    }

    public void Erase(RequestId id)
    {
        Requests.Remove(id);
        foreach (var submission in Submissions.Values.Where(submission => submission.Request == id).ToList())
        {
            Submissions.Remove(submission.Id);
        }

        Index.Remove(id);
    }

    public RequestId RootOf(RequestId id)
    {
        while (Requests[id].MergedInto is { } target && Requests.ContainsKey(target))
        {
            id = target;
        }

        return id;
    }

    /// <summary>An index of the same, by puts in some other order.</summary>
    public RequestIndex PutAnew(Random random)
    {
        var index = new RequestIndex(null!, null!, NullLogger<RequestIndex>.Instance);
        var requests = Requests.Values.OrderBy(request => request.Id.Value, StringComparer.Ordinal).ToArray();
        var submissions = Submissions.Values.OrderBy(submission => submission.Id.Value, StringComparer.Ordinal).ToArray();
        random.Shuffle(requests);
        random.Shuffle(submissions);
        var byRequest = submissions.ToLookup(submission => submission.Request);
        foreach (var request in requests)
        {
            index.Put(request);
            foreach (var submission in byRequest[request.Id])
            {
                index.Put(submission);
            }
        }

        return index;
    }

    /// <summary>An index of the same, as the service makes it at its start.</summary>
    public async Task<RequestIndex> LoadAnewAsync()
    {
        var store = new MemoryStore();
        foreach (var request in Requests.Values)
        {
            var transaction = new StoreTransaction(Tenant);
            transaction.Insert(FeedbackRequest.Row(request.Id), request);
            await store.CommitAsync(transaction, CancellationToken.None);
        }

        foreach (var submission in Submissions.Values)
        {
            var transaction = new StoreTransaction(Tenant);
            transaction.Insert(Submission.Row(submission.Id), submission);
            await store.CommitAsync(transaction, CancellationToken.None);
        }

        var index = new RequestIndex(store, new LaneQueues(store, Options.Create(new FeedbackBotOptions { Tenant = Tenant }), TimeProvider.System), NullLogger<RequestIndex>.Instance);
        await index.LoadAsync(CancellationToken.None);
        return index;
    }
}
