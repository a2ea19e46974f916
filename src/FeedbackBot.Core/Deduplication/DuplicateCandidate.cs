using FeedbackBot.Core.Catalogue;
using FeedbackBot.Core.Requests;
using FeedbackBot.Core.Roadmap;
using FeedbackBot.Core.Triage;

namespace FeedbackBot.Core.Deduplication;

/// <summary>What a candidate is, and so what becomes of a seller who says that it is theirs.</summary>
public enum CandidateKind
{
    /// <summary>A stored request: their customer is counted there.</summary>
    Request,

    /// <summary>Something the product can do already: they have their answer.</summary>
    Feature,

    /// <summary>Something planned that nobody has asked for yet: their customer is the first.</summary>
    RoadmapItem,
}

/// <summary>A candidate's id, as buttons carry it: a request's number, or the row of a feature or a roadmap item.</summary>
public readonly record struct CandidateId(string Value)
{
    public CandidateId(RequestId request)
        : this(request.Value)
    {
    }

    [System.Text.Json.Serialization.JsonIgnore]
    public CandidateKind Kind => Value.StartsWith(ExistingFeature.Prefix, StringComparison.Ordinal) ? CandidateKind.Feature
        : Value.StartsWith(RoadmapItem.Prefix, StringComparison.Ordinal) ? CandidateKind.RoadmapItem
        : CandidateKind.Request;

    /// <summary>The request it is, null for anything else.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public RequestId? Request => Kind == CandidateKind.Request ? new RequestId(Value) : null;

    public override string ToString() => Value;
}

/// <summary>
/// Something known that may be the same need. <paramref name="About"/> is what both speak of, in words of the asker, never of
/// another customer, the most telling first. <paramref name="Band"/> says how sure it is: at most one candidate is
/// <see cref="MatchBand.Certain"/>. All of it may be seen by everyone.
/// </summary>
public sealed record DuplicateCandidate(
    CandidateId Id,
    string Title,
    string Area,
    RequestStatus Status,
    IReadOnlyList<string> About,
    MatchBand Band = MatchBand.Possible)
{
    /// <summary>Whether it is there to be used: a feature, or something of the roadmap that has shipped.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool Exists => Id.Kind == CandidateKind.Feature || (Id.Kind == CandidateKind.RoadmapItem && Status == RequestStatus.Answered);

    /// <summary>How many customers a request has; 0 for anything else.</summary>
    public int Customers { get; init; }

    /// <summary>When it is planned for, null if it is not planned or nobody knows when.</summary>
    public RoadmapDate? Planned { get; init; }

    /// <summary>Where to read about what exists already, null if there is nothing to read.</summary>
    public string? Link { get; init; }
}
