using FeedbackBot.Core.Deduplication;
using FeedbackBot.Core.Inbox;
using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Outbox;
using FeedbackBot.Core.Storage;
using FeedbackBot.Core.Triage;
using FeedbackBot.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace FeedbackBot.Core.Tests.Lanes;

/// <summary>One running service, or what one would be: on a store and a platform that several may share.</summary>
internal sealed class Instance : IAsyncDisposable
{
    public const string Tenant = "test";
    public const int Attempts = 5;

    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private readonly ServiceProvider _services;

    /// <summary>Puts an instance together on the given store.</summary>
    /// <param name="pollSeconds">By default longer than any test: what a bell should wake must not be found by looking.</param>
    /// <param name="otherArea">A second product area with a triage channel of its own, <c>triage-</c> before its name.</param>
    /// <param name="model">A model that helps to order candidates.</param>
    public Instance(
        IStore store,
        FakePlatform platform,
        TimeProvider time,
        double pollSeconds = 60,
        string? otherArea = null,
        IEmbeddingGenerator<string, Embedding<float>>? model = null)
    {
        Store = store;
        var services = new ServiceCollection();
        if (model is not null)
        {
            services.AddSingleton(model).AddSingleton<DocumentVectors>()
                .Configure<EmbeddingOptions>(static options => (options.Model, options.Dimensions) = ("fake", FakeEmbeddingGenerator.Dimensions));
        }

        _services = services
            .AddLogging()
            .AddSingleton(time)
            .AddSingleton(store)
            .AddSingleton<IChatPlatform>(platform)
            .AddFeedbackBotCore()
            .Configure<FeedbackBotOptions>(options =>
            {
                options.Tenant = Tenant;
                options.Areas.Add(Area("General", "triage"));
                if (otherArea is not null)
                {
                    options.Areas.Add(Area(otherArea, $"triage-{otherArea}"));
                }

                options.Work.LeaseSeconds = Lease.TotalSeconds;
                options.Work.EventAttempts = Attempts;
                options.Work.SendAttempts = Attempts;
                options.Work.LongestBackoffSeconds = 10;
                options.Work.PollSeconds = pollSeconds;
            })
            .BuildServiceProvider();
        Lanes = _services.GetRequiredService<LaneQueues>();
        Inbox = _services.GetRequiredService<InboxProcessor>();
        Outbox = _services.GetRequiredService<OutboxDispatcher>();
        Intake = _services.GetRequiredService<InboxIntake>();
        DeadLetters = _services.GetRequiredService<DeadLetters>();
        Cards = _services.GetRequiredService<TriageCards>();
        Index = _services.GetRequiredService<RequestIndex>();
    }

    public IStore Store { get; }

    public LaneQueues Lanes { get; }

    public InboxProcessor Inbox { get; }

    public OutboxDispatcher Outbox { get; }

    public InboxIntake Intake { get; }

    public DeadLetters DeadLetters { get; }

    public TriageCards Cards { get; }

    public RequestIndex Index { get; }

    /// <summary>The workers as they run in production.</summary>
    public IHostedService Worker => _services.GetServices<IHostedService>().OfType<LaneWorker>().Single();

    /// <summary>A person says something in a thread, as an explicit act.</summary>
    public Task<AcceptResult> SayAsync(string thread, string text, string id)
        => Intake.AcceptAsync(
            new InboxEvent.TextPosted(FakePlatform.Thread(thread), Person("sam"), "Sam", id, text, Starts: true), [id], null, CancellationToken.None);

    public static PersonReference Person(string id) => new(FakePlatform.PlatformName, "w", id);

    /// <summary>A notice that is to be sent to a thread.</summary>
    public static OutboxMessage Notice(string thread, string text, TimeProvider time, LanePriority priority = LanePriority.Normal)
    {
        var destination = new Destination.Reply(FakePlatform.Thread(thread));
        return new OutboxMessage
        {
            Id = OutboxId.For(text, "test", destination.ToString()),
            Destination = destination,
            Content = new OutboxContent(new OutboundMessage.Notice(text), null),
            Priority = priority,
            EnqueuedAt = time.GetUtcNow(),
        };
    }

    public async Task<CommitResult> EnqueueAsync(params OutboxMessage[] sends)
    {
        var transaction = new StoreTransaction(Tenant);
        await Lanes.StageSendsAsync(transaction, sends, CancellationToken.None);
        return await Store.CommitAsync(transaction, CancellationToken.None);
    }

    /// <summary>Works off everything that is due now, inbound and outbound.</summary>
    public async Task WorkAsync()
    {
        if (!Index.IsLoaded)
        {
            await Index.LoadAsync(CancellationToken.None);
        }

        bool worked;
        do
        {
            worked = await WorkAsync(Lanes.In, Inbox.HandleAsync) | await WorkAsync(Lanes.Out, Outbox.SendAsync);
        }
        while (worked);
    }

    /// <summary>The record in a row, which must be there.</summary>
    public async Task<T> GetAsync<T>(string row)
        where T : class, IStoredRecord
        => (await Store.FindAsync<T>(Lanes.Key(row), CancellationToken.None) ?? throw new InvalidOperationException($"There is no {row}.")).Value;

    /// <summary>Every record of a kind of row.</summary>
    public async Task<List<Stored<T>>> AllAsync<T>(string prefix)
        where T : class, IStoredRecord
    {
        var all = new List<Stored<T>>();
        await foreach (var stored in Store.ScanAsync<T>(Tenant, prefix, IStore.MaxPageSize, CancellationToken.None))
        {
            all.Add(stored);
        }

        return all;
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private static ProductAreaOptions Area(string name, string channel) => new()
    {
        Name = name,
        TriagePlatform = FakePlatform.PlatformName,
        TriageWorkspace = "w",
        TriageChannel = channel,
    };

    private static async Task<bool> WorkAsync(LaneQueue queue, Func<LaneLease, CancellationToken, Task<LaneLease?>> work)
    {
        var worked = false;
        foreach (var lane in await queue.DueLanesAsync(IStore.MaxPageSize, CancellationToken.None))
        {
            var lease = await queue.ClaimAsync(lane, CancellationToken.None);
            while (lease is not null)
            {
                worked = true;
                lease = await work(lease, CancellationToken.None);
            }
        }

        return worked;
    }
}
