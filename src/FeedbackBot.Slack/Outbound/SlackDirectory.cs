using System.Collections.Frozen;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Slack.Inbound;

namespace FeedbackBot.Slack.Outbound;

/// <summary>A person as Slack shows them. <paramref name="TeamId"/> is the workspace they belong to, null if it is not known.</summary>
internal sealed record SlackPerson(string Name, string? TeamId, string? EnterpriseId, bool IsBot);

/// <summary>
/// Looks up people, channels, members and links, and keeps what it found for a while: a name lives an hour, so that what was
/// renamed is called by its new name soon, with no event that could be missed; who may act is asked anew every minute.
/// </summary>
internal sealed class SlackDirectory(SlackClient client, TimeProvider time)
{
    private const int MaxName = 80;
    private const int MembersPerPage = 200;

    // Triage channels are small; who is not among so many members is not let in.
    private const int MostMemberPages = 25;

    // Somebody who was just added to a channel does not wait for a minute.
    private static readonly TimeSpan FreshEnoughToRefuse = TimeSpan.FromSeconds(5);

    private readonly ExpiringCache<(string Workspace, string User), SlackPerson> _people = new(10_000, TimeSpan.FromHours(1), time);
    private readonly ExpiringCache<(string Workspace, string Channel), string> _channels = new(5_000, TimeSpan.FromHours(1), time);
    private readonly ExpiringCache<(string Workspace, string User), string> _direct = new(10_000, TimeSpan.FromHours(12), time);
    private readonly ExpiringCache<(string Workspace, string Channel), FrozenSet<string>> _members = new(200, TimeSpan.FromMinutes(1), time);
    private readonly ExpiringCache<(string Workspace, string Channel), bool> _joined = new(1_000, TimeSpan.FromMinutes(1), time);
    private readonly ExpiringCache<ThreadReference, Uri> _links = new(10_000, TimeSpan.FromHours(12), time);
    private readonly ExpiringCache<string, string> _bots = new(200, TimeSpan.FromHours(12), time);

    /// <summary>Null if Slack does not say (in time).</summary>
    public async Task<SlackPerson?> PersonAsync(string workspace, string user, CancellationToken cancellationToken)
    {
        if (_people.TryGet((workspace, user), out var known))
        {
            return known;
        }

        var result = await client.UserAsync(workspace, user, cancellationToken);
        if (!result.IsOk)
        {
            return null;
        }

        var found = result.Value["user"];
        var profile = found["profile"];
        var name = FirstOf(profile["display_name"].Text, profile["real_name"].Text, found["real_name"].Text, found["name"].Text) ?? user;
        var person = new SlackPerson(name, found["team_id"].Id, found["enterprise_user"]["enterprise_id"].Id, found["is_bot"].IsTrue);
        _people.Put((workspace, user), person);
        return person;
    }

    /// <summary>A name as Slack gave it, cleaned and short; null if nothing is left.</summary>
    public static string? Clean(string? name)
        => name is null || PersonText.Clean(SlackText.Decode(name)) is not { Length: > 0 } clean ? null : PersonText.Shorten(clean, MaxName);

    /// <summary>The bot's own user in a workspace, null if Slack does not say.</summary>
    public async Task<string?> BotAsync(string workspace, CancellationToken cancellationToken)
    {
        if (_bots.TryGet(workspace, out var known))
        {
            return known;
        }

        var result = await client.TestAuthAsync(workspace, cancellationToken);
        if (result.Value["user_id"].Id is { } bot)
        {
            _bots.Put(workspace, bot);
            return bot;
        }

        return null;
    }

    /// <summary>The direct channel with a person, or why there is none.</summary>
    public async Task<(string? Channel, SlackResult Result)> DirectAsync(string workspace, string user, CancellationToken cancellationToken)
    {
        if (_direct.TryGet((workspace, user), out var known))
        {
            return (known, default);
        }

        var result = await client.OpenConversationAsync(workspace, user, cancellationToken);
        if (result.IsOk && result.Value["channel"]["id"].Id is { } channel)
        {
            _direct.Put((workspace, user), channel);
            return (channel, result);
        }

        return (null, result.IsOk ? SlackResult.Failed(DeliveryFailure.Unavailable, "no channel was named") : result);
    }

    /// <summary>Whether the bot is a member of a channel, so that it hears what is said there; null where that cannot be told.</summary>
    public async Task<bool?> IsJoinedAsync(string workspace, string channel, CancellationToken cancellationToken)
    {
        if (_joined.TryGet((workspace, channel), out var known))
        {
            return known;
        }

        var result = await client.ConversationAsync(workspace, channel, cancellationToken);
        if (!result.IsOk)
        {
            // A channel that the bot may not even know of is one it is not in.
            return result.Error == "channel_not_found" ? false : null;
        }

        var joined = result.Value["channel"]["is_member"].IsTrue;
        if (joined)
        {
            // Who is told to invite the bot does so at once.
            _joined.Put((workspace, channel), joined);
        }

        return joined;
    }

    /// <summary>A channel's name without the sign before it, null if Slack does not say.</summary>
    public async Task<string?> ChannelNameAsync(string workspace, string channel, CancellationToken cancellationToken)
    {
        if (_channels.TryGet((workspace, channel), out var known))
        {
            return known;
        }

        var result = await client.ConversationAsync(workspace, channel, cancellationToken);
        if (Clean(result.Value["channel"]["name"].Text) is { } name)
        {
            _channels.Put((workspace, channel), name);
            return name;
        }

        return null;
    }

    /// <summary>What kind of place a channel is, asked anew: who reads along decides what may be posted there.</summary>
    public async Task<ChannelKind> KindAsync(string workspace, string channel, CancellationToken cancellationToken)
    {
        var result = await client.ConversationAsync(workspace, channel, cancellationToken);
        var found = result.Value["channel"];
        return result switch
        {
            { IsOk: false, Error: "channel_not_found" } => ChannelKind.NotJoined,
            { IsOk: false } => ChannelKind.Unknown,
            _ when found["is_im"].IsTrue || found["is_mpim"].IsTrue => ChannelKind.Direct,
            _ when found["is_ext_shared"].IsTrue || found["is_pending_ext_shared"].IsTrue => ChannelKind.SharedWithOutsiders,
            _ => found["is_member"].IsTrue ? ChannelKind.Team : ChannelKind.NotJoined,
        };
    }

    /// <summary>Whether a person is a member of a channel; false where that cannot be told.</summary>
    public async Task<bool> IsMemberAsync(string workspace, string channel, string user, CancellationToken cancellationToken)
    {
        var key = (workspace, channel);
        if ((_members.TryGet(key, out var known) && known.Contains(user))
            || (_members.TryGet(key, FreshEnoughToRefuse, out known) && !known.Contains(user)))
        {
            return known.Contains(user);
        }

        if (await MembersAsync(workspace, channel, cancellationToken) is not { } members)
        {
            return false;
        }

        _members.Put(key, members);
        return members.Contains(user);
    }

    /// <summary>Where a thread can be looked at, null if Slack does not say.</summary>
    public async Task<Uri?> LinkAsync(ThreadReference thread, CancellationToken cancellationToken)
    {
        if (_links.TryGet(thread, out var known))
        {
            return known;
        }

        var result = await client.PermalinkAsync(thread.WorkspaceId, thread.ChannelId, thread.ThreadId, cancellationToken);
        if (Uri.TryCreate(result.Value["permalink"].Text, UriKind.Absolute, out var link) && link.Scheme is "https" or "http")
        {
            _links.Put(thread, link!);
            return link;
        }

        return null;
    }

    private async Task<FrozenSet<string>?> MembersAsync(string workspace, string channel, CancellationToken cancellationToken)
    {
        var members = new HashSet<string>(StringComparer.Ordinal);
        string? cursor = null;
        for (var page = 0; page < MostMemberPages; page++)
        {
            var result = await client.MembersAsync(workspace, channel, MembersPerPage, cursor, cancellationToken);
            if (!result.IsOk)
            {
                return null;
            }

            members.UnionWith(result.Value["members"].Items.Select(member => member.Id).OfType<string>());
            cursor = result.Value["response_metadata"]["next_cursor"].Text;
            if (string.IsNullOrEmpty(cursor))
            {
                break;
            }
        }

        return members.ToFrozenSet(StringComparer.Ordinal);
    }

    private static string? FirstOf(params string?[] names) => names.Select(Clean).FirstOrDefault(name => name is not null);
}
