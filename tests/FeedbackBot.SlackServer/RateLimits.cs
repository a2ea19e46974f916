namespace FeedbackBot.SlackServer;

/// <summary>
/// Slack's rates: so many calls of a method in any minute, and about one message a second in a channel
/// (https://docs.slack.dev/apis/web-api/rate-limits). Who does not keep to them hears 429, and is counted.
/// </summary>
internal sealed class RateLimits(TimeProvider time)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, Queue<DateTimeOffset>> _calls = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _channels = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private int _violations;

    /// <summary>Calls of a method in a minute; a method that is not here has no limit.</summary>
    public Dictionary<string, int> PerMinute { get; } = new(StringComparer.Ordinal)
    {
        ["chat.postMessage"] = 300,
        ["chat.postEphemeral"] = 100,
        ["chat.update"] = 50,
        ["conversations.history"] = 50,
        ["conversations.info"] = 50,
        ["conversations.members"] = 100,
        ["conversations.open"] = 50,
        ["conversations.replies"] = 50,
        ["users.info"] = 100,
        ["views.open"] = 100,
        ["views.publish"] = 100,
        ["views.update"] = 100,
        ["reactions.add"] = 50,
        ["reactions.remove"] = 20,
        ["apps.connections.open"] = 1_000,
    };

    /// <summary>The time between two messages in a channel; zero for no limit.</summary>
    public TimeSpan BetweenMessages { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>By how much messages may come too early, together: Slack allows short bursts.</summary>
    public TimeSpan Burst { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often somebody was told to wait.</summary>
    public int Violations => _violations;

    /// <summary>Counts a call.</summary>
    /// <returns>Null: go on. Otherwise how many seconds to wait.</returns>
    public int? Check(string method, string? channel)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            var wait = TimeSpan.Zero;
            var calls = _calls.TryGetValue(method, out var known) ? known : _calls[method] = new();
            while (calls.TryPeek(out var oldest) && now - oldest >= Minute)
            {
                calls.Dequeue();
            }

            if (PerMinute.TryGetValue(method, out var most) && calls.Count >= most)
            {
                wait = calls.Peek() + Minute - now;
            }

            var next = channel is not null && method is "chat.postMessage" or "chat.postEphemeral" && _channels.TryGetValue($"{method} {channel}", out var due) && due > now ? due : now;
            if (next - now > Burst && next - now - Burst > wait)
            {
                wait = next - now - Burst;
            }

            if (wait > TimeSpan.Zero)
            {
                _violations++;
                return Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
            }

            calls.Enqueue(now);
            if (channel is not null)
            {
                _channels[$"{method} {channel}"] = next + BetweenMessages;
            }

            return null;
        }
    }
}
