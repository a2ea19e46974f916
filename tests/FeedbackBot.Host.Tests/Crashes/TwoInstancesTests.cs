using System.Collections.Concurrent;
using FeedbackBot.Core;
using FeedbackBot.Core.Conversations;
using FeedbackBot.Core.Inbox;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Outbox;
using FeedbackBot.Core.Storage;
using FeedbackBot.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Shouldly;
using Xunit;

namespace FeedbackBot.Host.Tests.Crashes;

/// <summary>Two instances of the service on one database, as far apart as two processes: they share only what is stored.</summary>
public sealed class TwoInstancesTests : IAsyncLifetime
{
    private const string Tenant = "test";
    private const int Threads = 40;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly string[] Says = ["They won't buy until feature X is added", "The export of reports stops at 10 GB", "Cost", "The budget for servers is 50k", "A larger disk", "40 sites"];
    private static readonly Topic[] Asks = [Topic.SpecificIssue, Topic.Cause, Topic.Cost, Topic.Alternatives, Topic.Impact, Topic.Customer];

    private readonly SharedPlatform _platform = new();
    private readonly List<IHost> _instances = [];
    private readonly string _data = Directory.CreateTempSubdirectory("feedbackbot-test-").FullName;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var instance in _instances)
        {
            await instance.StopAsync();
            await ((IAsyncDisposable)instance).DisposeAsync();
        }

        Directory.Delete(_data, recursive: true);
    }

    [Fact]
    public async Task Under_load_every_thread_keeps_its_order_and_nothing_is_handled_twice()
    {
        await StartAsync(leaseSeconds: 60);
        await TalkAsync();
        await UntilAnsweredAsync();

        var arrivals = _platform.Arrivals;
        arrivals.Select(sent => sent.Delivery.Id).ShouldBeUnique();
        arrivals.ShouldAllBe(sent => !sent.Delivery.OutcomeUnknown);
        arrivals.Select(sent => sent.Instance).Distinct(StringComparer.Ordinal).Count().ShouldBe(2);
        await CheckThreadsAsync();
    }

    [Fact]
    public async Task An_instance_that_is_paused_beyond_its_leases_writes_nothing_and_each_message_comes_once_more_at_most()
    {
        // Every sixth thread's first message, at the instance that has it first: until the other one repeats it.
        var paused = new ConcurrentDictionary<OutboxId, TaskCompletionSource>();
        _platform.Answer = async sent =>
        {
            var thread = ((Destination.Reply)sent.Delivery.Destination).Thread;
            if (int.Parse(thread.ThreadId["thread-".Length..], System.Globalization.CultureInfo.InvariantCulture) % 6 != 0
                || ((OutboundMessage.Question)sent.Delivery.Message).Asks != Topic.SpecificIssue)
            {
                return null;
            }

            var repeated = paused.GetOrAdd(sent.Delivery.Id, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            if (sent.Delivery.OutcomeUnknown)
            {
                // The first goes on at the same moment, with the worst to tell.
                repeated.TrySetResult();
                return null;
            }

            await repeated.Task;
            return new DeliveryResult.Failed(DeliveryFailure.Refused, "Too late to be written.");
        };
        await StartAsync(leaseSeconds: 2);
        await TalkAsync();
        await UntilAnsweredAsync();

        paused.Count.ShouldBe(7);
        foreach (var sends in _platform.Arrivals.GroupBy(sent => sent.Delivery.Id))
        {
            // On a busy machine a lease can be lost without our doing, even before the first attempt gets out; whatever comes
            // besides the first attempt is known as a repeat.
            var firsts = sends.Count(sent => !sent.Delivery.OutcomeUnknown);
            firsts.ShouldBeLessThanOrEqualTo(1);
            sends.Count().ShouldBeGreaterThan(paused.ContainsKey(sends.Key) ? firsts : 0);
        }

        await CheckThreadsAsync();
        (await AllAsync<DeadLetter>(DeadLetter.Prefix)).ShouldBeEmpty();
    }

    private async Task StartAsync(double leaseSeconds)
    {
        foreach (var name in (string[])["one", "two"])
        {
            var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(settings: null);
            builder.Services
                .AddLogging()
                .AddSingleton(TimeProvider.System)
                .AddSingleton(_platform.For(name))
                .AddFeedbackBotCore()
                .AddStorage(storage => storage.DataDirectory = _data)
                .Configure<FeedbackBotOptions>(options =>
                {
                    options.Tenant = Tenant;
                    options.Areas.Add(new ProductAreaOptions
                    {
                        Name = "General",
                        TriagePlatform = SharedPlatform.PlatformName,
                        TriageWorkspace = "w",
                        TriageChannel = "triage",
                    });
                    options.Work.LeaseSeconds = leaseSeconds;
                    options.Work.PollSeconds = 0.1;
                    options.Work.LongestBackoffSeconds = 1;

                    // Short leases on a busy machine: how often it is tried is not what this is about.
                    options.Work.EventAttempts = 100;
                    options.Work.SendAttempts = 100;
                });
            _instances.Add(builder.Build());
            await _instances[^1].StartAsync();
        }
    }

    /// <summary>Each thread says all it has to say, in order, to one instance and the other in turn, without waiting for answers.</summary>
    private Task TalkAsync() => Parallel.ForEachAsync(Enumerable.Range(0, Threads), async (number, cancellationToken) =>
    {
        for (var index = 0; index < Says.Length; index++)
        {
            var intake = _instances[(number + index) % 2].Services.GetRequiredService<InboxIntake>();
            var id = $"{number}-{index}";
            var said = new InboxEvent.TextPosted(
                SharedPlatform.Thread(number), new PersonReference(SharedPlatform.PlatformName, "w", "sam"), "Sam", id, Says[index], Starts: true);
            (await intake.AcceptAsync(said, [id], null, cancellationToken)).ShouldBe(AcceptResult.Accepted);
        }
    });

    private async Task UntilAnsweredAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        while ((await AllAsync<InboxMessage>("inbox|")).Exists(item => item is { Status: InboxStatus.Pending, Event: not InboxEvent.ConversationTimer })
            || (await AllAsync<OutboxMessage>("outbox|")).Exists(send => send.Status == OutboxStatus.Pending))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, patience.Token);
        }
    }

    private async Task CheckThreadsAsync()
    {
        var asked = _platform.Arrivals.DistinctBy(sent => sent.Delivery.Id)
            .ToLookup(sent => ((Destination.Reply)sent.Delivery.Destination).Thread, sent => ((OutboundMessage.Question)sent.Delivery.Message).Asks);
        var conversations = (await AllAsync<Conversation>("conversation|")).ToDictionary(conversation => conversation.Thread);
        foreach (var thread in Enumerable.Range(0, Threads).Select(SharedPlatform.Thread))
        {
            asked[thread].ShouldBe(Asks);
            conversations[thread].Turn.ShouldBe(Says.Length);
            conversations[thread].Answer(Topic.Impact).ShouldBe(Says[^1]);
            conversations[thread].Answer(Topic.Added).ShouldBeEmpty();
        }

        (await AllAsync<OutboxMessage>("outbox|")).Count(send => send.Status == OutboxStatus.Delivered).ShouldBe(Threads * Asks.Length);
    }

    private async Task<List<T>> AllAsync<T>(string prefix)
        where T : class, IStoredRecord
    {
        var all = new List<T>();
        var store = _instances[0].Services.GetRequiredService<IStore>();
        await foreach (var stored in store.ScanAsync<T>(Tenant, prefix, IStore.MaxPageSize, CancellationToken.None))
        {
            all.Add(stored.Value);
        }

        return all;
    }
}
