namespace FeedbackBot.Slack.Outbound;

/// <summary>
/// Keeps to Slack's rates before Slack has to say 429: so many calls of a method a minute, and one message a second in a
/// channel (https://docs.slack.dev/apis/web-api/rate-limits). A call is let through at the first moment at which all of its
/// rates allow it.
/// </summary>
internal sealed class SlackPace(TimeProvider time)
{
    /// <summary>A call that would have to wait longer is not made: its lane must not keep a worker busy for nothing.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    // A little more than a minute and a second, for calls that take longer on their way than those before them.
    private static readonly TimeSpan Minute = TimeSpan.FromSeconds(61);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1.05);

    // Who comes back later than this waits for nothing: the queue has begun anew.
    private static readonly TimeSpan LongestPromise = TimeSpan.FromMinutes(30);

    // Far more channels than one company writes to in a minute; it only bounds the memory.
    private const int MostRates = 10_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Rate> _rates = new(StringComparer.Ordinal);

    /// <summary>Waits until the call may be made.</summary>
    /// <param name="workspace">Rates are counted for each workspace.</param>
    /// <param name="channel">The channel a message goes to, null for other calls.</param>
    /// <returns>Null: go on. Otherwise how long to stay away.</returns>
    public async ValueTask<TimeSpan?> WaitAsync(string workspace, string method, string? channel, CancellationToken cancellationToken)
    {
        var wait = Reserve(workspace, method, channel);
        if (wait > LongestWait)
        {
            return wait;
        }

        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, time, cancellationToken);
        }

        return null;
    }

    /// <summary>
    /// Slack said 429: nobody calls before <paramref name="wait"/> is over. It does not say whose rate that was: it is taken for
    /// the channel's, and for the workspace's as soon as a second channel hears the same.
    /// </summary>
    public void Block(string workspace, string method, string? channel, TimeSpan wait)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            var rates = RatesOf(workspace, method, channel);
            var isOfChannel = channel is not null && !_rates.Any(
                other => other.Key.StartsWith($"{workspace} {method} ", StringComparison.Ordinal) && other.Value != rates[^1] && other.Value.IsBlocked(now));
            foreach (var rate in isOfChannel ? rates[^1..] : rates)
            {
                rate.Block(now + wait);
            }
        }
    }

    private TimeSpan Reserve(string workspace, string method, string? channel)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            var rates = RatesOf(workspace, method, channel);
            var at = rates.Max(rate => rate.Next(now));
            if (at - now <= LongestWait)
            {
                rates.ForEach(rate => rate.Take(at));
                return at - now;
            }

            // They come back one after the other, and not all at once only to be sent away again.
            // Those that hold it up, that is: a full channel keeps no other one waiting.
            return rates.Where(rate => rate.Next(now) - now > LongestWait).Max(rate => rate.Promise(rate.Next(now))) - now;
        }
    }

    private List<Rate> RatesOf(string workspace, string method, string? channel)
    {
        // A message's own rate is its channel's, so that one busy channel keeps no other waiting.
        var rates = new List<Rate> { RateOf($"{workspace} {method}", PerMinute(method), Minute) };
        if (channel is not null)
        {
            rates.Add(RateOf($"{workspace} {method} {channel}", 1, Second));
        }

        return rates;
    }

    private Rate RateOf(string key, int calls, TimeSpan window)
    {
        if (_rates.TryGetValue(key, out var rate))
        {
            return rate;
        }

        if (_rates.Count >= MostRates)
        {
            var now = time.GetUtcNow();
            foreach (var idle in _rates.Where(known => known.Value.IsIdle(now)).Select(known => known.Key).ToList())
            {
                _rates.Remove(idle);
            }
        }

        return _rates[key] = new Rate(calls, window);
    }

    /// <summary>Tier 2: 20, tier 3: 50, tier 4: 100; posting has its own: several hundred for a workspace.</summary>
    private static int PerMinute(string method) => method switch
    {
        "chat.postMessage" or "chat.getPermalink" or "auth.test" => 300,
        "chat.postEphemeral" or "conversations.members" or "users.info" or "views.open" or "views.update" or "views.publish" => 100,
        "chat.update" or "conversations.open" or "conversations.history" or "conversations.replies" or "conversations.info" => 50,

        // Reactions may be added more often than they may be taken away, and none should stay.
        _ => 20,
    };

    /// <summary>At most so many calls in any window; it keeps the last of them.</summary>
    private sealed class Rate(int calls, TimeSpan window)
    {
        private readonly DateTimeOffset[] _last = new DateTimeOffset[calls];
        private readonly TimeSpan _apart = window / calls;
        private int _next;
        private DateTimeOffset _blockedUntil;
        private DateTimeOffset _promised;

        public DateTimeOffset Next(DateTimeOffset now)
        {
            var free = _last[_next] == default ? now : _last[_next] + window;
            var at = free > now ? free : now;
            return at > _blockedUntil ? at : _blockedUntil;
        }

        public void Take(DateTimeOffset at)
        {
            _last[_next] = at;
            _next = (_next + 1) % calls;
        }

        /// <summary>When to come back who cannot be let through before <paramref name="at"/>: each after the one before it. No place is kept.</summary>
        public DateTimeOffset Promise(DateTimeOffset at)
        {
            var next = _promised + _apart;
            return _promised = next > at && next < at + LongestPromise ? next : at;
        }

        public bool IsBlocked(DateTimeOffset now) => _blockedUntil > now;

        public void Block(DateTimeOffset until) => _blockedUntil = until > _blockedUntil ? until : _blockedUntil;

        public bool IsIdle(DateTimeOffset now) => now > _blockedUntil && _last.All(at => at == default || at + window < now);
    }
}
