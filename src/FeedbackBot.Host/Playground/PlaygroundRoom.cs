using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Storage;

namespace FeedbackBot.Host.Playground;

/// <summary>
/// All messages of the Playground, in memory and in the store. A message is shown only when it is stored and every message
/// before it is settled, so that a reader who asks for what came after the last one misses none.
/// </summary>
internal sealed class PlaygroundRoom(IStore store, LaneQueues lanes)
{
    private const int PageSize = 500;
    private const int MaxAnswer = 500;

    private readonly Lock _gate = new();

    // By Seq - 1; null where a message was updated since, or was never stored.
    private readonly List<PlaygroundMessage?> _bySeq = [];
    private readonly Dictionary<string, PlaygroundMessage> _byId = new(StringComparer.Ordinal);
    private readonly SortedSet<long> _unsettled = [];

    // Places behind it were never filled, or are not yet: another process would give them out again, so no reader passes them.
    private long _lastStored;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Numbers up to it were given out before the room last started over.
    private long _since;

    /// <summary>The last number given out.</summary>
    public long Last
    {
        get
        {
            lock (_gate)
            {
                return _bySeq.Count;
            }
        }
    }

    /// <summary>Reads what is stored, and forgets what is not. No message may be on its way into the room.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        var since = (await store.FindAsync<PlaygroundStart>(lanes.Key(PlaygroundStart.Row), cancellationToken))?.Value.Since ?? 0;
        var stored = new List<PlaygroundMessage>();
        await foreach (var message in store.ScanAsync<PlaygroundMessage>(lanes.Tenant, PlaygroundMessage.Prefix, PageSize, cancellationToken))
        {
            stored.Add(message.Value);
        }

        lock (_gate)
        {
            _bySeq.Clear();
            _byId.Clear();
            _bySeq.AddRange(Enumerable.Repeat((PlaygroundMessage?)null, (int)since));
            _since = _lastStored = since;
            stored.ForEach(Keep);
            Change();
        }
    }

    public PlaygroundMessage? Find(string id)
    {
        lock (_gate)
        {
            return _byId.GetValueOrDefault(id);
        }
    }

    /// <summary>Takes a place in the room for a message that <paramref name="save"/> is about to store.</summary>
    /// <param name="save">Stores the message; false if it was not to be stored after all.</param>
    public async Task<bool> AddAsync(Func<long, PlaygroundMessage> make, Func<PlaygroundMessage, Task<bool>> save)
    {
        PlaygroundMessage message;
        lock (_gate)
        {
            _bySeq.Add(null);
            _unsettled.Add(_bySeq.Count);
            message = make(_bySeq.Count);
        }

        var stored = false;
        try
        {
            return stored = await save(message);
        }
        finally
        {
            lock (_gate)
            {
                _unsettled.Remove(message.Seq);
                if (stored)
                {
                    Keep(message);
                }

                Change();
            }
        }
    }

    /// <summary>
    /// The messages after <paramref name="after"/> that <paramref name="isAsked"/> takes, and the number to ask after next;
    /// it waits for the first one until <paramref name="cancellationToken"/> says that it is enough. Since says with which
    /// number the room last started over, 0 if it never did: a reader who knows another one forgets all and asks from 0 on.
    /// </summary>
    public async Task<(IReadOnlyList<PlaygroundMessage> Messages, long Next, long Since)> ReadAsync(
        long after, Func<PlaygroundMessage, bool> isAsked, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            long settled;
            long since;
            lock (_gate)
            {
                settled = _unsettled.Count == 0 ? _lastStored : Math.Min(_unsettled.Min - 1, _lastStored);
                since = _since;
                changed = _changed.Task;
                var found = new List<PlaygroundMessage>();
                var seq = Math.Clamp(after, 0, settled) + 1;
                for (; seq <= settled && found.Count < MaxAnswer; seq++)
                {
                    if (_bySeq[(int)seq - 1] is { } message && isAsked(message))
                    {
                        found.Add(message);
                    }
                }

                // A reader who is ahead comes from another store, one who is behind from before the room started over: they hear
                // at once where it stands.
                if (found.Count > 0 || after > settled || after < since)
                {
                    return (found, Math.Min(seq - 1, settled), since);
                }
            }

            // Nothing for this reader: what was passed over need not be looked at again.
            after = settled;
            try
            {
                await changed.WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return ([], settled, since);
            }
        }
    }

    /// <summary>Wakes the readers who wait.</summary>
    private void Change()
    {
        var changed = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.SetResult();
    }

    private void Keep(PlaygroundMessage message)
    {
        _lastStored = Math.Max(_lastStored, message.Seq);
        while (_bySeq.Count < message.Seq)
        {
            _bySeq.Add(null);
        }

        if (_byId.TryGetValue(message.Id, out var earlier))
        {
            if (earlier.Seq > message.Seq)
            {
                return;
            }

            _bySeq[(int)earlier.Seq - 1] = null;
        }

        _bySeq[(int)message.Seq - 1] = message;
        _byId[message.Id] = message;
    }
}

/// <summary>
/// Sets the clock, ends a clearing that was interrupted, and fills the room: in the "starting" round, before anything of the
/// service works or answers.
/// </summary>
internal sealed class PlaygroundLoading(PlaygroundRoom room, PlaygroundClock clock, PlaygroundClearing clearing, IStore store, LaneQueues lanes)
    : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await clock.LoadAsync(store, lanes, cancellationToken);
        await clearing.ResumeAsync(cancellationToken);
        await room.LoadAsync(cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => clearing.EndAsync().WaitAsync(cancellationToken);

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
