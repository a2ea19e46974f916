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
        Choices = [new Choice(ActionNames.Move, Wording.MoveTo(PersonText.Shorten(place.Name, LongestName)), place.Channel.ChannelId)],
    };

    /// <summary>Begins to move; the second time the button is pressed it is under way.</summary>
    public static void Begin(Storage.Stored<Conversation> found, InboxEvent.ActionPressed pressed, Turn turn)
    {
        var conversation = found.Value;
        if (conversation.HasEnded || string.IsNullOrEmpty(pressed.Value))
        {
            turn.Refuse(pressed, Wording.NotNow);
            return;
        }

        if (conversation.Moving is not null)
        {
            turn.Refuse(pressed, Wording.MovingAlready);
            return;
        }

        var id = OutboxId.For(turn.Cause.Id, "move", pressed.Value);
        turn.Replace(found, conversation with { Moving = id });
        turn.Send(
            id,
            new Destination.NewThread(conversation.Thread.Channel with { ChannelId = pressed.Value }),
            new OutboundMessage.Notice(Wording.MovedHere(conversation.SellerName, PersonText.Shorten(conversation.Statements[0].Text, LongestQuote))),
            LanePriority.Person,
            brings: conversation.Thread);
    }

    /// <summary>The post could not be made: the conversation stays where it is, and its seller hears so.</summary>
    public static async Task GivenUpAsync(OutboxId post, ThreadReference thread, Turn turn, CancellationToken cancellationToken)
    {
        var found = await turn.FindAsync<Conversation>(Conversation.Row(thread), cancellationToken);
        if (found?.Value.Moving == post)
        {
            turn.Replace(found, found.Value with { Moving = null });
            turn.Send("not-moved", new Destination.Reply(thread), new OutboundMessage.Notice(Wording.NotMoved));
        }
    }

    /// <summary>The conversation of a thread, where it goes on now.</summary>
    public static async Task<Storage.Stored<Conversation>?> FindAsync(ThreadReference thread, Turn turn, CancellationToken cancellationToken)
    {
        var found = await turn.FindAsync<Conversation>(Conversation.Row(thread), cancellationToken);
        return found?.Value.MovedTo is { } moved ? await turn.FindAsync<Conversation>(Conversation.Row(moved), cancellationToken) : found;
    }
}
