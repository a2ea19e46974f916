using FeedbackBot.Core.Inbox;
using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Outbox;
using FeedbackBot.Core.Requests;

namespace FeedbackBot.Core.Triage;

/// <summary>Carries an answer to the thread of every submission, in steps that each fit into one transaction.</summary>
public static class ResponseRelay
{
    // Each thread takes four rows of the hundred that a transaction holds.
    private const int ThreadsPerStep = 20;

    private static readonly FormField[] StillBlockedForm =
    [
        new("facts", "What is still in the way?", FieldType.TextArea, Required: true,
            Help: "New facts help most: what the customer tried, what the answer does not cover."),
    ];

    /// <summary>Starts the relay of <paramref name="answer"/>.</summary>
    public static void Begin(FeedbackRequest request, RecordedResponse answer, Turn turn) => Post(request.Id, answer.Id, null, turn);

    /// <summary>Does one step and posts the next.</summary>
    public static async Task StepAsync(InboxEvent.RelayStep step, Turn turn, CancellationToken cancellationToken)
    {
        var request = (await turn.GetAsync<FeedbackRequest>(FeedbackRequest.Row(step.Request), cancellationToken)).Value;
        if (request.Response is not { } answer || answer.Id != step.Answer)
        {
            // Opened again meanwhile: the answer no longer holds.
            return;
        }

        var entries = await turn.PageAsync<SubmissionEntry>(
            SubmissionEntry.Prefix(step.Request), step.After, ThreadsPerStep, cancellationToken);
        var submissions = await Task.WhenAll(entries.Select(
            entry => turn.GetAsync<Submission>(Submission.Row(entry.Value.Id), cancellationToken).AsTask()));
        foreach (var submission in submissions)
        {
            if (submission.Value.AnsweredAtOnce != answer.Id)
            {
                Say(request, answer, submission.Value, turn);
            }
        }

        if (entries.Count == ThreadsPerStep)
        {
            Post(step.Request, step.Answer, entries[^1].Key.Row, turn);
        }
    }

    /// <summary>Says the answer in the submission's thread.</summary>
    public static void Say(FeedbackRequest request, RecordedResponse answer, Submission submission, Turn turn)
        => turn.Send(
            $"answer:{answer.Id}:{submission.Id}",
            new Destination.Reply(submission.Thread),
            new OutboundMessage.Answer(request.Id, request.Title, answer.Answer)
            {
                Subject = new Subject(SubjectKind.Submission, $"{submission.Id}:{answer.Id}"),
                Choices =
                [
                    new Choice(ActionNames.ToldCustomer, "Told the customer"),
                    new Choice(ActionNames.CustomerAccepts, "Customer accepts", Style: ChoiceStyle.Primary),
                    new Choice(ActionNames.StillBlocked, "Still blocked", OpensForm: true),
                ],
                Form = StillBlockedForm,
            },
            LanePriority.Normal);

    private static void Post(RequestId request, string answer, string? after, Turn turn)
        => turn.Post($"relay:{request}:{answer}:{after}", new InboxEvent.RelayStep(request, answer, after), turn.Now);
}
