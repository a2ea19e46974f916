using System.Collections.Concurrent;
using FeedbackBot.Core.Assessment;
using FeedbackBot.Core.Conversations;
using FeedbackBot.Core.Deduplication;
using FeedbackBot.Core.Inbox;
using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Outbox;
using FeedbackBot.Core.Requests;
using FeedbackBot.Core.Storage;
using FeedbackBot.Core.Triage;
using FeedbackBot.Host.Playground;
using FeedbackBot.Host.Tests.Flows;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace FeedbackBot.Host.Tests.Playground;

/// <summary>Another platform beside the Playground, and what its people have left in the same store.</summary>
internal sealed class Elsewhere : IChatPlatform
{
    public const string Platform = "elsewhere";

    private static readonly DateTimeOffset Then = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);
    private static readonly ChannelReference Channel = new(Platform, "T1", "C-triage");
    private static readonly PersonReference Seller = new(Platform, "T1", "U-sandra");
    private static readonly ThreadReference CardThread = new(Platform, "T1", "C-triage", "1.1");

    private readonly ConcurrentQueue<Delivery> _arrivals = [];

    /// <summary>A request of their own: its card is in their triage channel.</summary>
    public static RequestId Own { get; } = RequestId.FromNumber(100);

    public static ThreadReference Thread { get; } = new(Platform, "T1", "C-sellers", "2.2");

    public string Name => Platform;

    public IReadOnlyList<Delivery> Arrivals => [.. _arrivals];

    public Task<DeliveryResult> SendAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        _arrivals.Enqueue(delivery);
        return Task.FromResult<DeliveryResult>(new DeliveryResult.Delivered(delivery.Updates ?? new MessageReference(Thread, delivery.Id.Value)));
    }

    public ValueTask<bool> IsMemberAsync(ChannelReference channel, PersonReference person, CancellationToken cancellationToken)
        => ValueTask.FromResult(true);

    /// <summary>
    /// Stores a conversation with its submission on a request of their own, answered there, with what was sent and what waits
    /// for days.
    /// </summary>
    public static async Task LiveAsync(RunningHost host)
    {
        var lanes = host.App.Services.GetRequiredService<LaneQueues>();
        var card = new OutboxId("elsewhere-card");
        var request = new FeedbackRequest
        {
            Id = Own,
            Title = Scenes.Article["SpecificIssue"],
            Summary = string.Join(' ', Scenes.Article.Values),
            Area = "General",
            CreatedAt = Then,
            Card = card,
            TriageChannel = Channel,
        };
        var transaction = new StoreTransaction(lanes.Tenant);
        transaction.Insert(FeedbackRequest.Row(Own), request);
        transaction.Insert(OpenRequest.Row(request), new OpenRequest { Id = Own });
        transaction.Insert(
            HistoryEntry.Row(Own, Then, "cause"), new HistoryEntry { At = Then, By = Seller, ByName = "Sandra", What = "Asked for it first." });
        transaction.Insert(
            OutboxMessage.Row(card),
            new OutboxMessage
            {
                Id = card,
                Destination = new Destination.NewThread(Channel),
                Content = new OutboxContent(null, Own),
                EnqueuedAt = Then,
                Status = OutboxStatus.Delivered,
                Delivered = new MessageReference(CardThread, "1.1"),
            });
        transaction.Insert(KnownThread.Row(CardThread), new KnownThread { Thread = CardThread, Card = Own });
        transaction.Insert(KnownThread.Row(Thread), new KnownThread { Thread = Thread });
        transaction.Insert(Conversation.Row(Thread), Talk(Thread, ConversationState.Submitted) with { Request = Own });
        transaction.Insert(
            InboxMessage.Row("elsewhere-handled"),
            new InboxMessage
            {
                Id = "elsewhere-handled",
                Event = new InboxEvent.TextPosted(Thread, Seller, "Sandra", "2.2", "Help.", Starts: true),
                Lane = Thread.Hash(),
                ReceivedAt = Then,
                Status = InboxStatus.SetAside,
            });
        transaction.Insert(
            DeadLetter.Row(Then, "elsewhere-handled"), new DeadLetter { Id = "elsewhere-handled", Kind = LaneKind.In, At = Then, Reason = "No reason." });
        Stage(transaction, Own, "a");
        await StageWaitingAsync(lanes, transaction);
        await CommitAsync(host, transaction);
        host.App.Services.GetRequiredService<RequestIndex>().Put(request);
    }

    /// <summary>One more of their sellers' submissions, on any request.</summary>
    public static async Task SubmitAsync(RunningHost host, string request, string id)
    {
        var transaction = new StoreTransaction(host.App.Services.GetRequiredService<LaneQueues>().Tenant);
        Stage(transaction, new RequestId(request), id);
        await CommitAsync(host, transaction);
    }

    /// <summary>Submissions of the Playground's sellers on their own request, as many as asked for.</summary>
    public static async Task ShareAsync(RunningHost host, int submissions)
    {
        for (var number = 0; number < submissions; number++)
        {
            var transaction = new StoreTransaction(host.App.Services.GetRequiredService<LaneQueues>().Tenant);
            Stage(transaction, Own, $"shared-{number}", PlaygroundChannels.Thread("sellers", $"u{number}"), PlaygroundChannels.Person("sam"));
            await CommitAsync(host, transaction);
        }
    }

    /// <summary>One of their sellers has said that it is <paramref name="request"/>, and looks at the draft.</summary>
    public static async Task JoinAsync(RunningHost host, string request)
    {
        var thread = Thread with { ThreadId = $"joins {request}" };
        var transaction = new StoreTransaction(host.App.Services.GetRequiredService<LaneQueues>().Tenant);
        transaction.Insert(
            Conversation.Row(thread),
            Talk(thread, ConversationState.Confirming) with { Statements = [new Statement(Topic.Duplicate, StatementKind.Chosen, request)] });
        await CommitAsync(host, transaction);
    }

    private static Conversation Talk(ThreadReference thread, ConversationState state)
        => new() { Thread = thread, Seller = Seller, SellerName = "Sandra", State = state, StartedAt = Then };

    private static void Stage(StoreTransaction transaction, RequestId request, string id)
        => Stage(transaction, request, id, Thread, Seller);

    private static void Stage(StoreTransaction transaction, RequestId request, string id, ThreadReference thread, PersonReference seller)
    {
        var submission = new Submission
        {
            Id = new SubmissionId($"elsewhere-{id}"),
            Request = request,
            Seller = seller,
            SellerName = "Sandra",
            Customer = "Tailspin",
            Area = "General",
            Parts = [],
            Level = FeedbackLevel.Level300,
            Constraints = [],
            Thread = thread,
            SubmittedAt = Then,
        };
        transaction.Insert(Submission.Row(submission.Id), submission);
        transaction.Insert(SubmissionEntry.Row(request, submission.Id), SubmissionEntry.Of(submission));
        transaction.Insert(SubmissionLink.SellerRow(seller, submission.Id), new SubmissionLink { Id = submission.Id });
        transaction.Insert(SubmissionLink.CustomerRow("Tailspin", submission.Id), new SubmissionLink { Id = submission.Id });
    }

    /// <summary>A timer and a message that are due in days only, so that nobody touches them meanwhile.</summary>
    private static async Task StageWaitingAsync(LaneQueues lanes, StoreTransaction transaction)
    {
        var due = TimeProvider.System.GetUtcNow().AddDays(30);
        var timer = new InboxMessage
        {
            Id = "elsewhere-timer",
            Event = new InboxEvent.ConversationTimer(Thread, Then.UtcTicks, 1),
            Lane = "elsewhere-timer",
            ReceivedAt = Then,
        };
        var relay = new InboxMessage { Id = "elsewhere-relay", Event = new InboxEvent.RelayStep(Own, "answer", null), Lane = "elsewhere-relay", ReceivedAt = Then };
        await lanes.StageEventsAsync(transaction, [(timer, due, LanePriority.Bulk), (relay, due, LanePriority.Normal)], CancellationToken.None);
        var send = new OutboxMessage
        {
            Id = new OutboxId("elsewhere-reply"),
            Destination = new Destination.Reply(Thread),
            Content = new OutboxContent(new OutboundMessage.Notice("Later."), null),
            EnqueuedAt = due,
        };
        await lanes.StageSendsAsync(transaction, [send], CancellationToken.None);
    }

    private static async Task CommitAsync(RunningHost host, StoreTransaction transaction)
        => (await host.App.Services.GetRequiredService<IStore>().CommitAsync(transaction, CancellationToken.None)).ShouldBeOfType<CommitResult.Committed>();
}
