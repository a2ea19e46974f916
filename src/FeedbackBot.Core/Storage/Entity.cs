namespace FeedbackBot.Core.Storage;

/// <summary>
/// One stored row. <paramref name="ETag"/> is the version the store gave it, null for a row that was never stored.
/// <paramref name="Properties"/> are strings of at most <see cref="StoreTransaction.MaxStringLength"/> characters;
/// records go in and out by <see cref="Stored{T}"/>, which cuts longer text into chunks.
/// </summary>
public sealed record Entity(EntityKey Key, int Schema, IReadOnlyDictionary<string, string> Properties, string? ETag = null);

/// <summary>
/// Rows in ascending order of their keys. <paramref name="Continuation"/> is null when there are no more;
/// a page may be shorter than asked for, even empty, and still have a continuation.
/// </summary>
public sealed record EntityPage(IReadOnlyList<Entity> Entities, string? Continuation);
