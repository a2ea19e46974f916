using Microsoft.Extensions.Options;

namespace FeedbackBot.Slack.Outbound;

/// <summary>The installations of the app, by their ids.</summary>
internal sealed class SlackWorkspaces(IOptions<SlackOptions> options)
{
    private readonly Dictionary<string, string> _tokens = options.Value.Workspaces.ToDictionary(
        workspace => workspace.TeamId, workspace => workspace.BotToken, StringComparer.Ordinal);

    public IReadOnlyCollection<string> Ids => _tokens.Keys;

    public bool Contains(string? id) => id is not null && _tokens.ContainsKey(id);

    /// <summary>The bot token, null if the app is not installed there (any more).</summary>
    public string? TokenOf(string id) => _tokens.GetValueOrDefault(id);
}
