using System.Net.Http.Json;
using System.Text.Json;
using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Storage;
using FeedbackBot.Host.Playground;
using FeedbackBot.Host.Tests.Cli;
using FeedbackBot.Host.Tests.Flows;
using FeedbackBot.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Shouldly;

namespace FeedbackBot.Host.Tests.Playground;

/// <summary>What the tests of starting over begin with and look at.</summary>
internal static class StartOverScenes
{
    /// <summary>What stays of the Playground, by the beginnings of its rows' keys.</summary>
    public static IReadOnlyList<string> Staying { get; } = ["seen|", "counter|request", PlaygroundStart.Row];

    /// <summary>Every row of the store.</summary>
    public static async Task<IReadOnlyDictionary<string, Entity>> RowsAsync(this RunningHost host)
    {
        var store = host.App.Services.GetRequiredService<IStore>();
        var tenant = host.App.Services.GetRequiredService<LaneQueues>().Tenant;
        var rows = new Dictionary<string, Entity>(StringComparer.Ordinal);
        string? continuation = null;
        do
        {
            var page = await store.QueryAsync(tenant, "", "~", 500, continuation, CancellationToken.None);
            foreach (var entity in page.Entities)
            {
                rows.Add(entity.Key.Row, entity);
            }

            continuation = page.Continuation;
        }
        while (continuation is not null);
        return rows;
    }

    /// <summary>The keys of the rows that are not among those that stay.</summary>
    public static IReadOnlyList<string> Left(this IReadOnlyDictionary<string, Entity> rows)
        => [.. rows.Keys.Where(row => !Staying.Any(staying => row.StartsWith(staying, StringComparison.Ordinal)))];

    /// <summary>A row as the store has it, version and all.</summary>
    public static string Bytes(this Entity entity)
        => $"{entity.Key.Row} {entity.ETag} {entity.Schema} {string.Join(' ', entity.Properties.OrderBy(property => property.Key, StringComparer.Ordinal))}";

    public static async Task<double> HoursAheadAsync(this PlaygroundClient client)
        => (await client.Http.GetFromJsonAsync<JsonElement>(new Uri("/playground/api/clock", UriKind.Relative))).GetProperty("aheadHours").GetDouble();

    /// <summary>
    /// Conversations in every state: a card that was given up, a question that is open, a kept draft, one that is submitted, one
    /// that is answered, and people among themselves.
    /// </summary>
    public static async Task LiveAsync(this RunningHost host)
    {
        var client = host.Client;
        var (given, _) = await client.SubmitAsync("riley", "Fabrikam needs a dark theme in the console.", Scenes.Printing);
        await client.WaitAsync(message => message.Text.Contains("can't reach", StringComparison.Ordinal), thread: given);
        host.App.Services.GetRequiredService<FailingPlatform>().Open();
        await client.AskedAsync(await client.SayAsync("sam", "Tailspin asks for a calendar view"), "Cause");
        await client.KeepAsync("sofia", "Northwind waits for cheaper disks.");
        await client.CardAsync();
        var (_, request) = await client.SubmitAsync("sofia", "Northwind cannot roll out before the queue stays.", Scenes.Printing.With("Customer", "Northwind"));
        var card = await client.CardOfAsync(request);
        await client.AnswerAsync("pm-ana", card, "OnRoadmap");
        await client.UpdateAsync(card, "Answered by Ana");
        await client.SayAsync("pm-ben", "Good morning!", channel: "triage");
        (await client.TryPostAsync("clock", new { hours = 24 })).Status.ShouldBe(200);
    }

    /// <summary>A host whose store a test may interrupt and whose channels are closed to the bot at first.</summary>
    /// <param name="others">Another platform beside the Playground, if any.</param>
    public static Task<RunningHost> StartAsync(string? data = null, Elsewhere? others = null, Action<InterruptedStore>? interrupt = null)
        => RunningHost.StartAsync(
            data,
            services =>
            {
                services.AddSingleton<PlaygroundPlatform>();
                services.AddSingleton(static provider => new FailingPlatform(provider.GetRequiredService<PlaygroundPlatform>()));
                services.Replace(ServiceDescriptor.Singleton<IChatPlatform>(static provider => provider.GetRequiredService<FailingPlatform>()));
                if (others is not null)
                {
                    services.AddSingleton<IChatPlatform>(others);
                }

                services.AddSingleton(provider =>
                {
                    var store = new InterruptedStore(provider.GetRequiredService<SqliteStore>());
                    interrupt?.Invoke(store);
                    return store;
                });
                services.AddSingleton<IStore>(static provider => provider.GetRequiredService<InterruptedStore>());
            },
            "--FeedbackBot:Work:LeaseSeconds=5");
}
