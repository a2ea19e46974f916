using FeedbackBot.Core.Assessment;
using FeedbackBot.Core.Deduplication;
using FeedbackBot.Core.Inbox;
using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Requests;
using FeedbackBot.Core.Storage;

namespace FeedbackBot.Core.Triage;

/// <summary>
/// What a triage card shows. <paramref name="Customers"/> counts each customer once; <paramref name="AtStake"/> holds one sum
/// per currency. <paramref name="Latest"/> are the newest submissions, the newest first. <paramref name="Outcomes"/> counts
/// what sellers said became of the answer that holds now. All of it includes what was merged into the request; one that was
/// merged into another itself shows its own submissions only, since the other counts them.
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
    IReadOnlyDictionary<Outcome, int> Outcomes)
{
    /// <summary>The request that it was merged into, null if it stands for itself.</summary>
    public RequestId? PartOf { get; init; }

    /// <summary>The first of the requests that were merged into it.</summary>
    public IReadOnlyList<RequestId> Parts { get; init; } = [];

    /// <summary>Whether <see cref="Parts"/> are not all.</summary>
    public bool MoreParts { get; init; }

    /// <summary>What may be the same, while the request waits for an answer, without what a product manager has said is not.</summary>
    public IReadOnlyList<DuplicateCandidate> Similar { get; init; } = [];
}

/// <summary>One submission on a card.</summary>
public sealed record CardSubmission(
    string SellerName,
    string Customer,
    FeedbackLevel Level,
    bool SelfAssessed,
    IReadOnlyList<DraftPart> Parts,
    Stake? Stake,
    string? EscalationReason,
    IReadOnlyList<string> NewFacts,
    Outcome Outcome,
    ThreadReference Thread);

/// <summary>Makes a request's card from what is stored now.</summary>
public sealed class TriageCards(IStore store, LaneQueues lanes, RequestIndex index, TimeProvider time)
{
    private const int SubmissionsShown = 3;
    private const int PageSize = 500;
    private const int PartsShown = 10;

    /// <summary>False while the stored requests are being read at the start: until then nobody can say what may be the same.</summary>
    public bool CanBuild => index.IsLoaded;

    public async Task<OutboundMessage> BuildAsync(RequestId id, CancellationToken cancellationToken)
    {
        var request = (await store.FindAsync<FeedbackRequest>(lanes.Key(FeedbackRequest.Row(id)), cancellationToken))?.Value
            ?? throw new InvalidDataException($"There is no request {id}.");
        var counts = new CardCounts(request.Response?.Id);
        var latest = new LatestSubmissions(SubmissionsShown);
        var parts = new List<RequestId>();
        await foreach (var counted in CountedAsync(request, cancellationToken))
        {
            if (counted != id)
            {
                parts.Add(counted);
            }

            await foreach (var entry in store.ScanAsync<SubmissionEntry>(
                lanes.Tenant, SubmissionEntry.Prefix(counted), PageSize, cancellationToken))
            {
                counts.Add(entry.Value);
                latest.Add(entry.Value.Id);
            }
        }

        var submissions = (await Task.WhenAll(latest.NewestFirst().Select(submission => store.FindAsync<Submission>(
                lanes.Key(Submission.Row(submission)), cancellationToken).AsTask())))
            .OfType<Stored<Submission>>()
            .Select(stored => stored.Value)
            .ToList();
        var waits = request.MergedInto is null && request.Response is null;
        var content = new TriageCardContent(
            id,
            request.Title,
            request.Area,
            request.Status,
            submissions.Count == 0 ? FeedbackLevel.Level100 : submissions.Max(submission => submission.Level),
            [.. submissions.SelectMany(submission => submission.Constraints).Distinct().Order()],
            counts.Customers,
            counts.Submissions,
            counts.AtStake(),
            [.. submissions.Select(Shown)],
            request.Response,
            request.ReopenedBecause,
            counts.Outcomes)
        {
            PartOf = request.MergedInto,
            Parts = [.. parts.Take(PartsShown)],
            MoreParts = parts.Count > PartsShown,
            Similar = waits ? await SimilarAsync(id, cancellationToken) : [],
        };
        return new OutboundMessage.TriageCard(content)
        {
            Subject = new Subject(SubjectKind.Request, id.Value),
            Choices = waits ? [.. AnswerChoices, .. MergeChoices(content)] : request.MergedInto is not null ? [Unmerge] : [],
            Form = waits ? ResponseForm.Fields : [],
        };
    }

    private async Task<IReadOnlyList<DuplicateCandidate>> SimilarAsync(RequestId request, CancellationToken cancellationToken)
    {
        var denied = new HashSet<CandidateId>();
        await foreach (var label in store.ScanAsync<MatchLabel>(lanes.Tenant, MatchLabel.PrefixOf(request), PageSize, cancellationToken))
        {
            if (label.Value.IsSame == false)
            {
                denied.Add(label.Value.Candidate);
            }
        }

        return index.FindLike(request, time.GetUtcNow(), denied);
    }

    /// <summary>A request is merged into one that was there before it, or that more customers wait for: not the other way round.</summary>
    private static IEnumerable<Choice> MergeChoices(TriageCardContent card)
        => from candidate in card.Similar
           where candidate.Id.Request is { } other && (other.Number < card.Request.Number || candidate.Customers > card.Customers)
           select new Choice(ActionNames.Merge, Wording.MergeInto(candidate.Id.Request!.Value), candidate.Id.Value);

    /// <summary>The requests whose submissions a card shows.</summary>
    private IAsyncEnumerable<RequestId> CountedAsync(FeedbackRequest request, CancellationToken cancellationToken)
        => request.MergedInto is null
            ? store.WithPartsAsync(lanes.Tenant, request.Id, cancellationToken)
            : new[] { request.Id }.ToAsyncEnumerable();

    private static readonly Choice Unmerge = new(ActionNames.Unmerge, Wording.NotTheSame);

    private static IReadOnlyList<Choice> AnswerChoices { get; } =
    [
        .. Enum.GetValues<ResponseCategory>().Select(category => new Choice(
            ActionNames.Answer, ResponseForm.Label(category), category.ToString(), OpensForm: true)),
    ];

    private static CardSubmission Shown(Submission submission) => new(
        submission.SellerName,
        submission.Customer,
        submission.Level,
        submission.SelfAssessed,
        submission.Parts,
        submission.Stake,
        submission.EscalationReason,
        submission.NewFacts,
        submission.Outcome,
        submission.Thread);
}

/// <summary>The newest submissions of several requests, each of which gives its own in their order.</summary>
internal sealed class LatestSubmissions(int most)
{
    private readonly PriorityQueue<SubmissionId, string> _newest = new(StringComparer.Ordinal);

    public void Add(SubmissionId submission)
    {
        // An id begins with the time of the submission.
        _newest.Enqueue(submission, submission.Value);
        if (_newest.Count > most)
        {
            _newest.Dequeue();
        }
    }

    public IEnumerable<SubmissionId> NewestFirst()
        => _newest.UnorderedItems.OrderByDescending(item => item.Priority, StringComparer.Ordinal).Select(item => item.Element);
}

/// <summary>Counts a request's submissions: customers once each, and the outcomes of the answer that holds now.</summary>
internal sealed class CardCounts(string? answer)
{
    private readonly HashSet<string> _customers = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Customer, string Currency), decimal> _stakes = [];
    private readonly Dictionary<Outcome, int> _outcomes = [];

    public int Submissions { get; private set; }

    public int Customers => _customers.Count;

    public IReadOnlyDictionary<Outcome, int> Outcomes => _outcomes;

    public void Add(SubmissionEntry entry)
    {
        Submissions++;
        var customer = entry.Customer.Trim() is { Length: > 0 } named ? named.ToUpperInvariant() : entry.Id.Value;
        _customers.Add(customer);
        if (answer is not null && entry.About(answer) is var outcome && outcome != Outcome.None)
        {
            _outcomes[outcome] = _outcomes.GetValueOrDefault(outcome) + 1;
        }

        if (entry.Stake is { } stake)
        {
            // Two sellers who speak of one customer speak of one deal.
            _stakes[(customer, stake.Currency)] = Math.Max(stake.Amount, _stakes.GetValueOrDefault((customer, stake.Currency)));
        }
    }

    /// <summary>One sum for each currency.</summary>
    public IReadOnlyList<Money> AtStake() =>
    [
        .. _stakes.GroupBy(stake => stake.Key.Currency, StringComparer.Ordinal)
            .OrderBy(currency => currency.Key, StringComparer.Ordinal)
            .Select(currency => new Money(currency.Sum(stake => stake.Value), currency.Key)),
    ];
}
