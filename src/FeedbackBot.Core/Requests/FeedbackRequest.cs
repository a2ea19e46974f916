using System.Collections.ObjectModel;
using System.Text.Json.Serialization;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Outbox;
using FeedbackBot.Core.Storage;
using FeedbackBot.Core.Triage;

namespace FeedbackBot.Core.Requests;

/// <summary>Where a request stands; derived, stored nowhere.</summary>
public enum RequestStatus
{
    Open,
    Answered,
    Planned,
    Declined,

    /// <summary>Part of another request, which is answered for both.</summary>
    Duplicate,
}

/// <summary>
/// Row <c>request|id</c>: one need, however many customers have it. It holds no lists: submissions and history are rows of
/// their own.
/// </summary>
public sealed record FeedbackRequest : IStoredRecord
{
    public static int Schema => 1;

    public required RequestId Id { get; init; }

    /// <summary>At most <see cref="MaxTitleLength"/> characters.</summary>
    public required string Title { get; init; }

    /// <summary>What it is found by besides its title, at most <see cref="MaxSummaryLength"/> characters.</summary>
    public required string Summary { get; init; }

    public required string Area { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The send that put the card into the triage channel.</summary>
    public required OutboxId Card { get; init; }

    /// <summary>The triage channel the card went to.</summary>
    public required ChannelReference TriageChannel { get; init; }

    /// <summary>
    /// When the newest submission came. Each one replaces this row, so that an answer given at the same moment is not missed:
    /// the one that commits second looks again.
    /// </summary>
    public DateTimeOffset LastSubmissionAt { get; init; }

    /// <summary>The answer that holds now, null while the request is open.</summary>
    public RecordedResponse? Response { get; init; }

    /// <summary>Why it was opened again after an answer, null if it was not.</summary>
    public string? ReopenedBecause { get; init; }

    /// <summary>The row of the roadmap item that its first seller said it is, null if it was none.</summary>
    public string? RoadmapItem { get; init; }

    /// <summary>
    /// The request it is part of, null if it stands for itself. Nothing else of it changes by that, so that taking this away
    /// gives it back as it was; whoever reads a request follows it (<see cref="MergedRequests"/>).
    /// </summary>
    public RequestId? MergedInto { get; init; }

    /// <summary>
    /// The longest chain of requests merged one into the other that ends here has at most so many; see
    /// <see cref="MergedRequests.LongestChain"/>.
    /// </summary>
    public int ChainBehind { get; init; }

    [JsonIgnore]
    public RequestStatus Status => MergedInto is not null ? RequestStatus.Duplicate : Response?.Answer switch
    {
        null => RequestStatus.Open,
        Triage.Response.AlreadyExists => RequestStatus.Answered,
        Triage.Response.OnRoadmap => RequestStatus.Planned,
        Triage.Response.NotAPriority or Triage.Response.TooCostly or Triage.Response.NotAligned => RequestStatus.Declined,
        _ => throw new InvalidOperationException("There is no sixth answer."),
    };

    public const int MaxTitleLength = 120;

    public const int MaxSummaryLength = 1000;

    public const string Prefix = "request|";

    public static string Row(RequestId id) => Prefix + id.Value;
}

/// <summary>An answer with who gave it and when. <paramref name="Id"/> tells this answer from a later one.</summary>
public sealed record RecordedResponse(string Id, Response Answer, PersonReference By, string ByName, DateTimeOffset At);

/// <summary>What the seller says became of an answer.</summary>
public enum Outcome
{
    None,
    ToldCustomer,
    CustomerAccepts,
    StillBlocked,
}

/// <summary>Row <c>submission|id</c>: one seller's contribution to a request, for one customer.</summary>
public sealed record Submission : IStoredRecord
{
    public static int Schema => 1;

    public required SubmissionId Id { get; init; }

    public required RequestId Request { get; init; }

    public required PersonReference Seller { get; init; }

    public required string SellerName { get; init; }

    /// <summary>Empty if the seller did not say.</summary>
    public required string Customer { get; init; }

    /// <summary>The product area in the seller's words.</summary>
    public required string Area { get; init; }

    public required IReadOnlyList<DraftPart> Parts { get; init; }

    public required Assessment.FeedbackLevel Level { get; init; }

    /// <summary>The level is what the seller's answers claim: the rules do not know the language.</summary>
    public bool SelfAssessed { get; init; }

    public required IReadOnlyList<Constraint> Constraints { get; init; }

    public Stake? Stake { get; init; }

    /// <summary>Why it was sent below the minimum level, null if it was not.</summary>
    public string? EscalationReason { get; init; }

    /// <summary>Where the answer goes.</summary>
    public required ThreadReference Thread { get; init; }

    public required DateTimeOffset SubmittedAt { get; init; }

    /// <summary>The answer that was known when it was submitted and was given at once, null if there was none.</summary>
    public string? AnsweredAtOnce { get; init; }

    public Outcome Outcome { get; init; }

    /// <summary>The answer that <see cref="Outcome"/> is about.</summary>
    public string? OutcomeOf { get; init; }

    /// <summary>
    /// What the seller said of other answers, by their ids: an answer that holds again, since the request was taken out of
    /// another, comes with its outcomes.
    /// </summary>
    public IReadOnlyDictionary<string, Outcome>? EarlierOutcomes { get; init; }

    /// <summary>New facts the seller gave with <see cref="Outcome.StillBlocked"/>.</summary>
    public IReadOnlyList<string> NewFacts { get; init; } = [];

    /// <summary>The submission with <paramref name="outcome"/> as what became of <paramref name="answer"/>.</summary>
    public Submission With(Outcome outcome, string answer)
    {
        var earlier = new Dictionary<string, Outcome>(EarlierOutcomes ?? ReadOnlyDictionary<string, Outcome>.Empty, StringComparer.Ordinal);
        if (OutcomeOf is { } before)
        {
            earlier[before] = Outcome;
        }

        earlier.Remove(answer);
        return this with { Outcome = outcome, OutcomeOf = answer, EarlierOutcomes = earlier.Count == 0 ? null : earlier };
    }

    public static string Row(SubmissionId id) => $"submission|{id.Value}";
}

/// <summary>
/// Row <c>sub|request|submission</c>: what the counts on a card need, so that a card reads one range of small rows.
/// </summary>
public sealed record SubmissionEntry : IStoredRecord
{
    public static int Schema => 1;

    public required SubmissionId Id { get; init; }

    public required string Customer { get; init; }

    public Money? Stake { get; init; }

    public Outcome Outcome { get; init; }

    /// <summary>The answer that <see cref="Outcome"/> is about.</summary>
    public string? OutcomeOf { get; init; }

    /// <summary>What the seller said of other answers, by their ids.</summary>
    public IReadOnlyDictionary<string, Outcome>? EarlierOutcomes { get; init; }

    /// <summary>What the seller said became of <paramref name="answer"/>.</summary>
    public Outcome About(string answer) => OutcomeOf == answer ? Outcome : EarlierOutcomes?.GetValueOrDefault(answer) ?? Outcome.None;

    public static SubmissionEntry Of(Submission submission) => new()
    {
        Id = submission.Id,
        Customer = submission.Customer,
        Stake = submission.Stake?.Amount,
        Outcome = submission.Outcome,
        OutcomeOf = submission.OutcomeOf,
        EarlierOutcomes = submission.EarlierOutcomes,
    };

    public static string Prefix(RequestId request) => $"sub|{request.Value}|";

    public static string Row(RequestId request, SubmissionId id) => Prefix(request) + id.Value;
}

/// <summary>Rows <c>by-customer|hash|submission</c>, <c>by-seller|hash|submission</c>: indexes.</summary>
public sealed record SubmissionLink : IStoredRecord
{
    public static int Schema => 1;

    public required SubmissionId Id { get; init; }

    public static string CustomerRow(string customer, SubmissionId id) => $"by-customer|{CustomerKey(customer)}|{id.Value}";

    public static string SellerPrefix(PersonReference seller) => $"by-seller|{seller.Hash()}|";

    public static string SellerRow(PersonReference seller, SubmissionId id) => SellerPrefix(seller) + id.Value;

    /// <summary>The same customer, whatever the case and the spaces around.</summary>
    public static string CustomerKey(string customer) => KeyHash.Of("customer", customer.Trim().ToUpperInvariant());
}

/// <summary>Row <c>open|area|ticks|request</c>: a request that waits for an answer.</summary>
public sealed record OpenRequest : IStoredRecord
{
    public static int Schema => 1;

    public required RequestId Id { get; init; }

    public static string Row(FeedbackRequest request)
        => $"open|{KeyHash.Of("area", request.Area)}|{request.CreatedAt.UtcTicks:D19}|{request.Id.Value}";
}

/// <summary>
/// Row <c>merged|target|source</c>: that one request is part of another, found from the other; the source's
/// <see cref="FeedbackRequest.MergedInto"/> says the same and is written with it.
/// </summary>
public sealed record MergedRequest : IStoredRecord
{
    public static int Schema => 1;

    public required RequestId Id { get; init; }

    public static string Prefix(RequestId target) => $"merged|{target.Value}|";

    public static string Row(RequestId target, RequestId source) => Prefix(target) + source.Value;
}

/// <summary>Row <c>history|request|ticks-event</c>: one act on a request.</summary>
public sealed record HistoryEntry : IStoredRecord
{
    public static int Schema => 1;

    public required DateTimeOffset At { get; init; }

    public required PersonReference By { get; init; }

    public required string ByName { get; init; }

    /// <summary>What was done, in a sentence.</summary>
    public required string What { get; init; }

    /// <summary>The answer it was about, where it was about one.</summary>
    public RecordedResponse? Response { get; init; }

    public static string Prefix(RequestId request) => $"history|{request.Value}|";

    public static string Row(RequestId request, DateTimeOffset at, string cause) => $"{Prefix(request)}{at.UtcTicks:D19}-{cause}";
}

/// <summary>Row <c>counter|request</c>: the last request number given out.</summary>
public sealed record RequestCounter : IStoredRecord
{
    public static int Schema => 1;

    public long Last { get; init; }

    public const string Row = "counter|request";
}
