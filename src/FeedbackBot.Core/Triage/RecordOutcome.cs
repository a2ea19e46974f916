using FeedbackBot.Core.Deduplication;
using FeedbackBot.Core.Inbox;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Outbox;
using FeedbackBot.Core.Requests;

namespace FeedbackBot.Core.Triage;

/// <summary>A seller says what became of an answer: told, accepted, or still blocked, which opens the request again.</summary>
public sealed class RecordOutcome(RequestIndex index)
{
    public async Task HandleAsync(InboxEvent.ActionPressed pressed, Turn turn, CancellationToken cancellationToken)
    {
        var (submissionId, answerId) = Split(pressed.Subject.Id);
        var outcome = OutcomeOf(pressed.Action);
        var found = await turn.FindAsync<Submission>(Submission.Row(submissionId), cancellationToken);
        if (found is null || outcome == Outcome.None || found.Value.Thread != pressed.Thread)
        {
            turn.Refuse(pressed, Wording.NotNow);
            return;
        }

        var submission = found.Value;
        if (submission.Seller != pressed.Person)
        {
            turn.Refuse(pressed, Wording.OutcomeNotYours(submission.SellerName));
            return;
        }

        // Where its request is part of another, the answer that holds is that one's.
        var request = await turn.RootAsync(submission.Request, cancellationToken);
        if (request.Value.Response is not { } answer || answer.Id != answerId)
        {
            var facts = Facts(pressed);
            turn.Refuse(pressed, facts.Length == 0 ? Wording.TooLateForOutcome(request.Value.Id) : $"{Wording.TooLateForOutcome(request.Value.Id)}\n\n{facts}");
            return;
        }

        var next = submission.With(outcome, answer.Id);
        var told = request.Value;
        var what = outcome switch
        {
            Outcome.ToldCustomer => "Told the customer.",
            Outcome.CustomerAccepts => "The customer accepts it.",
            Outcome.StillBlocked or Outcome.None => "Still blocked, with new facts.",
        };
        if (outcome == Outcome.StillBlocked)
        {
            var facts = Facts(pressed);
            if (facts.Length == 0)
            {
                turn.Refuse(pressed, Wording.FactsNeeded);
                return;
            }

            next = next with { NewFacts = [.. submission.NewFacts, facts] };
            told = told with { Response = null, ReopenedBecause = Wording.ReopenedBecause(submission.SellerName) };
            turn.Replace(request, told);
            turn.Insert(OpenRequest.Row(told), new OpenRequest { Id = told.Id });
            turn.AfterCommit(() => index.Put(told));
        }

        turn.Replace(found, next);
        turn.AfterCommit(() => index.Put(next));
        turn.Upsert(SubmissionEntry.Row(next.Request, next.Id), SubmissionEntry.Of(next));
        await RememberAsync(pressed, submission.Request, told.Id, what, answer, turn, cancellationToken);
        turn.Send("outcome", new Destination.Reply(submission.Thread), new OutboundMessage.Notice(Wording.OutcomeTaken(outcome)));
    }

    /// <summary>In the history and on the card of the request, and of the one that it is part of.</summary>
    private static async Task RememberAsync(
        InboxEvent.ActionPressed pressed,
        RequestId request,
        RequestId root,
        string what,
        RecordedResponse answer,
        Turn turn,
        CancellationToken cancellationToken)
    {
        foreach (var about in new HashSet<RequestId> { root, request })
        {
            turn.Insert(
                HistoryEntry.Row(about, turn.Now, turn.Cause.Id),
                new HistoryEntry { At = turn.Now, By = pressed.Person, ByName = pressed.PersonName, What = what, Response = answer });
        }

        await SubmitFeedback.UpdateCardsAsync(request, turn, cancellationToken);
    }

    private static Outcome OutcomeOf(string action) => action switch
    {
        ActionNames.ToldCustomer => Outcome.ToldCustomer,
        ActionNames.CustomerAccepts => Outcome.CustomerAccepts,
        ActionNames.StillBlocked => Outcome.StillBlocked,
        _ => Outcome.None,
    };

    private static string Facts(InboxEvent.ActionPressed pressed)
        => PersonText.Clean(new FormValues(pressed.Form).Text("facts"));

    private static (SubmissionId Submission, string Answer) Split(string subject)
        => subject.LastIndexOf(':') is >= 0 and var colon
            ? (new SubmissionId(subject[..colon]), subject[(colon + 1)..])
            : (new SubmissionId(subject), "");
}
