namespace FeedbackBot.Slack;

/// <summary>How the bot signs in to Slack, section <c>Slack</c>. Nothing set: this deployment has no Slack.</summary>
public sealed class SlackOptions
{
    internal static readonly Uri SlackApi = new("https://slack.com/api/");

    /// <summary>
    /// The app's signing secret, by which Slack's requests are known
    /// (https://docs.slack.dev/authentication/verifying-requests-from-slack). Where Socket Mode alone is used it may be left out,
    /// and nothing listens.
    /// </summary>
    public string? SigningSecret { get; set; }

    /// <summary>
    /// The app-level token of Socket Mode, <c>xapp-…</c>, for trying it out without a public address
    /// (https://docs.slack.dev/apis/events-api/using-socket-mode).
    /// </summary>
    public string? AppToken { get; set; }

    /// <summary>Where the app is installed. Requests from elsewhere are not for us.</summary>
    public IList<SlackWorkspaceOptions> Workspaces { get; } = [];

    /// <summary>The Web API. Another one than Slack's only on a loopback address, for tests.</summary>
    public Uri ApiBaseUrl { get; set; } = SlackApi;

    /// <summary>
    /// Whether people of other companies, in channels shared by Slack Connect, may give feedback and press buttons. By
    /// default they are politely told to ask somebody of this one.
    /// </summary>
    public bool AcceptExternalMembers { get; set; }

    internal bool IsConfigured => SigningSecret is not null || AppToken is not null || Workspaces.Count > 0;
}

/// <summary>One installation of the app.</summary>
public sealed class SlackWorkspaceOptions
{
    /// <summary>The workspace's id, <c>T…</c>; for an installation on a whole Enterprise Grid organisation its id, <c>E…</c>.</summary>
    public string TeamId { get; set; } = "";

    /// <summary>The bot token of this installation, <c>xoxb-…</c>. Give it by environment or file, never by command line.</summary>
    public string BotToken { get; set; } = "";
}
