using System.Text.Json.Serialization;
using FeedbackBot.Core.Catalogue;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Requests;
using FeedbackBot.Core.Storage;
using FeedbackBot.Core.Triage;

namespace FeedbackBot.Core.Roadmap;

/// <summary>How far something on the roadmap has come.</summary>
public enum RoadmapStatus
{
    Considered,
    Planned,
    Started,
    Shipped,
    Dropped,
}

/// <summary>
/// Row <c>roadmap|hash</c>: something the product team plans, so that a seller who asks for it hears so at once. The title it
/// was first given tells it from the others.
/// </summary>
public sealed record RoadmapItem : ICatalogueEntry
{
    public static int Schema => 1;

    /// <summary>1 to <see cref="FeedbackRequest.MaxTitleLength"/> characters on one line.</summary>
    public required string Title { get; init; }

    /// <summary>What is planned, in the words customers use; at most <see cref="MaxDescriptionLength"/> characters.</summary>
    public required string Description { get; init; }

    /// <summary>The product area, empty if none was given.</summary>
    public required string Area { get; init; }

    public required RoadmapStatus Status { get; init; }

    /// <summary>Null while nobody can say when.</summary>
    public RoadmapDate? Date { get; init; }

    [JsonIgnore]
    public string Row => RowOf(Title);

    public const int MaxDescriptionLength = 4000;

    public static string Prefix => "roadmap|";

    /// <summary>The row of the item of that title, whatever its case.</summary>
    public static string RowOf(string title) => Prefix + KeyHash.Of("roadmap", title.ToUpperInvariant());

    /// <summary>The item that a line of a file names, or in <paramref name="problem"/> what is wrong with it.</summary>
    public static RoadmapItem? TryRead(string? title, string? description, string? area, string? status, string? date, out string problem)
    {
        var cleanTitle = PersonText.Clean(title ?? "");
        var cleanDescription = PersonText.Clean(description ?? "");
        var cleanArea = PersonText.Clean(area ?? "");
        var when = RoadmapDate.TryParse(date ?? "");
        var isStatus = Enum.TryParse<RoadmapStatus>(status?.Trim(), ignoreCase: true, out var stands) && Enum.IsDefined(stands);
        problem = cleanTitle.Length is 0 or > FeedbackRequest.MaxTitleLength || cleanTitle.Contains('\n', StringComparison.Ordinal)
                ? $"the title takes 1 to {FeedbackRequest.MaxTitleLength} characters on one line"
            : cleanDescription.Length > MaxDescriptionLength ? $"the description takes at most {MaxDescriptionLength:N0} characters"
            : cleanArea.Length > FeedbackRequest.MaxTitleLength ? $"the area takes at most {FeedbackRequest.MaxTitleLength} characters"
            : !isStatus ? $"the status is one of {string.Join(", ", Enum.GetNames<RoadmapStatus>()).ToLowerInvariant()}"
            : when is null && !string.IsNullOrWhiteSpace(date) ? "the date is a month, a quarter or a half, such as \"March 2027\", \"Q2 2027\" or \"H1 2027\""
            : "";
        return problem.Length > 0
            ? null
            : new RoadmapItem { Title = cleanTitle, Description = cleanDescription, Area = cleanArea, Status = stands, Date = when };
    }
}
