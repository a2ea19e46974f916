using FeedbackBot.Core.Inbox;
using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Outbox;

namespace FeedbackBot.Core.Conversations;

/// <summary>The channel in which a person gave a command that goes on elsewhere, with the name that they know it by.</summary>
public sealed record CommandPlace(ChannelReference Channel, string Name);

/// <summary>
/// A conversation that began by a command goes on in the channel where that was given, if the seller would like it to: the bot
/// posts there, and when that post is delivered the conversation becomes the post's thread. Until then, and if it never is, it
/// goes on where it was.
/// </summary>
internal static class ConversationMove
{
    private const int LongestName = 60;
    private const int LongestQuote = 200;

    /// <summary>Asks whether to move.</summary>
    public static OutboundMessage Offer(Conversation conversation, CommandPlace place) => new OutboundMessage.Notice(Wording.OfferMove)
    {
        Subject = conversation.Subject(),
        Choices = [new Choice(ActionNames.Move, Wording.MoveTo(PersonText.Shorten(place.Name, LongestName)))],
    };

    /// <summary>Begins to move to where the command was given, nowhere else; the second time the button is pressed it is under way.</summary>
    public static async Task BeginAsync(
        Storage.Stored<Conversation> found, InboxEvent.ActionPressed pressed, ChatPlatforms platforms, Turn turn, CancellationToken cancellationToken)
    {
        var conversation = found.Value;
        if (conversation is not { HasEnded: false, Submission: null, BegunIn.Channel: { } channel })
        {
            turn.Refuse(pressed, Wording.NotNow);
            return;
        }

        if (conversation.Moving is not null)
        {
            turn.Refuse(pressed, Wording.MovingAlready);
            return;
        }

        var kind = platforms.Find(channel.Platform) is { } platform ? await platform.KindOfAsync(channel, cancellationToken) : ChannelKind.Unknown;
        if (kind is ChannelKind.SharedWithOutsiders or ChannelKind.NotJoined)
        {
            turn.Refuse(pressed, kind == ChannelKind.NotJoined ? Wording.NotInChannel : Wording.OutsidersThere);
            return;
        }

        var id = OutboxId.For(turn.Cause.Id, "move", channel.ChannelId);
        turn.Replace(found, conversation with { Moving = id });
        turn.Send(
            id,
            new Destination.NewThread(channel),
            new OutboundMessage.Notice(Wording.MovedHere(conversation.SellerName, PersonText.Shorten(conversation.Statements[0].Text, LongestQuote))),
            LanePriority.Person,
            brings: conversation.Thread);
    }

    /// <summary>Nothing can go on under the post: the conversation stays where it is, and its seller hears why.</summary>
    public static async Task StayAsync(OutboxId post, ThreadReference thread, string why, Turn turn, CancellationToken cancellationToken)
    {
        var found = await turn.FindAsync<Conversation>(Conversation.Row(thread), cancellationToken);
        if (found?.Value.Moving == post)
        {
            turn.Replace(found, found.Value with { Moving = null });
            turn.Send("not-moved", new Destination.Reply(thread), new OutboundMessage.Notice(why));
        }
    }

    /// <summary>The conversation of a thread, where it goes on now.</summary>
    public static async Task<Storage.Stored<Conversation>?> FindAsync(ThreadReference thread, Turn turn, CancellationToken cancellationToken)
    {
        var found = await turn.FindAsync<Conversation>(Conversation.Row(thread), cancellationToken);
        return found?.Value.MovedTo is { } moved ? await turn.FindAsync<Conversation>(Conversation.Row(moved), cancellationToken) : found;
    }
}
