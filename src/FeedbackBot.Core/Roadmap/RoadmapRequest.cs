using FeedbackBot.Core.Requests;
using FeedbackBot.Core.Storage;

namespace FeedbackBot.Core.Roadmap;

/// <summary>
/// Row <c>asked-for|roadmap|hash</c>: the request that the first seller who needs a roadmap item makes, so that all others join it.
/// </summary>
public sealed record RoadmapRequest : IStoredRecord
{
    public static int Schema => 1;

    public required RequestId Id { get; init; }

    /// <summary>The row of an item's request.</summary>
    /// <param name="item">The row of the item.</param>
    public static string Row(string item) => "asked-for|" + item;
}
