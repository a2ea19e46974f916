using System.Text.Json.Serialization;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Storage;

namespace FeedbackBot.Core.Catalogue;

/// <summary>
/// Row <c>feature|hash</c>: something the product can do already, and where to read about it, so that a seller who asks for it
/// hears so at once. Its name tells it from the others.
/// </summary>
public sealed record ExistingFeature : ICatalogueEntry
{
    public static int Schema => 1;

    /// <summary>1 to <see cref="MaxNameLength"/> characters.</summary>
    public required string Name { get; init; }

    /// <summary>What it does, in the words customers use; at most <see cref="MaxDescriptionLength"/> characters.</summary>
    public required string Description { get; init; }

    /// <summary>Absolute, http or https, at most <see cref="MaxLinkLength"/> characters.</summary>
    public required string Link { get; init; }

    [JsonIgnore]
    public string Row => RowOf(Name);

    public const int MaxNameLength = 120;

    public const int MaxDescriptionLength = 4000;

    public const int MaxLinkLength = 2000;

    public static string Prefix => "feature|";

    /// <summary>The row of the feature of that name, whatever its case.</summary>
    public static string RowOf(string name) => Prefix + KeyHash.Of("feature", name.ToUpperInvariant());

    /// <summary>The feature that a line of a catalogue names, or in <paramref name="problem"/> what is wrong with it.</summary>
    public static ExistingFeature? TryRead(string? name, string? description, string? link, out string problem)
    {
        var cleanName = PersonText.Clean(name ?? "");
        var cleanDescription = PersonText.Clean(description ?? "");
        problem = cleanName.Length is 0 or > MaxNameLength || cleanName.Contains('\n', StringComparison.Ordinal) ? $"the name takes 1 to {MaxNameLength} characters on one line"
            : cleanDescription.Length > MaxDescriptionLength ? $"the description takes at most {MaxDescriptionLength:N0} characters"
            : link?.Length > MaxLinkLength ? $"the link takes at most {MaxLinkLength:N0} characters"
            : IsWebAddress(link) ? "" : "the link is no address that begins with https:// or http://";
        return problem.Length > 0
            ? null
            : new ExistingFeature { Name = cleanName, Description = cleanDescription, Link = link!.Trim() };
    }

    private static bool IsWebAddress(string? text)
        => Uri.TryCreate(text?.Trim(), UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp);
}
