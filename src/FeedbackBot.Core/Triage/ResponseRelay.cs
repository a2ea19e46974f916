using FeedbackBot.Core.Inbox;
using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Outbox;
using FeedbackBot.Core.Requests;

namespace FeedbackBot.Core.Triage;

/// <summary>
/// Carries an answer to the thread of every submission of a request and of all that are part of it, in steps that each fit
/// into one transaction. A step looks first whether the answer still holds for its submissions; a submission is told an
/// answer once, whatever number of steps come to it, since the send has the same id each time.
/// </summary>
public static class ResponseRelay
{
    // Each thread takes four rows of the hundred that a transaction holds, five where its lane waits already.
    private const int ThreadsPerStep = 16;
    private const int PartsPerStep = 16;

    private static readonly FormField[] StillBlockedForm =
    [
        new("facts", "What is still in the way?", FieldType.TextArea, Required: true,
            Help: "New facts help most: what the customer tried, what the answer does not cover."),
    ];

    /// <summary>Starts the relay of <paramref name="answer"/>, just given to <paramref name="request"/>.</summary>
    public static void Begin(FeedbackRequest request, RecordedResponse answer, Turn turn)
        => Post(new InboxEvent.RelayStep(request.Id, answer.Id, null), turn);

    /// <summary>
    /// Relays <paramref name="answer"/>, which <paramref name="request"/> has had before, to <paramref name="source"/> and its
    /// parts, for which it holds from this turn on.
    /// </summary>
    public static void CatchUp(FeedbackRequest request, RecordedResponse answer, RequestId source, Turn turn)
        => Post(new InboxEvent.RelayStep(request.Id, answer.Id, null, source, turn.Cause.Id), turn);

    /// <summary>Does one step and posts the next.</summary>
    public static async Task StepAsync(InboxEvent.RelayStep step, Turn turn, CancellationToken cancellationToken)
    {
        var source = step.Source ?? step.Request;
        if (await HoldingAsync(step.Request, step.Answer, source, turn, cancellationToken) is not { Response: { } answer } request)
        {
            return;
        }

        if (step.After is null)
        {
            await BeginPartsAsync(step, source, answer, turn, cancellationToken);
        }

        var entries = await turn.PageAsync<SubmissionEntry>(
            SubmissionEntry.Prefix(source), step.After, ThreadsPerStep, cancellationToken);
        foreach (var submission in await Task.WhenAll(entries.Select(entry => UntoldAsync(entry.Value.Id, answer, turn, cancellationToken))))
        {
            if (submission is not null)
            {
                Say(request, answer, submission, turn);
            }
        }

        if (entries.Count == ThreadsPerStep)
        {
            Post(step with { After = entries[^1].Key.Row }, turn);
        }
    }

    /// <summary>Begins the relay for some of the parts of a request, and posts the next of these steps.</summary>
    public static async Task StepAsync(InboxEvent.RelayParts step, Turn turn, CancellationToken cancellationToken)
    {
        if (await HoldingAsync(step.Request, step.Answer, step.Source, turn, cancellationToken) is null)
        {
            return;
        }

        var parts = await turn.PageAsync<MergedRequest>(
            MergedRequest.Prefix(step.Source), step.After, PartsPerStep, cancellationToken);
        foreach (var part in parts)
        {
            Post(new InboxEvent.RelayStep(step.Request, step.Answer, null, part.Value.Id, step.Run), turn);
        }

        if (parts.Count == PartsPerStep)
        {
            Post(step with { After = parts[^1].Key.Row }, turn);
        }
    }

    /// <summary>Says the answer in the submission's thread, unless it was said there before.</summary>
    public static void Say(FeedbackRequest request, RecordedResponse answer, Submission submission, Turn turn)
        => turn.Send(
            SendOf(answer, submission.Id),
            new Destination.Reply(submission.Thread),
            new OutboundMessage.Answer(
                request.Id, request.Title, answer.Answer, submission.Request == request.Id ? null : submission.Request)
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

    /// <summary>The send that tells a submission an answer, whatever turn it comes from.</summary>
    private static OutboxId SendOf(RecordedResponse answer, SubmissionId submission)
        => OutboxId.For(answer.Id, "answer", submission.Value);

    /// <summary>
    /// The request, if the answer is the one that holds for <paramref name="source"/> now. Null where it was opened again
    /// meanwhile, or the one is no longer part of the other: who has come back by then is told by that turn.
    /// </summary>
    private static async Task<FeedbackRequest?> HoldingAsync(
        RequestId request, string answer, RequestId source, Turn turn, CancellationToken cancellationToken)
    {
        var root = (await turn.RootAsync(source, cancellationToken)).Value;
        return root.Id == request && root.Response?.Id == answer ? root : null;
    }

    private static async Task BeginPartsAsync(
        InboxEvent.RelayStep step, RequestId source, RecordedResponse answer, Turn turn, CancellationToken cancellationToken)
    {
        if ((await turn.PageAsync<MergedRequest>(MergedRequest.Prefix(source), null, 1, cancellationToken)).Count > 0)
        {
            Post(new InboxEvent.RelayParts(step.Request, step.Answer, source, null, step.Run), turn);
        }

        if (source != step.Request)
        {
            // The same row each time, so that a second relay of the answer leaves one line.
            turn.Upsert(
                HistoryEntry.Row(source, answer.At, answer.Id),
                new HistoryEntry
                {
                    At = answer.At,
                    By = answer.By,
                    ByName = answer.ByName,
                    Response = answer,
                    What = $"Answered as part of {step.Request}: {ResponseForm.Label(answer.Answer.Category)}.",
                });
        }
    }

    private static async Task<Submission?> UntoldAsync(
        SubmissionId id, RecordedResponse answer, Turn turn, CancellationToken cancellationToken)
        => await turn.FindAsync<OutboxMessage>(OutboxMessage.Row(SendOf(answer, id)), cancellationToken) is null
            && (await turn.GetAsync<Submission>(Submission.Row(id), cancellationToken)).Value is var submission
            && submission.AnsweredAtOnce != answer.Id
                ? submission
                : null;

    private static void Post(InboxEvent.RelayStep step, Turn turn)
        => turn.Post($"relay:{step.Request}:{step.Answer}:{step.Source ?? step.Request}:{step.After}:{step.Run}", step, turn.Now);

    private static void Post(InboxEvent.RelayParts step, Turn turn)
        => turn.Post($"relay-parts:{step.Request}:{step.Answer}:{step.Source}:{step.After}:{step.Run}", step, turn.Now);
}
