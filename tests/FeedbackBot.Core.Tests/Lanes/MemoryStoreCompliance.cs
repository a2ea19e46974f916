using FeedbackBot.Core.Storage;
using FeedbackBot.Testing;

namespace FeedbackBot.Core.Tests.Lanes;

/// <summary>The store under the tests of the lanes is as strict as those in production.</summary>
public sealed class MemoryStoreCompliance : StoreCompliance
{
    public override Task DisposeAsync() => Task.CompletedTask;

    protected override Task<IStore> OpenAsync() => Task.FromResult<IStore>(new MemoryStore());
}
