using System.Collections.Frozen;
using FeedbackBot.Core.Inbox;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Storage;

namespace FeedbackBot.Core.Conversations;

/// <summary>
/// What somebody writes who keeps a draft in a channel that is read as one stream: it may belong to the draft or be about
/// another customer, so they are asked, and until then it waits in <see cref="Conversation.Later"/>.
/// </summary>
internal static class KeptDraft
{
    private const int LongestQuote = 80;

    private static readonly FrozenDictionary<string, string> Words = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["yes"] = ActionNames.AddToDraft,
        ["y"] = ActionNames.AddToDraft,
        ["add"] = ActionNames.AddToDraft,
        ["add it"] = ActionNames.AddToDraft,
        ["no"] = ActionNames.StartAgain,
        ["new"] = ActionNames.StartAgain,
        ["something new"] = ActionNames.StartAgain,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether nobody can tell what <paramref name="posted"/> belongs to.</summary>
    public static bool IsUnclear(Conversation conversation, InboxEvent.TextPosted posted)
        => posted.InStream && conversation.State == ConversationState.Saved
            && ConversationInput.Understood(new ConversationInput.Said(posted.Text), conversation) is ConversationInput.Said;

    /// <summary>What the seller answers by words to the question that <see cref="Ask"/> asked; null if it is no answer.</summary>
    public static string? AnswerIn(Conversation conversation, InboxEvent.TextPosted posted)
        => posted.InStream && IsAsked(conversation) ? Words.GetValueOrDefault(posted.Text.Trim().TrimEnd('.', '!')) : null;

    /// <summary>Whether the question is open.</summary>
    public static bool IsAsked(Conversation conversation)
        => conversation is { State: ConversationState.Saved or ConversationState.Confirming, Later.Count: > 0 };

    /// <summary>
    /// What waits is not forgotten where the seller does something else first: the question stands below it again, and at the
    /// end they may begin another conversation with it.
    /// </summary>
    public static ConversationStep AskAgain(Conversation before, ConversationStep step)
        => before.HasEnded || step.Next == before ? step
            : step.Next is { HasEnded: true, Later.Count: > 0 }
                ? step with { Say = [.. step.Say, Question(step.Next, Wording.LeftBesideDraft(PersonText.Shorten(step.Next.Later[0].Text, LongestQuote)), StartAgain)] }
            : IsAsked(step.Next) ? step with { Say = [.. step.Say, Question(step.Next)] }
            : step;

    public static void Ask(Stored<Conversation> found, InboxEvent.TextPosted posted, Turn turn)
    {
        var conversation = found.Value;
        if (conversation.IsTooMuch(posted.Text))
        {
            turn.Send("too-much", new Outbox.Destination.Reply(conversation.Thread), new OutboundMessage.Refusal(Wording.TooMuchText));
            return;
        }

        var topic = conversation.Later.Count == 0 ? Topic.Opening : Topic.Added;
        turn.Replace(found, conversation with { Later = [.. conversation.Later, new Statement(topic, StatementKind.Said, posted.Text, posted.MessageId)] });
        turn.Send("kept-draft", new Outbox.Destination.Reply(conversation.Thread), Question(conversation));
    }

    private static readonly Choice StartAgain = new(ActionNames.StartAgain, Wording.StartAgain);

    private static OutboundMessage.Notice Question(Conversation conversation) => Question(
        conversation,
        Wording.BelongsToDraft(PersonText.Shorten(conversation.Statements[0].Text, LongestQuote)),
        new Choice(ActionNames.AddToDraft, Wording.AddToDraft),
        StartAgain);

    private static OutboundMessage.Notice Question(Conversation conversation, string text, params Choice[] choices)
        => new(text) { Subject = conversation.Subject(), Choices = choices };

    /// <summary>Where a channel is read as one stream, it is about the draft in <paramref name="thread"/> again.</summary>
    public static async Task TalkAboutAsync(ThreadReference thread, Turn turn, CancellationToken cancellationToken)
    {
        var direct = await turn.FindAsync<DirectThread>(DirectThread.Row(thread.Channel), cancellationToken);
        if (direct is not null && direct.Value.Thread != thread)
        {
            turn.Replace(direct, new DirectThread { Thread = thread });
        }
    }

    /// <summary>The draft with what waited.</summary>
    public static Conversation Added(Conversation conversation) => conversation with
    {
        Statements = [.. conversation.Statements, .. conversation.Later.Select(statement => statement with { Topic = Topic.Added })],
        Later = [],
    };
}
