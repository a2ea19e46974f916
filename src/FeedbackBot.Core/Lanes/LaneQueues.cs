using FeedbackBot.Core.Inbox;
using FeedbackBot.Core.Outbox;
using FeedbackBot.Core.Storage;
using Microsoft.Extensions.Options;

namespace FeedbackBot.Core.Lanes;

/// <summary>The inbox's and the outbox's lanes of this deployment, and the bell that wakes this process's workers.</summary>
public sealed class LaneQueues
{
    private readonly SequenceClock _sequence;

    public LaneQueues(IStore store, IOptions<FeedbackBotOptions> options, TimeProvider time)
    {
        var work = options.Value.Work;
        var owner = Guid.NewGuid().ToString("n");
        Tenant = options.Value.Tenant;
        In = new LaneQueue(LaneKind.In, store, Tenant, owner, TimeSpan.FromSeconds(work.LeaseSeconds), time);
        Out = new LaneQueue(LaneKind.Out, store, Tenant, owner, TimeSpan.FromSeconds(work.LeaseSeconds), time);
        _sequence = new SequenceClock(time);
    }

    public string Tenant { get; }

    public LaneQueue In { get; }

    public LaneQueue Out { get; }

    /// <summary>Rung after a commit that brought events.</summary>
    public WorkBell InBell { get; } = new();

    /// <summary>Rung after a commit that brought sends.</summary>
    public WorkBell OutBell { get; } = new();

    public EntityKey Key(string row) => new(Tenant, row);

    /// <summary>Stages events: their rows and their places in their lanes.</summary>
    public async Task StageEventsAsync(
        StoreTransaction transaction,
        IReadOnlyList<(InboxMessage Message, DateTimeOffset Due, LanePriority Priority)> events,
        CancellationToken cancellationToken)
    {
        foreach (var (message, _, _) in events)
        {
            transaction.Insert(InboxMessage.Row(message.Id), message);
        }

        await In.StageAsync(
            transaction,
            [.. events.Select(item => new LaneEntry(
                item.Message.Lane, _sequence.Next(), new LaneItem { ItemId = item.Message.Id }, item.Priority, item.Due))],
            cancellationToken);
    }

    /// <summary>Stages sends: their rows and their places in their lanes.</summary>
    public async Task StageSendsAsync(
        StoreTransaction transaction, IReadOnlyList<OutboxMessage> sends, CancellationToken cancellationToken)
    {
        foreach (var send in sends)
        {
            transaction.Insert(OutboxMessage.Row(send.Id), send);
        }

        await Out.StageAsync(transaction, [.. sends.Select(EntryFor)], cancellationToken);
    }

    /// <summary>Stages a send that is stored already back into its lane.</summary>
    public Task StageAgainAsync(StoreTransaction transaction, OutboxMessage send, CancellationToken cancellationToken)
        => Out.StageAsync(transaction, [EntryFor(send)], cancellationToken);

    /// <summary>Stages an event that is stored already back into its lane.</summary>
    public Task StageAgainAsync(
        StoreTransaction transaction, InboxMessage message, DateTimeOffset due, CancellationToken cancellationToken)
        => In.StageAsync(
            transaction,
            [new LaneEntry(message.Lane, _sequence.Next(), new LaneItem { ItemId = message.Id }, LanePriority.Person, due)],
            cancellationToken);

    /// <summary>Has the items' places follow a clock that went back; see <see cref="SequenceClock.StartAgain"/>.</summary>
    public void StartSequenceAgain() => _sequence.StartAgain();

    private LaneEntry EntryFor(OutboxMessage send)
    {
        var updates = send.Destination is Destination.Update update ? update.Original.Value : null;
        return new LaneEntry(
            send.Destination.Lane(send.Id),
            _sequence.Next(),
            new LaneItem { ItemId = send.Id.Value, Updates = updates },
            send.Priority,
            send.EnqueuedAt);
    }
}
