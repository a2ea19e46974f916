using System.Globalization;
using FeedbackBot.Core.Storage;

namespace FeedbackBot.Core.Lanes;

/// <summary>
/// Work in lanes, on the store: items of a lane are worked off one at a time and in order, whichever instance does it, and
/// a lane that waits costs nothing. Everything is staged into the caller's transaction, so that an item enters or leaves its
/// lane together with what it stands for.
/// </summary>
public sealed class LaneQueue(LaneKind kind, IStore store, string tenant, string owner, TimeSpan lease, TimeProvider time)
{
    /// <summary>How long a claim lasts. The work on one item must end, or give up, within half of it.</summary>
    public TimeSpan Lease { get; } = lease;

    /// <summary>Stages <paramref name="entries"/>: their rows, and their lanes made due.</summary>
    public async Task StageAsync(StoreTransaction transaction, IReadOnlyList<LaneEntry> entries, CancellationToken cancellationToken)
    {
        var lanes = entries.GroupBy(entry => entry.Lane, StringComparer.Ordinal).ToList();
        var found = await Task.WhenAll(lanes.Select(
            lane => store.FindAsync<LaneState>(Key(LaneKeys.Lane(kind, lane.Key)), cancellationToken).AsTask()));
        foreach (var (lane, state) in lanes.Zip(found))
        {
            foreach (var entry in lane)
            {
                transaction.Insert(LaneKeys.Item(kind, lane.Key, entry.Sequence), entry.Item);
            }

            var due = lane.Min(entry => entry.Due);
            var priority = lane.Min(entry => entry.Priority);
            if (state is null)
            {
                var first = new LaneState { Priority = priority, Due = due };
                transaction.Insert(LaneKeys.Lane(kind, lane.Key), first);
                transaction.Insert(LaneKeys.Due(kind, first, lane.Key), new DueMark());
            }
            else
            {
                // A lane in work is replaced too, unchanged: its worker then sees at its next commit that there is more.
                var next = state.Value.Owner is not null ? state.Value : state.Value with
                {
                    Priority = Min(priority, state.Value.Priority),
                    Due = Min(state.Value.Due, Max(due, state.Value.NotBefore ?? due)),
                };
                StageState(transaction, state, next, lane.Key);
            }
        }
    }

    /// <summary>Lanes that are due now, the most urgent first, at most <paramref name="limit"/>.</summary>
    public async Task<IReadOnlyList<string>> DueLanesAsync(int limit, CancellationToken cancellationToken)
    {
        var lanes = new List<string>();
        var now = time.GetUtcNow().AddTicks(1);
        foreach (var priority in Enum.GetValues<LanePriority>())
        {
            if (lanes.Count < limit)
            {
                var page = await store.QueryAsync(
                    tenant, LaneKeys.Due(kind, priority), LaneKeys.Due(kind, priority, now), limit - lanes.Count, null, cancellationToken);
                lanes.AddRange(page.Entities.Select(entity => entity.Key.Row[(entity.Key.Row.LastIndexOf('|') + 1)..]));
            }
        }

        return lanes;
    }

    /// <summary>When the next lane is due, null if none waits.</summary>
    public async Task<DateTimeOffset?> NextDueAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset? next = null;
        foreach (var priority in Enum.GetValues<LanePriority>())
        {
            var prefix = LaneKeys.Due(kind, priority);
            var page = await store.QueryAsync(tenant, prefix, prefix + "~", 1, null, cancellationToken);
            foreach (var entity in page.Entities)
            {
                var ticks = long.Parse(entity.Key.Row.AsSpan(prefix.Length, 19), CultureInfo.InvariantCulture);
                var due = new DateTimeOffset(ticks, TimeSpan.Zero);
                next = next is null ? due : Min(next.Value, due);
            }
        }

        return next;
    }

    /// <summary>Takes the lane, or gives null where another has it or nothing is due in it.</summary>
    public async Task<LaneLease?> ClaimAsync(string lane, CancellationToken cancellationToken)
    {
        while (true)
        {
            // The lane before its first item: a commit on this version of the lane then proves that the item was still the first.
            var state = await store.FindAsync<LaneState>(Key(LaneKeys.Lane(kind, lane)), cancellationToken);
            var now = time.GetUtcNow();
            if (state is null || state.Value.Due > now)
            {
                return null;
            }

            // An item that was begun stays the first, whatever came in before it from a clock that lags: how often it was tried,
            // and that its outcome is unknown, is kept for one item only.
            var begun = state.Value.Current is { } current
                ? await store.FindAsync<LaneItem>(Key(LaneKeys.Item(kind, lane, current)), cancellationToken)
                : null;
            var head = begun ?? await HeadAsync(lane, except: null, cancellationToken);
            var transaction = new StoreTransaction(tenant);
            if (head is null)
            {
                // Only a lane whose last item was taken away by hand (an erasure) comes here.
                StageEnd(transaction, state, lane);
                await store.CommitAsync(transaction, cancellationToken);
                return null;
            }

            var isSame = state.Value.Current == SequenceOf(head);
            var next = state.Value with
            {
                Owner = owner,
                Token = state.Value.Token + 1,
                Due = now + Lease,
                NotBefore = null,
                Current = SequenceOf(head),
                Attempts = isSame ? state.Value.Attempts + 1 : 1,
                OutcomeUnknown = isSame && (state.Value.OutcomeUnknown || state.Value.Owner is not null),
            };
            StageState(transaction, state, next, lane);
            if (await store.CommitAsync(transaction, cancellationToken) is CommitResult.Committed committed)
            {
                return new LaneLease(lane, Renewed(state, next, committed), head);
            }

            // Another took it, or only more came in, which must not leave the lane waiting for the next look.
        }
    }

    /// <summary>
    /// Stages that the lease's item is done: it leaves its lane, the lane goes on with the next item or ends. After the
    /// commit, <see cref="LaneStep.After"/> gives the lease for the next item.
    /// </summary>
    public async Task<LaneStep> StageDoneAsync(StoreTransaction transaction, LaneLease lease, CancellationToken cancellationToken)
    {
        transaction.Delete(lease.Head.Key.Row, lease.Head.ETag);
        var head = await HeadAsync(lease.Lane, lease.Head.Key.Row, cancellationToken);
        if (head is null)
        {
            StageEnd(transaction, lease.State, lease.Lane);
            return new LaneStep(null, null, null);
        }

        var now = time.GetUtcNow();
        var next = lease.State.Value with { Current = SequenceOf(head), Attempts = 1, OutcomeUnknown = false };
        next = next.Due - now < Lease * 0.75 ? next with { Due = now + Lease } : next;
        StageState(transaction, lease.State, next, lease.Lane);
        return new LaneStep(lease, next, head);
    }

    /// <summary>Stages that the lease ends with its item undone, to be begun again at <paramref name="dueAt"/>.</summary>
    /// <param name="outcomeUnknown">Whether the attempt may have had its effect.</param>
    /// <param name="countAttempt">False takes the attempt back, where it says nothing about the item.</param>
    public void StageRetry(
        StoreTransaction transaction, LaneLease lease, DateTimeOffset dueAt, bool outcomeUnknown, bool countAttempt = true)
    {
        var state = lease.State.Value;
        StageState(
            transaction,
            lease.State,
            state with
            {
                Owner = null,
                Due = dueAt,
                NotBefore = dueAt,
                OutcomeUnknown = state.OutcomeUnknown || outcomeUnknown,
                Attempts = countAttempt ? state.Attempts : state.Attempts - 1,
            },
            lease.Lane);
    }

    /// <summary>Gives the lane back with its item not begun.</summary>
    public async Task ReleaseAsync(LaneLease lease, CancellationToken cancellationToken)
    {
        if (await RenewAsync(lease, cancellationToken) is { } current)
        {
            var transaction = new StoreTransaction(tenant);
            StageRetry(transaction, current, time.GetUtcNow(), outcomeUnknown: false, countAttempt: false);

            // A conflict means that items came in behind: the lane is then found when the lease ends.
            await store.CommitAsync(transaction, cancellationToken);
        }
    }

    /// <summary>
    /// The lease as the store has it now (a newer version, if items came in behind), with its full time again;
    /// null if it was lost, or the lane has left its item behind.
    /// </summary>
    public async Task<LaneLease?> RenewAsync(LaneLease lease, CancellationToken cancellationToken)
    {
        while (true)
        {
            var state = await store.FindAsync<LaneState>(lease.State.Key, cancellationToken);
            if (state is null || !IsHeld(state.Value, lease) || state.Value.Current != SequenceOf(lease.Head))
            {
                return null;
            }

            var now = time.GetUtcNow();
            if (state.Value.Due - now >= Lease * 0.75)
            {
                return lease with { State = state };
            }

            var next = state.Value with { Due = now + Lease };
            var transaction = new StoreTransaction(tenant);
            StageState(transaction, state, next, lease.Lane);
            if (await store.CommitAsync(transaction, cancellationToken) is CommitResult.Committed committed)
            {
                return lease with { State = Renewed(state, next, committed) };
            }
        }
    }

    /// <summary>
    /// The lease after a commit of which it is unknown whether it was taken: for the lease's item, or for the next one, if
    /// its item is done; null if the lane ended or was lost.
    /// </summary>
    public async Task<LaneLease?> ResumeAsync(LaneLease lease, CancellationToken cancellationToken)
    {
        var state = await store.FindAsync<LaneState>(lease.State.Key, cancellationToken);
        if (state is not { Value.Current: { } current } || !IsHeld(state.Value, lease))
        {
            return null;
        }

        var head = await store.FindAsync<LaneItem>(Key(LaneKeys.Item(kind, lease.Lane, current)), cancellationToken);
        return head is null ? null : await RenewAsync(lease with { Head = head }, cancellationToken);
    }

    /// <summary>The items behind the lease's own, at most <paramref name="limit"/>.</summary>
    public async Task<IReadOnlyList<LaneItem>> BehindAsync(LaneLease lease, int limit, CancellationToken cancellationToken)
    {
        var page = await store.QueryAsync(
            tenant, lease.Head.Key.Row + "~", LaneKeys.Items(kind, lease.Lane) + "~", limit, null, cancellationToken);
        return [.. page.Entities.Select(entity => StoredRecords.ToStored<LaneItem>(entity).Value)];
    }

    internal static Stored<LaneState> Renewed(Stored<LaneState> before, LaneState next, CommitResult.Committed committed)
        => new(before.Key, committed.ETags[before.Key.Row], next);

    private bool IsHeld(LaneState state, LaneLease lease) => state.Owner == owner && state.Token == lease.State.Value.Token;

    private void StageState(StoreTransaction transaction, Stored<LaneState> before, LaneState next, string lane)
    {
        transaction.Replace(before, next);
        var (dueBefore, dueNext) = (LaneKeys.Due(kind, before.Value, lane), LaneKeys.Due(kind, next, lane));
        if (dueBefore != dueNext)
        {
            transaction.Delete(dueBefore);
            transaction.Insert(dueNext, new DueMark());
        }
    }

    private void StageEnd(StoreTransaction transaction, Stored<LaneState> state, string lane)
    {
        transaction.Delete(state.Key, state.ETag);
        transaction.Delete(LaneKeys.Due(kind, state.Value, lane));
    }

    /// <summary>
    /// The lane's first item but <paramref name="except"/>. It looks from the very beginning: where clocks differ, an item may
    /// have come in before the one that is being worked on.
    /// </summary>
    private async Task<Stored<LaneItem>?> HeadAsync(string lane, string? except, CancellationToken cancellationToken)
    {
        foreach (var item in await store.FirstAsync<LaneItem>(tenant, LaneKeys.Items(kind, lane), 2, cancellationToken))
        {
            if (item.Key.Row != except)
            {
                return item;
            }
        }

        return null;
    }

    private EntityKey Key(string row) => new(tenant, row);

    private static string SequenceOf(Stored<LaneItem> item) => item.Key.Row[(item.Key.Row.LastIndexOf('|') + 1)..];

    private static DateTimeOffset Min(DateTimeOffset left, DateTimeOffset right) => left < right ? left : right;

    private static DateTimeOffset Max(DateTimeOffset left, DateTimeOffset right) => left > right ? left : right;

    private static LanePriority Min(LanePriority left, LanePriority right) => left < right ? left : right;
}

/// <summary>A lane held by this worker, with the item to work on.</summary>
public sealed record LaneLease(string Lane, Stored<LaneState> State, Stored<LaneItem> Head)
{
    /// <summary>How often the item was begun, this time included.</summary>
    public int Attempt => State.Value.Attempts;

    /// <summary>When another may take the lane.</summary>
    public DateTimeOffset Until => State.Value.Due;
}

/// <summary>A staged step from one item to the next.</summary>
public sealed class LaneStep
{
    private readonly LaneLease? _lease;
    private readonly LaneState? _next;
    private readonly Stored<LaneItem>? _head;

    internal LaneStep(LaneLease? lease, LaneState? next, Stored<LaneItem>? head)
    {
        _lease = lease;
        _next = next;
        _head = head;
    }

    /// <summary>The lease for the next item, null if the lane ended.</summary>
    public LaneLease? After(CommitResult.Committed committed)
        => _lease is null ? null : new LaneLease(_lease.Lane, LaneQueue.Renewed(_lease.State, _next!, committed), _head!);
}
