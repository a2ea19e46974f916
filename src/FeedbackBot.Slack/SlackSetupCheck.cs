using System.Runtime.CompilerServices;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Triage;
using FeedbackBot.Slack.Outbound;
using Microsoft.Extensions.Options;

namespace FeedbackBot.Slack;

/// <summary>Asks Slack whether what is configured works: each token, its scopes, and each triage channel.</summary>
internal sealed class SlackSetupCheck(
    SlackClient client, IOptions<SlackOptions> slack) : ISetupCheck
{
    /// <summary>What <c>manifests/slack/manifest.yaml</c> asks for, each explained in <c>docs/slack.md</c>.</summary>
    public static readonly IReadOnlyList<string> Scopes =
    [
        "app_mentions:read", "channels:history", "channels:read", "chat:write", "commands", "groups:history", "groups:read",
        "im:history", "im:write", "mpim:history", "reactions:write", "users:read",
    ];

    private readonly SlackOptions _slack = slack.Value;

    public async IAsyncEnumerable<SetupFinding> CheckAsync(
        IReadOnlyList<TriageChannel> triage, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_slack.ApiBaseUrl != SlackOptions.SlackApi)
        {
            yield return new(false, $"Slack:ApiBaseUrl leads to {_slack.ApiBaseUrl.Host}, not to Slack. That is for tests; take it out.");
        }

        yield return _slack.SigningSecret is null
            ? new(true, "No signing secret: Socket Mode alone is used, and nothing listens for Slack.")
            : new(true, "There is a signing secret. Whether it is this app's shows with the first event: with another one, Event Subscriptions does not say Verified.");
        if (_slack.AppToken is { } appToken)
        {
            yield return await SocketModeAsync(appToken, cancellationToken);
        }

        foreach (var workspace in _slack.Workspaces)
        {
            var identity = await client.TestAuthAsync(workspace.TeamId, cancellationToken);
            yield return Token(workspace.TeamId, identity);
            if (!identity.IsOk)
            {
                continue;
            }

            yield return Scope(workspace.TeamId, identity);
            foreach (var area in triage.Where(area => area.Channel.Platform == SlackPlatform.PlatformName && area.Channel.WorkspaceId == workspace.TeamId))
            {
                yield return await ChannelAsync(area, cancellationToken);
            }
        }
    }

    private async Task<SetupFinding> SocketModeAsync(string appToken, CancellationToken cancellationToken)
    {
        // The connection itself is not opened: it would take events from a service that runs.
        var opened = await client.OpenConnectionAsync(appToken, cancellationToken);
        return opened switch
        {
            { IsOk: true } => new(true, "Socket Mode works with Slack:AppToken."),
            { Error: "invalid_auth" or "not_authed" or "token_revoked" or "account_inactive" or "not_allowed_token_type" }
                => new(false, "Slack does not take Slack:AppToken. Make a new one under Basic Information, App-Level Tokens, with the scope connections:write."),
            { Error: "missing_scope" or "no_permission" } => new(false, "Slack:AppToken lacks the scope connections:write. Make a new one with it."),
            { Error: "forbidden_team" or "socket_mode_disabled" or "access_denied" } => new(false, "Socket Mode is off for this app. Switch it on under Socket Mode in the app's settings."),
            _ => NoAnswer("Socket Mode", opened),
        };
    }

    private static SetupFinding Token(string workspace, SlackResult identity) => identity switch
    {
        { IsOk: true } when identity.Value["team_id"].Id == workspace || identity.Value["enterprise_id"].Id == workspace
            => new(true, $"{workspace}: Slack takes the bot token."),
        { IsOk: true } => new(false, $"{workspace}: the bot token is one of {identity.Value["team_id"].Id ?? "another workspace"}. Give the token of {workspace}, or correct the TeamId."),
        { Failure: DeliveryFailure.Refused } => new(false, $"{workspace}: Slack does not take the bot token ({identity.Error}). Install the app again and give the token that is shown then."),
        _ => NoAnswer(workspace, identity),
    };

    private static SetupFinding Scope(string workspace, SlackResult identity)
    {
        var missing = Scopes.Except(identity.Scopes, StringComparer.Ordinal).ToList();
        return identity.Scopes.Count == 0 ? new(false, $"{workspace}: the answer did not say what the token may do. Does something between this machine and Slack change its headers?")
            : missing.Count == 0
            ? new(true, $"{workspace}: all scopes are there.")
            : new(false, $"{workspace}: missing {string.Join(", ", missing)}. Compare the app's manifest with manifests/slack/manifest.yaml, then install the app again.");
    }

    private async Task<SetupFinding> ChannelAsync(TriageChannel area, CancellationToken cancellationToken)
    {
        var found = await client.ConversationAsync(area.Channel.WorkspaceId, area.Channel.ChannelId, cancellationToken);
        var channel = found.Value["channel"];
        var name = channel["name"].Text is { } known ? $"#{PersonText.Shorten(PersonText.Clean(known), 80)}" : area.Channel.ChannelId;
        return found switch
        {
            { IsOk: true } when channel["is_archived"].IsTrue => new(false, $"{area.Area}: {name} is archived. Unarchive it, or name another triage channel."),
            { IsOk: true } when channel["is_ext_shared"].IsTrue => new(false, $"{area.Area}: people of other companies read {name}, and cards name customers. Choose a channel of your own."),
            { IsOk: true } when !channel["is_member"].IsTrue => new(false, $"{area.Area}: I am no member of {name}. Write /invite @FeedbackBot there."),
            { IsOk: true } => new(true, $"{area.Area}: {name} is there and I am in it."),
            { Error: "channel_not_found" } => new(false, $"{area.Area}: I see no channel {area.Channel.ChannelId}. Check the id at the end of its About tab; to a private one, invite me first."),
            { Error: "missing_scope" } => new(false, $"{area.Area}: without channels:read and groups:read I cannot look at {area.Channel.ChannelId}."),
            _ => NoAnswer(area.Area, found),
        };
    }

    private static SetupFinding NoAnswer(string what, SlackResult result)
        => new(false, $"{what}: Slack gave no clear answer ({result.Error}). Check that this machine reaches {SlackOptions.SlackApi.Host}, and try again.");
}
