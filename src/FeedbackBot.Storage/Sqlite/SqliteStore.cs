using FeedbackBot.Core.Storage;
using Microsoft.Extensions.Options;

namespace FeedbackBot.Storage.Sqlite;

/// <summary>
/// The embedded store: one SQLite file. Several processes may have it open at once; each has one writer, and they take
/// turns. It opens at its first use, and again at the next one if that failed.
/// </summary>
internal sealed class SqliteStore : IStore, IAsyncDisposable
{
    private readonly SqliteDatabase _database;
    private readonly SqliteReaders _readers;
    private readonly SemaphoreSlim _opening = new(1);

    // Set once the file is open and has its tables, which the readers need.
    private volatile SqliteWriter? _writer;
    private bool _isDisposed;

    public SqliteStore(IOptions<StorageOptions> options, TimeProvider time)
    {
        _database = new SqliteDatabase(options.Value, time);
        _readers = new SqliteReaders(_database);
    }

    /// <summary>For tests: null before the store is open.</summary>
    public SqliteWriter? Writer => _writer;

    /// <summary>Opens the database, or does nothing if it is open.</summary>
    /// <exception cref="StoreUnavailableException">The message says what to do.</exception>
    public async ValueTask OpenAsync(CancellationToken cancellationToken) => _ = _writer ?? await OpenWriterAsync(cancellationToken);

    public async ValueTask<Entity?> FindAsync(EntityKey key, CancellationToken cancellationToken)
    {
        CheckPart(key.Partition);
        CheckPart(key.Row);
        await OpenAsync(cancellationToken);
        return await _readers.FindAsync(key, cancellationToken);
    }

    public async ValueTask<EntityPage> QueryAsync(
        string partition, string fromRow, string toRow, int limit, string? continuation, CancellationToken cancellationToken)
    {
        CheckPart(partition);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, IStore.MaxPageSize);
        var firstRow = ContinuationToken.NextRow(continuation, fromRow, toRow);
        await OpenAsync(cancellationToken);
        return await _readers.QueryAsync(partition, firstRow, toRow, limit, cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Cancelled before the writer took the transaction, it is not written, and this throws. After that, some milliseconds
    /// at most where the disk is well, the token has no effect and the result is what became of it.
    /// </remarks>
    public async ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var writer = _writer ?? await OpenWriterAsync(cancellationToken);
        return await writer.CommitAsync(transaction, cancellationToken);
    }

    /// <summary>Finishes what is queued and running, moves the log into the database and closes it.</summary>
    public async ValueTask DisposeAsync()
    {
        await _opening.WaitAsync();
        try
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;

            // Readers first: the log can only be moved and removed when nobody reads from it.
            await _readers.DisposeAsync();
            if (_writer is not null)
            {
                await _writer.DisposeAsync();
            }
        }
        finally
        {
            _opening.Release();
        }
    }

    private static void CheckPart(string? part)
    {
        if (!EntityKey.IsValidPart(part))
        {
            throw new StoreLimitException($"No row can have the key '{part}'.");
        }
    }

    private async ValueTask<SqliteWriter> OpenWriterAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _writer ??= new SqliteWriter(_database, await _database.OpenWriterAsync(create: true));
        }
        finally
        {
            _opening.Release();
        }
    }
}
