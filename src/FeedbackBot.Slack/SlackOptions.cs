namespace FeedbackBot.Slack;

/// <summary>How the bot signs in to Slack, section <c>Slack</c>. Nothing set: this deployment has no Slack.</summary>
public sealed class SlackOptions
{
    /// <summary>The app's signing secret, by which Slack's requests are known (https://docs.slack.dev/authentication/verifying-requests-from-slack).</summary>
    public string? SigningSecret { get; set; }

    /// <summary>The app-level token of Socket Mode, <c>xapp-…</c>.</summary>
    public string? AppToken { get; set; }
}
