using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Threading.Channels;
using FeedbackBot.Core.Storage;
using Microsoft.Data.Sqlite;

namespace FeedbackBot.Benchmarks;

/// <summary>
/// The plainest group commit over Microsoft.Data.Sqlite's prepared commands: no savepoints, no conflicts, no recovery, no
/// bound. Inserts only. What it is to beat, or to come close to.
/// </summary>
internal sealed class SqliteBaseline : IAsyncDisposable
{
    private static readonly CommitResult Committed = new CommitResult.Committed(new Dictionary<string, string>(StringComparer.Ordinal));

    private readonly Channel<(StoreTransaction Transaction, TaskCompletionSource<CommitResult> Done)> _queue =
        Channel.CreateUnbounded<(StoreTransaction, TaskCompletionSource<CommitResult>)>();

    private readonly SqliteConnection _writer;
    private readonly SqliteConnection _reader;
    private readonly SqliteCommand _begin;
    private readonly SqliteCommand _commit;
    private readonly SqliteCommand _insert;
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
        _reader = Open(path);
        _find = Prepared(_reader, "SELECT etag, schema, properties FROM entities WHERE partition = $partition AND row = $row", "$partition", "$row");
        _loop = Task.Run(RunAsync);
    }

    public async ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource<CommitResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _queue.Writer.WriteAsync((transaction, done), cancellationToken);
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
                Insert(item.Transaction);
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

    private void Insert(StoreTransaction transaction)
    {
        foreach (var write in transaction.Writes)
        {
            _insert.Parameters[0].Value = transaction.Partition;
            _insert.Parameters[1].Value = write.Row;
            _insert.Parameters[2].Value = ++_etag;
            _insert.Parameters[3].Value = write.Entity!.Schema;
            _insert.Parameters[4].Value = JsonSerializer.SerializeToUtf8Bytes(write.Entity.Properties);
            _insert.ExecuteNonQuery();
        }
    }
}
