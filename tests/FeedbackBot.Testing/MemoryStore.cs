using System.Globalization;
using FeedbackBot.Core.Storage;

namespace FeedbackBot.Testing;

/// <summary>A store in memory, for tests of what stands on a store. It is held to the same suite as those that keep anything.</summary>
public sealed class MemoryStore : IStore
{
    // A page ends early rather than hold more characters than this.
    private const long LargestPage = 4 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, SortedList<string, Entity>> _partitions = new(StringComparer.Ordinal);
    private long _version;

    public ValueTask<Entity?> FindAsync(EntityKey key, CancellationToken cancellationToken)
    {
        CheckPart(key.Partition);
        CheckPart(key.Row);
        lock (_gate)
        {
            return ValueTask.FromResult(Rows(key.Partition).GetValueOrDefault(key.Row));
        }
    }

    public ValueTask<EntityPage> QueryAsync(
        string partition, string fromRow, string toRow, int limit, string? continuation, CancellationToken cancellationToken)
    {
        CheckPart(partition);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, IStore.MaxPageSize);
        var last = LastRow(continuation, fromRow, toRow);
        lock (_gate)
        {
            var page = new List<Entity>();
            var size = 0L;
            foreach (var (row, entity) in Rows(partition))
            {
                if (string.CompareOrdinal(row, fromRow) < 0 || (last is not null && string.CompareOrdinal(row, last) <= 0))
                {
                    continue;
                }

                if (string.CompareOrdinal(row, toRow) >= 0)
                {
                    break;
                }

                if (page.Count == limit || size > LargestPage)
                {
                    return ValueTask.FromResult(new EntityPage(page, $"after {page[^1].Key.Row}"));
                }

                page.Add(entity);
                size += entity.Properties.Values.Sum(value => (long)value.Length);
            }

            return ValueTask.FromResult(new EntityPage(page, null));
        }
    }

    public ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            var rows = Rows(transaction.Partition);
            foreach (var write in transaction.Writes)
            {
                if (!IsPossible(write, rows.GetValueOrDefault(write.Row)))
                {
                    return ValueTask.FromResult<CommitResult>(new CommitResult.Conflict(write.Row));
                }
            }

            var etags = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var write in transaction.Writes)
            {
                if (write.Entity is null)
                {
                    rows.Remove(write.Row);
                }
                else
                {
                    etags[write.Row] = (++_version).ToString(CultureInfo.InvariantCulture);
                    rows[write.Row] = write.Entity with { ETag = etags[write.Row] };
                }
            }

            return ValueTask.FromResult<CommitResult>(new CommitResult.Committed(etags));
        }
    }

    private static bool IsPossible(StoreWrite write, Entity? stored) => write.Kind switch
    {
        StoreWriteKind.Insert => stored is null,
        StoreWriteKind.Replace => stored is not null && stored.ETag == write.ETag,
        StoreWriteKind.Upsert => true,
        StoreWriteKind.Delete => stored is not null && (write.ETag is null || stored.ETag == write.ETag),
    };

    private static string? LastRow(string? continuation, string fromRow, string toRow)
    {
        const string Prefix = "after ";
        if (continuation is null)
        {
            return null;
        }

        var last = continuation.StartsWith(Prefix, StringComparison.Ordinal) ? continuation[Prefix.Length..] : "";
        return EntityKey.IsValidPart(last) && string.CompareOrdinal(last, fromRow) >= 0 && string.CompareOrdinal(last, toRow) < 0
            ? last
            : throw new ArgumentException("The continuation was not given by a query over this range.", nameof(continuation));
    }

    private static void CheckPart(string? part)
    {
        if (!EntityKey.IsValidPart(part))
        {
            throw new StoreLimitException($"No row can have the key '{part}'.");
        }
    }

    private SortedList<string, Entity> Rows(string partition)
    {
        if (!_partitions.TryGetValue(partition, out var rows))
        {
            rows = new SortedList<string, Entity>(StringComparer.Ordinal);
            _partitions.Add(partition, rows);
        }

        return rows;
    }
}
