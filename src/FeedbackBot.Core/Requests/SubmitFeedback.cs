using FeedbackBot.Core.Conversations;
using FeedbackBot.Core.Deduplication;
using FeedbackBot.Core.Inbox;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Outbox;
using FeedbackBot.Core.Roadmap;
using FeedbackBot.Core.Triage;
using Microsoft.Extensions.Options;

namespace FeedbackBot.Core.Requests;

/// <summary>Turns a confirmed draft into a submission, on a new request or on the one the seller said it is.</summary>
public sealed class SubmitFeedback(RequestIndex index, IOptions<FeedbackBotOptions> options)
{
    private readonly FeedbackBotOptions _options = options.Value;

    /// <summary>Stages the submission, and its request where that is new.</summary>
    /// <param name="joins">Whether the request of the conversation is there already.</param>
    public async Task SubmitAsync(Conversation conversation, bool joins, Turn turn, CancellationToken cancellationToken)
    {
        var id = conversation.Request ?? throw new InvalidOperationException("A submitted conversation names its request.");
        var understanding = Understanding.Of(conversation);
        var submission = new Submission
        {
            Id = conversation.Submission ?? throw new InvalidOperationException("A submitted conversation names its submission."),
            Request = id,
            Seller = conversation.Seller,
            SellerName = conversation.SellerName,
            Customer = conversation.Answer(Topic.Customer),
            Area = conversation.Answer(Topic.ProductArea),
            Parts = DraftWriter.Write(conversation, understanding),
            Level = understanding.Level,
            SelfAssessed = understanding.IsSelfAssessed,
            Constraints = understanding.Constraints,
            EscalationReason = conversation.EscalationReason,
            Thread = conversation.Thread,
            SubmittedAt = turn.Now,
        };
        if (joins)
        {
            submission = await JoinAsync(submission, turn, cancellationToken);
        }
        else
        {
            await AddRequestAsync(conversation, submission, turn, cancellationToken);
        }

        // Where it was given the name of a request that is part of another, it went there.
        id = submission.Request;

        turn.Insert(Submission.Row(submission.Id), submission);
        turn.AfterCommit(() => index.Put(submission));
        turn.Insert(SubmissionEntry.Row(id, submission.Id), SubmissionEntry.Of(submission));
        turn.Insert(SubmissionLink.SellerRow(submission.Seller, submission.Id), new SubmissionLink { Id = submission.Id });
        if (submission.Customer.Length > 0)
        {
            turn.Insert(SubmissionLink.CustomerRow(submission.Customer, submission.Id), new SubmissionLink { Id = submission.Id });
        }
    }

    /// <summary>Adds what is at stake, said after the submission.</summary>
    public static async Task AddStakeAsync(Conversation conversation, Turn turn, CancellationToken cancellationToken)
    {
        if (conversation.Submission is not { } id || conversation.Answer(Topic.Stake) is not { Length: > 0 } text)
        {
            return;
        }

        var stored = await turn.GetAsync<Submission>(Submission.Row(id), cancellationToken);
        var submission = stored.Value with { Stake = Stake.From(text) };
        turn.Replace(stored, submission);
        turn.Upsert(SubmissionEntry.Row(submission.Request, id), SubmissionEntry.Of(submission));
        await UpdateCardsAsync(submission.Request, turn, cancellationToken);
    }

    /// <summary>Has the cards that show the submissions of <paramref name="id"/> show them as they are now: its own, and its root's.</summary>
    internal static async Task UpdateCardsAsync(RequestId id, Turn turn, CancellationToken cancellationToken)
    {
        var root = (await turn.RootAsync(id, cancellationToken)).Value;
        UpdateCard(root, turn);
        if (root.Id != id)
        {
            UpdateCard((await turn.GetAsync<FeedbackRequest>(FeedbackRequest.Row(id), cancellationToken)).Value, turn);
        }
    }

    /// <summary>Has the card show the request as it is now.</summary>
    internal static void UpdateCard(FeedbackRequest request, Turn turn)
        => turn.SendCard(
            "card", new Destination.Update(request.Card, new Destination.NewThread(request.TriageChannel)), request.Id);

    private async Task AddRequestAsync(
        Conversation conversation, Submission submission, Turn turn, CancellationToken cancellationToken)
    {
        var counter = await turn.FindAsync<RequestCounter>(RequestCounter.Row, cancellationToken);
        var next = new RequestCounter { Last = (counter?.Value.Last ?? 0) + 1 };
        if (counter is null)
        {
            turn.Insert(RequestCounter.Row, next);
        }
        else
        {
            turn.Replace(counter, next);
        }

        var item = conversation.SameAs is { Kind: CandidateKind.RoadmapItem } chosen
            ? (await turn.FindAsync<RoadmapItem>(chosen.Value, cancellationToken))?.Value
            : null;
        var area = AreaFor(item is { Area.Length: > 0 } ? item.Area : submission.Area);
        var channel = await TriageChannels.OfAsync(area, turn, cancellationToken);
        var issue = conversation.Answer(Topic.SpecificIssue) is { Length: > 0 } said ? said : conversation.Statements[0].Text;
        var names = conversation.CustomerNames();
        var request = new FeedbackRequest
        {
            Id = submission.Request,
            Title = item?.Title ?? TitleOf(issue, names),
            Summary = PersonText.Shorten(Redaction.Of(conversation.FullText(), names), FeedbackRequest.MaxSummaryLength),
            Area = area.Name,
            CreatedAt = turn.Now,
            LastSubmissionAt = turn.Now,
            TriageChannel = channel,
            RoadmapItem = item?.Row,
            Card = turn.SendCard("card", new Destination.NewThread(channel), submission.Request),
        };
        turn.Insert(FeedbackRequest.Row(request.Id), request);
        turn.Insert(OpenRequest.Row(request), new OpenRequest { Id = request.Id });
        if (item is not null)
        {
            turn.Insert(RoadmapRequest.Row(item.Row), new RoadmapRequest { Id = request.Id });
        }

        turn.Insert(
            HistoryEntry.Row(request.Id, turn.Now, turn.Cause.Id),
            new HistoryEntry { At = turn.Now, By = submission.Seller, ByName = submission.SellerName, What = "Asked for it first." });
        turn.AfterCommit(() => index.Put(request));
    }

    private static async Task<Submission> JoinAsync(Submission submission, Turn turn, CancellationToken cancellationToken)
    {
        var request = await turn.RootAsync(submission.Request, cancellationToken);
        submission = submission with { Request = request.Value.Id };
        turn.Insert(
            HistoryEntry.Row(request.Value.Id, turn.Now, turn.Cause.Id),
            new HistoryEntry { At = turn.Now, By = submission.Seller, ByName = submission.SellerName, What = "Asked for it too." });
        turn.Replace(request, request.Value with { LastSubmissionAt = turn.Now });
        UpdateCard(request.Value, turn);
        if (request.Value.Response is not { } answer)
        {
            return submission;
        }

        // Nobody waits for an answer that is known.
        ResponseRelay.Say(request.Value, answer, submission, turn);
        return submission with { AnsweredAtOnce = answer.Id };
    }

    /// <summary>
    /// What the request is called. It is seen by sellers of other customers, so it does not name this one; where a text begins
    /// with who is blocked ("Contoso cannot go live: ..."), it is what comes after that.
    /// </summary>
    internal static string TitleOf(string issue, IReadOnlyList<string> names)
    {
        var colon = issue.IndexOf(": ", StringComparison.Ordinal);
        if (colon >= 0 && names.Any(name => CustomerName.Next(issue, name, 0) == 0) && !issue.AsSpan(0, colon).ContainsAny(".!?\n"))
        {
            issue = issue[(colon + 2)..];
        }

        var title = PersonText.FirstSentence(Redaction.Of(issue, names), FeedbackRequest.MaxTitleLength);
        return title.Length == 0 ? title : char.ToUpperInvariant(title[0]) + title[1..];
    }

    /// <summary>The area the seller named; what fits none goes to the first.</summary>
    private ProductAreaOptions AreaFor(string named)
        => _options.Areas.FirstOrDefault(area => string.Equals(area.Name, named.Trim(), StringComparison.OrdinalIgnoreCase))
            ?? _options.Areas.FirstOrDefault(area => named.Contains(area.Name, StringComparison.OrdinalIgnoreCase))
            ?? _options.Areas[0];
}
