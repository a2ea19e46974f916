using System.Diagnostics.CodeAnalysis;

namespace FeedbackBot.Slack.Outbound;

/// <summary>Keeps what was looked up for a while. It holds so many entries at most; the oldest goes first.</summary>
internal sealed class ExpiringCache<TKey, TValue>(int capacity, TimeSpan lifetime, TimeProvider time)
    where TKey : notnull
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, LinkedListNode<(TKey Key, TValue Value, DateTimeOffset At)>> _entries = [];
    private readonly LinkedList<(TKey Key, TValue Value, DateTimeOffset At)> _byAge = new();

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value) => TryGet(key, lifetime, out value);

    /// <summary>The entry if it is no older than <paramref name="atMost"/> and the cache's lifetime.</summary>
    public bool TryGet(TKey key, TimeSpan atMost, [MaybeNullWhen(false)] out TValue value)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(key, out var node) && time.GetUtcNow() - node.Value.At <= (atMost < lifetime ? atMost : lifetime))
            {
                value = node.Value.Value;
                return true;
            }

            value = default;
            return false;
        }
    }

    public void Put(TKey key, TValue value)
    {
        lock (_gate)
        {
            if (_entries.Remove(key, out var earlier))
            {
                _byAge.Remove(earlier);
            }

            _entries[key] = _byAge.AddLast((key, value, time.GetUtcNow()));
            if (_entries.Count > capacity)
            {
                _entries.Remove(_byAge.First!.Value.Key);
                _byAge.RemoveFirst();
            }
        }
    }
}
