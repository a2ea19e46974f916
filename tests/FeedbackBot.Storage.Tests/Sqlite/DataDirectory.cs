using FeedbackBot.Core.Storage;
using FeedbackBot.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace FeedbackBot.Storage.Tests.Sqlite;

/// <summary>A directory for one test's database, removed with it.</summary>
internal sealed class DataDirectory : IDisposable
{
    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("feedbackbot-test-");

    public string DirectoryPath => Path.Combine(_parent.FullName, "data");

    public string DatabasePath => Path.Combine(DirectoryPath, "feedbackbot.db");

    public static SqliteStore Store(string directory, TimeSpan? busyTimeout = null)
        => new(
            Options.Create(new StorageOptions { DataDirectory = directory, BusyTimeout = busyTimeout ?? TimeSpan.FromSeconds(60) }),
            TimeProvider.System);

    public async Task<SqliteStore> OpenAsync(TimeSpan? busyTimeout = null)
    {
        var store = Store(DirectoryPath, busyTimeout);
        await store.OpenAsync(CancellationToken.None);
        return store;
    }

    /// <summary>A connection beside the store's own, as another process has one.</summary>
    public SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={DatabasePath};Pooling=False");
        connection.Open();
        return connection;
    }

    public void Dispose() => _parent.Delete(recursive: true);
}
