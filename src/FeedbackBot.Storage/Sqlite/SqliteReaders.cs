using FeedbackBot.Core.Storage;
using Microsoft.Data.Sqlite;

namespace FeedbackBot.Storage.Sqlite;

/// <summary>
/// The connections that read, as many as are used at once up to a bound. A read runs on its caller's thread: it takes a few
/// microseconds where the pages are in memory.
/// </summary>
internal sealed class SqliteReaders(SqliteDatabase database) : IAsyncDisposable
{
    private static readonly int MaxReaders = Math.Clamp(Environment.ProcessorCount * 2, 4, 16);

    private readonly SemaphoreSlim _permits = new(MaxReaders);
    private readonly Stack<SqliteReader> _idle = new(MaxReaders);
    private readonly Lock _lock = new();
    private bool _isDisposed;

    /// <summary>The row, or null.</summary>
    /// <exception cref="ObjectDisposedException">The store is closed.</exception>
    public async ValueTask<Entity?> FindAsync(EntityKey key, CancellationToken cancellationToken)
    {
        await _permits.WaitAsync(cancellationToken);
        SqliteReader? reader = null;
        try
        {
            reader = Take();
            var entity = reader.Find(key);
            GiveBack(ref reader);
            return entity;
        }
        catch (SqliteException exception)
        {
            throw database.Unavailable(exception);
        }
        finally
        {
            // Still held: the read failed, and its connection with it perhaps.
            reader?.Dispose();
            _permits.Release();
        }
    }

    /// <summary>A page that begins at <paramref name="fromRow"/>.</summary>
    /// <exception cref="ObjectDisposedException">The store is closed.</exception>
    public async ValueTask<EntityPage> QueryAsync(
        string partition, string fromRow, string toRow, int limit, CancellationToken cancellationToken)
    {
        await _permits.WaitAsync(cancellationToken);
        SqliteReader? reader = null;
        try
        {
            reader = Take();
            var page = reader.Query(partition, fromRow, toRow, limit);
            GiveBack(ref reader);
            return page;
        }
        catch (SqliteException exception)
        {
            throw database.Unavailable(exception);
        }
        finally
        {
            reader?.Dispose();
            _permits.Release();
        }
    }

    /// <summary>Waits for the reads that run, and closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _isDisposed = true;
        }

        for (var permit = 0; permit < MaxReaders; permit++)
        {
            await _permits.WaitAsync();
        }

        while (_idle.TryPop(out var reader))
        {
            reader.Dispose();
        }

        // The semaphore is not disposed: a late reader gets its permit and the exception that says why.
        _permits.Release(MaxReaders);
    }

    private SqliteReader Take()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, typeof(SqliteStore));
            if (_idle.TryPop(out var idle))
            {
                return idle;
            }
        }

        return new SqliteReader(database.OpenReader());
    }

    private void GiveBack(ref SqliteReader? reader)
    {
        lock (_lock)
        {
            _idle.Push(reader!);
        }

        reader = null;
    }
}
