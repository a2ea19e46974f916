using System.Text.Json.Serialization;
using FeedbackBot.Core.Requests;

namespace FeedbackBot.Core.Triage;

/// <summary>The five answers a product team can give.</summary>
public enum ResponseCategory
{
    AlreadyExists,
    OnRoadmap,
    NotAPriority,
    TooCostly,
    NotAligned,
}

/// <summary>How a request leads away from where the product goes.</summary>
public enum Misalignment
{
    /// <summary>It asks for more of something that will be retired.</summary>
    PlannedSunset,

    /// <summary>It would lead customers down the wrong path.</summary>
    WrongPath,

    /// <summary>It integrates a competing product.</summary>
    CompetingProduct,
}

/// <summary>
/// What a customer can do meanwhile. A null <paramref name="Text"/> says that none is known: somebody looked and said so.
/// </summary>
public sealed record Workaround(string? Text);

/// <summary>
/// What would change a *not a priority*: so many customers, or so much at stake. At least one is given.
/// </summary>
public sealed record ReopenThreshold(int? Customers, Money? AtStake)
{
    public override string ToString() => (Customers, AtStake) switch
    {
        ({ } customers, { } money) => $"{customers} customers or {money} at stake",
        ({ } customers, null) => customers == 1 ? "1 customer" : $"{customers} customers",
        (null, { } money) => $"{money} at stake",
        (null, null) => "",
    };
}

/// <summary>
/// The product team's answer: exactly one of five, each with the parts it must have, so that an incomplete answer cannot be
/// built. <see cref="ResponseForm"/> makes one from what a person typed.
/// </summary>
[JsonDerivedType(typeof(AlreadyExists), "already-exists")]
[JsonDerivedType(typeof(OnRoadmap), "on-roadmap")]
[JsonDerivedType(typeof(NotAPriority), "not-a-priority")]
[JsonDerivedType(typeof(TooCostly), "too-costly")]
[JsonDerivedType(typeof(NotAligned), "not-aligned")]
public abstract record Response
{
    private Response()
    {
    }

    [JsonIgnore]
    public abstract ResponseCategory Category { get; }

    public sealed record AlreadyExists(Uri Where, string How) : Response
    {
        public override ResponseCategory Category => ResponseCategory.AlreadyExists;
    }

    public sealed record OnRoadmap(RoadmapDate Date, string Planned, Workaround Workaround) : Response
    {
        public override ResponseCategory Category => ResponseCategory.OnRoadmap;
    }

    public sealed record NotAPriority(string Why, ReopenThreshold Threshold, Workaround Workaround) : Response
    {
        public override ResponseCategory Category => ResponseCategory.NotAPriority;
    }

    public sealed record TooCostly(string ArchitecturalConstraint, Workaround Workaround) : Response
    {
        public override ResponseCategory Category => ResponseCategory.TooCostly;
    }

    public sealed record NotAligned(Misalignment Kind, string Why, Workaround Workaround) : Response
    {
        public override ResponseCategory Category => ResponseCategory.NotAligned;
    }
}
