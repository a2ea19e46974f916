namespace FeedbackBot.SlackServer;

/// <summary>Whose workspace it is, and how it behaves.</summary>
internal sealed record LoopbackSlackOptions
{
    public string Team { get; init; } = "T0ACME0001";

    public string Bot { get; init; } = "U0FEEDBOT1";

    public string BotId { get; init; } = "B0FEEDBOT1";

    public string AppId { get; init; } = "A0FEEDBOT1";

    public string BotToken { get; init; } = "xoxb-loopback-0123456789-secret";

    public string AppToken { get; init; } = "xapp-loopback-0123456789-secret";

    public string SigningSecret { get; init; } = "0123456789abcdef0123456789abcdef";

    /// <summary>The scopes of the bot token; null for all there are.</summary>
    public IReadOnlySet<string>? Scopes { get; init; }

    /// <summary>
    /// How long a minute of Slack's retry schedule is (https://docs.slack.dev/apis/events-api/#retries). Signatures and the
    /// lives of triggers always go by the real clock.
    /// </summary>
    public TimeSpan Minute { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The switch in the app's settings: after three retries it goes on every hour for a day.</summary>
    public bool DelayedEvents { get; init; } = true;

    /// <summary>Whether the bot hears what it says itself, as Slack has it for every app that is subscribed to messages.</summary>
    public bool Echoes { get; init; } = true;
}
