using System.Text.RegularExpressions;
using FeedbackBot.Core.Inbox;
using FeedbackBot.Core.Outbox;
using FeedbackBot.Core.Requests;
using FeedbackBot.Core.Storage;
using FeedbackBot.Host.Tests.Flows;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace FeedbackBot.Host.Tests.Crashes;

/// <summary>Platforms deliver an event again when they are in doubt: late, at the same time, after others. It counts once.</summary>
public sealed partial class RedeliveryTests
{
    private const int Conversations = 8;

    [Fact]
    public async Task Events_that_come_several_times_late_and_out_of_order_have_the_effect_of_one()
    {
        var once = await RunAsync(redeliver: false);
        var often = await RunAsync(redeliver: true);

        often.Messages.Except(once.Messages, StringComparer.Ordinal).ShouldBeEmpty();
        often.Messages.ShouldBe(once.Messages);
        often.Requests.ShouldBe(Conversations);
        often.Submissions.ShouldBe(Conversations);
        often.Events.ShouldBe(once.Events);
    }

    [Fact]
    public async Task An_act_that_comes_again_after_its_message_moved_on_is_acknowledged_once_more()
    {
        await using var host = await RunningHost.StartAsync("--FeedbackBot:MinimumLevel=Level100");
        var client = host.Client;
        await client.SubmitAsync("sam", "The nightly export stops", new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["SpecificIssue"] = "It stops at 10 GB",
            ["Cause"] = "Cost",
            ["Cost"] = "12 servers more, about $300k a year",
        });
        var card = await client.WaitAsync(message => message.Kind == "TriageCard", "triage");
        var act = Answer("answer-1");
        (await client.TryPostAsync("actions", act)).Status.ShouldBe(202);
        await client.WaitAsync(message => message.Id == card.Id && message.Choices.Count == 0, "triage", after: card.Seq);

        (await client.TryPostAsync("actions", act)).Status.ShouldBe(202);

        // Somebody else's answer is told that it comes too late.
        (await client.TryPostAsync("actions", Answer("answer-2"))).Status.ShouldBe(409);

        object Answer(string eventId) => new
        {
            eventId,
            user = "pm-ana",
            message = card.Id,
            action = "answer",
            value = "OnRoadmap",
            form = new { date = "Q2 2027", planned = "Larger exports.", workaround = "none known" },
        };
    }

    [Fact]
    public async Task A_reader_misses_nothing_when_the_service_starts_again_after_a_repeated_event()
    {
        var data = Directory.CreateTempSubdirectory("feedbackbot-test-").FullName;
        long next;
        await using (var first = await RunningHost.StartAsync(data, configure: null, "--FeedbackBot:MinimumLevel=Level100"))
        {
            await first.Client.SayAsync("sam", "one", channel: "account-contoso", eventId: "one");
            await first.Client.SayAsync("sam", "one", channel: "account-contoso", eventId: "one");
            (var messages, next) = await first.Client.ReadAsync("account-contoso");
            messages.ShouldHaveSingleItem();
            (_, next) = await first.Client.ReadAsync("account-contoso", after: next);
        }

        await using (var second = await RunningHost.StartAsync(data, configure: null, "--FeedbackBot:MinimumLevel=Level100"))
        {
            await second.Client.SayAsync("sam", "two", channel: "account-contoso", eventId: "two");
            (await second.Client.ReadAsync("account-contoso", after: next)).Messages.ShouldHaveSingleItem().Text.ShouldBe("two");
        }

        Directory.Delete(data, recursive: true);
    }

    private static async Task<Outcome> RunAsync(bool redeliver)
    {
        await using var host = await RunningHost.StartAsync("--FeedbackBot:MinimumLevel=Level100");
        var acts = new Acts(host.Client, redeliver);
        var threads = await Task.WhenAll(Enumerable.Range(0, Conversations).Select(number => new Script(acts, number).PlayAsync()));
        await acts.FinishAsync();
        await UntilSettledAsync(host);
        return new Outcome(
            await AllMessagesAsync(host.Client, threads),
            await CountAsync<FeedbackRequest>(host, FeedbackRequest.Prefix, _ => true),
            await CountAsync<Submission>(host, "submission|", _ => true),
            await CountAsync<InboxMessage>(host, "inbox|", message => message.Event is InboxEvent.FromPerson));
    }

    /// <summary>An effect of a late copy may still be on its way.</summary>
    private static async Task UntilSettledAsync(RunningHost host)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (await CountAsync<InboxMessage>(host, "inbox|", message => message is { Status: InboxStatus.Pending, Event: not InboxEvent.ConversationTimer }) > 0
            || await CountAsync<OutboxMessage>(host, "outbox|", message => message.Status == OutboxStatus.Pending) > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, patience.Token);
        }
    }

    /// <summary>Everything that was said, by thread, as far as it does not depend on who came first.</summary>
    private static async Task<List<string>> AllMessagesAsync(PlaygroundClient client, string[] threads)
    {
        var all = new List<string>();
        foreach (var thread in threads)
        {
            var (messages, _) = await client.ReadAsync("sellers", thread);
            all.AddRange(messages.Select(message => $"{thread} {message.Kind} {message.Asks} {message.To} {Numbers().Replace(message.Text, "FR-n")}"));
        }

        var (cards, _) = await client.ReadAsync("triage");
        all.AddRange(cards.Select(card => $"triage {Numbers().Replace(card.Text, "FR-n")}").Order(StringComparer.Ordinal));
        return all;
    }

    private static async Task<int> CountAsync<T>(RunningHost host, string prefix, Func<T, bool> counts)
        where T : class, IStoredRecord
    {
        var count = 0;
        var store = host.App.Services.GetRequiredService<IStore>();
        await foreach (var stored in store.ScanAsync<T>("default", prefix, IStore.MaxPageSize, CancellationToken.None))
        {
            count += counts(stored.Value) ? 1 : 0;
        }

        return count;
    }

    [GeneratedRegex("FR-[0-9]+", RegexOptions.NonBacktracking)]
    private static partial Regex Numbers();

    private sealed record Outcome(List<string> Messages, int Requests, int Submissions, int Events);
}
