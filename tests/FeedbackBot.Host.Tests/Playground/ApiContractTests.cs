using System.Diagnostics;
using System.Text.Json;
using FeedbackBot.Host.Tests.Flows;
using Shouldly;
using Xunit;

namespace FeedbackBot.Host.Tests.Playground;

/// <summary>The API as other programs were told it is.</summary>
public sealed class ApiContractTests
{
    [Fact]
    public async Task A_posted_message_is_taken_with_202_and_its_thread_and_then_read_as_it_was_sent()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var (status, body) = await client.TryPostAsync("messages", new { user = "sam", channel = "sellers", text = Scenes.Opening });
        status.ShouldBe(202);
        body.EnumerateObject().Select(member => member.Name).ShouldBe(["thread"]);
        var thread = body.GetProperty("thread").GetString()!;

        var posted = (await client.ReadAsync("sellers", thread)).Messages[0];
        (posted.Seq, posted.Id, posted.Channel, posted.Thread, posted.From, posted.Text)
            .ShouldBe((1, thread, "sellers", thread, "sam", Scenes.Opening));
        posted.Json.TryGetProperty("choices", out _).ShouldBeFalse();

        // A reply names the thread and stays in it.
        await client.AskedAsync(thread, "SpecificIssue");
        (await client.SayAsync("sam", "skip", thread)).ShouldBe(thread);
    }

    [Fact]
    public async Task A_question_carries_what_it_asks_its_level_and_its_choices()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var thread = await client.SayAsync("sam", Scenes.Opening);
        var asked = await client.AskedAsync(thread, "SpecificIssue");
        (asked.Kind, asked.From, asked.Level).ShouldBe(("Question", "bot", 100));
        foreach (var choice in asked.Choices)
        {
            choice.GetProperty("action").GetString().ShouldNotBeNullOrEmpty();
            choice.GetProperty("label").GetString().ShouldNotBeNullOrEmpty();
        }

        await client.PressAsync("sam", asked, "skip");
        var cause = await client.AskedAsync(thread, "Cause");
        cause.Choices.Where(choice => choice.GetProperty("action").GetString() == "choose" && !choice.GetProperty("opensForm").GetBoolean())
            .Select(choice => choice.GetProperty("value").GetString())
            .ShouldBe(["Cost", "Compliance", "Infrastructure", "People", ""]);
    }

    [Fact]
    public async Task A_card_carries_its_request_its_level_and_the_form_of_its_answers()
    {
        await using var host = await RunningHost.StartAsync();
        var (_, request, card) = await host.Client.CardAsync();
        (card.Request, card.Channel, card.Level).ShouldBe((request, "triage", 400));
        card.Choices.Select(choice => choice.GetProperty("value").GetString())
            .ShouldBe(["AlreadyExists", "OnRoadmap", "NotAPriority", "TooCostly", "NotAligned"]);
        card.Form.Select(field => field.GetProperty("name").GetString()).ShouldBe(
            ["category", "link", "how", "date", "planned", "kind", "why", "threshold", "constraint", "workaround"]);
    }

    [Fact]
    public async Task The_same_event_offered_many_times_has_one_effect_and_one_answer()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var threads = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => client.SayAsync("sam", Scenes.Opening, eventId: "e-1")));
        threads.Distinct(StringComparer.Ordinal).Count().ShouldBe(1);
        var asked = await client.AskedAsync(threads[0], "SpecificIssue");

        var presses = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => client.TryPressAsync("sam", asked.Id, "skip", eventId: "e-2")));
        presses.ShouldAllBe(press => press.Status == 202);
        var draft = await client.ToDraftAsync("sam", threads[0], Scenes.Article, asked.Seq);
        (await client.SayAsync("sam", Scenes.Opening, eventId: "e-1")).ShouldBe(threads[0]);

        // One question of each kind: no skip was counted twice, and nothing was refused.
        var all = await client.AllAsync(thread: threads[0]);
        all.Count(message => message.Text == Scenes.Opening).ShouldBe(1);
        all.Select(message => message.Asks).OfType<string>().ShouldBeUnique(StringComparer.Ordinal);
        all.ShouldNotContain(message => message.Kind == "Refusal");
        draft.Text.ShouldContain(Scenes.Opening);
    }

    [Fact]
    public async Task An_event_that_was_taken_is_answered_so_again_even_when_its_message_has_moved_on()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var (thread, _, card) = await client.CardAsync();
        var form = Scenes.Json(Scenes.CompleteAnswers["TooCostly"]);
        (await client.TryPressAsync("pm-ana", card.Id, "answer", "TooCostly", form, "answer-1")).Status.ShouldBe(202);
        await client.UpdateAsync(card, "Answered by Ana");

        (await client.TryPressAsync("pm-ana", card.Id, "answer", "TooCostly", form, "answer-1")).Status.ShouldBe(202);
        var other = await client.TryPressAsync("pm-ana", card.Id, "answer", "TooCostly", form, "answer-2");
        other.Status.ShouldBe(409);
        other.Error().ShouldContain("was not sent");
        await client.WaitAsync(message => message.Kind == "Answer", thread: thread);
        (await client.AllAsync()).ShouldNotContain(message => message.Kind == "Refusal");
    }

    [Fact]
    public async Task An_event_that_was_refused_may_come_again_corrected()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        (await client.TryPostAsync("messages", new { eventId = "e-1", user = "sam", channel = "sellers", text = " " })).Status.ShouldBe(400);
        var thread = await client.SayAsync("sam", Scenes.Opening, eventId: "e-1");
        (await client.AllAsync(thread: thread))[0].Text.ShouldBe(Scenes.Opening);
    }

    [Fact]
    public async Task A_long_poll_waits_for_the_news_and_ends_at_once_when_it_comes()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var (_, next) = await client.ReadAsync();
        var pollers = Enumerable.Range(0, 5).Select(_ => client.ReadAsync("sellers", after: next, wait: 30)).ToList();
        var elsewhere = client.ReadAsync("account-contoso", after: next, wait: 2);

        // It is still there when an answer for somebody else has come and gone.
        await client.ReadAsync("account-contoso", after: next, wait: 1);
        pollers.ShouldAllBe(poller => !poller.IsCompleted);
        var watch = Stopwatch.StartNew();
        await client.SayAsync("sam", Scenes.Opening);
        foreach (var (messages, number) in await Task.WhenAll(pollers))
        {
            messages[0].Text.ShouldBe(Scenes.Opening);
            number.ShouldBeGreaterThan(next);
        }

        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
        (await elsewhere).Messages.ShouldBeEmpty();
    }

    [Fact]
    public async Task Pollers_who_follow_the_numbers_each_see_every_message_once()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var follow = Enumerable.Range(0, 3).Select(_ => FollowAsync()).ToList();
        await Task.WhenAll(Enumerable.Range(0, 30).Select(number => client.SayAsync("sam", $"word {number}", channel: "triage")));
        await client.SayAsync("sam", "the end", channel: "triage");
        foreach (var seen in await Task.WhenAll(follow))
        {
            seen.Count.ShouldBe(31);
            seen.ShouldBeUnique(StringComparer.Ordinal);
        }

        async Task<List<string>> FollowAsync()
        {
            var seen = new List<string>();
            var after = 0L;
            while (!seen.Contains("the end", StringComparer.Ordinal))
            {
                var (messages, next) = await client.ReadAsync("triage", after: after, wait: 30);
                seen.AddRange(messages.Select(message => message.Text));
                after = next;
            }

            return seen;
        }
    }

    [Fact]
    public async Task An_updated_message_comes_again_with_the_same_id_and_a_new_number_and_the_old_one_is_gone()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var (_, _, card) = await client.CardAsync();
        await client.AnswerAsync("pm-ana", card, "TooCostly");
        var answered = await client.UpdateAsync(card, "Answered by Ana");
        answered.Seq.ShouldBeGreaterThan(card.Seq);
        (await client.AllAsync("triage")).Single().Seq.ShouldBe(answered.Seq);
    }

    [Fact]
    public async Task What_is_for_one_person_only_is_kept_from_others_and_so_are_direct_messages()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var thread = await client.SayAsync("sam", Scenes.Opening);
        var asked = await client.AskedAsync(thread, "SpecificIssue");
        await client.PressAsync("sofia", asked, "skip");
        var refusal = await client.WaitAsync(message => message.Kind == "Refusal", thread: thread);
        refusal.To.ShouldBe("sofia");
        (await client.ReadAsync(user: "sofia")).Messages.ShouldContain(message => message.Id == refusal.Id);
        (await client.ReadAsync(user: "sam")).Messages.ShouldNotContain(message => message.Id == refusal.Id);

        var direct = await client.SayAsync("sam", Scenes.Opening, channel: "dm-sam");
        var question = await client.AskedAsync(direct, "SpecificIssue");
        (await client.ReadAsync(user: "sofia")).Messages.ShouldNotContain(message => message.Channel == "dm-sam");
        (await client.TryPressAsync("sofia", question.Id, "skip")).Status.ShouldBe(404);
        (await client.TryPostAsync("messages", new { user = "sofia", channel = "dm-sam", text = "Let me in." })).Status.ShouldBe(404);
    }

    [Theory]
    [InlineData("after=-1")]
    [InlineData("after=x")]
    [InlineData("after=1.5")]
    [InlineData("wait=forever")]
    [InlineData("after=99999999999999999999")]
    public async Task A_number_that_is_none_is_refused(string query)
    {
        await using var host = await RunningHost.StartAsync();
        using var response = await host.Client.Http.GetAsync(new Uri($"/playground/api/messages?{query}", UriKind.Relative));
        ((int)response.StatusCode).ShouldBe(400);
        JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync())
            .GetProperty("error").GetString()!.ShouldContain("whole numbers");
    }

    [Theory]
    [InlineData(1_000_000)]
    [InlineData(long.MaxValue)]
    public async Task A_reader_who_is_ahead_hears_at_once_where_this_room_stands(long after)
    {
        await using var host = await RunningHost.StartAsync();
        await host.Client.SayAsync("sam", "Morning!", channel: "triage");
        var (messages, next) = await host.Client.ReadAsync(after: after, wait: 30);
        messages.ShouldBeEmpty();
        next.ShouldBe(1);
    }
}
