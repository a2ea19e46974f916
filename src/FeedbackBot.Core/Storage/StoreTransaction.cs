using System.Runtime.InteropServices;

namespace FeedbackBot.Core.Storage;

/// <summary>What a <see cref="StoreWrite"/> does to its row.</summary>
public enum StoreWriteKind
{
    /// <summary>Adds a row; a conflict if it exists.</summary>
    Insert,

    /// <summary>Replaces the version named by the write's ETag; a conflict if the row is another version or missing.</summary>
    Replace,

    /// <summary>Adds or replaces, whatever is there.</summary>
    Upsert,

    /// <summary>Removes the version named by the write's ETag, or any version if it names none; a conflict if the row is missing.</summary>
    Delete,
}

/// <summary>One write of a transaction. <paramref name="Entity"/> is null for a delete.</summary>
public readonly record struct StoreWrite(StoreWriteKind Kind, string Row, Entity? Entity, string? ETag);

/// <summary>
/// Writes that happen all or not at all, in one partition. It refuses, with an <see cref="StoreLimitException"/>, what
/// Azure Table storage refuses (https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions),
/// whichever store runs underneath: a second partition, a row twice, more than <see cref="MaxWrites"/> rows, a string over
/// <see cref="MaxStringLength"/> characters, a row over <see cref="MaxRowBytes"/>, more than <see cref="MaxBatchBytes"/> in
/// all, more than <see cref="MaxProperties"/> properties, a forbidden character in a key or in a property's name, and half a
/// surrogate pair in a string.
/// </summary>
public sealed class StoreTransaction(string partition)
{
    public const int MaxWrites = 100;

    /// <summary>Longest property, in UTF-16 characters: 64 KiB.</summary>
    public const int MaxStringLength = 32 * 1024;

    public const int MaxRowBytes = 1024 * 1024;

    /// <summary>Largest transaction as it would travel in a multipart batch, in bytes.</summary>
    public const int MaxBatchBytes = 4 * 1024 * 1024;

    /// <summary>Table storage takes 255: less the two keys, the timestamp and the schema number.</summary>
    public const int MaxProperties = 251;

    private readonly List<StoreWrite> _writes = [];
    private readonly HashSet<string> _rows = new(StringComparer.Ordinal);
    private long _batchBytes;

    public string Partition { get; } = EntityKey.IsValidPart(partition)
        ? partition
        : throw new StoreLimitException($"The partition '{partition}' holds a character that keys cannot hold, or is too long.");

    public ReadOnlySpan<StoreWrite> Writes => CollectionsMarshal.AsSpan(_writes);

    public int Count => _writes.Count;

    /// <summary>Whether a write for <paramref name="row"/> is in already.</summary>
    public bool Touches(string row) => _rows.Contains(row);

    public void Insert(Entity entity) => Add(StoreWriteKind.Insert, entity, null);

    public void Replace(Entity entity, string etag) => Add(StoreWriteKind.Replace, entity, etag);

    public void Upsert(Entity entity) => Add(StoreWriteKind.Upsert, entity, null);

    public void Delete(EntityKey key, string? etag = null)
    {
        CheckKey(key);
        AddWrite(new StoreWrite(StoreWriteKind.Delete, key.Row, null, etag), EntitySize.PerWriteOverhead);
    }

    private void Add(StoreWriteKind kind, Entity entity, string? etag)
    {
        CheckKey(entity.Key);
        AddWrite(new StoreWrite(kind, entity.Key.Row, entity, etag), EntitySize.CheckedBatchBytes(entity));
    }

    private void CheckKey(EntityKey key)
    {
        if (key.Partition != Partition)
        {
            throw new StoreLimitException($"A transaction stays in one partition: '{Partition}', not '{key.Partition}'.");
        }

        if (!EntityKey.IsValidPart(key.Row))
        {
            throw new StoreLimitException($"The row key '{key.Row}' holds a character that keys cannot hold, or is too long.");
        }
    }

    private void AddWrite(StoreWrite write, long batchBytes)
    {
        if (_writes.Count == MaxWrites)
        {
            throw new StoreLimitException($"A transaction holds at most {MaxWrites} rows.");
        }

        if (_batchBytes + batchBytes > MaxBatchBytes)
        {
            throw new StoreLimitException($"A transaction holds at most {MaxBatchBytes} bytes.");
        }

        if (!_rows.Add(write.Row))
        {
            throw new StoreLimitException($"The row '{write.Row}' is in the transaction already.");
        }

        _batchBytes += batchBytes;
        _writes.Add(write);
    }
}

/// <summary>A write or a key that no store would take: a mistake in the program, or text that should have been refused earlier.</summary>
public sealed class StoreLimitException : Exception
{
    public StoreLimitException()
    {
    }

    public StoreLimitException(string message)
        : base(message)
    {
    }

    public StoreLimitException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
