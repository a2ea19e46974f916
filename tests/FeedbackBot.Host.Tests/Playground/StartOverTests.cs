using System.Diagnostics;
using System.Text;
using System.Text.Json;
using FeedbackBot.Core.Inbox;
using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Outbox;
using FeedbackBot.Core.Requests;
using FeedbackBot.Core.Storage;
using FeedbackBot.Core.Triage;
using FeedbackBot.Host.Playground;
using FeedbackBot.Host.Tests.Cli;
using FeedbackBot.Host.Tests.Flows;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace FeedbackBot.Host.Tests.Playground;

/// <summary>"Start over" clears the Playground's own data, all of it, and nothing else.</summary>
public sealed class StartOverTests
{
    [Fact]
    public async Task A_room_with_conversations_in_every_state_is_empty_afterwards_and_works_at_once()
    {
        using var data = new TempDirectory();
        long since;
        await using (var host = await StartOverScenes.StartAsync(data.Data))
        {
            var client = host.Client;
            await host.LiveAsync();
            var (_, before, _) = await client.LookAsync();

            var (status, body) = await client.StartOverAsync();

            status.ShouldBe(200, body.ToString());
            since = body.GetProperty("since").GetInt64();
            since.ShouldBeGreaterThan(before);
            (await client.LookAsync()).ShouldBe((0, since, since));
            (await host.RowsAsync()).Left().ShouldBeEmpty();
            (await client.HoursAheadAsync()).ShouldBe(0);

            // Requests go on counting: the numbers of those that are gone stand in messages elsewhere.
            var (_, request, card) = await client.CardAsync();
            request.ShouldBe("FR-4");
            card.Seq.ShouldBeGreaterThan(since);
            (await client.AllAsync()).ShouldNotContain(message => message.Kind == "Candidates", "what is gone is not offered as the same");
            await client.AnswerAsync("pm-ana", card, "OnRoadmap");
            await client.UpdateAsync(card, "Answered by Ana");
        }

        await using var again = await StartOverScenes.StartAsync(data.Data);
        (await again.Client.LookAsync()).Since.ShouldBe(since);
        (await again.Client.AllAsync()).ShouldAllBe(message => message.Seq > since);
    }

    [Fact]
    public async Task What_came_from_another_platform_is_as_it_was()
    {
        var others = new Elsewhere();
        await using var host = await StartOverScenes.StartAsync(others: others);
        var client = host.Client;
        await Elsewhere.LiveAsync(host);
        var theirs = (await host.RowsAsync()).Keys.ToList();

        // On their own request there is one of the Playground's submissions, too; before there are others like it.
        await client.SubmitAsync("sam", Scenes.Opening, Scenes.Article, joins: Elsewhere.Own.Value);
        (await CardsAsync(others, 1)).Content.Submissions.ShouldBe(2);
        await host.LiveAsync();
        await UntilAsync(async () => !(await host.RowsAsync()).Keys.Any(row => row.StartsWith("due|out|1|", StringComparison.Ordinal) && !theirs.Contains(row)));
        var before = await host.RowsAsync();

        (await client.StartOverAsync()).Status.ShouldBe(200);

        // They see the request's new counts.
        (await CardsAsync(others, 2)).Content.Submissions.ShouldBe(1);
        var after = await host.RowsAsync();
        theirs.Select(row => after[row].Bytes()).ShouldBe(theirs.Select(row => before[row].Bytes()));
        foreach (var row in after.Left().Except(theirs, StringComparer.Ordinal))
        {
            // What is left beside theirs are the sends that updated their card, and where the clock stands.
            (IsUpdate(after[row]) || row == PlaygroundClock.Row || row.Contains("elsewhere-card", StringComparison.Ordinal)).ShouldBeTrue(row);
        }

        (await client.LookAsync()).Count.ShouldBe(0);
    }

    [Fact]
    public async Task A_request_that_somebody_elsewhere_is_on_or_about_to_join_stays_with_its_card_and_its_counts_are_right()
    {
        await using var host = await StartOverScenes.StartAsync(others: new Elsewhere());
        var client = host.Client;
        await host.LiveAsync();
        var (_, shared, card) = await client.CardAsync("riley");
        await client.AnswerAsync("pm-ana", card, "TooCostly");
        await client.UpdateAsync(card, "Answered by Ana");
        await Elsewhere.SubmitAsync(host, shared, "b");
        await Elsewhere.JoinAsync(host, "FR-2");

        (await client.StartOverAsync()).Status.ShouldBe(200);

        var updated = await client.WaitAsync(message => message.Request == shared && message.Text.Contains("Sandra", StringComparison.Ordinal), "triage");
        updated.Id.ShouldBe(card.Id);
        updated.Text.ShouldContain("1 customer");
        updated.Text.ShouldNotContain("riley");
        updated.Text.ShouldContain("Answered by Ana");
        var left = await client.AllAsync();
        left.ShouldAllBe(message => message.Kind == "TriageCard");
        left.Select(message => message.Request).Order(StringComparer.Ordinal).ShouldBe(["FR-2", shared]);
        var rows = await host.RowsAsync();
        rows.Keys.Where(row => row.StartsWith("submission|", StringComparison.Ordinal)).ShouldBe(["submission|elsewhere-b"]);
        rows.Keys.Where(row => row.StartsWith("request|", StringComparison.Ordinal)).ShouldBe(["request|FR-2", $"request|{shared}"]);
        rows.Values.Where(row => row.Key.Row.StartsWith("history|", StringComparison.Ordinal))
            .Select(row => StoredRecords.ToStored<HistoryEntry>(row).Value.What)
            .ShouldBe(["Answered: Too costly to build."]);
    }

    [Fact]
    public async Task What_a_request_that_stays_is_part_of_stays_too_and_a_part_that_was_only_of_the_Playground_goes()
    {
        await using var host = await StartOverScenes.StartAsync(others: new Elsewhere());
        host.App.Services.GetRequiredService<FailingPlatform>().Open();
        var client = host.Client;
        var (_, root, card) = await client.CardAsync("riley");
        var (_, shared) = await client.SubmitAsync("sofia", "Fabrikam loses labels.", Scenes.Printing);
        var (_, gone) = await client.SubmitAsync("sam", "Adatum loses labels.", Scenes.Printing.With("Customer", "Adatum"));
        await host.MergeAsync(await client.CardOfAsync(shared), root);
        await host.MergeAsync(await client.CardOfAsync(gone), root);
        await client.UpdateAsync(card, $"with {shared}, {gone}");
        await Elsewhere.SubmitAsync(host, shared, "b");

        (await client.StartOverAsync()).Status.ShouldBe(200);

        var updated = await client.WaitAsync(message => message.Request == root && message.Text.Contains("1 customer", StringComparison.Ordinal), "triage");
        updated.Text.ShouldContain("Sandra");
        updated.Text.ShouldContain($"with {shared}\n");
        updated.Text.ShouldNotContain("riley");
        var rows = await host.RowsAsync();
        rows.Keys.Where(row => row.StartsWith("request|", StringComparison.Ordinal)).ShouldBe([$"request|{root}", $"request|{shared}"]);
        rows.Keys.Where(row => row.StartsWith("merged|", StringComparison.Ordinal)).ShouldBe([$"merged|{root}|{shared}"]);
    }

    [Fact]
    public async Task More_than_a_transaction_holds_goes_in_several()
    {
        var others = new Elsewhere();
        await using var host = await StartOverScenes.StartAsync(others: others);
        await Elsewhere.LiveAsync(host);
        var theirs = (await host.RowsAsync()).Values.Select(StartOverScenes.Bytes).ToList();
        await Elsewhere.ShareAsync(host, 45);
        await Task.WhenAll(Enumerable.Range(0, 250).Select(number => host.Client.SayAsync("pm-ana", $"Message {number}", channel: "triage")));

        (await host.Client.StartOverAsync()).Status.ShouldBe(200);

        await UntilAsync(() => Task.FromResult(others.Arrivals.Count > 0));
        others.Arrivals[^1].Message.ShouldBeOfType<OutboundMessage.TriageCard>().Content.Submissions.ShouldBe(1);
        var rows = await host.RowsAsync();
        rows.Left().Where(row => !row.Contains("elsewhere-card", StringComparison.Ordinal) && !IsUpdate(rows[row])).Select(row => rows[row].Bytes())
            .ShouldBe(theirs.Where(row => !row.StartsWith("outbox|elsewhere-card", StringComparison.Ordinal)));
        (await host.Client.LookAsync()).Count.ShouldBe(0);
    }

    [Fact]
    public async Task The_clock_stays_ahead_where_another_platforms_work_may_be_dated_by_it()
    {
        await using var host = await StartOverScenes.StartAsync(others: new Elsewhere());
        (await host.Client.TryPostAsync("clock", new { hours = 24 })).Status.ShouldBe(200);
        (await host.Client.StartOverAsync()).Status.ShouldBe(200);
        (await host.Client.HoursAheadAsync()).ShouldBe(24);
    }

    [Fact]
    public async Task A_process_that_ends_in_the_middle_ends_the_clearing_at_the_next_start()
    {
        using var scene = new TempDirectory();
        IReadOnlyList<string> theirs;
        await using (var host = await StartOverScenes.StartAsync(scene.Data, new Elsewhere()))
        {
            await Elsewhere.LiveAsync(host);
            theirs = [.. (await host.RowsAsync()).Values.Select(StartOverScenes.Bytes)];
            await host.LiveAsync();
        }

        // Before and after each commit, until it comes to its end without meeting one.
        var point = 0;
        while (await IsInterruptedAsync(scene.Data, theirs, point))
        {
            (++point).ShouldBeLessThan(200);
        }

        point.ShouldBeGreaterThan(20);
    }

    [Fact]
    public async Task What_is_posted_meanwhile_is_refused_and_nothing_of_it_is_taken()
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await StartOverScenes.StartAsync();
        var client = host.Client;
        var thread = await client.SayAsync("sam", Scenes.Opening);
        var asked = await client.AskedAsync(thread, "SpecificIssue");
        host.App.Services.GetRequiredService<InterruptedStore>().BeforeCommit = async transaction =>
        {
            if (transaction.Touches($"conversation|{PlaygroundChannels.Thread("sellers", thread).Hash()}"))
            {
                entered.TrySetResult();
                await goOn.Task;
            }
        };

        var first = client.StartOverAsync();
        await entered.Task;

        // Asked in the process: a request on its way could come after the first has ended, and would rightly clear anew.
        var second = host.App.Services.GetRequiredService<PlaygroundClearing>().StartOverAsync(CancellationToken.None);
        foreach (var answer in await Task.WhenAll(
            client.TryPostAsync("messages", new { eventId = "e-1", user = "sofia", channel = "sellers", text = "Northwind is stuck." }),
            client.TryPostAsync("messages", new { eventId = "e-2", user = "pm-ana", channel = "triage", text = "Morning!" }),
            client.TryPressAsync("sam", asked.Id, "skip", eventId: "e-3"),
            client.TryEditAsync("sam", await client.WrittenAsync(thread, Scenes.Opening), "Something else."),
            client.TryDeleteAsync("sam", await client.WrittenAsync(thread, Scenes.Opening)),
            client.TryPostAsync("clock", new { hours = 1 })))
        {
            answer.Status.ShouldBe(503);
            answer.Error().ShouldContain("This was not taken");
        }

        goOn.SetResult();
        var (status, body) = await first;
        status.ShouldBe(200);

        // Whoever asks meanwhile waits for the same.
        var same = (await second).ShouldBeAssignableTo<IValueHttpResult>().ShouldNotBeNull();
        JsonSerializer.SerializeToElement(same.Value, JsonSerializerOptions.Web).ToString().ShouldBe(body.ToString());
        var rows = await host.RowsAsync();
        rows.Left().ShouldBeEmpty();
        rows.Keys.ShouldNotContain(row => row == InboxMessage.SeenRow("playground:e-1"));
        rows.Keys.ShouldNotContain(row => row == InboxMessage.SeenRow("playground:e-2"));
        rows.Keys.ShouldNotContain(row => row == InboxMessage.SeenRow("playground:e-3"));
        await client.AskedAsync(await client.SayAsync("sofia", "Northwind is stuck.", eventId: "e-1"), "SpecificIssue");
    }

    [Fact]
    public async Task A_page_that_waits_or_comes_back_later_sees_that_the_room_began_again()
    {
        await using var host = await StartOverScenes.StartAsync();
        using var other = new PlaygroundClient(host.App.Urls.First());
        var thread = await host.Client.SayAsync("sam", Scenes.Opening);
        await host.Client.AskedAsync(thread, "SpecificIssue");
        var (_, next, never) = await other.LookAsync();
        never.ShouldBe(0);
        var watch = Stopwatch.StartNew();
        var waiting = other.LookAsync(next, wait: 30);

        (await host.Client.StartOverAsync()).Status.ShouldBe(200);
        var (count, stands, since) = await waiting;
        (count, stands).ShouldBe((0, since));
        since.ShouldBeGreaterThan(next);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));

        // Who was not there hears at once too, and there is no busy loop for who knows.
        (await other.LookAsync(next, wait: 30)).ShouldBe((0, since, since));
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
        (await other.LookAsync(since, wait: 1)).ShouldBe((0, since, since));

        // Also when as many messages have come since as there were before.
        for (var number = 0; number < next + 2; number++)
        {
            await host.Client.SayAsync("pm-ana", $"Message {number}", channel: "triage");
        }

        var (messages, _, known) = await other.LookAsync(next, wait: 30);
        (messages, known).ShouldBe(((int)next + 2, since));
    }

    [Fact]
    public async Task A_store_that_is_away_for_a_moment_only_delays_it()
    {
        await using var host = await StartOverScenes.StartAsync();
        await host.LiveAsync();
        var failures = 0;
        host.App.Services.GetRequiredService<InterruptedStore>().AfterCommit = _ => ++failures % 3 == 1 && failures < 20
            ? throw new StoreUnavailableException("Locked.")
            : Task.CompletedTask;

        (await host.Client.StartOverAsync()).Status.ShouldBe(200);

        (await host.RowsAsync()).Left().ShouldBeEmpty();
        await host.Client.AskedAsync(await host.Client.SayAsync("sam", Scenes.Opening), "SpecificIssue");
    }

    [Fact]
    public async Task A_send_that_is_under_way_comes_to_its_end_first_and_what_it_brought_goes_too()
    {
        var sending = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await StartOverScenes.StartAsync();
        host.App.Services.GetRequiredService<InterruptedStore>().BeforeCommit = async transaction =>
        {
            var isBots = false;
            foreach (var write in transaction.Writes)
            {
                isBots |= write.Entity is not null && write.Row.StartsWith(PlaygroundMessage.Prefix, StringComparison.Ordinal)
                    && StoredRecords.ToStored<PlaygroundMessage>(write.Entity).Value.From == PlaygroundText.Bot;
            }

            if (isBots && sending.TrySetResult())
            {
                await goOn.Task;
            }
        };
        await host.Client.SayAsync("sam", Scenes.Opening);
        await sending.Task;

        var clearing = host.Client.StartOverAsync();
        (await Task.WhenAny(clearing, Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System))).ShouldNotBe(clearing);
        goOn.SetResult();
        (await clearing).Status.ShouldBe(200);

        (await host.RowsAsync()).Left().ShouldBeEmpty();
        (await host.Client.LookAsync()).Count.ShouldBe(0);
    }

    [Fact]
    public async Task It_is_asked_for_with_nothing_or_an_empty_object_by_its_own_page()
    {
        await using var host = await RunningHost.StartAsync();
        await host.Client.SayAsync("pm-ana", "Morning!", channel: "triage");
        (await PostAsync(null)).ShouldBe(200);
        (await PostAsync("{}")).ShouldBe(200);
        (await PostAsync("""{"everything":true}""")).ShouldBe(400);
        (await PostAsync("null")).ShouldBe(400);
        (await PostAsync("{}", "text/plain")).ShouldBe(415);
        (await PostAsync(null, origin: "https://evil.example")).ShouldBe(403);

        async Task<int> PostAsync(string? body, string type = "application/json", string? origin = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/playground/api/start-over", UriKind.Relative))
            {
                Content = body is null ? null : new StringContent(body, Encoding.UTF8, type),
            };
            if (origin is not null)
            {
                request.Headers.Add("Origin", origin);
            }

            using var response = await host.Client.Http.SendAsync(request);
            return (int)response.StatusCode;
        }
    }

    /// <summary>
    /// On a copy of the scene, starts over, is interrupted at <paramref name="point"/> and starts again; whether there was such
    /// a point.
    /// </summary>
    private static async Task<bool> IsInterruptedAsync(string scene, IReadOnlyList<string> theirs, int point)
    {
        using var data = new TempDirectory();
        Copy(scene, data.Data);
        var isInterrupted = await InterruptAsync(data.Data, point / 2, isAfter: point % 2 == 1);
        await using var host = await StartOverScenes.StartAsync(data.Data, new Elsewhere());
        if (point == 0)
        {
            (await host.Client.LookAsync()).Count.ShouldBeGreaterThan(0, "it had not begun");
            return isInterrupted;
        }

        var rows = await host.RowsAsync();
        rows.Left().Where(row => row != PlaygroundClock.Row).Select(row => rows[row].Bytes()).ShouldBe(theirs, $"interrupted at {point}");
        var (count, next, since) = await host.Client.LookAsync();
        (count, next).ShouldBe((0, since));
        await host.Client.AskedAsync(await host.Client.SayAsync("sam", "Tailspin asks for a calendar view"), "Cause");
        return isInterrupted;
    }

    /// <summary>Starts over on a store that fails for good at one commit; whether there was such a commit.</summary>
    private static async Task<bool> InterruptAsync(string data, int commit, bool isAfter)
    {
        await using var host = await StartOverScenes.StartAsync(data, new Elsewhere());
        var store = host.App.Services.GetRequiredService<InterruptedStore>();
        var workers = host.App.Services.GetRequiredService<LaneWorker>();
        var commits = -1;
        var hasBegun = false;
        var isDead = false;
        await workers.RestWhileAsync(
            () =>
            {
                store.BeforeCommit = transaction =>
                {
                    // What was still to be sent may be, until then.
                    hasBegun |= transaction.Touches(PlaygroundStart.Row);
                    isDead |= hasBegun && Interlocked.Increment(ref commits) == commit && !isAfter;
                    return isDead ? throw new IOException("Killed.") : Task.CompletedTask;
                };
                store.AfterCommit = _ =>
                {
                    isDead |= hasBegun && commits == commit && isAfter;
                    return isDead ? throw new IOException("Killed.") : Task.CompletedTask;
                };
                return Task.CompletedTask;
            },
            CancellationToken.None);
        var (status, _) = await host.Client.StartOverAsync();
        status.ShouldBe(isDead ? 500 : 200);
        if (isDead)
        {
            (await host.Client.TryPostAsync("messages", new { user = "sam", channel = "sellers", text = Scenes.Opening })).Status.ShouldBe(503);
        }

        return isDead;
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }

    /// <summary>Whether it is a send that updates the card of their own request.</summary>
    private static bool IsUpdate(Entity row)
        => row.Key.Row.StartsWith("outbox|", StringComparison.Ordinal)
            && StoredRecords.ToStored<OutboxMessage>(row).Value is { Destination: Destination.Update, Content.Card: { } card } && card == Elsewhere.Own;

    /// <summary>The card of their own request, when it has arrived there so often.</summary>
    private static async Task<OutboundMessage.TriageCard> CardsAsync(Elsewhere others, int times)
    {
        await UntilAsync(() => Task.FromResult(others.Arrivals.Count >= times));
        others.Arrivals.Count.ShouldBe(times);
        return others.Arrivals[^1].Message.ShouldBeOfType<OutboundMessage.TriageCard>();
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        var watch = Stopwatch.StartNew();
        while (!await isSo())
        {
            watch.Elapsed.ShouldBeLessThan(TimeSpan.FromMinutes(2));
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }
}
