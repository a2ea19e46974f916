using FeedbackBot.Core;
using FeedbackBot.Core.Assessment;
using FeedbackBot.Core.Conversations;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Requests;
using FeedbackBot.Core.Storage;
using FeedbackBot.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace FeedbackBot.Benchmarks;

/// <summary>The product on a store of its own, with a number of requests in it.</summary>
internal static class SampleStore
{
    public const string Platform = "bench";
    private const string Tenant = "default";
    private const int RequestsPerCommit = 12;
    private const int CommitsAtOnce = 16;

    /// <summary>The product without its workers: what is to happen is called.</summary>
    public static ServiceProvider OpenProduct(string directory)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(TimeProvider.System);
        services.AddFeedbackBotCore();
        services.AddStorage(storage => storage.DataDirectory = directory);
        services.Configure<FeedbackBotOptions>(static options =>
        {
            foreach (var name in (string[])["General", "Deployment and infrastructure", "Identity and security"])
            {
                options.Areas.Add(new ProductAreaOptions { Name = name, TriagePlatform = Platform, TriageChannel = "triage" });
            }
        });
        return services.BuildServiceProvider();
    }

    /// <summary>Stores <paramref name="count"/> requests with a submission each, in the rows a conversation leaves behind.</summary>
    public static async Task FillAsync(IStore store, int count)
    {
        var texts = new SampleTexts(seed: 17);
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var pending = new Queue<Task<CommitResult>>();
        foreach (var numbers in Enumerable.Range(1, count).Chunk(RequestsPerCommit))
        {
            var transaction = new StoreTransaction(Tenant);
            foreach (var number in numbers)
            {
                Insert(transaction, texts, number, start.AddMinutes(number));
            }

            pending.Enqueue(store.CommitAsync(transaction, CancellationToken.None).AsTask());
            if (pending.Count == CommitsAtOnce)
            {
                await pending.Dequeue();
            }
        }

        await Task.WhenAll(pending);
        var counter = new StoreTransaction(Tenant);
        counter.Insert(RequestCounter.Row, new RequestCounter { Last = count });
        await store.CommitAsync(counter, CancellationToken.None);
    }

    private static void Insert(StoreTransaction transaction, SampleTexts texts, int number, DateTimeOffset at)
    {
        var request = texts.Request(number, at);
        var seller = new PersonReference(Platform, "w", $"seller-{number % 300}");
        var thread = new ThreadReference(Platform, "w", "sellers", $"old-{number}");
        var submission = new Submission
        {
            Id = new SubmissionId($"{at.UtcTicks:D19}-{number}"),
            Request = request.Id,
            Seller = seller,
            SellerName = "A seller",
            Customer = texts.Customer(),
            Area = request.Area,
            Parts = [new DraftPart(Topic.Confirm, "Feedback", request.Summary)],
            Level = FeedbackLevel.Level300,
            Constraints = [Constraint.Compliance],
            Thread = thread,
            SubmittedAt = at,
        };
        transaction.Insert(FeedbackRequest.Row(request.Id), request);
        transaction.Insert(OpenRequest.Row(request), new OpenRequest { Id = request.Id });
        transaction.Insert(Submission.Row(submission.Id), submission);
        transaction.Insert(SubmissionEntry.Row(request.Id, submission.Id), SubmissionEntry.Of(submission));
        transaction.Insert(SubmissionLink.SellerRow(seller, submission.Id), new SubmissionLink { Id = submission.Id });
        transaction.Insert(SubmissionLink.CustomerRow(submission.Customer, submission.Id), new SubmissionLink { Id = submission.Id });
        transaction.Insert(Core.Inbox.KnownThread.Row(thread), new Core.Inbox.KnownThread { Thread = thread });
        transaction.Insert(
            Conversation.Row(thread),
            new Conversation
            {
                Thread = thread,
                Seller = seller,
                SellerName = "A seller",
                Statements = [new Statement(Topic.Opening, StatementKind.Said, request.Summary)],
                State = ConversationState.Submitted,
                StartedAt = at,
                Request = request.Id,
                Submission = submission.Id,
            });
    }
}
