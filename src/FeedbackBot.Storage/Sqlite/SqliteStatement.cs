using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace FeedbackBot.Storage.Sqlite;

/// <summary>
/// A prepared statement that is used over and over, by one thread at a time. It works on the raw interface: ADO.NET's command
/// makes a reader for each run, looks parameters up by name, copies blobs, and sleeps 150 ms at a time while the database is
/// locked.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    // The longest key and a character more, rounded up; only the bounds of a query can be longer.
    private const int StackBytes = 520;

    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    public SqliteStatement(SqliteConnection connection, string sql)
    {
        _database = connection.Handle!;
        Check(raw.sqlite3_prepare_v3(_database, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
    }

    /// <summary>Whether the connection is outside a transaction: SQLite ends one by itself after some errors.</summary>
    public static bool IsOutsideTransaction(SqliteConnection connection) => raw.sqlite3_get_autocommit(connection.Handle!) != 0;

    /// <summary>Runs a statement without parameters or rows, once.</summary>
    public static void Run(SqliteConnection connection, string sql)
    {
        using var statement = new SqliteStatement(connection, sql);
        statement.Execute();
    }

    /// <summary>The first column of the first row.</summary>
    public static long Scalar(SqliteConnection connection, string sql)
    {
        using var statement = new SqliteStatement(connection, sql);
        return statement.Step() ? statement.Number(0) : throw new InvalidOperationException("The statement gave no row.");
    }

    public void Bind(int parameter, long value) => Check(raw.sqlite3_bind_int64(_statement, parameter, value));

    public void Bind(int parameter, ReadOnlySpan<byte> value) => Check(raw.sqlite3_bind_blob(_statement, parameter, value));

    public void Bind(int parameter, string value)
    {
        // An empty span has no address, and SQLite takes "no address" for NULL, which is neither before nor after a key.
        if (value.Length == 0)
        {
            Check(raw.sqlite3_bind_text(_statement, parameter, value));
            return;
        }

        Span<byte> bytes = stackalloc byte[StackBytes];
        Check(Encoding.UTF8.TryGetBytes(value, bytes, out var length)
            ? raw.sqlite3_bind_text(_statement, parameter, bytes[..length])
            : raw.sqlite3_bind_text(_statement, parameter, Encoding.UTF8.GetBytes(value)));
    }

    /// <summary>Whether there is a row to read. Errors leave the statement to be reset.</summary>
    public bool Step()
    {
        var result = raw.sqlite3_step(_statement);
        if (result == raw.SQLITE_ROW)
        {
            return true;
        }

        if (result != raw.SQLITE_DONE)
        {
            Check(result);
        }

        return false;
    }

    /// <summary>Runs to the end and gives the number of rows changed.</summary>
    public int Execute()
    {
        try
        {
            while (Step())
            {
                // A pragma answers with a row that nobody asked for.
            }

            return raw.sqlite3_changes(_database);
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Ends the run, and with it the read transaction that it held. Never fails: the error was reported by the step.</summary>
    public void Reset() => _ = raw.sqlite3_reset(_statement);

    public long Number(int column) => raw.sqlite3_column_int64(_statement, column);

    /// <summary>The bytes of a blob or a text, valid until the next step.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(_statement, column);

    public void Dispose() => _statement.Dispose();

    private void Check(int result) => SqliteException.ThrowExceptionForRC(result, _database);
}
