using System.Text;
using Shouldly;
using Xunit;

namespace FeedbackBot.Host.Tests.Flows;

/// <summary>What people and programs get wrong: each is told so in words, and nothing is lost or half done.</summary>
public sealed class BadInputTests
{
    [Theory]
    [InlineData("")]
    [InlineData("   \n\t ")]
    [InlineData("\u0000\u0007\u001b")]
    [InlineData("\u202e\u2066")]
    [InlineData("\u200b\u2060\ufeff")]
    public async Task A_message_with_nothing_to_see_in_it_is_refused(string text)
    {
        await using var host = await RunningHost.StartAsync();
        var refused = await host.Client.TryPostAsync("messages", new { user = "sam", channel = "sellers", text });
        refused.Status.ShouldBe(400);
        refused.Error().ShouldContain("nothing in the message");
        (await host.Client.AllAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_longest_message_is_taken_and_stored_whole_and_one_character_more_is_refused_with_the_number()
    {
        using var data = new TempDirectory();
        var longest = string.Concat(Enumerable.Range(0, 4000).Select(number => $"{number:D4} fact ")).TrimEnd().PadRight(40_000, '!');
        longest.Length.ShouldBe(40_000);
        string thread;
        await using (var first = await RunningHost.OpenAsync(data.Data))
        {
            thread = await first.Client.SayAsync("sam", longest);
            await first.Client.AskedAsync(thread, "SpecificIssue");
            var refused = await first.Client.TryPostAsync("messages", new { user = "sam", channel = "sellers", thread, text = longest + "!" });
            refused.Status.ShouldBe(413);
            refused.Error().ShouldBe("That is 40,001 characters; a message takes 40,000. Please send it in parts.");
        }

        await using var second = await RunningHost.OpenAsync(data.Data);
        (await second.Client.AllAsync(thread: thread))[0].Text.ShouldBe(longest);
        var draft = await second.Client.ToDraftAsync("sam", thread, Scenes.Article);
        draft.Text.ShouldContain("(the whole text is in the thread)");
        await second.Client.PressAsync("sam", draft, "submit");
        var card = await second.Client.WaitAsync(message => message.Kind == "TriageCard", "triage");
        card.Text.Length.ShouldBeLessThan(10_000);
        card.Text.ShouldContain("0000 fact 0001 fact");
    }

    [Fact]
    public async Task Forty_thousand_characters_of_emoji_come_back_unharmed()
    {
        await using var host = await RunningHost.StartAsync();
        var text = string.Concat(Enumerable.Repeat("👩‍💻🧨🏳️‍🌈", 40_000 / 13 + 1))[..39_998];
        text = char.IsHighSurrogate(text[^1]) ? text[..^1] : text;
        var thread = await host.Client.SayAsync("sam", text);
        await host.Client.AskedAsync(thread, "SpecificIssue");
        (await host.Client.AllAsync(thread: thread))[0].Text.ShouldBe(text);
        var shown = (await host.Client.ToDraftAsync("sam", thread, Scenes.Article)).Text;
        shown.ShouldContain("👩‍💻🧨🏳️‍🌈👩‍💻🧨");
        shown.EnumerateRunes().ShouldNotContain(System.Text.Rune.ReplacementChar);
    }

    [Fact]
    public async Task A_conversation_that_would_outgrow_the_store_is_refused_in_words_and_goes_on()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var thread = await client.SayAsync("sam", new string('a', 40_000));
        await client.AskedAsync(thread, "SpecificIssue");
        await client.SayAsync("sam", new string('b', 40_000), thread);
        var refusal = await client.WaitAsync(message => message.Kind == "Refusal", thread: thread);
        refusal.Text.ShouldContain("shorter");

        await client.SayAsync("sam", Scenes.Article["SpecificIssue"], thread);
        await client.AskedAsync(thread, "Cause");
    }

    [Theory]
    [InlineData("העובדים זקוקים לגישה לסביבת הייצור")]
    [InlineData("يحتاج المطورون إلى الوصول إلى الإنتاج")]
    [InlineData("本番環境への直接アクセスが必要です")]
    [InlineData("Zoë’s naïve café 👩‍💻🏳️‍🌈")]
    [InlineData("<script>alert(1)</script><img src=x onerror=alert(1)>")]
    [InlineData("**bold** _it_ [link](javascript:alert(1)) `code` <!channel> <@U123> @everyone")]
    [InlineData("\" ' \\ & < > {{7*7}} ${7*7} %s %n '; DROP TABLE entities; --")]
    [InlineData("{\"user\":\"pm-ana\",\"action\":\"answer\"}")]
    public async Task What_people_write_stays_what_they_wrote_everywhere(string text)
    {
        await using var host = await RunningHost.StartAsync("--FeedbackBot:MinimumLevel=Level100");
        var client = host.Client;
        var opened = await client.SayAsync("sam", text);
        (await client.AllAsync(thread: opened))[0].Text.ShouldBe(text);
        var thread = await client.SayAsync("sam", Scenes.Opening);
        var answers = Scenes.Article.With("SpecificIssue", text).With("Customer", text);
        var draft = await client.ToDraftAsync("sam", thread, answers);
        draft.Text.ShouldContain($"The specific issue: {text}");
        await client.PressAsync("sam", draft, "submit");
        var card = await client.WaitAsync(message => message.Kind == "TriageCard", "triage");
        card.Text.ShouldContain($"Sam for {text} (level");
        card.Text.ShouldContain($"• The specific issue: {text}\n");

        await client.PressAsync("pm-ana", card, "answer", "TooCostly", new { constraint = text, workaround = text });
        var answer = await client.WaitAsync(message => message.Kind == "Answer", thread: thread);
        answer.Text.ShouldContain($"{text}\nMeanwhile: {text}");
    }

    [Fact]
    public async Task What_no_reader_sees_or_what_turns_text_around_is_taken_out()
    {
        await using var host = await RunningHost.StartAsync();
        var thread = await host.Client.SayAsync("sam", "  a\u0000b\u0008c\r\nd\u202Ee\u2066f\u2069\tg\u001b[31m  ");
        (await host.Client.AllAsync(thread: thread))[0].Text.ShouldBe("abc\ndef\tg[31m");
    }

    [Fact]
    public async Task Text_cannot_draw_lines_of_a_card_that_are_not_the_bots()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        const string Forged = "It fails.\n\nAnswered by Ana: On the roadmap\nThis is on the roadmap, for about Q1 2027.";
        var thread = await client.SayAsync("sam", Scenes.Opening);
        var draft = await client.ToDraftAsync("sam", thread, Scenes.Article.With("SpecificIssue", Forged).With("Alternatives", "skip").With("Compliance", "skip"));
        await client.PressAsync("sam", draft, "submit");
        await client.AskedAsync(thread, "Confirm", draft.Seq);
        draft = (await client.AllAsync(thread: thread)).Last(message => message.Asks == "Confirm");
        await client.PressAsync("sam", draft, "submit", form: new { reason = "Now.\nAnswered by Ben: Not aligned" });
        var card = await client.WaitAsync(message => message.Kind == "TriageCard", "triage");
        card.Text.ShouldContain("Answered by Ana: On the roadmap");
        card.Text.Split('\n').ShouldNotContain(line => line.StartsWith("Answered by", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "sellers", null, 400)]
    [InlineData("pm-eve", "sellers", null, 400)]
    [InlineData("sam sam", "sellers", null, 400)]
    [InlineData(null, "sellers", null, 400)]
    [InlineData("sam", "nowhere", null, 404)]
    [InlineData("sam", null, null, 404)]
    [InlineData("sam", "dm-sofia", null, 404)]
    [InlineData("sam", "account-", null, 404)]
    [InlineData("sam", "account-../triage", null, 404)]
    [InlineData("sam", "sellers", "m-nothing", 404)]
    [InlineData("sam", "sellers", "", 404)]
    public async Task Somebody_or_something_that_is_not_there_is_named(string? user, string? channel, string? thread, int status)
    {
        await using var host = await RunningHost.StartAsync();
        var refused = await host.Client.TryPostAsync("messages", new { user, channel, thread, text = "Contoso is stuck." });
        refused.Status.ShouldBe(status);
        refused.Error().ShouldMatch("no (user|channel|such thread)");
        (await host.Client.AllAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_thread_belongs_to_its_channel_and_a_reply_is_no_thread()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var thread = await client.SayAsync("sam", Scenes.Opening);
        var asked = await client.AskedAsync(thread, "SpecificIssue");
        foreach (var (channel, root) in ((string, string)[])[("triage", thread), ("sellers", asked.Id)])
        {
            (await client.TryPostAsync("messages", new { user = "sam", channel, thread = root, text = "Here?" })).Status.ShouldBe(404);
        }
    }

    [Theory]
    [InlineData("dance", null, 400)]
    [InlineData("choose", "Cost", 400)]
    [InlineData("skip", "twice", 400)]
    [InlineData("", null, 400)]
    [InlineData(null, null, 400)]
    [InlineData("submit", null, 400)]
    public async Task A_button_that_the_message_does_not_have_is_refused(string? action, string? value, int status)
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var thread = await client.SayAsync("sam", Scenes.Opening);
        var asked = await client.AskedAsync(thread, "SpecificIssue");
        var refused = await client.TryPressAsync("sam", asked.Id, action!, value);
        refused.Status.ShouldBe(status);
        refused.Error().ShouldContain("no action");
        await client.PressAsync("sam", asked, "skip");
        await client.AskedAsync(thread, "Cause");
    }

    [Fact]
    public async Task A_button_on_no_message_on_a_persons_message_or_by_nobody_is_refused()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var thread = await client.SayAsync("sam", Scenes.Opening);
        var asked = await client.AskedAsync(thread, "SpecificIssue");
        (await client.TryPressAsync("sam", "m-nothing", "skip")).Status.ShouldBe(404);
        (await client.TryPressAsync("sam", null!, "skip")).Status.ShouldBe(404);
        (await client.TryPressAsync("sam", thread, "skip")).Status.ShouldBe(409);
        (await client.TryPressAsync("pm-eve", asked.Id, "skip")).Status.ShouldBe(400);
        (await client.TryPressAsync("sam", asked.Id, "skip", eventId: new string('e', 201))).Status.ShouldBe(400);
        (await client.TryPressAsync("sam", asked.Id, "skip", eventId: "")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task A_button_of_an_older_question_is_refused_and_changes_nothing()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var thread = await client.SayAsync("sam", Scenes.Opening);
        var first = await client.AskedAsync(thread, "SpecificIssue");
        await client.SayAsync("sam", Scenes.Article["SpecificIssue"], thread);
        var cause = await client.AskedAsync(thread, "Cause");

        await client.PressAsync("sam", first, "cancel");
        var refusal = await client.WaitAsync(message => message.Kind == "Refusal", thread: thread);
        refusal.To.ShouldBe("sam");
        refusal.Text.ShouldContain("newest message");
        await client.PressAsync("sam", cause, "choose", "Compliance");
        await client.AskedAsync(thread, "Compliance");
    }

    [Fact]
    public async Task Somebody_elses_words_and_buttons_are_not_taken_for_the_sellers()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var thread = await client.SayAsync("sam", Scenes.Opening);
        var asked = await client.AskedAsync(thread, "SpecificIssue");
        await client.SayAsync("sofia", "cancel", thread);
        await client.SayAsync("sofia", "I know this one: Kubernetes upgrades.", thread);
        await client.PressAsync("sofia", asked, "cancel");
        await client.SayAsync("sam", Scenes.Article["SpecificIssue"], thread);

        var draft = await client.ToDraftAsync("sam", thread, Scenes.Article, asked.Seq);
        draft.Text.ShouldNotContain("Kubernetes");

        // What is for one person goes its own way, which need not be as short.
        var refusals = new List<Message>();
        for (var after = asked.Seq; refusals.Count < 3; after = refusals[^1].Seq)
        {
            refusals.Add(await client.RefusalAsync(thread, "sofia", after));
        }

        (await client.AllAsync(thread: thread)).Count(message => message.Kind == "Refusal").ShouldBe(3);
        refusals.ShouldAllBe(refusal => refusal.To == "sofia" && refusal.Text.Contains("Sam is giving this feedback", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Once_a_conversation_has_ended_others_may_talk_in_its_thread_undisturbed()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var (thread, request, _) = await client.CardAsync();
        await client.SayAsync("sofia", "Well put!", thread);

        // The seller's own reply is answered: nothing they write is lost without a word.
        await client.SayAsync("sam", "Thanks. They also need audit logs.", thread);
        var notice = await client.WaitAsync(message => message.Choices.Count == 1 && message.Kind == "Notice", thread: thread);
        notice.Text.ShouldContain(request);
        await client.PressAsync("sam", notice, "start");
        var draft = await client.ToDraftAsync("sam", thread, Scenes.Printing, notice.Seq);
        draft.Text.ShouldContain("Thanks. They also need audit logs.");
        (await client.AllAsync(thread: thread)).ShouldNotContain(message => message.To == "sofia");
    }

    [Theory]
    [InlineData("""{"SpecificIssue":1}""")]
    [InlineData("""{"SpecificIssue":{"a":"b"}}""")]
    [InlineData("""{"SpecificIssue":null}""")]
    [InlineData("""{"SpecificIssue":[["a"]]}""")]
    public async Task A_form_of_the_wrong_types_is_refused(string form)
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var thread = await client.SayAsync("sam", Scenes.Opening);
        var draft = await client.ToDraftAsync("sam", thread, Scenes.Article);
        var refused = await client.TryPressAsync("sam", draft.Id, "edit", form: Scenes.Json(form));
        refused.Status.ShouldBe(400);
        refused.Error().ShouldContain("texts");
    }

    [Fact]
    public async Task Half_a_character_in_a_form_is_refused()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var thread = await client.SayAsync("sam", Scenes.Opening);
        var draft = await client.ToDraftAsync("sam", thread, Scenes.Article);
        foreach (var form in (string[])["""{"SpecificIssue":"a \ud800 b"}""", """{"SpecificIssue":["a \udc00 b"]}"""])
        {
            using var content = new StringContent(
                $$"""{"user":"sam","message":"{{draft.Id}}","action":"edit","form":{{form}}}""", Encoding.UTF8, "application/json");
            using var response = await client.Http.PostAsync(new Uri("/playground/api/actions", UriKind.Relative), content);
            ((int)response.StatusCode).ShouldBe(400);
        }
    }

    [Fact]
    public async Task Fields_that_are_unknown_too_long_or_do_not_belong_are_named_each()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var (_, _, card) = await client.CardAsync();
        var refused = await client.TryPressAsync("pm-ana", card.Id, "answer", "OnRoadmap", new
        {
            date = new string('9', 41),
            planned = new string('x', 3001),
            workaround = "none known",
            link = "https://docs.example",
            admin = "true",
        });
        refused.Status.ShouldBe(400);
        refused.Fields().ShouldBe(["date", "planned", "link", "admin"], ignoreOrder: true);
        refused.Error().ShouldContain("At most 3,000 characters fit here; this is 3,001.");

        // A question has no form at all.
        var thread = await client.SayAsync("sofia", "Another one");
        var asked = await client.AskedAsync(thread, "SpecificIssue");
        (await client.TryPressAsync("sofia", asked.Id, "skip", form: new { facts = "x" })).Fields().ShouldBe(["facts"]);
    }

    [Fact]
    public async Task Of_two_managers_who_answer_at_once_one_wins_and_the_other_gets_the_text_back()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var (thread, _, card) = await client.CardAsync();
        var presses = await Task.WhenAll(
            client.TryPressAsync("pm-ana", card.Id, "answer", "TooCostly", new { constraint = "Ana's constraint.", workaround = "none known" }),
            client.TryPressAsync("pm-ben", card.Id, "answer", "TooCostly", new { constraint = "Ben's constraint.", workaround = "none known" }));
        var answer = await client.WaitAsync(message => message.Kind == "Answer", thread: thread);
        var (winner, loser) = answer.Text.Contains("Ana's", StringComparison.Ordinal) ? ("Ana", "Ben") : ("Ben", "Ana");
        if (presses.All(press => press.Status == 202))
        {
            var refusal = await client.WaitAsync(message => message.Kind == "Refusal", "triage");
            refusal.To.ShouldBe(loser == "Ana" ? "pm-ana" : "pm-ben");
            refusal.Text.ShouldContain($"{winner} has just answered");
            refusal.Text.ShouldContain($"{loser}'s constraint.");
        }
        else
        {
            // The card had changed before the second one came: it is told at once, with its form still open.
            presses.Single(press => press.Status != 202).Status.ShouldBe(409);
        }

        await client.UpdateAsync(card, $"Answered by {winner}");
        (await client.AllAsync(thread: thread)).Count(message => message.Kind == "Answer").ShouldBe(1);
    }
}
