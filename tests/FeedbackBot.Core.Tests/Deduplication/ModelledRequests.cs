using FeedbackBot.Core.Deduplication;
using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Outbox;
using FeedbackBot.Core.Requests;
using FeedbackBot.Core.Storage;
using FeedbackBot.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace FeedbackBot.Core.Tests.Deduplication;

/// <summary>An index with a model beside it, as one process has it; several may share a store, one after the other.</summary>
internal sealed class ModelledRequests : IAsyncDisposable
{
    public const string Tenant = "test";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly IStore _store;

    public ModelledRequests(IStore? store = null, string name = "fake")
    {
        _store = store ?? new MemoryStore();
        var lanes = new LaneQueues(_store, Options.Create(new FeedbackBotOptions { Tenant = Tenant }), Time);
        var options = Options.Create(new EmbeddingOptions { Model = name, ApiKey = "key", Dimensions = FakeEmbeddingGenerator.Dimensions });
        Vectors = new DocumentVectors(Model, options, _store, lanes, Time, NullLogger<DocumentVectors>.Instance);
        Index = new RequestIndex(_store, lanes, NullLogger<RequestIndex>.Instance, Vectors);
    }

    /// <summary>It tells apart a few texts.</summary>
    public FakeEmbeddingGenerator Model { get; } = new(["schedule"], ["currency"], ["slow"], ["stops"]);

    public FakeTime Time { get; } = new();

    public DocumentVectors Vectors { get; }

    public RequestIndex Index { get; }

    public static FeedbackRequest Request(int number, string title, string summary = "") => new()
    {
        Id = RequestId.FromNumber(number),
        Title = title,
        Summary = summary,
        Area = "General",
        CreatedAt = new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(number),
        TriageChannel = new ChannelReference("test", "w", "triage"),
        Card = new OutboxId("card"),
    };

    /// <summary>Starts as the service does: loads what is stored, and has the vectors made beside it.</summary>
    public async Task StartAsync()
    {
        await Vectors.StartAsync(CancellationToken.None);
        await Index.LoadAsync(CancellationToken.None);
    }

    public async Task StoreAsync(FeedbackRequest request)
    {
        var transaction = new StoreTransaction(Tenant);
        transaction.Upsert(FeedbackRequest.Row(request.Id), request);
        await _store.CommitAsync(transaction, CancellationToken.None);
        Index.Put(request);
    }

    public async Task<IReadOnlyList<Entity>> RowsAsync()
        => (await _store.QueryAsync(Tenant, "vector|", "vector}", IStore.MaxPageSize, null, CancellationToken.None)).Entities;

    /// <summary>Waits, on the real clock, for what is made in the background; <paramref name="meanwhile"/> may move the other clock.</summary>
    public static async Task UntilAsync(Func<Task<bool>> isSo, Action? meanwhile = null)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!await isSo())
        {
            meanwhile?.Invoke();
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, patience.Token);
        }
    }

    public Task UntilKnownAsync(int texts, Action? meanwhile = null) => UntilAsync(() => Task.FromResult(Vectors.Count == texts), meanwhile);

    public async ValueTask DisposeAsync()
    {
        await Vectors.StopAsync(CancellationToken.None);
        Index.Dispose();
        Vectors.Dispose();
        Model.Dispose();
    }
}
