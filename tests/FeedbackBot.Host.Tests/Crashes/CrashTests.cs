using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using FeedbackBot.Core.Inbox;
using FeedbackBot.Core.Outbox;
using FeedbackBot.Core.Requests;
using FeedbackBot.Core.Storage;
using FeedbackBot.Host.Playground;
using FeedbackBot.Host.Tests.Flows;
using FeedbackBot.Storage;
using FeedbackBot.Storage.Sqlite;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace FeedbackBot.Host.Tests.Crashes;

/// <summary>
/// The service's process is killed (SIGKILL) at every step of an event and of a send, again and again, while sellers talk to
/// it. Nothing that was acknowledged is lost, nothing is done twice, and a message is repeated only where the platform had
/// it and the process died before it could write that down.
/// </summary>
public sealed class CrashTests(ITestOutputHelper output)
{
    private const string Tenant = "default";
    private const int Conversations = 50;
    private const int AtATime = 12;
    private const int KillsPerPoint = 20;
    private const int Seed = 20_250_606;

    private static readonly string[] Ending = ["Confirm", "Submitted", "Stake", "Notice"];

    private static readonly CrashStep[] StepsThatRepeat = [CrashStep.SendAfter, CrashStep.MarkBefore];

    [Fact]
    public async Task Nothing_is_lost_or_done_twice_wherever_the_process_is_killed()
    {
        var data = Directory.CreateTempSubdirectory("feedbackbot-crash-").FullName;
        await using var sink = ChildProcess.Start("crash-sink");
        var sinkUrl = (await sink.ReadLineAsync()).ShouldNotBeNull();
        var service = new KilledService(data, sinkUrl);
        using var client = new PlaygroundClient(service.Url);

        var dying = service.LiveAndDieAsync(Plan());
        var crowd = new Crowd(client, Conversations, dying);
        var talking = crowd.TalkAsync(AtATime);
        if (await Task.WhenAny(dying, talking) == talking)
        {
            // They only come to an end early if one of them failed.
            await talking;
        }

        await dying;
        await using (var life = await service.LiveAsync())
        {
            await talking;
            await using var store = Open(data);
            await UntilSettledAsync(store);
            (await life.StopAsync()).ShouldBe(0, life.Errors);
        }

        var arrivals = await ArrivalsAsync(sinkUrl);
        await using (var store = Open(data))
        {
            var kills = service.Kills;
            output.WriteLine(Table(kills, arrivals));
            await CheckEventsAsync(store, crowd.Sellers);
            await CheckSendsAsync(store, kills, arrivals);
            await CheckConversationsAsync(store, crowd.Held, arrivals);
        }

        Directory.Delete(data, recursive: true);
    }

    /// <summary>
    /// Every point equally often, half of it before and half after its commit or call, in mixed order, each time at one of its
    /// first occurrences in that life.
    /// </summary>
    private static List<(CrashStep Step, int Occurrence)> Plan()
    {
        var random = new Random(Seed);
        var steps = Enum.GetValues<CrashStep>()
            .Where(step => step != CrashStep.None)
            .SelectMany(step => Enumerable.Repeat(step, step == CrashStep.Handle ? KillsPerPoint : KillsPerPoint / 2))
            .ToArray();
        random.Shuffle(steps);
        return [.. steps.Select(step => (step, random.Next(1, 5)))];
    }

    private static SqliteStore Open(string data)
        => new(Options.Create(new StorageOptions { DataDirectory = data }), TimeProvider.System);

    /// <summary>Waits until the last life has worked off what the others left. What never settles fails the checks.</summary>
    private static async Task UntilSettledAsync(SqliteStore store)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (!patience.IsCancellationRequested
            && ((await EventsAsync(store)).Exists(IsWaiting) || (await SendsAsync(store)).Exists(send => send.Status == OutboxStatus.Pending)))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }

    private static async Task CheckEventsAsync(SqliteStore store, IReadOnlyList<Seller> sellers)
    {
        var events = await EventsAsync(store);
        var handled = events.Where(item => item.Status == InboxStatus.Handled).Select(item => item.Id).ToHashSet(StringComparer.Ordinal);
        var acknowledged = sellers.SelectMany(seller => seller.Acknowledged).ToList();
        acknowledged.Where(eventId => !handled.Contains(KeyHash.Of($"playground:{eventId}"))).ShouldBeEmpty();

        // What was stored without being acknowledged was offered again: nobody did anything else.
        events.Count(item => item.Event is InboxEvent.FromPerson).ShouldBe(acknowledged.Count);
        events.Where(IsWaiting).ShouldBeEmpty();
        events.Where(item => item.Status == InboxStatus.SetAside).ShouldBeEmpty();
        (await AllAsync<DeadLetter>(store, DeadLetter.Prefix)).ShouldBeEmpty();
    }

    private static async Task CheckSendsAsync(SqliteStore store, IReadOnlyCollection<Kill> kills, IReadOnlyList<Arrival> arrivals)
    {
        var sends = await SendsAsync(store);
        sends.Where(send => send.Status is OutboxStatus.Pending or OutboxStatus.DeadLettered).ShouldBeEmpty();

        var arrived = arrivals.ToLookup(arrival => arrival.Id, StringComparer.Ordinal);
        sends.Where(send => send.Status == OutboxStatus.Delivered && !arrived.Contains(send.Id.Value)).ShouldBeEmpty();
        arrived.Select(send => send.Key).Except(sends.Select(send => send.Id.Value), StringComparer.Ordinal).ShouldBeEmpty();

        // A repeat is one of a send that a kill left between the platform and its mark, and the platform is told so.
        var unknown = kills.Where(kill => StepsThatRepeat.Contains(kill.Step)).ToLookup(kill => kill.About, StringComparer.Ordinal);
        foreach (var send in arrived)
        {
            var extra = send.Count() - 1;
            extra.ShouldBeLessThanOrEqualTo(unknown[send.Key].Count(), $"{send.Key}: {string.Join(", ", send)}");
            send.Skip(1).ShouldAllBe(repeat => repeat.OutcomeUnknown);
        }
    }

    private static async Task CheckConversationsAsync(SqliteStore store, IReadOnlyList<Held> held, IReadOnlyList<Arrival> arrivals)
    {
        held.Count.ShouldBeGreaterThanOrEqualTo(Conversations);
        var room = await AllAsync<PlaygroundMessage>(store, PlaygroundMessage.Prefix);
        room.Select(message => message.Id).ShouldBeUnique(StringComparer.Ordinal);
        var byThread = room.Where(message => message.From == PlaygroundText.Bot).ToLookup(message => message.Thread, StringComparer.Ordinal);
        var firstArrivals = arrivals.DistinctBy(arrival => arrival.Id, StringComparer.Ordinal)
            .ToLookup(arrival => arrival.Destination, StringComparer.Ordinal);
        var cards = room.Where(message => message.Kind == "TriageCard").ToLookup(message => message.Request, StringComparer.Ordinal);
        foreach (var conversation in held)
        {
            var said = byThread[conversation.Thread].OrderBy(message => message.Seq).ToList();
            said.Select(message => message.Asks ?? message.Kind).ShouldBe(conversation.Said);

            // What the pure conversation asks of the same words; whether another's request was offered as the same depends on
            // who came first.
            string[] expected = [.. Seller.AskedOf(conversation.Number), .. Ending, .. conversation.IsAnswered ? ["Answer"] : Array.Empty<string>()];
            conversation.Said.Where(asked => asked != "Duplicate").ShouldBe(expected);
            firstArrivals[$"sellers/{conversation.Thread}"].Select(arrival => arrival.Kind).ShouldBe(said.Select(message => message.Kind));
            cards[conversation.Request].ShouldHaveSingleItem().Channel.ShouldBe("triage");
        }

        var requests = await AllAsync<FeedbackRequest>(store, FeedbackRequest.Prefix);
        requests.Select(request => request.Id.Value).Order(StringComparer.Ordinal)
            .ShouldBe(held.Select(conversation => conversation.Request).Order(StringComparer.Ordinal));
        (await AllAsync<Submission>(store, "submission|")).Count.ShouldBe(held.Count);
    }

    // Timers wait for days.
    private static bool IsWaiting(InboxMessage message)
        => message is { Status: InboxStatus.Pending, Event: not InboxEvent.ConversationTimer };

    private static Task<List<InboxMessage>> EventsAsync(SqliteStore store) => AllAsync<InboxMessage>(store, "inbox|");

    private static Task<List<OutboxMessage>> SendsAsync(SqliteStore store) => AllAsync<OutboxMessage>(store, "outbox|");

    private static async Task<List<T>> AllAsync<T>(SqliteStore store, string prefix)
        where T : class, IStoredRecord
    {
        var all = new List<T>();
        await foreach (var stored in store.ScanAsync<T>(Tenant, prefix, IStore.MaxPageSize, CancellationToken.None))
        {
            all.Add(stored.Value);
        }

        return all;
    }

    private static async Task<IReadOnlyList<Arrival>> ArrivalsAsync(string sinkUrl)
    {
        using var client = new PlaygroundClient(sinkUrl);
        return (await client.Http.GetFromJsonAsync<List<Arrival>>(new Uri("/arrivals", UriKind.Relative))).ShouldNotBeNull();
    }

    private static string Table(IReadOnlyCollection<Kill> kills, IReadOnlyList<Arrival> arrivals)
    {
        var extra = arrivals.CountBy(arrival => arrival.Id, StringComparer.Ordinal)
            .ToDictionary(send => send.Key, send => send.Value - 1, StringComparer.Ordinal);
        var table = new StringBuilder("step           kills  extra arrivals\n");
        foreach (var step in kills.GroupBy(kill => kill.Step).OrderBy(step => step.Key))
        {
            // A send may be killed over more than once: each repeat belongs to one of those kills.
            var repeats = step.Count(kill => StepsThatRepeat.Contains(kill.Step) && extra.GetValueOrDefault(kill.About) > 0 && extra[kill.About]-- > 0);
            table.Append(CultureInfo.InvariantCulture, $"{step.Key,-14} {step.Count(),5}  {repeats,14}\n");
        }

        return table.Append(CultureInfo.InvariantCulture, $"{kills.Count} kills, {arrivals.Count} arrivals, {extra.Values.Sum()} repeats without a kill between send and mark").ToString();
    }
}
