using FeedbackBot.Core.Storage;
using FeedbackBot.Storage.Sqlite;
using FeedbackBot.Testing;

namespace FeedbackBot.Storage.Tests.Sqlite;

public sealed class SqliteStoreCompliance : StoreCompliance, IDisposable
{
    private readonly DataDirectory _directory = new();
    private SqliteStore? _store;

    public override async Task DisposeAsync()
    {
        if (_store is not null)
        {
            await _store.DisposeAsync();
        }
    }

    public void Dispose() => _directory.Dispose();

    protected override async Task<IStore> OpenAsync() => _store = await _directory.OpenAsync();
}
