using System.Globalization;
using FeedbackBot.Core.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using SQLitePCL;

namespace FeedbackBot.Storage.Sqlite;

/// <summary>The database file: its form, how it is opened, and what its errors mean to an operator.</summary>
internal sealed class SqliteDatabase
{
    /// <summary>The file's form, kept in <c>user_version</c>. A program refuses a file that is newer than it knows.</summary>
    public const int FormatVersion = 1;

    private const string FileName = "feedbackbot.db";

    // "FdBk": tells this database from another program's (https://www.sqlite.org/pragma.html#pragma_application_id).
    private const int ApplicationId = 0x4664426B;

    // WAL: readers go on while the writer writes. FULL: the log is flushed before COMMIT returns. The log shrinks again
    // after a burst. No mmap: a disk error would then be a signal that ends the process.
    private const string WriterSettings = "PRAGMA synchronous=FULL; PRAGMA journal_size_limit=67108864;";

    // A rowid table: rows may be a mebibyte. WITHOUT ROWID would keep them in the tree that is searched by key, whose inner
    // nodes then hold a few rows each, or the starts of rows; here the tree of keys holds keys alone, and rows lie in the
    // table's leaves in the order they came, which also makes an insert touch the table's last page. The price is a
    // second descent for each read. (https://www.sqlite.org/withoutrowid.html advises it for rows under 1/20 of a page.)
    // Keys are ASCII, so BINARY is ordinal order.
    private const string Schema =
        """
        CREATE TABLE entities (
            partition TEXT NOT NULL COLLATE BINARY,
            row TEXT NOT NULL COLLATE BINARY,
            etag INTEGER NOT NULL,
            schema INTEGER NOT NULL,
            properties BLOB NOT NULL,
            UNIQUE (partition, row)
        ) STRICT
        """;

    private static readonly TimeSpan FirstBusyDelay = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestBusyDelay = TimeSpan.FromMilliseconds(50);

    private readonly string _directory;
    private readonly TimeSpan _busyTimeout;
    private readonly TimeProvider _time;

    static SqliteDatabase() => Batteries_V2.Init();

    public SqliteDatabase(StorageOptions options, TimeProvider time)
    {
        _directory = System.IO.Path.GetFullPath(options.DataDirectory);
        _busyTimeout = options.BusyTimeout;
        _time = time;
        Path = System.IO.Path.Combine(_directory, FileName);
    }

    public string Path { get; }

    /// <summary>The connection that writes.</summary>
    /// <param name="create">
    /// Whether to make the file, and its directory, where they are missing. Not while the program runs: a file that
    /// vanished under it must not silently become an empty one.
    /// </param>
    /// <exception cref="StoreUnavailableException">The message says what to do.</exception>
    public async Task<SqliteConnection> OpenWriterAsync(bool create)
    {
        SqliteConnection? connection = null;
        try
        {
            if (create)
            {
                CreateDirectory();
            }

            var isNew = !File.Exists(Path);
            connection = Connection(create ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadWrite);
            await connection.OpenAsync();
            if (isNew && !OperatingSystem.IsWindows())
            {
                // Before anything is in it. SQLite gives the log and its index the mode of the database.
                File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            await RetryWhileBusyAsync(Prepare, connection);
            return connection;
        }
        catch (Exception exception)
        {
            connection?.Dispose();
            throw exception switch
            {
                SqliteException sqlite => Unavailable(sqlite),
                IOException or UnauthorizedAccessException => new StoreUnavailableException(
                    $"The data directory '{_directory}' cannot be used: {exception.Message}", exception),
                _ => exception,
            };
        }
    }

    /// <summary>A connection that reads. The file must exist.</summary>
    public SqliteConnection OpenReader()
    {
        var connection = Connection(SqliteOpenMode.ReadOnly);
        try
        {
            connection.Open();

            // Readers hardly ever wait for a lock in WAL mode: while another process recovers or removes the log.
            var milliseconds = ((int)_busyTimeout.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
            SqliteStatement.Run(connection, $"PRAGMA busy_timeout={milliseconds}");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Does <paramref name="attempt"/> until no other connection's lock is in its way, or the busy timeout is over. SQLite
    /// could wait by itself, but with a thread.
    /// </summary>
    public async ValueTask RetryWhileBusyAsync(Action<SqliteConnection> attempt, SqliteConnection connection)
    {
        var start = _time.GetTimestamp();
        var delay = FirstBusyDelay;
        while (true)
        {
            try
            {
                attempt(connection);
                return;
            }
            catch (SqliteException exception) when (IsLocked(exception) && _time.GetElapsedTime(start) < _busyTimeout)
            {
                // Tried again below.
            }

            await Task.Delay(delay, _time);
            delay = delay < LongestBusyDelay ? delay * 2 : LongestBusyDelay;
        }
    }

    /// <summary>Whether the connection may be kept after this error: it is about the moment, not about the file.</summary>
    public static bool IsPassing(SqliteException exception) => IsLocked(exception) || exception.SqliteErrorCode == raw.SQLITE_FULL;

    /// <summary>
    /// Whether this error is about the file or the disk, so that everything written with it fails too; a statement that
    /// fails for another reason fails alone.
    /// </summary>
    public static bool IsAboutFile(SqliteException exception) => Advice(exception.SqliteErrorCode) is not null;

    /// <summary><paramref name="exception"/> in words for an operator.</summary>
    public StoreUnavailableException Unavailable(SqliteException exception)
    {
        var advice = Advice(exception.SqliteErrorCode) ?? "could not be used.";
        return new StoreUnavailableException(
            $"The database '{Path}' {advice} (SQLite {exception.SqliteExtendedErrorCode}: {exception.Message})", exception);
    }

    private static bool IsLocked(SqliteException exception)
        => exception.SqliteErrorCode == raw.SQLITE_BUSY || exception.SqliteErrorCode == raw.SQLITE_LOCKED;

    private static string? Advice(int code)
    {
        if (code == raw.SQLITE_BUSY || code == raw.SQLITE_LOCKED)
        {
            return "is locked: another process holds it. End that process, or wait until it is done; the store then goes on by itself.";
        }

        if (code == raw.SQLITE_FULL)
        {
            return "cannot grow: its disk is full. Free some space; the store then goes on by itself.";
        }

        if (code == raw.SQLITE_IOERR)
        {
            return "cannot be read or written: the disk gave an error. Check the disk, its free space and the system's log.";
        }

        if (code == raw.SQLITE_NOTADB || code == raw.SQLITE_CORRUPT)
        {
            return "is damaged or is no database. Put a backup in its place, or move it away to begin with an empty one.";
        }

        if (code == raw.SQLITE_CANTOPEN || code == raw.SQLITE_READONLY || code == raw.SQLITE_PERM || code == raw.SQLITE_AUTH)
        {
            return "cannot be opened for writing. Check that the file is there and belongs, like its directory, to the user who runs this program.";
        }

        return code == raw.SQLITE_NOMEM ? "cannot be used: the machine is out of memory." : null;
    }

    private SqliteConnection Connection(SqliteOpenMode mode)
        => new(new SqliteConnectionStringBuilder { DataSource = Path, Mode = mode, Pooling = false }.ToString());

    private void CreateDirectory()
    {
        if (Directory.Exists(_directory))
        {
            // Its mode is the operator's choice; the database in it is closed to others all the same.
            return;
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(_directory);
            return;
        }

        Directory.CreateDirectory(_directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private void Prepare(SqliteConnection connection)
    {
        // The version first: a newer program's file is left exactly as it is.
        CheckFormat(connection);
        SqliteStatement.Run(connection, "PRAGMA journal_mode=WAL");
        foreach (var setting in WriterSettings.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            SqliteStatement.Run(connection, setting);
        }

        if (CheckFormat(connection))
        {
            return;
        }

        SqliteStatement.Run(connection, "BEGIN IMMEDIATE");
        try
        {
            // Another process may have been faster.
            if (!CheckFormat(connection))
            {
                SqliteStatement.Run(connection, Schema);
                SqliteStatement.Run(connection, FormattableString.Invariant($"PRAGMA application_id={ApplicationId}"));
                SqliteStatement.Run(connection, FormattableString.Invariant($"PRAGMA user_version={FormatVersion}"));
            }

            SqliteStatement.Run(connection, "COMMIT");
        }
        finally
        {
            if (!SqliteStatement.IsOutsideTransaction(connection))
            {
                SqliteStatement.Run(connection, "ROLLBACK");
            }
        }
    }

    /// <summary>Whether the file has our tables; false for an empty one.</summary>
    private bool CheckFormat(SqliteConnection connection)
    {
        var version = SqliteStatement.Scalar(connection, "PRAGMA user_version");
        var application = SqliteStatement.Scalar(connection, "PRAGMA application_id");
        if (application == ApplicationId)
        {
            version = SqliteStatement.Scalar(connection, "PRAGMA user_version");
            return version switch
            {
                FormatVersion => true,
                _ => throw new StoreUnavailableException(
                    FormattableString.Invariant($"The database '{Path}' has format {version}, and this program knows format {FormatVersion}. ")
                    + "Run the program that wrote it, or a newer one."),
            };
        }

        // An empty file that has our mark by now is ours: another process was faster.
        var isEmpty = application == 0 && version == 0 && SqliteStatement.Scalar(connection, "SELECT count(*) FROM sqlite_schema") == 0;
        return isEmpty || SqliteStatement.Scalar(connection, "PRAGMA application_id") == ApplicationId
            ? !isEmpty
            : throw new StoreUnavailableException(
                $"The database '{Path}' belongs to another program. Choose another data directory.");
    }
}
