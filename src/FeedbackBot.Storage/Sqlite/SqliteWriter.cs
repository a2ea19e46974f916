using System.Globalization;
using System.Threading.Channels;
using FeedbackBot.Core.Storage;
using Microsoft.Data.Sqlite;

namespace FeedbackBot.Storage.Sqlite;

/// <summary>
/// The one loop of a process that writes. It takes all the transactions that wait and commits them as a group: each in its
/// own savepoint, so that a conflict undoes its own writes only, and one flush of the disk for all of them.
/// </summary>
internal sealed class SqliteWriter : IAsyncDisposable
{
    // Callers beyond this wait before they are queued.
    private const int MaxQueued = 1024;

    // Bounds how long the first of a group waits for the others, and how large the log grows.
    private const int MaxGroup = 256;
    private const int MaxGroupBytes = 8 * 1024 * 1024;

    private readonly SqliteDatabase _database;
    private readonly Channel<PendingCommit> _queue = Channel.CreateBounded<PendingCommit>(
        new BoundedChannelOptions(MaxQueued) { SingleReader = true });

    private readonly List<PendingCommit> _group = new(MaxGroup);
    private readonly Action<SqliteConnection> _begin;
    private readonly Task _loop;
    private SqliteConnection? _connection;
    private WriteStatements? _statements;

    /// <summary>Starts the loop.</summary>
    /// <param name="database">Where to open another connection if the first one breaks.</param>
    /// <param name="connection">The connection to write with; the writer closes it.</param>
    public SqliteWriter(SqliteDatabase database, SqliteConnection connection)
    {
        _database = database;
        _connection = connection;
        _begin = _ => _statements!.Begin.Execute();
        _loop = Task.Run(RunAsync);
    }

    /// <summary>For tests: runs before each COMMIT, on the connection that writes.</summary>
    public Action<SqliteConnection>? BeforeCommit { get; set; }

    /// <summary>Groups that were committed.</summary>
    public long Groups { get; private set; }

    /// <summary>
    /// Queues <paramref name="transaction"/> and waits for its result. Cancelled before the writer took it, it is not
    /// written; after that the token has no effect, and the result is what became of it.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The store is closed, and nothing was written.</exception>
    public async ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken)
    {
        var pending = new PendingCommit(transaction);
        try
        {
            await _queue.Writer.WriteAsync(pending, cancellationToken);
        }
        catch (ChannelClosedException exception)
        {
            throw new ObjectDisposedException("The store is closed.", exception);
        }

        await using var registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((PendingCommit)state!).Cancel(token), pending);
        return await pending.Result;
    }

    /// <summary>Writes what is queued, moves the log into the database and closes it.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _loop;
        if (_connection is not null)
        {
            try
            {
                SqliteStatement.Run(_connection, "PRAGMA wal_checkpoint(TRUNCATE)");
            }
            catch (SqliteException)
            {
                // The log has everything; it is read at the next opening.
            }
        }

        CloseConnection();
    }

    private async Task RunAsync()
    {
        while (await _queue.Reader.WaitToReadAsync())
        {
            while (TryTakeOne())
            {
                // All that wait now fail or succeed together.
            }

            for (var done = 0; done < _group.Count;)
            {
                done = await CommitAsync(done);
            }

            _group.Clear();
        }
    }

    /// <summary>Moves the next transaction that its caller still wants from the queue to the group, if there is one and room.</summary>
    private bool TryTakeOne()
    {
        while (_group.Count < MaxGroup && _queue.Reader.TryRead(out var pending))
        {
            if (pending.TryTake())
            {
                _group.Add(pending);
                return true;
            }
        }

        return false;
    }

    /// <summary>Commits the group from <paramref name="first"/> on, or as much as is allowed at once, and gives the next to do.</summary>
    private async ValueTask<int> CommitAsync(int first)
    {
        var next = first;
        try
        {
            _connection ??= await _database.OpenWriterAsync(create: false);
            _statements ??= new WriteStatements(_connection);
            await _database.RetryWhileBusyAsync(_begin, _connection);

            // Those that come while the first are being written still join: they cost no flush.
            for (var bytes = 0L; bytes < MaxGroupBytes && (next < _group.Count || TryTakeOne()); next++)
            {
                bytes += Apply(_group[next], _connection, _statements);
            }

            BeforeCommit?.Invoke(_connection);
            _statements.Commit.Execute();
        }
        catch (Exception exception)
        {
            // Whatever it is, the callers hear of it and the loop goes on.
            Recover(exception as SqliteException);
            FailFrom(first, exception);
            return _group.Count;
        }

        Groups++;
        for (var index = first; index < next; index++)
        {
            _group[index].Complete();
        }

        return next;
    }

    /// <summary>Writes all of <paramref name="pending"/> or nothing, inside the group's transaction; gives the bytes written.</summary>
    private static long Apply(PendingCommit pending, SqliteConnection connection, WriteStatements statements)
    {
        // A single statement does all or nothing by itself.
        var needsSavepoint = pending.Transaction.Count > 1;
        if (needsSavepoint)
        {
            statements.Savepoint.Execute();
        }

        var bytes = 0L;
        var isWritten = false;
        try
        {
            isWritten = WriteAll(pending, statements, ref bytes);
        }
        catch (Exception exception) when (FailsAlone(exception, connection))
        {
            pending.Fails(exception);
        }

        if (needsSavepoint)
        {
            if (!isWritten)
            {
                statements.RollBackToSavepoint.Execute();
            }

            statements.Release.Execute();
        }

        return bytes;
    }

    /// <summary>Whether no row was in conflict.</summary>
    private static bool WriteAll(PendingCommit pending, WriteStatements statements, ref long bytes)
    {
        var writes = pending.Transaction.Writes;
        for (var index = 0; index < writes.Length; index++)
        {
            if (!statements.Write(pending.Transaction.Partition, writes[index], pending.ETags[index], ref bytes))
            {
                pending.Conflicts(writes[index].Row);
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether the other transactions of the group can go on: SQLite still has the group, and the file is well.</summary>
    private static bool FailsAlone(Exception exception, SqliteConnection connection)
        => !SqliteStatement.IsOutsideTransaction(connection)
            && (exception is not SqliteException sqlite || !SqliteDatabase.IsAboutFile(sqlite));

    private void FailFrom(int first, Exception exception)
    {
        for (var index = first; index < _group.Count; index++)
        {
            // One each: an exception that is thrown to several callers would mix up their stack traces.
            _group[index].Fail(exception switch
            {
                SqliteException sqlite => _database.Unavailable(sqlite),
                StoreUnavailableException => new StoreUnavailableException(exception.Message, exception),
                _ => new StoreUnavailableException($"The database '{_database.Path}' could not be written.", exception),
            });
        }
    }

    /// <summary>Leaves the connection outside a transaction, or closes it, so that the next group opens another one.</summary>
    private void Recover(SqliteException? exception)
    {
        if (_connection is null)
        {
            return;
        }

        try
        {
            if (!SqliteStatement.IsOutsideTransaction(_connection))
            {
                SqliteStatement.Run(_connection, "ROLLBACK");
            }

            if (exception is not null && SqliteDatabase.IsPassing(exception))
            {
                return;
            }
        }
        catch (SqliteException)
        {
            // A connection that cannot even roll back is of no use.
        }

        CloseConnection();
    }

    private void CloseConnection()
    {
        _statements?.Dispose();
        _statements = null;
        _connection?.Dispose();
        _connection = null;
    }

    /// <summary>What the writer runs, prepared once for a connection.</summary>
    private sealed class WriteStatements(SqliteConnection connection) : IDisposable
    {
        private readonly SqliteStatement _insert = new(
            connection,
            "INSERT INTO entities (partition, row, etag, schema, properties) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING");

        private readonly SqliteStatement _upsert = new(
            connection,
            "INSERT INTO entities (partition, row, etag, schema, properties) VALUES (?1, ?2, ?3, ?4, ?5) "
            + "ON CONFLICT (partition, row) DO UPDATE SET etag = excluded.etag, schema = excluded.schema, properties = excluded.properties");

        private readonly SqliteStatement _replace = new(
            connection,
            "UPDATE entities SET etag = ?3, schema = ?4, properties = ?5 WHERE partition = ?1 AND row = ?2 AND etag = ?6");

        private readonly SqliteStatement _delete = new(
            connection, "DELETE FROM entities WHERE partition = ?1 AND row = ?2");

        private readonly SqliteStatement _deleteVersion = new(
            connection, "DELETE FROM entities WHERE partition = ?1 AND row = ?2 AND etag = ?3");

        // Grows to the largest row and stays.
        private byte[] _properties = new byte[4096];

        public SqliteStatement Begin { get; } = new(connection, "BEGIN IMMEDIATE");

        public SqliteStatement Commit { get; } = new(connection, "COMMIT");

        public SqliteStatement Savepoint { get; } = new(connection, "SAVEPOINT one");

        public SqliteStatement RollBackToSavepoint { get; } = new(connection, "ROLLBACK TO one");

        public SqliteStatement Release { get; } = new(connection, "RELEASE one");

        /// <summary>Whether the row was as expected. It is written then, and its size added to <paramref name="bytes"/>.</summary>
        public bool Write(string partition, StoreWrite write, long etag, ref long bytes)
        {
            if (write.Kind == StoreWriteKind.Delete)
            {
                return Delete(partition, write);
            }

            var expected = 0L;
            if (write.Kind == StoreWriteKind.Replace && !TryParseETag(write.ETag, out expected))
            {
                return false;
            }

            var statement = write.Kind switch
            {
                StoreWriteKind.Insert => _insert,
                StoreWriteKind.Replace => _replace,
                StoreWriteKind.Upsert or StoreWriteKind.Delete => _upsert,
            };
            var length = PropertyEncoding.Encode(write.Entity!.Properties, ref _properties);
            bytes += length;
            statement.Bind(1, partition);
            statement.Bind(2, write.Row);
            statement.Bind(3, etag);
            statement.Bind(4, write.Entity.Schema);
            statement.Bind(5, _properties.AsSpan(0, length));
            if (write.Kind == StoreWriteKind.Replace)
            {
                statement.Bind(6, expected);
            }

            return statement.Execute() == 1;
        }

        public void Dispose()
        {
            _insert.Dispose();
            _upsert.Dispose();
            _replace.Dispose();
            _delete.Dispose();
            _deleteVersion.Dispose();
            Begin.Dispose();
            Commit.Dispose();
            Savepoint.Dispose();
            RollBackToSavepoint.Dispose();
            Release.Dispose();
        }

        private static bool TryParseETag(string? etag, out long value)
        {
            value = 0;
            return etag is { Length: 16 }
                && long.TryParse(etag, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
        }

        private bool Delete(string partition, StoreWrite write)
        {
            var statement = write.ETag is null ? _delete : _deleteVersion;
            if (write.ETag is not null)
            {
                if (!TryParseETag(write.ETag, out var expected))
                {
                    return false;
                }

                statement.Bind(3, expected);
            }

            statement.Bind(1, partition);
            statement.Bind(2, write.Row);
            return statement.Execute() == 1;
        }
    }
}
