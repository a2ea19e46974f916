namespace FeedbackBot.Core.Deduplication;

/// <summary>
/// A text to be found. <paramref name="Order"/> decides which of two texts of the same instant came first;
/// a text without <paramref name="Created"/> is as old as any other.
/// </summary>
internal sealed record IndexedText(string Id, TextTerms Terms, string? Product = null, DateTimeOffset? Created = null, long Order = 0);

/// <summary>
/// What is looked for. With <paramref name="Product"/> only texts of that product are found, with <paramref name="Before"/> only
/// those that came earlier; <paramref name="Now"/> is what their age is counted to; the text <paramref name="Except"/> is left out.
/// <paramref name="Vector"/> is what an embedding model makes of it, empty if there is none.
/// </summary>
internal sealed record MatchQuery(
    TextTerms Terms, string? Product = null, DateTimeOffset? Now = null, (DateTimeOffset Created, long Order)? Before = null, string? Except = null, ReadOnlyMemory<float> Vector = default);

/// <summary>How sure it is that two texts are about the same need.</summary>
public enum MatchBand
{
    /// <summary>Not worth showing.</summary>
    New,

    /// <summary>Worth showing among others.</summary>
    Possible,

    /// <summary>Offered as the default; a person still confirms. Never more than one.</summary>
    Certain,
}

/// <summary>
/// A text that was found. <paramref name="Score"/> is the fitted probability, 0 to 1, that both are the same need;
/// <paramref name="Because"/> is what both speak of as the query has it, the most telling first; empty where they share only
/// words that are said everywhere.
/// </summary>
public sealed record TextMatch(string Id, double Score, MatchBand Band, IReadOnlyList<string> Because);

/// <summary>Where a text stands in time: the instant, the order within it, and the id where both are equal.</summary>
internal readonly record struct Moment(long Ticks, long Order, string Id) : IComparable<Moment>
{
    public int CompareTo(Moment other)
    {
        var byTime = Ticks.CompareTo(other.Ticks);
        var byOrder = byTime != 0 ? byTime : Order.CompareTo(other.Order);
        return byOrder != 0 ? byOrder : string.CompareOrdinal(Id, other.Id);
    }

    public static bool operator <(Moment left, Moment right) => left.CompareTo(right) < 0;

    public static bool operator >(Moment left, Moment right) => left.CompareTo(right) > 0;

    public static bool operator <=(Moment left, Moment right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Moment left, Moment right) => left.CompareTo(right) >= 0;
}
