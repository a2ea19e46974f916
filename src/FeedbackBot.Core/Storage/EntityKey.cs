namespace FeedbackBot.Core.Storage;

/// <summary>
/// Where a row is: the partition (the deployment's tenant) and the row key, <c>kind|id</c>.
/// Both are 1 to 512 printable ASCII characters without <c>/ \ # ? %</c>: the strictest of what Azure Table storage
/// takes (https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model), and
/// ASCII sorts alike in every store. Ids from outside are hashed before they become part of a key (<see cref="KeyHash"/>).
/// </summary>
public readonly record struct EntityKey(string Partition, string Row)
{
    /// <summary>Longest partition or row key, in characters.</summary>
    public const int MaxLength = 512;

    /// <summary>Whether <paramref name="part"/> may stand as a partition or a row key.</summary>
    public static bool IsValidPart(string? part)
    {
        if (string.IsNullOrEmpty(part) || part.Length > MaxLength)
        {
            return false;
        }

        foreach (var character in part)
        {
            if (character is < ' ' or > '~' or '/' or '\\' or '#' or '?' or '%')
            {
                return false;
            }
        }

        return true;
    }

    public override string ToString() => $"{Partition} {Row}";
}
