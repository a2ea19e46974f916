using FeedbackBot.Core.Deduplication;
using FeedbackBot.Core.Inbox;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Outbox;
using FeedbackBot.Core.Requests;

namespace FeedbackBot.Core.Triage;

/// <summary>A product manager answers a request on its card.</summary>
public sealed class RecordResponse(RequestIndex index, ChatPlatforms platforms)
{
    public async Task HandleAsync(InboxEvent.ActionPressed pressed, Turn turn, CancellationToken cancellationToken)
    {
        var found = RequestId.TryParse(pressed.Subject.Id) is { } id
            ? await turn.FindAsync<FeedbackRequest>(FeedbackRequest.Row(id), cancellationToken)
            : null;
        if (found is null || pressed.Action != ActionNames.Answer)
        {
            turn.Refuse(pressed, Wording.NotNow);
            return;
        }

        var request = found.Value;
        var platform = platforms.Find(request.TriageChannel.Platform);
        if (platform is null || !await platform.IsMemberAsync(request.TriageChannel, pressed.Person, cancellationToken))
        {
            turn.Refuse(pressed, Wording.TriageMembersOnly);
            return;
        }

        // The adapter checked the form before it was stored; what comes here unchecked is no form of ours.
        if (!ResponseForm.TryRead(new FormValues(pressed.Form), out var response, out var errors))
        {
            turn.Refuse(pressed, Wording.AnswerIncomplete(errors));
            return;
        }

        if (request.MergedInto is not null)
        {
            var root = await turn.RootAsync(request.Id, cancellationToken);
            turn.Refuse(pressed, $"{Wording.AnswerThere(request.Id, root.Value.Id)}\n\n{ResponseText.Of(response)}");
            return;
        }

        if (request.Response is { } earlier)
        {
            turn.Refuse(pressed, $"{Wording.AlreadyAnswered(request.Id, earlier.ByName)}\n\n{ResponseText.Of(response)}");
            return;
        }

        var recorded = new RecordedResponse(turn.Cause.Id, response, pressed.Person, pressed.PersonName, turn.Now);
        var answered = request with { Response = recorded, ReopenedBecause = null };
        turn.Replace(found, answered);
        turn.Delete(OpenRequest.Row(request));
        turn.Insert(
            HistoryEntry.Row(request.Id, turn.Now, turn.Cause.Id),
            new HistoryEntry
            {
                At = turn.Now,
                By = pressed.Person,
                ByName = pressed.PersonName,
                Response = recorded,
                What = $"Answered: {ResponseForm.Label(response.Category)}.",
            });
        SubmitFeedback.UpdateCard(answered, turn);
        ResponseRelay.Begin(answered, recorded, turn);
        turn.AfterCommit(() => index.Put(answered));
    }
}
