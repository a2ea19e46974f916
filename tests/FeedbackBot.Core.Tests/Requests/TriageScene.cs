using System.Globalization;
using FeedbackBot.Core.Assessment;
using FeedbackBot.Core.Conversations;
using FeedbackBot.Core.Deduplication;
using FeedbackBot.Core.Inbox;
using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Outbox;
using FeedbackBot.Core.Requests;
using FeedbackBot.Core.Storage;
using FeedbackBot.Core.Tests.Lanes;
using FeedbackBot.Core.Triage;
using FeedbackBot.Testing;

namespace FeedbackBot.Core.Tests.Requests;

/// <summary>A submission as its seller and a test know it.</summary>
internal sealed record Asked(SubmissionId Id, RequestId Request, ThreadReference Thread, string Customer);

/// <summary>Sellers and product managers at work on a store in memory; each act is one event, handled as in production.</summary>
internal sealed class TriageScene : IAsyncDisposable
{
    public const string OtherArea = "Billing";

    private static readonly Dictionary<string, IReadOnlyList<string>> NoForm = new(StringComparer.Ordinal);

    private readonly WatchedStore _store = new(new MemoryStore());
    private int _threads;
    private int _events;

    public TriageScene() => Instance = new Instance(_store, Platform, Time, otherArea: OtherArea);

    public FakeTime Time { get; } = new();

    public FakePlatform Platform { get; } = new();

    public Instance Instance { get; }

    public static PersonReference Ana => Instance.Person("ana");

    /// <summary>The last refusal, empty if there was none.</summary>
    public string Refusal => Platform.Arrivals.Select(arrival => arrival.Message).OfType<OutboundMessage.Refusal>().LastOrDefault()?.Text ?? "";

    /// <summary>Each answer that was told, with the submission it was told for and the thread it was told in.</summary>
    public IReadOnlyList<(string Submission, string Answer, ThreadReference Thread, OutboundMessage.Answer Message)> Told =>
    [
        .. from arrival in Platform.Arrivals
           where arrival is { Message: OutboundMessage.Answer, Destination: Destination.Reply }
           let subject = arrival.Message.Subject!.Id.Split(':')
           select (subject[0], subject[1], ((Destination.Reply)arrival.Destination).Thread, (OutboundMessage.Answer)arrival.Message),
    ];

    public ValueTask DisposeAsync() => Instance.DisposeAsync();

    /// <summary>A seller asks, for a new request, as one of <paramref name="joins"/>, or for what is <paramref name="sameAs"/>.</summary>
    public async Task<Asked> AskAsync(
        string customer, RequestId? joins = null, string issue = "The export stops at 10 GB", string area = "General", CandidateId? sameAs = null)
    {
        var thread = FakePlatform.Thread($"seller-{++_threads}");
        var conversation = new Conversation
        {
            Thread = thread,
            Seller = Instance.Person("sam"),
            SellerName = "Sam",
            State = ConversationState.Confirming,
            Statements =
            [
                new Statement(Topic.Opening, StatementKind.Said, issue),
                new Statement(Topic.SpecificIssue, StatementKind.Said, issue),
                new Statement(Topic.Customer, StatementKind.Said, customer),
                new Statement(Topic.ProductArea, StatementKind.Said, area),
                .. (sameAs ?? (joins is { } request ? new CandidateId(request) : null)) is { } same ? [new Statement(Topic.Duplicate, StatementKind.Chosen, same.Value)] : Array.Empty<Statement>(),
            ],
            EscalationReason = "Their board decides on Friday.",
            Turn = 1,
            StartedAt = Time.GetUtcNow(),
        };
        var transaction = new StoreTransaction(Instance.Tenant);
        transaction.Insert(Conversation.Row(thread), conversation);
        await _store.CommitAsync(transaction, CancellationToken.None);
        await PressAsync(thread, new Subject(SubjectKind.Conversation, new ConversationTurn(thread.Hash(), 1).ToString()), ActionNames.Submit, by: Instance.Person("sam"));
        conversation = await Instance.GetAsync<Conversation>(Conversation.Row(thread));
        var submission = await Instance.GetAsync<Submission>(Submission.Row(conversation.Submission!.Value));
        return new Asked(submission.Id, submission.Request, thread, customer);
    }

    /// <summary>The seller says what is at stake.</summary>
    public async Task StakeAsync(Asked asked, string stake)
    {
        Time.Advance(TimeSpan.FromSeconds(1));
        var id = NextEvent();
        await Instance.Intake.AcceptAsync(
            new InboxEvent.TextPosted(asked.Thread, Instance.Person("sam"), "Sam", id, stake, Starts: false), [id], null, CancellationToken.None);
        await HandleAsync(asked.Thread);
    }

    /// <summary>A product manager says that a request is the same as another.</summary>
    public Task MergeAsync(RequestId source, RequestId target, PersonReference? by = null)
        => PressAsync(NewThread(), Subject(source), ActionNames.Merge, target.Value, by: by);

    public Task UnmergeAsync(RequestId source, PersonReference? by = null)
        => PressAsync(NewThread(), Subject(source), ActionNames.Unmerge, by: by);

    /// <summary>A product manager answers; gives the answer's id, whether it was taken or not.</summary>
    public Task<string> AnswerAsync(RequestId request, string planned = "Exports of any size.")
        => PressAsync(NewThread(), Subject(request), ActionNames.Answer, form: new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)
        {
            [ResponseForm.Category] = [nameof(ResponseCategory.OnRoadmap)],
            ["date"] = ["Q2 2027"],
            ["planned"] = [planned],
            ["workaround"] = ["none known"],
        });

    /// <summary>The seller says what became of an answer.</summary>
    public Task OutcomeAsync(Asked asked, string answer, string action)
        => PressAsync(
            asked.Thread,
            new Subject(SubjectKind.Submission, $"{asked.Id}:{answer}"),
            action,
            by: Instance.Person("sam"),
            form: action == ActionNames.StillBlocked ? new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["facts"] = ["It failed their audit."] } : null);

    /// <summary>Presses a button and has that handled, and nothing that follows from it; gives the event's id.</summary>
    public async Task<string> PressAsync(
        ThreadReference thread,
        Subject subject,
        string action,
        string? value = null,
        IReadOnlyDictionary<string, IReadOnlyList<string>>? form = null,
        PersonReference? by = null)
    {
        Time.Advance(TimeSpan.FromSeconds(1));
        var id = NextEvent();
        var pressed = new InboxEvent.ActionPressed(thread, by ?? Ana, (by ?? Ana).PersonId, subject, action, value, form ?? NoForm);
        await Instance.Intake.AcceptAsync(pressed, [id], null, CancellationToken.None);
        await HandleAsync(thread);
        return KeyHash.Of(id);
    }

    /// <summary>Has <paramref name="act"/> happen once between what the next turn reads and its commit.</summary>
    public void Meanwhile(Func<Task> act)
        => _store.BeforeCommit = transaction =>
        {
            // A turn's commit marks its event handled; the commits before it take the event in, and the lane.
            var isTurn = transaction.Writes.ToArray().Any(write => write is { Kind: StoreWriteKind.Replace } && write.Row.StartsWith("inbox|", StringComparison.Ordinal));
            if (!isTurn)
            {
                return Task.CompletedTask;
            }

            _store.BeforeCommit = static _ => Task.CompletedTask;
            return act();
        };

    /// <summary>Has <paramref name="look"/> see every transaction before its commit; null for no more.</summary>
    public void Watch(Action<StoreTransaction>? look)
        => _store.BeforeCommit = transaction =>
        {
            look?.Invoke(transaction);
            return Task.CompletedTask;
        };

    /// <summary>Works off one item of one lane, whichever comes first; false if nothing is due.</summary>
    public async Task<bool> WorkOnceAsync(Random random)
    {
        var lanes = await Instance.Lanes.In.DueLanesAsync(IStore.MaxPageSize, CancellationToken.None);
        if (lanes.Count == 0)
        {
            return false;
        }

        await HandleAsync(lanes[random.Next(lanes.Count)]);
        return true;
    }

    public async Task<TriageCardContent> CardAsync(RequestId request) => (await MessageAsync(request)).Content;

    public async Task<OutboundMessage.TriageCard> MessageAsync(RequestId request)
        => (OutboundMessage.TriageCard)await Instance.Cards.BuildAsync(request, CancellationToken.None);

    public Task<FeedbackRequest> RequestAsync(RequestId request) => Instance.GetAsync<FeedbackRequest>(FeedbackRequest.Row(request));

    /// <summary>What the request's history says, in order.</summary>
    public async Task<IReadOnlyList<string>> HistoryAsync(RequestId request)
        => [.. (await Instance.AllAsync<HistoryEntry>(HistoryEntry.Prefix(request))).Select(entry => entry.Value.What)];

    /// <summary>The requests that wait for an answer.</summary>
    public async Task<IReadOnlyList<RequestId>> OpenAsync()
        => [.. (await Instance.AllAsync<OpenRequest>("open|")).Select(open => open.Value.Id).OrderBy(id => id.Value, StringComparer.Ordinal)];

    /// <summary>Which submissions heard an answer, in the order they were submitted.</summary>
    public IReadOnlyList<string> WhoHeard(string answer)
        => [.. Told.Where(told => told.Answer == answer).Select(told => told.Submission).Order(StringComparer.Ordinal)];

    private static Subject Subject(RequestId request) => new(SubjectKind.Request, request.Value);

    private string NextEvent() => string.Create(CultureInfo.InvariantCulture, $"event-{++_events}");

    private ThreadReference NewThread() => FakePlatform.Thread($"card-{++_threads}");

    private Task HandleAsync(ThreadReference thread) => HandleAsync(thread.Hash());

    private async Task HandleAsync(string lane)
    {
        if (await Instance.Lanes.In.ClaimAsync(lane, CancellationToken.None) is { } lease)
        {
            while (lease is not null)
            {
                lease = await Instance.Inbox.HandleAsync(lease, CancellationToken.None);
            }
        }
    }
}
