using System.Collections.Frozen;
using FeedbackBot.Core.Commands;
using FeedbackBot.Core.Conversations;
using FeedbackBot.Core.Inbox;
using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FeedbackBot.Slack.Inbound;

/// <summary>
/// The Events API (https://docs.slack.dev/apis/events-api/). Slack sends an event again until it hears 200, so what is for us
/// is stored first, once for all its repeats; what is not for us is acknowledged and forgotten.
/// </summary>
internal sealed partial class SlackEvents(
    SlackActors actors, SlackReactions reactions, InboxIntake inbox, IStore store, LaneQueues lanes, ILogger<SlackEvents> logger)
{
    // Posts of a person in a channel; all others are Slack's own or other apps' (https://docs.slack.dev/reference/events/message).
    private static readonly FrozenSet<string> Posts = FrozenSet.Create(StringComparer.Ordinal, "", "file_share", "thread_broadcast", "me_message");

    // Each look that was overtaken is another message's success.
    private const int MostLooks = 20;

    public async Task<SlackReply> HandleAsync(SlackJson envelope, CancellationToken cancellationToken)
    {
        switch (envelope["type"].Text)
        {
            case "url_verification":
                return envelope["challenge"].Text is { } challenge
                    ? new SlackReply(StatusCodes.Status200OK, new { Challenge = challenge })
                    : SlackReply.Malformed;
            case "app_rate_limited":
                SlackTelemetry.RateLimited.Add(1);
                LogRateLimited(envelope["team_id"].Id);
                return SlackReply.Ok;
            case "event_callback":
                await EventAsync(envelope, cancellationToken);
                return SlackReply.Ok;
            default:
                return Ignored("envelope");
        }
    }

    private async Task EventAsync(SlackJson envelope, CancellationToken cancellationToken)
    {
        var happened = envelope["event"];
        var authorization = envelope["authorizations"].Items.FirstOrDefault();
        if (actors.WorkspaceOf(
            authorization["team_id"].Id, authorization["enterprise_id"].Id, envelope["context_team_id"].Id, envelope["team_id"].Id, envelope["enterprise_id"].Id)
            is not { } workspace)
        {
            LogUnknownWorkspace(envelope["team_id"].Id);
            Ignored("workspace");
            return;
        }

        var context = new EventContext(
            workspace,
            envelope["event_id"].Id,
            authorization["is_bot"].IsTrue ? authorization["user_id"].Id : null,
            envelope["enterprise_id"].Id ?? authorization["enterprise_id"].Id,
            envelope["is_ext_shared_channel"].IsTrue);
        switch (happened["type"].Text)
        {
            case "app_mention":
                await PostedAsync(happened, context, isMention: true, cancellationToken);
                break;
            case "message":
                await MessageAsync(happened, context, cancellationToken);
                break;
            case "app_home_opened" when happened["tab"].Text is "home" or null:
                await HomeOpenedAsync(happened, context, cancellationToken);
                break;
            case "app_home_opened":
                await WelcomeInPersonAsync(happened, context, cancellationToken);
                break;
            case "member_joined_channel" when happened["user"].Id is { } joined && joined == (context.Bot ?? await actors.BotAsync(context.Workspace, cancellationToken)):
                await WelcomeToChannelAsync(happened, context, cancellationToken);
                break;
            case "app_uninstalled" or "tokens_revoked":
                LogUninstalled(workspace, happened["type"].Text!);
                break;
            default:
                Ignored("event");
                break;
        }
    }

    private Task MessageAsync(SlackJson happened, EventContext context, CancellationToken cancellationToken)
    {
        switch (happened["subtype"].Text ?? "")
        {
            case var subtype when Posts.Contains(subtype):
                return PostedAsync(happened, context, isMention: false, cancellationToken);
            case "message_changed" when happened["message"]["subtype"].Text == "tombstone":
                return DeletedAsync(happened, happened["previous_message"]["ts"].Id, context, cancellationToken);
            case "message_changed":
                return EditedAsync(happened, context, cancellationToken);
            case "message_deleted":
                return DeletedAsync(happened, happened["deleted_ts"].Id ?? happened["previous_message"]["ts"].Id, context, cancellationToken);
            default:
                Ignored("message");
                return Task.CompletedTask;
        }
    }

    private async Task PostedAsync(SlackJson message, EventContext context, bool isMention, CancellationToken cancellationToken)
    {
        // Ours, or another bot's: bots that answer each other never stop.
        if (message["channel"].Id is not { } channel || message["ts"].Id is not { } ts || message["user"].Id is not { } user
            || message["bot_id"].Exists || user == context.Bot)
        {
            Ignored("message");
            return;
        }

        var text = message["text"].Text ?? "";
        var bot = context.Bot ?? (text.Contains("<@", StringComparison.Ordinal) ? await actors.BotAsync(context.Workspace, cancellationToken) : null);
        var isAct = isMention || SlackPlatform.IsDirect(channel) || (bot is not null && text.Contains($"<@{bot}", StringComparison.Ordinal));
        var causes = context.Causes(MessageKey(context.Workspace, channel, ts));
        for (var looks = 0; looks < MostLooks; looks++)
        {
            if (await PlaceAsync(context.Workspace, channel, ts, message["thread_ts"].Id, isAct, cancellationToken) is not { } place)
            {
                // People among themselves: not stored, not logged, not marked as seen, since its mention may follow.
                return;
            }

            var said = SlackText.Without(text, bot);
            var plain = PlainAsync(context.Workspace, said, message["files"], cancellationToken);
            var actor = await actors.ActorAsync(context.Workspace, user, Hints(message, context), cancellationToken);
            if (isMention && !place.IsOpen && !actor.IsTurnedAway
                && await actors.IsJoinedAsync(context.Workspace, channel, cancellationToken) == false
                && await actors.DirectThreadAsync(context.Workspace, user, $"{channel}:{ts}", cancellationToken) is { } direct)
            {
                // It was called into a channel where it would not hear the answers.
                place = new Place(direct, IsOpen: false, transaction => DirectThreads.Remember(transaction, direct));
            }

            var post = new Post(place.Thread, actor, ts, said, await plain, isAct, Begins: isAct && !place.IsOpen, MayCommand: isAct && (!place.IsOpen || place.IsKept), InStream: SlackPlatform.IsDirect(channel) && !message["thread_ts"].Exists);
            if (await EventOfAsync(post, context, cancellationToken) is not { } happened)
            {
                return;
            }

            var accepted = await inbox.AcceptAsync(happened, causes, happened is InboxEvent.TextPosted ? place.Remember : null, cancellationToken);
            if (accepted == AcceptResult.Accepted && happened is InboxEvent.TextPosted)
            {
                reactions.Taken(context.Workspace, channel, ts, causes[0]);
            }

            if (accepted != AcceptResult.Overtaken)
            {
                return;
            }
        }

        throw new StoreUnavailableException("What the direct channel is about kept changing; the message was not taken.");
    }

    /// <summary>What a person's post is for us; null if it is nothing.</summary>
    private async Task<InboxEvent.FromPerson?> EventOfAsync(Post post, EventContext context, CancellationToken cancellationToken)
    {
        var (thread, actor, ts, said, plain, isAct, begins, mayCommand, inStream) = post;
        if (actor.IsTurnedAway)
        {
            return isAct ? new InboxEvent.TurnedAway(thread, actor.Person, actor.Name, SlackActors.TurnedAway) : null;
        }

        if (!begins && HandOverPhrase.NameIn(said) is not null && SlackText.MentionsIn(said) is [var colleague])
        {
            var to = await actors.ActorAsync(context.Workspace, colleague, Hints(default, context), cancellationToken);
            return new InboxEvent.HandedOver(thread, actor.Person, actor.Name, to.Person, to.Name);
        }

        return begins ? FeedbackCommand.ToEvent(thread, actor.Person, actor.Name, ts, plain)
            : plain.Length == 0 ? null
            : mayCommand && FeedbackCommand.TryParse(plain) is { } command ? new InboxEvent.CommandGiven(thread, actor.Person, actor.Name, command)
            : new InboxEvent.TextPosted(thread, actor.Person, actor.Name, ts, plain, isAct) { InStream = inStream };
    }

    /// <summary>An edit; that Slack added a preview of a link is none.</summary>
    private async Task EditedAsync(SlackJson change, EventContext context, CancellationToken cancellationToken)
    {
        var message = change["message"];
        var text = message["text"].Text ?? "";
        if (change["channel"].Id is not { } channel || message["ts"].Id is not { } ts || message["user"].Id is not { } user
            || message["bot_id"].Exists || text == change["previous_message"]["text"].Text
            || await KnownAsync(context.Workspace, channel, ts, message["thread_ts"].Id, cancellationToken) is not { } thread)
        {
            Ignored("message");
            return;
        }

        var actor = await actors.ActorAsync(context.Workspace, user, Hints(message, context), cancellationToken);
        var bot = context.Bot ?? await actors.BotAsync(context.Workspace, cancellationToken);
        var plain = await PlainAsync(context.Workspace, SlackText.Without(text, bot), message["files"], cancellationToken);
        var causes = context.Causes($"edited:{context.Workspace}:{channel}:{ts}:{message["edited"]["ts"].Id ?? change["event_ts"].Id ?? change["ts"].Id}");
        InboxEvent.FromPerson happened = plain.Length == 0
            ? new InboxEvent.TextDeleted(thread, actor.Person, actor.Name, ts)
            : new InboxEvent.TextEdited(thread, actor.Person, actor.Name, ts, plain);
        await inbox.AcceptAsync(happened, causes, alongside: null, cancellationToken);
    }

    private async Task DeletedAsync(SlackJson change, string? ts, EventContext context, CancellationToken cancellationToken)
    {
        var message = change["previous_message"];
        if (change["channel"].Id is not { } channel || ts is null || message["user"].Id is not { } user || message["bot_id"].Exists
            || await KnownAsync(context.Workspace, channel, ts, message["thread_ts"].Id, cancellationToken) is not { } thread)
        {
            Ignored("message");
            return;
        }

        var actor = await actors.ActorAsync(context.Workspace, user, Hints(message, context), cancellationToken);
        await inbox.AcceptAsync(
            new InboxEvent.TextDeleted(thread, actor.Person, actor.Name, ts),
            context.Causes($"deleted:{context.Workspace}:{channel}:{ts}"),
            alongside: null,
            cancellationToken);
    }

    private async Task HomeOpenedAsync(SlackJson happened, EventContext context, CancellationToken cancellationToken)
    {
        if (happened["user"].Id is not { } user)
        {
            return;
        }

        var actor = await actors.ActorAsync(context.Workspace, user, Hints(default, context), cancellationToken);
        if (!actor.IsTurnedAway)
        {
            await inbox.AcceptAsync(
                new InboxEvent.HomeOpened(
                    new ThreadReference(SlackPlatform.PlatformName, context.Workspace, happened["channel"].Id ?? user, "home"), actor.Person, actor.Name),
                context.Causes($"home:{context.Workspace}:{user}:{happened["event_ts"].Id}"),
                alongside: null,
                cancellationToken);
        }
    }

    /// <summary>
    /// Somebody opens the app's messages, as who installed it does first of all. Who has talked with the bot before needs no
    /// welcome, and nobody gets two.
    /// </summary>
    private async Task WelcomeInPersonAsync(SlackJson happened, EventContext context, CancellationToken cancellationToken)
    {
        if (happened["user"].Id is not { } user || happened["channel"].Id is not { } channel)
        {
            return;
        }

        var actor = await actors.ActorAsync(context.Workspace, user, Hints(default, context), cancellationToken);
        var thread = new ThreadReference(SlackPlatform.PlatformName, context.Workspace, channel, "welcome");
        if (!actor.IsTurnedAway && (await store.FindTopicAsync(lanes, thread.Channel, cancellationToken)).Stored is null)
        {
            await inbox.AcceptAsync(
                new InboxEvent.Welcomed(thread, actor.Person, actor.Name, InChannel: false),
                [$"slack:welcome:{context.Workspace}:{user}"],
                alongside: null,
                cancellationToken);
        }
    }

    /// <summary>The bot was added to a channel; when it is added again, it has said already what it does.</summary>
    private async Task WelcomeToChannelAsync(SlackJson happened, EventContext context, CancellationToken cancellationToken)
    {
        if (happened["channel"].Id is not { } channel)
        {
            return;
        }

        var inviter = await actors.ActorAsync(context.Workspace, happened["inviter"].Id ?? happened["user"].Id!, Hints(default, context), cancellationToken);
        await inbox.AcceptAsync(
            new InboxEvent.Welcomed(
                new ThreadReference(SlackPlatform.PlatformName, context.Workspace, channel, "welcome"), inviter.Person, inviter.Name, InChannel: true),
            [$"slack:welcome:{context.Workspace}:{channel}"],
            alongside: null,
            cancellationToken);
    }

    /// <summary>
    /// Where a message belongs; null where that is nowhere of ours. In a direct channel it is what is being talked about; what
    /// comes next begins another.
    /// </summary>
    private async Task<Place?> PlaceAsync(
        string workspace, string channel, string ts, string? threadTs, bool isAct, CancellationToken cancellationToken)
    {
        var own = new ThreadReference(SlackPlatform.PlatformName, workspace, channel, threadTs ?? ts);
        if (SlackPlatform.IsDirect(channel))
        {
            var topic = await store.FindTopicAsync(lanes, own.Channel, cancellationToken);
            var begun = own with { ThreadId = ts };
            return topic.Open is { } open
                ? new Place(open, IsOpen: true, IsKept: topic.IsKept)
                : new Place(begun, IsOpen: false, transaction => DirectThreads.Remember(transaction, begun, topic));
        }

        var isKnown = (isAct || (threadTs is not null && threadTs != ts))
            && await store.FindAsync<KnownThread>(lanes.Key(KnownThread.Row(own)), cancellationToken) is { Value.Card: null };
        return isAct || isKnown ? new Place(own, isKnown) : null;
    }

    /// <summary>The thread of a message that was changed, if it is one of ours.</summary>
    private async Task<ThreadReference?> KnownAsync(
        string workspace, string channel, string ts, string? threadTs, CancellationToken cancellationToken)
    {
        var own = new ThreadReference(SlackPlatform.PlatformName, workspace, channel, threadTs ?? ts);
        if (await store.FindAsync<KnownThread>(lanes.Key(KnownThread.Row(own)), cancellationToken) is { Value.Card: null })
        {
            return own;
        }

        // A direct channel may have been about something else when the message came, and a mention may go on in one.
        return (await store.FindAsync<SeenMark>(lanes.Key(InboxMessage.SeenRow(CauseOf(MessageKey(workspace, channel, ts)))), cancellationToken))?.Value.Thread;
    }

    private async Task<string> PlainAsync(string workspace, string text, SlackJson files, CancellationToken cancellationToken)
        => SlackText.WithFiles(SlackText.ToPlain(text, await actors.NamesInAsync(workspace, text, cancellationToken)), files);

    private static ActorHints Hints(SlackJson message, EventContext context)
        => new(null, message["user_team"].Id ?? message["source_team"].Id ?? message["team"].Id, context.EnterpriseId, context.IsSharedChannel);

    private static SlackReply Ignored(string what)
    {
        SlackTelemetry.Ignored.Add(1, new KeyValuePair<string, object?>("what", what));
        return SlackReply.Ok;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Slack holds events of workspace {Workspace} back: there were more than 30,000 in an hour.")]
    private partial void LogRateLimited(string? workspace);

    [LoggerMessage(Level = LogLevel.Warning, Message = "An event of workspace {Workspace} came, which is not in Slack:Workspaces; it was dropped.")]
    private partial void LogUnknownWorkspace(string? workspace);

    [LoggerMessage(Level = LogLevel.Error, Message = "The app was taken out of workspace {Workspace} ({Event}): nothing can be sent there until it is installed again and Slack:Workspaces has its new token.")]
    private partial void LogUninstalled(string workspace, string @event);

    /// <summary>
    /// A person's post. <paramref name="Said"/> is what they wrote as Slack sent it, less the bot's name. It
    /// <paramref name="Begins"/> something where it is an act outside of an open conversation.
    /// </summary>
    private sealed record Post(ThreadReference Thread, SlackActor Actor, string Ts, string Said, string Plain, bool IsAct, bool Begins, bool MayCommand, bool InStream);

    /// <summary>
    /// The thread that a message is in, and whether its conversation is under way, or its draft kept; <paramref name="Remember"/>
    /// is what makes a direct channel be about it.
    /// </summary>
    private sealed record Place(ThreadReference Thread, bool IsOpen, Action<StoreTransaction>? Remember = null, bool IsKept = false);

    /// <summary>What the envelope says about an event.</summary>
    private sealed record EventContext(string Workspace, string? EventId, string? Bot, string? EnterpriseId, bool IsSharedChannel)
    {
        /// <summary>
        /// The keys under which it may come again: Slack's own, and what it is about, since one post with a mention comes as two
        /// events.
        /// </summary>
        public IReadOnlyList<string> Causes(string about)
            => EventId is null ? [CauseOf(about)] : [$"slack:event:{EventId}", CauseOf(about)];
    }

    private static string MessageKey(string workspace, string channel, string ts) => $"message:{workspace}:{channel}:{ts}";

    private static string CauseOf(string about) => $"slack:{about}";
}
