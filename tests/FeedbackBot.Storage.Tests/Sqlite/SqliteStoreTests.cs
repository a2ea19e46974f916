using System.Collections;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using FeedbackBot.Core.Storage;
using FeedbackBot.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Shouldly;
using SQLitePCL;
using Xunit;

namespace FeedbackBot.Storage.Tests.Sqlite;

/// <summary>What is SQLite's own, beyond what every store must do: the group, the lock, the disk, the file.</summary>
public sealed class SqliteStoreTests : IDisposable
{
    private const string Partition = "tenant";
    private static readonly TimeSpan ShortTimeout = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly DataDirectory _directory = new();

    private static CancellationToken None => CancellationToken.None;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Commits_that_wait_together_are_flushed_together()
    {
        await using var store = await _directory.OpenAsync();
        var before = store.Writer.ShouldNotBeNull().Groups;

        await AsOneGroupAsync(store, () => [.. Enumerable.Range(0, 50).Select(index => InsertAsync(store, $"row|{index:d2}"))]);

        // The one that held the writer, and the fifty.
        (store.Writer!.Groups - before).ShouldBe(2);
        (await RowsAsync(store, "row|")).Count.ShouldBe(50);
    }

    [Fact]
    public async Task A_conflict_in_a_group_leaves_the_others_committed()
    {
        await using var store = await _directory.OpenAsync();
        await InsertAsync(store, "taken");

        var results = await AsOneGroupAsync(store, () =>
        [
            CommitAsync(store, transaction => Insert(transaction, "a|1", "a|2")),
            CommitAsync(store, transaction => Insert(transaction, "b|1", "taken", "b|2")),
            CommitAsync(store, transaction => Insert(transaction, "a|2")),
            CommitAsync(store, transaction => Insert(transaction, "c|1", "c|2")),
        ]);

        results[0].ShouldBeOfType<CommitResult.Committed>();
        results[1].ShouldBe(new CommitResult.Conflict("taken"));
        results[2].ShouldBe(new CommitResult.Conflict("a|2"));
        results[3].ShouldBeOfType<CommitResult.Committed>();
        (await RowsAsync(store, "")).ShouldBe(["a|1", "a|2", "c|1", "c|2", "first", "taken"]);
    }

    [Fact]
    public async Task A_transaction_that_breaks_leaves_the_others_of_its_group_committed()
    {
        await using var store = await _directory.OpenAsync();
        Task<CommitResult>? broken = null;

        await AsOneGroupAsync(store, () =>
        {
            Task<CommitResult>[] commits =
            [
                InsertAsync(store, "a"),
                broken = CommitAsync(store, transaction =>
                {
                    Insert(transaction, "b");
                    transaction.Insert(new Entity(new EntityKey(Partition, "c"), 1, new ReadableOnce(new InvalidOperationException("made up"))));
                }),
                InsertAsync(store, "d"),
            ];
            return [commits[0], commits[2]];
        });

        await Should.ThrowAsync<InvalidOperationException>(broken.ShouldNotBeNull());
        (await RowsAsync(store, "")).ShouldBe(["a", "d", "first"]);
    }

    [Fact]
    public async Task A_group_larger_than_its_bound_is_committed_in_parts()
    {
        await using var store = await _directory.OpenAsync();
        var before = store.Writer.ShouldNotBeNull().Groups;

        await AsOneGroupAsync(store, () => [.. Enumerable.Range(0, 40).Select(index =>
            CommitAsync(store, transaction => transaction.Insert(Row($"row|{index:d2}", 480_000))))]);

        // 40 rows of 480 kB, at most 8 MiB at once.
        (store.Writer!.Groups - before).ShouldBeInRange(3, 5);
        (await RowsAsync(store, "row|")).Count.ShouldBe(40);
    }

    [Fact]
    public async Task A_commit_cancelled_before_the_writer_took_it_is_not_written()
    {
        await using var store = await _directory.OpenAsync();
        using var cancellation = new CancellationTokenSource();
        Task<CommitResult>? cancelled = null;

        await AsOneGroupAsync(store, () =>
        {
            cancelled = CommitAsync(store, transaction => Insert(transaction, "cancelled"), cancellation.Token);
            var other = InsertAsync(store, "other");
            cancellation.Cancel();
            return [other];
        });

        await Should.ThrowAsync<OperationCanceledException>(cancelled.ShouldNotBeNull());
        (await RowsAsync(store, "")).ShouldBe(["first", "other"]);
    }

    [Fact]
    public async Task A_commit_cancelled_after_the_writer_took_it_gives_what_became_of_it()
    {
        await using var store = await _directory.OpenAsync();
        using var cancellation = new CancellationTokenSource();
        store.Writer.ShouldNotBeNull().BeforeCommit = _ => cancellation.Cancel();

        (await CommitAsync(store, transaction => Insert(transaction, "row"), cancellation.Token)).ShouldBeOfType<CommitResult.Committed>();

        (await RowsAsync(store, "")).ShouldBe(["row"]);
    }

    [Fact]
    public async Task More_commits_than_the_queue_holds_are_all_written()
    {
        await using var store = await _directory.OpenAsync();

        await AsOneGroupAsync(store, () => [.. Enumerable.Range(0, 3000).Select(index => InsertAsync(store, $"row|{index:d4}"))]);

        (await RowsAsync(store, "row|")).Count.ShouldBe(3000);
    }

    [Fact]
    public async Task A_commit_is_flushed_before_it_returns()
    {
        await using var store = await _directory.OpenAsync();
        var (mode, synchronous) = ("", 0L);
        store.Writer.ShouldNotBeNull().BeforeCommit = connection =>
        {
            using var command = new SqliteCommand("PRAGMA journal_mode", connection);
            mode = (string)command.ExecuteScalar()!;
            synchronous = SqliteStatement.Scalar(connection, "PRAGMA synchronous");
        };

        await InsertAsync(store, "row");

        // 2 is FULL (https://www.sqlite.org/pragma.html#pragma_synchronous).
        (mode, synchronous).ShouldBe(("wal", 2L));
    }

    [Fact]
    public async Task A_lock_held_too_long_fails_every_waiting_commit_in_time_and_the_store_goes_on_afterwards()
    {
        const int Waiting = 200;
        await using var store = await _directory.OpenAsync(ShortTimeout);
        await InsertAsync(store, "before");
        await using var other = _directory.Connect();
        await ExecuteAsync(other, "BEGIN EXCLUSIVE");

        var clock = Stopwatch.StartNew();
        var commits = Enumerable.Range(0, Waiting).Select(index => InsertAsync(store, $"locked|{index}")).ToArray();
        foreach (var commit in commits)
        {
            (await Should.ThrowAsync<StoreUnavailableException>(commit)).Message.ShouldContain("another process");
        }

        // The first takes the writer's patience alone, all the others share the next one's.
        clock.Elapsed.ShouldBeInRange(ShortTimeout * 0.9, ShortTimeout * (Waiting / 3));
        (await RowsAsync(store, "")).ShouldBe(["before"]);

        await ExecuteAsync(other, "ROLLBACK");
        (await InsertAsync(store, "after")).ShouldBeOfType<CommitResult.Committed>();
        (await RowsAsync(store, "")).ShouldBe(["after", "before"]);
    }

    [Fact]
    public async Task A_lock_held_shortly_only_delays_a_commit()
    {
        await using var store = await _directory.OpenAsync();
        await using var other = _directory.Connect();
        await ExecuteAsync(other, "BEGIN EXCLUSIVE");

        var commit = InsertAsync(store, "row");
        await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        commit.IsCompleted.ShouldBeFalse();
        await ExecuteAsync(other, "ROLLBACK");

        (await commit).ShouldBeOfType<CommitResult.Committed>();
    }

    [Fact]
    public async Task A_full_disk_fails_the_whole_group_and_the_store_goes_on_once_there_is_space()
    {
        await using var store = await _directory.OpenAsync();
        await BoundAsync(store, 20, "before");

        Task<CommitResult>[] commits = [];
        await AsOneGroupAsync(store, () =>
        {
            commits =
            [
                InsertAsync(store, "small"),
                CommitAsync(store, transaction => transaction.Insert(Row("large", 400_000))),
                InsertAsync(store, "small|2"),
            ];
            return [];
        });
        foreach (var commit in commits)
        {
            (await Should.ThrowAsync<StoreUnavailableException>(commit)).Message.ShouldContain("Free some space");
        }

        (await RowsAsync(store, "")).ShouldBe(["before", "first"]);

        // What fits is taken, on the same connection.
        await InsertAsync(store, "small");
        await BoundAsync(store, 100_000, "space");
        await CommitAsync(store, transaction => transaction.Insert(Row("large", 400_000)));
        (await RowsAsync(store, "")).ShouldBe(["before", "first", "large", "small", "space"]);
    }

    [Theory]
    [InlineData(raw.SQLITE_IOERR)]
    [InlineData(raw.SQLITE_CORRUPT)]
    [InlineData(raw.SQLITE_INTERNAL)]
    public async Task An_error_of_the_disk_at_the_commit_fails_the_group_and_the_next_one_gets_another_connection(int code)
    {
        await using var store = await _directory.OpenAsync();
        SqliteConnection? failed = null;
        store.Writer.ShouldNotBeNull().BeforeCommit = connection =>
        {
            failed = connection;
            store.Writer!.BeforeCommit = other => other.ShouldNotBeSameAs(failed);
            throw new SqliteException("made up", code);
        };

        await Should.ThrowAsync<StoreUnavailableException>(InsertAsync(store, "lost"));

        (await InsertAsync(store, "kept")).ShouldBeOfType<CommitResult.Committed>();
        failed.ShouldNotBeNull();
        (await RowsAsync(store, "")).ShouldBe(["kept"]);
    }

    [Fact]
    public async Task An_error_of_the_disk_in_one_transaction_fails_its_whole_group()
    {
        await using var store = await _directory.OpenAsync();
        Task<CommitResult>[] commits = [];

        await AsOneGroupAsync(store, () =>
        {
            commits =
            [
                InsertAsync(store, "a"),
                CommitAsync(store, transaction => transaction.Insert(new Entity(
                    new EntityKey(Partition, "b"), 1, new ReadableOnce(new SqliteException("made up", raw.SQLITE_IOERR))))),
                InsertAsync(store, "c"),
            ];
            return [];
        });

        foreach (var commit in commits)
        {
            (await Should.ThrowAsync<StoreUnavailableException>(commit)).Message.ShouldContain("the disk gave an error");
        }

        (await InsertAsync(store, "d")).ShouldBeOfType<CommitResult.Committed>();
        (await RowsAsync(store, "")).ShouldBe(["d", "first"]);
    }

    [Fact]
    public async Task A_file_that_vanished_is_not_replaced_by_an_empty_one()
    {
        if (OperatingSystem.IsWindows())
        {
            // There an open file cannot be removed.
            return;
        }

        await using var store = await _directory.OpenAsync();
        store.Writer.ShouldNotBeNull().BeforeCommit = _ =>
        {
            store.Writer!.BeforeCommit = null;
            File.Delete(_directory.DatabasePath);
            throw new SqliteException("made up", raw.SQLITE_IOERR);
        };
        await Should.ThrowAsync<StoreUnavailableException>(InsertAsync(store, "lost"));

        (await Should.ThrowAsync<StoreUnavailableException>(InsertAsync(store, "lost"))).Message.ShouldContain("Check that the file is there");

        File.Exists(_directory.DatabasePath).ShouldBeFalse();
    }

    [Fact]
    public async Task Two_stores_on_one_file_see_each_others_commits_and_their_writers_take_turns()
    {
        await using var one = await _directory.OpenAsync();
        await using var two = await _directory.OpenAsync();
        await InsertAsync(one, "from|one");
        (await RowsAsync(two, "")).ShouldBe(["from|one"]);
        await InsertAsync(two, "from|two");
        (await RowsAsync(one, "")).ShouldBe(["from|one", "from|two"]);

        await Task.WhenAll(Enumerable.Range(0, 200).Select(index => InsertAsync(index % 2 == 0 ? one : two, $"row|{index:d3}")));

        (await RowsAsync(one, "row|")).Count.ShouldBe(200);
        (await RowsAsync(two, "row|")).Count.ShouldBe(200);
    }

    [Fact]
    public async Task Stores_that_open_a_new_file_at_the_same_moment_all_open_it()
    {
        var stores = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => _directory.OpenAsync())));
        await Task.WhenAll(stores.Select((store, index) => InsertAsync(store, $"row|{index}")));

        (await RowsAsync(stores[0], "")).Count.ShouldBe(8);
        foreach (var store in stores)
        {
            await store.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_closed_store_has_written_what_was_queued_and_leaves_one_file()
    {
        var store = await _directory.OpenAsync();
        var commits = Enumerable.Range(0, 100).Select(index => InsertAsync(store, $"row|{index:d2}")).ToArray();
        await store.DisposeAsync();

        foreach (var commit in commits)
        {
            (await commit).ShouldBeOfType<CommitResult.Committed>();
        }

        Directory.GetFiles(_directory.DirectoryPath).ShouldBe([_directory.DatabasePath]);
        await Should.ThrowAsync<ObjectDisposedException>(InsertAsync(store, "late"));
        await Should.ThrowAsync<ObjectDisposedException>(RowsAsync(store, ""));
        await store.DisposeAsync();

        await using var again = await _directory.OpenAsync();
        (await RowsAsync(again, "row|")).Count.ShouldBe(100);
    }

    [Fact]
    public async Task A_store_that_was_never_used_makes_no_file()
    {
        await using (DataDirectory.Store(_directory.DirectoryPath))
        {
            Directory.Exists(_directory.DirectoryPath).ShouldBeFalse();
        }

        Directory.Exists(_directory.DirectoryPath).ShouldBeFalse();
    }

    [Fact]
    public async Task A_file_of_a_newer_format_is_refused_and_left_alone()
    {
        await (await _directory.OpenAsync()).DisposeAsync();
        await using (var other = _directory.Connect())
        {
            await ExecuteAsync(other, "PRAGMA journal_mode=DELETE");
            await ExecuteAsync(other, "PRAGMA user_version=99");
        }

        var before = await File.ReadAllBytesAsync(_directory.DatabasePath);

        (await Should.ThrowAsync<StoreUnavailableException>(_directory.OpenAsync()))
            .Message.ShouldSatisfyAllConditions(
                message => message.ShouldContain(_directory.DatabasePath),
                message => message.ShouldContain("format 99"),
                message => message.ShouldContain("newer one"));
        (await File.ReadAllBytesAsync(_directory.DatabasePath)).ShouldBe(before);
    }

    [Fact]
    public async Task Another_programs_database_is_refused_and_left_alone()
    {
        Directory.CreateDirectory(_directory.DirectoryPath);
        await using (var other = _directory.Connect())
        {
            await ExecuteAsync(other, "CREATE TABLE photos (id INTEGER)");
        }

        var before = await File.ReadAllBytesAsync(_directory.DatabasePath);

        (await Should.ThrowAsync<StoreUnavailableException>(_directory.OpenAsync())).Message.ShouldContain("another program");
        (await File.ReadAllBytesAsync(_directory.DatabasePath)).ShouldBe(before);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused_and_left_alone()
    {
        Directory.CreateDirectory(_directory.DirectoryPath);
        var text = string.Concat(Enumerable.Repeat("This is a letter to my bank. ", 1000));
        await File.WriteAllTextAsync(_directory.DatabasePath, text);

        (await Should.ThrowAsync<StoreUnavailableException>(_directory.OpenAsync()))
            .Message.ShouldSatisfyAllConditions(
                message => message.ShouldContain(_directory.DatabasePath),
                message => message.ShouldContain("backup"));
        (await File.ReadAllTextAsync(_directory.DatabasePath)).ShouldBe(text);
    }

    [Fact]
    public async Task A_damaged_database_says_so_when_it_is_read()
    {
        await using (var store = await _directory.OpenAsync())
        {
            for (var index = 0; index < 50; index++)
            {
                await InsertAsync(store, $"row|{index:d2}");
            }
        }

        // The first page, which names the tables, stays; the rest is noise.
        var bytes = await File.ReadAllBytesAsync(_directory.DatabasePath);
        new Random(7).NextBytes(bytes.AsSpan(4096));
        await File.WriteAllBytesAsync(_directory.DatabasePath, bytes);

        await using var damaged = await _directory.OpenAsync();
        (await Should.ThrowAsync<StoreUnavailableException>(RowsAsync(damaged, ""))).Message.ShouldContain("damaged");
        (await Should.ThrowAsync<StoreUnavailableException>(InsertAsync(damaged, "row"))).Message.ShouldContain("damaged");
        (await Should.ThrowAsync<StoreUnavailableException>(CommitAsync(damaged, transaction => Insert(transaction, "a", "b"))))
            .Message.ShouldContain("damaged");
        (await Should.ThrowAsync<StoreUnavailableException>(CommitAsync(damaged, transaction => transaction.Delete("row|07"))))
            .Message.ShouldContain("damaged");
    }

    [Fact]
    public async Task A_store_that_could_not_open_opens_once_the_cause_is_gone()
    {
        Directory.CreateDirectory(_directory.DirectoryPath);
        await File.WriteAllTextAsync(_directory.DatabasePath, new string('x', 5000));
        await using var store = DataDirectory.Store(_directory.DirectoryPath);
        await Should.ThrowAsync<StoreUnavailableException>(InsertAsync(store, "row"));

        File.Delete(_directory.DatabasePath);

        (await InsertAsync(store, "row")).ShouldBeOfType<CommitResult.Committed>();
    }

    [Fact]
    public async Task A_data_directory_that_is_a_file_is_refused()
    {
        await File.WriteAllTextAsync(_directory.DirectoryPath, "");

        (await Should.ThrowAsync<StoreUnavailableException>(_directory.OpenAsync())).Message.ShouldContain(_directory.DirectoryPath);
    }

    [Fact]
    public async Task Only_the_owner_can_read_what_the_store_makes()
    {
        if (OperatingSystem.IsWindows())
        {
            // There the directory inherits its access list.
            return;
        }

        await using var store = await _directory.OpenAsync();
        await InsertAsync(store, "row");

        File.GetUnixFileMode(_directory.DirectoryPath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var files = Directory.GetFiles(_directory.DirectoryPath);
        files.Length.ShouldBe(3);
        foreach (var file in files)
        {
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
        }
    }

    [Fact]
    public async Task Reads_and_ranges_go_by_the_index_of_keys()
    {
        await using var store = await _directory.OpenAsync();
        await using var connection = _directory.Connect();
        await using var command = connection.CreateCommand();
        command.CommandText = "EXPLAIN QUERY PLAN SELECT properties FROM entities WHERE partition = 'p' AND row >= 'a' AND row < 'b' ORDER BY row LIMIT 10";
        await using var plan = await command.ExecuteReaderAsync();
        (await plan.ReadAsync()).ShouldBeTrue();
        plan.GetString(3).ShouldBe("SEARCH entities USING INDEX sqlite_autoindex_entities_1 (partition=? AND row>? AND row<?)");
        (await plan.ReadAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task Many_reads_at_once_share_a_few_connections()
    {
        await using var store = await _directory.OpenAsync();
        await InsertAsync(store, "row");

        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(async () =>
        {
            for (var read = 0; read < 20; read++)
            {
                (await store.FindAsync(new EntityKey(Partition, "row"), None)).ShouldNotBeNull();
            }
        })));
    }

    [Fact]
    public async Task A_host_opens_the_store_before_any_service_starts()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        var service = new StartWatcher(() => File.Exists(_directory.DatabasePath));
        builder.Services.AddHostedService(_ => service);
        builder.Services.AddStorage(options => options.DataDirectory = _directory.DirectoryPath);
        using var host = builder.Build();

        await host.StartAsync(None);

        service.Seen.ShouldBe(true);
        host.Services.GetRequiredService<IStore>().ShouldBeSameAs(host.Services.GetRequiredService<SqliteStore>());
        await host.StopAsync(None);
        await ((IAsyncDisposable)host).DisposeAsync();
        Directory.GetFiles(_directory.DirectoryPath).ShouldBe([_directory.DatabasePath]);
    }

    [Fact]
    public async Task A_host_whose_store_cannot_open_does_not_start()
    {
        Directory.CreateDirectory(_directory.DirectoryPath);
        await File.WriteAllTextAsync(_directory.DatabasePath, new string('x', 5000));
        var builder = Host.CreateEmptyApplicationBuilder(null);
        var service = new StartWatcher(() => true);
        builder.Services.AddHostedService(_ => service);
        builder.Services.AddStorage(options => options.DataDirectory = _directory.DirectoryPath);
        using var host = builder.Build();

        (await Should.ThrowAsync<StoreUnavailableException>(host.StartAsync(None))).Message.ShouldContain("backup");

        service.Seen.ShouldBeNull();
        await ((IAsyncDisposable)host).DisposeAsync();
    }

    [Theory]
    [InlineData("", 5)]
    [InlineData("  ", 5)]
    [InlineData("a\0b", 5)]
    [InlineData("data", 0)]
    [InlineData("data", -1)]
    [InlineData("data", 61)]
    public void Settings_that_cannot_work_are_refused(string directory, int seconds)
    {
        var services = new ServiceCollection();
        services.AddStorage(options =>
        {
            options.DataDirectory = directory;
            options.BusyTimeout = TimeSpan.FromSeconds(seconds);
        });
        using var provider = services.BuildServiceProvider();

        Should.Throw<OptionsValidationException>(() => provider.GetRequiredService<IOptions<StorageOptions>>().Value);
    }

    private static Entity Row(string row, int length = 10)
    {
        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var left = length; left > 0; left -= StoreTransaction.MaxStringLength)
        {
            properties.Add($"P{properties.Count}", new string('x', Math.Min(left, StoreTransaction.MaxStringLength)));
        }

        return new Entity(new EntityKey(Partition, row), 1, properties);
    }

    private static void Insert(StoreTransaction transaction, params ReadOnlySpan<string> rows)
    {
        foreach (var row in rows)
        {
            transaction.Insert(Row(row));
        }
    }

    private static Task<CommitResult> InsertAsync(SqliteStore store, string row) => CommitAsync(store, transaction => Insert(transaction, row));

    private static Task<CommitResult> CommitAsync(SqliteStore store, Action<StoreTransaction> write, CancellationToken cancellationToken = default)
    {
        var transaction = new StoreTransaction(Partition);
        write(transaction);
        return store.CommitAsync(transaction, cancellationToken).AsTask();
    }

    /// <summary>Holds the writer in the commit of a row "first" while <paramref name="commit"/> queues, then lets it go on.</summary>
    private static async Task<CommitResult[]> AsOneGroupAsync(SqliteStore store, Func<Task<CommitResult>[]> commit)
    {
        var writer = store.Writer.ShouldNotBeNull();
        var isHeld = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var go = new ManualResetEventSlim();
        writer.BeforeCommit = _ =>
        {
            writer.BeforeCommit = null;
            isHeld.SetResult();
            go.Wait(Patience).ShouldBeTrue();
        };
        var first = InsertAsync(store, "first");
        await isHeld.Task.WaitAsync(Patience);
        Task<CommitResult>[] commits;
        try
        {
            commits = commit();
        }
        finally
        {
            go.Set();
        }

        await first;
        return await Task.WhenAll(commits);
    }

    /// <summary>Bounds the file, on the connection that writes, by a commit of <paramref name="row"/>.</summary>
    private static async Task BoundAsync(SqliteStore store, int pages, string row)
    {
        var writer = store.Writer.ShouldNotBeNull();
        writer.BeforeCommit = connection =>
        {
            writer.BeforeCommit = null;
            SqliteStatement.Run(connection, FormattableString.Invariant($"PRAGMA max_page_count={pages}"));
        };
        await InsertAsync(store, row);
    }

    private static async Task<List<string>> RowsAsync(SqliteStore store, string prefix)
    {
        var rows = new List<string>();
        string? continuation = null;
        do
        {
            var page = await store.QueryAsync(Partition, prefix, prefix + '~', IStore.MaxPageSize, continuation, None);
            rows.AddRange(page.Entities.Select(entity => entity.Key.Row));
            continuation = page.Continuation;
        }
        while (continuation is not null);

        return rows;
    }

    [SuppressMessage("Security", "CA2100", Justification = "Statements of the tests themselves.")]
    private static async Task ExecuteAsync(SqliteConnection connection, string sql)
    {
        await using var command = new SqliteCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Properties that can be counted and measured once, as a transaction does, and break when they are written.</summary>
    private sealed class ReadableOnce(Exception exception) : IReadOnlyDictionary<string, string>
    {
        private bool _isRead;

        public int Count => 1;

        public IEnumerable<string> Keys => throw new NotSupportedException();

        public IEnumerable<string> Values => throw new NotSupportedException();

        public string this[string key] => throw new NotSupportedException();

        public bool ContainsKey(string key) => throw new NotSupportedException();

        public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value) => throw new NotSupportedException();

        public IEnumerator<KeyValuePair<string, string>> GetEnumerator()
        {
            if (_isRead)
            {
                throw exception;
            }

            _isRead = true;
            return new Dictionary<string, string>(StringComparer.Ordinal) { ["Text"] = "x" }.GetEnumerator();
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    /// <summary>Looks at something when it is started.</summary>
    private sealed class StartWatcher(Func<bool> look) : IHostedService
    {
        public bool? Seen { get; private set; }

        public Task StartAsync(CancellationToken cancellationToken)
        {
            Seen = look();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
