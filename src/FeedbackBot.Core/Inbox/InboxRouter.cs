using FeedbackBot.Core.Commands;
using FeedbackBot.Core.Conversations;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Requests;
using FeedbackBot.Core.Triage;

namespace FeedbackBot.Core.Inbox;

/// <summary>Which feature handles which event: the table of contents of everything that can happen.</summary>
public sealed class InboxRouter(CommandHandler commands, ConversationHandler conversations, RecordResponse responses, RecordOutcome outcomes, MergeRequests merges)
{
    public Task HandleAsync(InboxEvent happened, Turn turn, CancellationToken cancellationToken) => happened switch
    {
        InboxEvent.TextPosted posted => conversations.PostedAsync(posted, turn, cancellationToken),
        InboxEvent.TextEdited or InboxEvent.TextDeleted or InboxEvent.HandedOver => conversations.ChangedAsync((InboxEvent.FromPerson)happened, turn, cancellationToken),
        InboxEvent.ActionPressed { Subject.Kind: SubjectKind.Conversation } pressed => conversations.PressedAsync(pressed, turn, cancellationToken),
        InboxEvent.ActionPressed { Subject.Kind: SubjectKind.Request, Action: ActionNames.Merge or ActionNames.Unmerge } pressed => merges.HandleAsync(pressed, turn, cancellationToken),
        InboxEvent.ActionPressed { Subject.Kind: SubjectKind.Request } pressed => responses.HandleAsync(pressed, turn, cancellationToken),
        InboxEvent.ActionPressed { Subject.Kind: SubjectKind.Submission } pressed => outcomes.HandleAsync(pressed, turn, cancellationToken),
        InboxEvent.CommandGiven given => commands.HandleAsync(given, turn, cancellationToken),
        InboxEvent.HomeOpened opened => CommandHandler.HandleAsync(opened, turn, cancellationToken),
        InboxEvent.Welcomed welcomed => CommandHandler.HandleAsync(welcomed, turn),
        InboxEvent.TurnedAway away => TurnAway(away, turn),
        InboxEvent.ConversationTimer timer => conversations.TimerAsync(timer, turn, cancellationToken),
        InboxEvent.DraftReminder reminder => conversations.RemindAsync(reminder, turn, cancellationToken),
        InboxEvent.ConversationMoved moved => conversations.MovedAsync(moved, turn, cancellationToken),
        InboxEvent.RelayStep step => ResponseRelay.StepAsync(step, turn, cancellationToken),
        InboxEvent.RelayParts step => ResponseRelay.StepAsync(step, turn, cancellationToken),
        InboxEvent.DeliveryGivenUp lost => TellOfGivenUp.HandleAsync(lost, turn, cancellationToken),
        _ => throw new InvalidOperationException($"Nothing handles {happened.GetType().Name}."),
    };

    private static Task TurnAway(InboxEvent.TurnedAway away, Turn turn)
    {
        turn.Refuse(away, away.Text);
        return Task.CompletedTask;
    }
}
