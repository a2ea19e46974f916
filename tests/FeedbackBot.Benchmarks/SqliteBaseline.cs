using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Threading.Channels;
using FeedbackBot.Core.Storage;
using FeedbackBot.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace FeedbackBot.Benchmarks;

/// <summary>
/// The plainest group commit over Microsoft.Data.Sqlite's prepared commands: no savepoints, no conflicts, no recovery, no
/// bound, no versions. What it is to beat, or to come close to.
/// </summary>
internal sealed class SqliteBaseline : IAsyncDisposable
{
    private static readonly CommitResult Committed = new CommitResult.Committed(new Dictionary<string, string>(StringComparer.Ordinal));

    private readonly Channel<(IReadOnlyList<BaselineWrite> Writes, TaskCompletionSource<CommitResult> Done)> _queue =
        Channel.CreateUnbounded<(IReadOnlyList<BaselineWrite>, TaskCompletionSource<CommitResult>)>();

    private readonly SqliteConnection _writer;
    private readonly SqliteConnection _reader;
    private readonly SqliteCommand _begin;
    private readonly SqliteCommand _commit;
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _replace;
    private readonly SqliteCommand _delete;
    private readonly SqliteCommand _find;
    private readonly Task _loop;
    private long _etag;

    public SqliteBaseline(string path)
    {
        SQLitePCL.Batteries_V2.Init();
        _writer = Open(path);
        using (var schema = new SqliteCommand(
            "PRAGMA journal_mode=WAL; CREATE TABLE entities (partition TEXT NOT NULL, row TEXT NOT NULL, etag INTEGER NOT NULL, "
            + "schema INTEGER NOT NULL, properties BLOB NOT NULL, UNIQUE (partition, row)) STRICT",
            _writer))
        {
            schema.ExecuteNonQuery();
        }

        using (var settings = new SqliteCommand("PRAGMA synchronous=FULL", _writer))
        {
            settings.ExecuteNonQuery();
        }

        _begin = new SqliteCommand("BEGIN IMMEDIATE", _writer);
        _commit = new SqliteCommand("COMMIT", _writer);
        _insert = Prepared(_writer, "INSERT INTO entities VALUES ($partition, $row, $etag, $schema, $properties)", "$partition", "$row", "$etag", "$schema", "$properties");
        _replace = Prepared(
            _writer,
            "UPDATE entities SET etag = $etag, schema = $schema, properties = $properties WHERE partition = $partition AND row = $row",
            "$partition",
            "$row",
            "$etag",
            "$schema",
            "$properties");
        _delete = Prepared(_writer, "DELETE FROM entities WHERE partition = $partition AND row = $row", "$partition", "$row");
        _reader = Open(path);
        _find = Prepared(_reader, "SELECT etag, schema, properties FROM entities WHERE partition = $partition AND row = $row", "$partition", "$row");
        _loop = Task.Run(RunAsync);
    }

    /// <summary>What <paramref name="transaction"/> writes, byte for byte as the store would.</summary>
    public static IReadOnlyList<BaselineWrite> Prepare(StoreTransaction transaction)
        => Writes(transaction, static properties =>
        {
            var buffer = new byte[256];
            var length = PropertyEncoding.Encode(properties, ref buffer);
            return buffer[..length];
        });

    public ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken)
        => CommitAsync(Writes(transaction, static properties => JsonSerializer.SerializeToUtf8Bytes(properties)), cancellationToken);

    public async ValueTask<CommitResult> CommitAsync(IReadOnlyList<BaselineWrite> writes, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource<CommitResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _queue.Writer.WriteAsync((writes, done), cancellationToken);
        return await done.Task;
    }

    public Entity? Find(EntityKey key)
    {
        _find.Parameters[0].Value = key.Partition;
        _find.Parameters[1].Value = key.Row;
        using var reader = _find.ExecuteReader();
        return reader.Read()
            ? new Entity(
                key,
                reader.GetInt32(1),
                JsonSerializer.Deserialize<Dictionary<string, string>>((byte[])reader[2])!,
                reader.GetInt64(0).ToString(CultureInfo.InvariantCulture))
            : null;
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.Complete();
        await _loop;
        await _begin.DisposeAsync();
        await _commit.DisposeAsync();
        await _insert.DisposeAsync();
        await _replace.DisposeAsync();
        await _delete.DisposeAsync();
        await _find.DisposeAsync();
        await _writer.DisposeAsync();
        await _reader.DisposeAsync();
    }

    private static SqliteConnection Open(string path)
    {
        var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        return connection;
    }

    [SuppressMessage("Security", "CA2100", Justification = "Constant statements of this class.")]
    private static SqliteCommand Prepared(SqliteConnection connection, string sql, params ReadOnlySpan<string> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = parameter });
        }

        return command;
    }

    private async Task RunAsync()
    {
        var group = new List<TaskCompletionSource<CommitResult>>();
        while (await _queue.Reader.WaitToReadAsync())
        {
            await _begin.ExecuteNonQueryAsync();
            while (_queue.Reader.TryRead(out var item))
            {
                Write(item.Writes);
                group.Add(item.Done);
            }

            await _commit.ExecuteNonQueryAsync();
            foreach (var done in group)
            {
                done.SetResult(Committed);
            }

            group.Clear();
        }
    }

    private static BaselineWrite[] Writes(StoreTransaction transaction, Func<IReadOnlyDictionary<string, string>, byte[]> encode)
    {
        var writes = new BaselineWrite[transaction.Count];
        for (var index = 0; index < writes.Length; index++)
        {
            var write = transaction.Writes[index];
            writes[index] = new BaselineWrite(
                write.Kind,
                transaction.Partition,
                write.Row,
                write.Entity?.Schema ?? 0,
                write.Entity is null ? null : encode(write.Entity.Properties));
        }

        return writes;
    }

    private void Write(IReadOnlyList<BaselineWrite> writes)
    {
        foreach (var write in writes)
        {
            var command = write.Kind switch
            {
                StoreWriteKind.Insert => _insert,
                StoreWriteKind.Replace => _replace,
                StoreWriteKind.Delete => _delete,
                StoreWriteKind.Upsert => throw new NotSupportedException("No benchmark needs it."),
            };
            command.Parameters[0].Value = write.Partition;
            command.Parameters[1].Value = write.Row;
            if (write.Properties is not null)
            {
                command.Parameters[2].Value = ++_etag;
                command.Parameters[3].Value = write.Schema;
                command.Parameters[4].Value = write.Properties;
            }

            if (command.ExecuteNonQuery() != 1)
            {
                throw new InvalidOperationException($"The row '{write.Row}' is not as it was for the store.");
            }
        }
    }
}

/// <summary>One row's write, ready to be bound.</summary>
internal sealed record BaselineWrite(StoreWriteKind Kind, string Partition, string Row, int Schema, byte[]? Properties);
