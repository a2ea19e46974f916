using System.Text.Json;
using System.Text.Json.Serialization;

namespace FeedbackBot.Core.Storage;

/// <summary>
/// A record that is stored as one row. <see cref="Schema"/> is the number of its shape; changes are additive, so a reader
/// ignores what it does not know and gives what is missing its default.
/// </summary>
public interface IStoredRecord
{
    static abstract int Schema { get; }
}

/// <summary>A record with the key and the version it was read at.</summary>
public sealed record Stored<T>(EntityKey Key, string ETag, T Value)
    where T : class, IStoredRecord;

/// <summary>Turns records into rows and back: JSON, cut into properties that every store takes.</summary>
public static class StoredRecords
{
    // Chunks "json", "json1", "json2", ... : a string property ends at 32 K characters, a row's content may be longer.
    private const string FirstChunk = "json";

    private static readonly JsonSerializerOptions Options = new()
    {
        // Not WhenWritingDefault: a record that says `bool Active = true` would read a stored false back as true.
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter() },
        AllowOutOfOrderMetadataProperties = true,
    };

    /// <summary>The row for <paramref name="value"/>.</summary>
    public static Entity ToEntity<T>(EntityKey key, T value)
        where T : class, IStoredRecord
    {
        var json = JsonSerializer.Serialize(value, Options);
        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var (start, chunk) = (0, 0); start < json.Length; chunk++)
        {
            var length = Math.Min(StoreTransaction.MaxStringLength, json.Length - start);
            if (start + length < json.Length && char.IsHighSurrogate(json[start + length - 1]))
            {
                length--;
            }

            properties.Add(ChunkName(chunk), json.Substring(start, length));
            start += length;
        }

        return new Entity(key, T.Schema, properties);
    }

    /// <summary>The record in <paramref name="entity"/>.</summary>
    /// <exception cref="InvalidDataException">The row holds something else.</exception>
    public static Stored<T> ToStored<T>(Entity entity)
        where T : class, IStoredRecord
    {
        try
        {
            var json = entity.Properties[FirstChunk];
            for (var chunk = 1; entity.Properties.TryGetValue(ChunkName(chunk), out var more); chunk++)
            {
                json += more;
            }

            var value = JsonSerializer.Deserialize<T>(json, Options);
            return new Stored<T>(entity.Key, entity.ETag!, value ?? throw new JsonException("The row is empty."));
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or NotSupportedException)
        {
            throw new InvalidDataException($"The row '{entity.Key.Row}' does not hold a {typeof(T).Name}.", exception);
        }
    }

    public static async ValueTask<Stored<T>?> FindAsync<T>(this IStore store, EntityKey key, CancellationToken cancellationToken)
        where T : class, IStoredRecord
    {
        var entity = await store.FindAsync(key, cancellationToken);
        return entity is null ? null : ToStored<T>(entity);
    }

    /// <summary>The first records whose row key begins with <paramref name="prefix"/>, at most <paramref name="limit"/>.</summary>
    public static async ValueTask<IReadOnlyList<Stored<T>>> FirstAsync<T>(
        this IStore store, string partition, string prefix, int limit, CancellationToken cancellationToken)
        where T : class, IStoredRecord
    {
        var found = new List<Stored<T>>();
        await foreach (var stored in store.ScanAsync<T>(partition, prefix, limit, cancellationToken))
        {
            found.Add(stored);
            if (found.Count == limit)
            {
                break;
            }
        }

        return found;
    }

    /// <summary>
    /// Every record whose row key begins with <paramref name="prefix"/>, a page of <paramref name="pageSize"/> at a time.
    /// </summary>
    public static async IAsyncEnumerable<Stored<T>> ScanAsync<T>(
        this IStore store,
        string partition,
        string prefix,
        int pageSize,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class, IStoredRecord
    {
        string? continuation = null;
        do
        {
            var page = await store.QueryAsync(partition, prefix, After(prefix), pageSize, continuation, cancellationToken);
            foreach (var entity in page.Entities)
            {
                yield return ToStored<T>(entity);
            }

            continuation = page.Continuation;
        }
        while (continuation is not null);
    }

    /// <summary>
    /// The same in whole pages, the next one read on another thread while the caller works on the one before. For whoever needs
    /// everything at once: a row that holds something else is told to <paramref name="unreadable"/> and left out.
    /// </summary>
    public static async IAsyncEnumerable<IReadOnlyList<Stored<T>>> ScanPagesAsync<T>(
        this IStore store,
        string partition,
        string prefix,
        int pageSize,
        Action<InvalidDataException> unreadable,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class, IStoredRecord
    {
        Task<EntityPage> ReadAsync(string? continuation) => Task.Run(
            () => store.QueryAsync(partition, prefix, After(prefix), pageSize, continuation, cancellationToken).AsTask(), cancellationToken);

        for (var reading = ReadAsync(null); reading is not null;)
        {
            var page = await reading;
            reading = page.Continuation is null ? null : ReadAsync(page.Continuation);
            var read = new List<Stored<T>>(page.Entities.Count);
            foreach (var entity in page.Entities)
            {
                try
                {
                    read.Add(ToStored<T>(entity));
                }
                catch (InvalidDataException exception)
                {
                    unreadable(exception);
                }
            }

            yield return read;
        }
    }

    public static void Insert<T>(this StoreTransaction transaction, string row, T value)
        where T : class, IStoredRecord
        => transaction.Insert(ToEntity(new EntityKey(transaction.Partition, row), value));

    public static void Upsert<T>(this StoreTransaction transaction, string row, T value)
        where T : class, IStoredRecord
        => transaction.Upsert(ToEntity(new EntityKey(transaction.Partition, row), value));

    public static void Replace<T>(this StoreTransaction transaction, Stored<T> stored, T value)
        where T : class, IStoredRecord
        => transaction.Replace(ToEntity(stored.Key, value), stored.ETag);

    public static void Delete(this StoreTransaction transaction, string row, string? etag = null)
        => transaction.Delete(new EntityKey(transaction.Partition, row), etag);

    /// <summary>The first key after all those that begin with <paramref name="prefix"/>.</summary>
    private static string After(string prefix) => prefix[..^1] + (char)(prefix[^1] + 1);

    private static string ChunkName(int chunk) => chunk == 0 ? FirstChunk : $"{FirstChunk}{chunk}";
}
