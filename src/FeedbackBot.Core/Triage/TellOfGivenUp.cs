using FeedbackBot.Core.Conversations;
using FeedbackBot.Core.Inbox;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Outbox;
using FeedbackBot.Core.Requests;

namespace FeedbackBot.Core.Triage;

/// <summary>
/// When a card cannot be put into its triage channel, the seller who waits for an answer hears so. Other messages that were
/// given up are for the operator: whoever should have read them cannot be reached there.
/// </summary>
public static class TellOfGivenUp
{
    // The sellers who asked first; a card that never arrived has no more than a handful.
    private const int Told = 20;

    public static async Task HandleAsync(InboxEvent.DeliveryGivenUp lost, Turn turn, CancellationToken cancellationToken)
    {
        var message = await turn.FindAsync<OutboxMessage>(OutboxMessage.Row(lost.Message), cancellationToken);
        if (message?.Value.Brings is { } thread)
        {
            await ConversationMove.StayAsync(lost.Message, thread, Wording.NotMoved, turn, cancellationToken);
            return;
        }

        if (message?.Value is not { Content.Card: { } request, Destination: Destination.NewThread })
        {
            return;
        }

        foreach (var entry in await turn.PageAsync<SubmissionEntry>(SubmissionEntry.Prefix(request), null, Told, cancellationToken))
        {
            var submission = await turn.GetAsync<Submission>(Submission.Row(entry.Value.Id), cancellationToken);
            turn.Send(
                $"card-lost:{submission.Value.Id}",
                new Destination.Reply(submission.Value.Thread),
                new OutboundMessage.Notice(Wording.CardNotDelivered(request)));
        }
    }
}
