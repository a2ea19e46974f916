using System.Globalization;

namespace FeedbackBot.Core.Requests;

/// <summary>A request's id, as people say it: <c>FR-12</c>.</summary>
public readonly record struct RequestId(string Value)
{
    private const string Prefix = "FR-";

    public static RequestId FromNumber(long number) => new(Prefix + number.ToString(CultureInfo.InvariantCulture));

    /// <summary>The id a person or a button gave, null if it is none.</summary>
    public static RequestId? TryParse(string? text)
        => text is not null && text.Trim().ToUpperInvariant() is var upper
            && upper.StartsWith(Prefix, StringComparison.Ordinal)
            && long.TryParse(upper.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? FromNumber(number)
                : null;

    /// <summary>Its number: a request of a smaller one is older. 0 where it has none.</summary>
    public long Number => long.TryParse(Value.AsSpan(Value.IndexOf('-', StringComparison.Ordinal) + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    public override string ToString() => Value;
}

/// <summary>A submission's id.</summary>
public readonly record struct SubmissionId(string Value)
{
    public override string ToString() => Value;
}
