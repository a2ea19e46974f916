using FeedbackBot.Core.Assessment;
using FeedbackBot.Core.Inbox;
using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Requests;
using FeedbackBot.Core.Storage;

namespace FeedbackBot.Core.Triage;

/// <summary>
/// What a triage card shows. <paramref name="Customers"/> counts each customer once; <paramref name="AtStake"/> holds one sum
/// per currency. <paramref name="Latest"/> are the newest submissions, the newest first. <paramref name="Outcomes"/> counts
/// what sellers said became of the answer that holds now.
/// </summary>
public sealed record TriageCardContent(
    RequestId Request,
    string Title,
    string Area,
    RequestStatus Status,
    FeedbackLevel Level,
    IReadOnlyList<Constraint> Constraints,
    int Customers,
    int Submissions,
    IReadOnlyList<Money> AtStake,
    IReadOnlyList<CardSubmission> Latest,
    RecordedResponse? Response,
    string? ReopenedBecause,
    IReadOnlyDictionary<Outcome, int> Outcomes);

/// <summary>One submission on a card.</summary>
public sealed record CardSubmission(
    string SellerName,
    string Customer,
    FeedbackLevel Level,
    IReadOnlyList<DraftPart> Parts,
    Stake? Stake,
    string? EscalationReason,
    IReadOnlyList<string> NewFacts,
    Outcome Outcome,
    ThreadReference Thread);

/// <summary>Makes a request's card from what is stored now.</summary>
public sealed class TriageCards(IStore store, LaneQueues lanes)
{
    private const int LatestSubmissions = 3;
    private const int PageSize = 500;

    public async Task<OutboundMessage> BuildAsync(RequestId id, CancellationToken cancellationToken)
    {
        var request = (await store.FindAsync<FeedbackRequest>(lanes.Key(FeedbackRequest.Row(id)), cancellationToken))?.Value
            ?? throw new InvalidDataException($"There is no request {id}.");
        var customers = new HashSet<string>(StringComparer.Ordinal);
        var stakes = new Dictionary<(string Customer, string Currency), decimal>();
        var outcomes = new Dictionary<Outcome, int>();
        var latest = new Queue<SubmissionId>();
        var count = 0;
        await foreach (var entry in store.ScanAsync<SubmissionEntry>(
            lanes.Tenant, SubmissionEntry.Prefix(id), PageSize, cancellationToken))
        {
            count++;
            var customer = entry.Value.Customer.Trim() is { Length: > 0 } named ? named.ToUpperInvariant() : entry.Value.Id.Value;
            customers.Add(customer);
            if (entry.Value.OutcomeOf is { } answer && answer == request.Response?.Id)
            {
                outcomes[entry.Value.Outcome] = outcomes.GetValueOrDefault(entry.Value.Outcome) + 1;
            }

            if (entry.Value.Stake is { } stake)
            {
                // Two sellers who speak of one customer speak of one deal.
                stakes[(customer, stake.Currency)] = Math.Max(stake.Amount, stakes.GetValueOrDefault((customer, stake.Currency)));
            }

            latest.Enqueue(entry.Value.Id);
            if (latest.Count > LatestSubmissions)
            {
                latest.Dequeue();
            }
        }

        var submissions = (await Task.WhenAll(latest.Select(submission => store.FindAsync<Submission>(
                lanes.Key(Submission.Row(submission)), cancellationToken).AsTask())))
            .OfType<Stored<Submission>>()
            .Select(stored => stored.Value)
            .Reverse()
            .ToList();
        return new OutboundMessage.TriageCard(new TriageCardContent(
            id,
            request.Title,
            request.Area,
            request.Status,
            submissions.Count == 0 ? FeedbackLevel.Level100 : submissions.Max(submission => submission.Level),
            [.. submissions.SelectMany(submission => submission.Constraints).Distinct().Order()],
            customers.Count,
            count,
            [
                .. stakes.GroupBy(stake => stake.Key.Currency, StringComparer.Ordinal)
                    .OrderBy(currency => currency.Key, StringComparer.Ordinal)
                    .Select(currency => new Money(currency.Sum(stake => stake.Value), currency.Key)),
            ],
            [.. submissions.Select(Shown)],
            request.Response,
            request.ReopenedBecause,
            outcomes))
        {
            Subject = new Subject(SubjectKind.Request, id.Value),
            Choices = request.Response is null ? AnswerChoices : [],
            Form = request.Response is null ? ResponseForm.Fields : [],
        };
    }

    private static IReadOnlyList<Choice> AnswerChoices { get; } =
    [
        .. Enum.GetValues<ResponseCategory>().Select(category => new Choice(
            ActionNames.Answer, ResponseForm.Label(category), category.ToString(), OpensForm: true)),
    ];

    private static CardSubmission Shown(Submission submission) => new(
        submission.SellerName,
        submission.Customer,
        submission.Level,
        submission.Parts,
        submission.Stake,
        submission.EscalationReason,
        submission.NewFacts,
        submission.Outcome,
        submission.Thread);
}
