using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Outbox;
using FeedbackBot.Core.Requests;
using FeedbackBot.Core.Storage;

namespace FeedbackBot.Core.Inbox;

/// <summary>
/// What one event reads, and what it wants to write, say and have done later. Nothing happens until the processor commits
/// all of it, with the event's own mark, in one transaction; where that finds that something read has changed, the handler
/// runs again on a new turn.
/// </summary>
public sealed class Turn(IStore store, string tenant, InboxMessage cause, DateTimeOffset now)
{
    // The smallest character of a key: behind FR-1 comes FR-10, which a larger one would pass over.
    private const char FirstInKeys = ' ';

    private readonly List<Action<StoreTransaction>> _writes = [];
    private readonly List<OutboxMessage> _sends = [];
    private readonly List<(InboxMessage Message, DateTimeOffset Due, LanePriority Priority)> _events = [];
    private readonly List<Action> _afterCommit = [];

    public DateTimeOffset Now { get; } = now;

    public InboxMessage Cause { get; } = cause;

    internal IReadOnlyList<OutboxMessage> Sends => _sends;

    internal IReadOnlyList<(InboxMessage Message, DateTimeOffset Due, LanePriority Priority)> Events => _events;

    public ValueTask<Stored<T>?> FindAsync<T>(string row, CancellationToken cancellationToken)
        where T : class, IStoredRecord
        => store.FindAsync<T>(new EntityKey(tenant, row), cancellationToken);

    /// <summary>The record, which must exist: another row names it.</summary>
    public async ValueTask<Stored<T>> GetAsync<T>(string row, CancellationToken cancellationToken)
        where T : class, IStoredRecord
        => await FindAsync<T>(row, cancellationToken) ?? throw new InvalidDataException($"The row '{row}' is missing.");

    /// <summary>Rows with <paramref name="prefix"/>, behind the row <paramref name="after"/> if given, at most <paramref name="limit"/>.</summary>
    public async Task<IReadOnlyList<Stored<T>>> PageAsync<T>(
        string prefix, string? after, int limit, CancellationToken cancellationToken)
        where T : class, IStoredRecord
    {
        var found = new List<Stored<T>>();
        string? continuation = null;
        do
        {
            var page = await store.QueryAsync(
                tenant, after is null ? prefix : after + FirstInKeys, prefix + "~", limit - found.Count, continuation, cancellationToken);
            found.AddRange(page.Entities.Select(StoredRecords.ToStored<T>));
            continuation = page.Continuation;
        }
        while (continuation is not null && found.Count < limit);
        return found;
    }

    public void Insert<T>(string row, T value)
        where T : class, IStoredRecord
        => _writes.Add(transaction => transaction.Insert(row, value));

    public void Upsert<T>(string row, T value)
        where T : class, IStoredRecord
        => _writes.Add(transaction => transaction.Upsert(row, value));

    public void Replace<T>(Stored<T> stored, T value)
        where T : class, IStoredRecord
        => _writes.Add(transaction => transaction.Replace(stored, value));

    public void Delete(string row) => _writes.Add(transaction => transaction.Delete(row));

    /// <summary>Sends a message.</summary>
    /// <param name="purpose">Unique among this turn's sends; with the cause it makes the send's id.</param>
    public OutboxId Send(
        string purpose, Destination destination, OutboundMessage message, LanePriority priority = LanePriority.Person)
        => Add(IdOf(purpose, destination), destination, new OutboxContent(message, null), priority);

    /// <summary>Sends a message once, whatever number of turns send it: an <paramref name="id"/> that is stored is left alone.</summary>
    /// <param name="brings">The thread whose conversation goes on under the message.</param>
    public void Send(OutboxId id, Destination destination, OutboundMessage message, LanePriority priority, ThreadReference? brings = null)
        => Add(id, destination, new OutboxContent(message, null), priority, brings);

    /// <summary>Sends a request's triage card, as the request is at the time of sending.</summary>
    public OutboxId SendCard(string purpose, Destination destination, RequestId request)
        => Add(IdOf(purpose, destination), destination, new OutboxContent(null, request), LanePriority.Normal);

    /// <summary>Says no to the person who acted, where only they see it.</summary>
    public void Refuse(InboxEvent.FromPerson act, string text)
        => Send("refusal", new Destination.Ephemeral(act.Thread, act.Person), new OutboundMessage.Refusal(text));

    /// <summary>
    /// Has <paramref name="happened"/> handled at <paramref name="due"/>, once for each <paramref name="id"/>, in a lane of its own:
    /// what keeps it apart from other work on the same rows is their versions.
    /// </summary>
    public void Post(string id, InboxEvent happened, DateTimeOffset due, LanePriority priority = LanePriority.Normal)
    {
        var key = KeyHash.Of("internal", id);
        _events.Add((new InboxMessage { Id = key, Event = happened, Lane = key, ReceivedAt = Now, TraceParent = Cause.TraceParent }, due, priority));
    }

    /// <summary>Something in this process only that follows from the commit, such as an index kept in memory.</summary>
    public void AfterCommit(Action act) => _afterCommit.Add(act);

    internal void Stage(StoreTransaction transaction)
    {
        foreach (var write in _writes)
        {
            write(transaction);
        }
    }

    internal void Committed()
    {
        foreach (var act in _afterCommit)
        {
            act();
        }
    }

    private OutboxId IdOf(string purpose, Destination destination) => OutboxId.For(Cause.Id, purpose, destination.ToString());

    private OutboxId Add(OutboxId id, Destination destination, OutboxContent content, LanePriority priority, ThreadReference? brings = null)
    {
        _sends.Add(new OutboxMessage
        {
            Id = id,
            Destination = destination,
            Content = content,
            Priority = priority,
            Brings = brings,
            EnqueuedAt = Now,
            TraceParent = Cause.TraceParent,
        });
        return id;
    }
}
