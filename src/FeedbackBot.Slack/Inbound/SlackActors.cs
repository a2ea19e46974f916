using FeedbackBot.Core;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Storage;
using FeedbackBot.Slack.Outbound;
using Microsoft.Extensions.Options;

namespace FeedbackBot.Slack.Inbound;

/// <summary>Who did something. <paramref name="IsTurnedAway"/>: they are of another company, and those are not let in.</summary>
internal sealed record SlackActor(PersonReference Person, string Name, bool IsTurnedAway);

/// <summary>What a request says about who did it, besides their id.</summary>
internal readonly record struct ActorHints(string? Name, string? TeamId, string? EnterpriseId, bool IsSharedChannel);

/// <summary>Says which installation a request is for, who acted, and whether they may.</summary>
internal sealed class SlackActors(SlackWorkspaces workspaces, SlackDirectory directory, IOptions<SlackOptions> options, TimeProvider time)
{
    public const string TurnedAway = "This bot works for people of the company that runs it, and you are here from another one. Please ask one of them to pass your feedback on.";

    // A name is worth a short wait and no lost event.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(700);

    /// <summary>
    /// The installation among the ids that a request carries, the most exact first; null if it is not one of ours. It stands for
    /// the workspace in every stored reference, so that a channel has one name whichever workspace of an organisation speaks.
    /// </summary>
    public string? WorkspaceOf(params IEnumerable<string?> ids) => ids.FirstOrDefault(workspaces.Contains);

    public async Task<SlackActor> ActorAsync(string workspace, string user, ActorHints hints, CancellationToken cancellationToken)
    {
        var found = await PersonAsync(workspace, user, cancellationToken);
        return new SlackActor(
            new PersonReference(SlackPlatform.PlatformName, workspace, user),
            found?.Name ?? SlackDirectory.Clean(hints.Name) ?? Wording.Somebody,
            !options.Value.AcceptExternalMembers && IsExternal(workspace, found, hints));
    }

    /// <summary>The names of the people and channels a text mentions, as far as Slack tells them in time.</summary>
    public async Task<Func<string, string?>> NamesInAsync(string workspace, string text, CancellationToken cancellationToken)
    {
        var found = await Task.WhenAll(
        [
            .. SlackText.MentionsIn(text).Select(async user => (user, (await PersonAsync(workspace, user, cancellationToken))?.Name)),
            .. SlackText.ChannelsIn(text).Select(async channel => (channel, await ChannelNameAsync(workspace, channel, cancellationToken))),
        ]);
        var names = found.DistinctBy(pair => pair.Item1, StringComparer.Ordinal).ToDictionary(pair => pair.Item1, pair => pair.Item2, StringComparer.Ordinal);
        return names.GetValueOrDefault;
    }

    /// <summary>
    /// A thread of its own in the direct channel with a person, for an act that has none; null if Slack does not name the
    /// channel in time. <paramref name="act"/> gives the same thread for the same act.
    /// </summary>
    public async Task<ThreadReference?> DirectThreadAsync(string workspace, string user, string act, CancellationToken cancellationToken)
        => (await directory.DirectAsync(workspace, user, cancellationToken)).Channel is { } channel
            ? new ThreadReference(SlackPlatform.PlatformName, workspace, channel, $"act-{KeyHash.Of(act)[..16]}")
            : null;

    /// <summary>Whether the bot hears what is said in a channel; null if Slack does not say in time.</summary>
    public async Task<bool?> IsJoinedAsync(string workspace, string channel, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        return await directory.IsJoinedAsync(workspace, channel, either.Token);
    }

    /// <summary>The bot's own user, null if Slack does not say in time.</summary>
    public async Task<string?> BotAsync(string workspace, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        return await directory.BotAsync(workspace, either.Token);
    }

    private async Task<string?> ChannelNameAsync(string workspace, string channel, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        return await directory.ChannelNameAsync(workspace, channel, either.Token);
    }

    /// <summary>What comes too late for this request is there for the person's next one.</summary>
    private async Task<SlackPerson?> PersonAsync(string workspace, string user, CancellationToken cancellationToken)
    {
        try
        {
            return await directory.PersonAsync(workspace, user, CancellationToken.None).WaitAsync(Patience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    /// <summary>
    /// Somebody of another company. One organisation's workspaces are one company; where it cannot be told, a channel that is
    /// shared with outsiders makes somebody one.
    /// </summary>
    private bool IsExternal(string workspace, SlackPerson? person, ActorHints hints)
    {
        var team = person?.TeamId ?? hints.TeamId;
        if (workspaces.Contains(team) || (person?.EnterpriseId is { } enterprise && (enterprise == hints.EnterpriseId || workspaces.Contains(enterprise))))
        {
            return false;
        }

        return (team, person) switch
        {
            (null, _) => hints.IsSharedChannel,
            (_, null) when hints.EnterpriseId is not null => hints.IsSharedChannel,
            _ => true,
        };
    }
}
