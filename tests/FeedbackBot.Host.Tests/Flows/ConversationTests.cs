using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace FeedbackBot.Host.Tests.Flows;

/// <summary>What a seller can do on the way to the submission.</summary>
public sealed class ConversationTests
{
    [Fact]
    public async Task Several_reasons_are_picked_in_the_form()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var thread = await client.SayAsync("sam", Scenes.Opening);
        await client.AskedAsync(thread, "SpecificIssue");
        await client.SayAsync("sam", Scenes.Article["SpecificIssue"], thread);
        var cause = await client.AskedAsync(thread, "Cause");

        await client.PressAsync("sam", cause, "choose", value: null, new { causes = new[] { "Cost", "People" } });

        var cost = await client.AskedAsync(thread, "Cost");
        await client.SayAsync("sam", "A second environment is 120k a year, they have 40k.", thread);
        (await client.AskedAsync(thread, "People", cost.Seq)).Asks.ShouldBe("People");
    }

    [Fact]
    public async Task Every_question_can_be_skipped_and_what_is_missing_is_said()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var thread = await client.SayAsync("sam", Scenes.Opening);
        var draft = await client.ToDraftAsync("sam", thread, new Dictionary<string, string>(StringComparer.Ordinal));
        draft.Level.ShouldBe(100);
        draft.Text.ShouldContain("Still missing: the specific issue; the reason behind it");
    }

    [Fact]
    public async Task Cancel_drops_it_and_nothing_reaches_the_product_team()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var thread = await client.SayAsync("sam", Scenes.Opening);
        await client.AskedAsync(thread, "SpecificIssue");
        await client.SayAsync("sam", "Cancel.", thread);
        await client.WaitAsync(message => message.Kind == "Notice" && message.Text.Contains("Nothing was sent", StringComparison.Ordinal), thread: thread);

        // Somebody else's card is the only one that comes.
        await client.SubmitAsync("sofia", "Printers", Scenes.Printing);
        var card = await client.WaitAsync(message => message.Kind == "TriageCard", "triage");
        card.Text.ShouldContain("Fabrikam");
        (await client.AllAsync("triage")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Submit_now_skips_the_questions_that_are_left()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var thread = await client.SayAsync("sam", Scenes.Opening);
        await client.AskedAsync(thread, "SpecificIssue");
        await client.SayAsync("sam", "An edge box carries one VRF per tunnel.", thread);
        await client.AskedAsync(thread, "Cause");
        await client.SayAsync("sam", "submit now", thread);
        var draft = await client.AskedAsync(thread, "Confirm");
        draft.Text.ShouldContain("An edge box carries one VRF per tunnel.");
        draft.Level.ShouldBe(200);
    }

    [Fact]
    public async Task The_draft_can_be_edited_part_by_part_and_facts_added_by_a_reply()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var thread = await client.SayAsync("sam", Scenes.Opening);
        var draft = await client.ToDraftAsync("sam", thread, Scenes.Article);
        draft.Form.Select(field => field.GetProperty("name").GetString()).ShouldContain("SpecificIssue", StringComparer.Ordinal);

        await client.PressAsync("sam", draft, "edit", form: Scenes.Json("""{"SpecificIssue":"Deploying needs a production password.","Alternatives":""}"""));
        var edited = await client.AskedAsync(thread, "Confirm", draft.Seq);
        edited.Text.ShouldContain("The specific issue: Deploying needs a production password.");
        edited.Text.ShouldNotContain("directly to their development teams");
        edited.Text.ShouldNotContain("Tried:");

        await client.SayAsync("sam", "Forty teams are waiting for it.", thread);
        var added = await client.AskedAsync(thread, "Confirm", edited.Seq);
        added.Text.ShouldContain("Also: Forty teams are waiting for it.");

        // What is changed in the form on sending is sent.
        await client.PressAsync("sam", added, "submit", form: Scenes.Json("""{"SpecificIssue":"Deploying needs the production password of 2019."}"""));
        var card = await client.WaitAsync(message => message.Kind == "TriageCard", "triage");
        card.Text.ShouldContain("Deploying needs the production password of 2019.");
        card.Text.ShouldContain("Forty teams are waiting for it.");
    }

    [Fact]
    public async Task Below_the_minimum_level_it_takes_a_reason_which_the_card_shows()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var thread = await client.SayAsync("sam", Scenes.Opening);
        var draft = await client.ToDraftAsync("sam", thread, new Dictionary<string, string>(StringComparer.Ordinal) { ["Customer"] = "Contoso" });
        draft.Text.ShouldContain("asks for level 300; this is level 100");

        await client.PressAsync("sam", draft, "submit");
        var refusal = await client.WaitAsync(message => message.Kind == "Refusal", thread: thread);
        refusal.Text.ShouldContain("say why they should see it now");
        var again = await client.AskedAsync(thread, "Confirm", draft.Seq);

        (await client.TryPressAsync("sam", again.Id, "submit", form: new { reason = new string('x', 501) })).Fields().ShouldBe(["reason"]);
        await client.PressAsync("sam", again, "submit", form: new { reason = "Their board decides on Friday." });
        var card = await client.WaitAsync(message => message.Kind == "TriageCard", "triage");
        card.Text.ShouldContain("Sent early, because: Their board decides on Friday.");
        card.Level.ShouldBe(100);
    }

    [Fact]
    public async Task A_deployment_may_ask_for_less()
    {
        await using var host = await RunningHost.StartAsync("--FeedbackBot:MinimumLevel=Level100");
        var client = host.Client;
        var (_, request) = await client.SubmitAsync("sam", Scenes.Opening, new Dictionary<string, string>(StringComparer.Ordinal));
        var card = await client.WaitAsync(message => message.Kind == "TriageCard", "triage");
        card.Request.ShouldBe(request);
        card.Text.ShouldNotContain("Sent early");
    }

    [Fact]
    public async Task What_is_at_stake_is_summed_on_the_card_by_currency()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var (_, request) = await client.SubmitAsync("sam", Scenes.Opening, Scenes.Article, stake: "Renewal in 2027, €400k, decision in March");
        var card = await client.WaitAsync(message => message.Text.Contains("at stake EUR 400,000", StringComparison.Ordinal), "triage");
        card.Text.ShouldContain("At stake: Renewal in 2027, €400k, decision in March");

        await client.SubmitAsync("sofia", Scenes.Opening, Scenes.Article.With("Customer", "Northwind"), request, "USD 1.5 million");
        var two = await client.UpdateAsync(card, "at stake EUR 400,000 + USD 1,500,000");
        await client.SubmitAsync("riley", Scenes.Opening, Scenes.Article.With("Customer", "Fabrikam"), request, "100k EUR, and their goodwill");
        var three = await client.UpdateAsync(two, "at stake EUR 500,000 + USD 1,500,000");
        await client.SubmitAsync("robin", Scenes.Opening, Scenes.Article.With("Customer", "Tailspin"), request, "our reputation");
        (await client.UpdateAsync(three, "At stake: our reputation")).Text.ShouldContain("4 customers · at stake EUR 500,000 + USD 1,500,000");
    }

    [Fact]
    public async Task A_restart_in_the_middle_loses_nothing_doubles_nothing_and_keeps_every_number()
    {
        using var data = new TempDirectory();
        string thread;
        IReadOnlyList<Message> before;
        long next;
        await using (var first = await RunningHost.OpenAsync(data.Data))
        {
            thread = await first.Client.SayAsync("sam", Scenes.Opening);
            await first.Client.AskedAsync(thread, "SpecificIssue");
            await first.Client.SayAsync("sam", Scenes.Article["SpecificIssue"], thread);
            await first.Client.AskedAsync(thread, "Cause");
            (before, next) = await first.Client.ReadAsync();
        }

        await using var second = await RunningHost.OpenAsync(data.Data);
        var client = second.Client;
        (await client.AllAsync()).Select(message => (message.Seq, message.Id, message.Text)).ShouldBe(
            before.Select(message => (message.Seq, message.Id, message.Text)));
        await client.PressAsync("sam", before.Single(message => message.Asks == "Cause"), "choose", "Compliance");
        var (news, _) = await client.ReadAsync(after: next, wait: 20);
        news[0].Asks.ShouldBe("Compliance");

        var draft = await client.ToDraftAsync("sam", thread, Scenes.Article, next);
        draft.Text.ShouldContain(Scenes.Article["SpecificIssue"]);
        await client.PressAsync("sam", draft, "submit");
        var card = await client.WaitAsync(message => message.Kind == "TriageCard", "triage");
        card.Text.ShouldContain(Scenes.Article["Compliance"]);
        (await client.AllAsync()).Select(message => message.Asks).OfType<string>().ShouldBeUnique(StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_number_a_poller_holds_is_still_good_after_a_restart_that_follows_a_repeated_event()
    {
        using var data = new TempDirectory();
        long next;
        await using (var first = await RunningHost.OpenAsync(data.Data))
        {
            await first.Client.SayAsync("sam", "Anyone for lunch?", channel: "triage", eventId: "lunch");
            await first.Client.SayAsync("sam", "Anyone for lunch?", channel: "triage", eventId: "lunch");
            (_, next) = await first.Client.ReadAsync();
        }

        await using var second = await RunningHost.OpenAsync(data.Data);
        await second.Client.SayAsync("sofia", "Yes, at noon.", channel: "triage");
        var (news, _) = await second.Client.ReadAsync(after: next);
        news.Select(message => message.Text).ShouldBe(["Yes, at noon."]);
    }

    [Fact]
    public async Task A_conversation_that_fell_silent_ends_with_a_word_and_goes_on_with_the_next_one()
    {
        var time = new ShiftedTime();
        await using var host = await RunningHost.StartAsync(null, services => services.AddSingleton<TimeProvider>(time), "--FeedbackBot:ConversationDays=14");
        var client = host.Client;
        var thread = await client.SayAsync("sam", Scenes.Opening);
        var asked = await client.AskedAsync(thread, "SpecificIssue");

        // Somebody who answers within the time starts it anew.
        time.Advance(TimeSpan.FromDays(10));
        await client.SayAsync("sam", Scenes.Article["SpecificIssue"], thread);
        var cause = await client.AskedAsync(thread, "Cause", asked.Seq);
        time.Advance(TimeSpan.FromDays(10));
        await client.SayAsync("sam", "Compliance", thread);
        var drill = await client.AskedAsync(thread, "Compliance", cause.Seq);
        (await client.AllAsync(thread: thread)).ShouldNotContain(message => message.Kind == "Notice");

        time.Advance(TimeSpan.FromDays(15));
        var expired = await client.WaitAsync(message => message.Kind == "Notice", thread: thread, after: drill.Seq);
        expired.Text.ShouldContain("Nothing was sent, and nothing is lost");
        (await client.AllAsync("triage")).ShouldBeEmpty();

        await client.PressAsync("sam", drill, "skip");
        await client.WaitAsync(message => message.Kind == "Refusal", thread: thread, after: expired.Seq);
        await client.SayAsync("sam", "Contoso asked again: developers still need the production password.", thread);
        var draft = await client.ToDraftAsync("sam", thread, Scenes.Article, expired.Seq);
        draft.Text.ShouldContain(Scenes.Article["SpecificIssue"]);
        draft.Text.ShouldContain("Contoso asked again: developers still need the production password.");

        // Silent again, it ends again.
        time.Advance(TimeSpan.FromDays(15));
        await client.WaitAsync(message => message.Kind == "Notice", thread: thread, after: draft.Seq);
    }

    [Fact]
    public async Task Silence_after_the_submission_is_not_said_to_have_sent_nothing()
    {
        var time = new ShiftedTime();
        await using var host = await RunningHost.StartAsync(null, services => services.AddSingleton<TimeProvider>(time));
        var client = host.Client;
        var thread = await client.SayAsync("sam", Scenes.Opening);
        var draft = await client.ToDraftAsync("sam", thread, Scenes.Article);
        await client.PressAsync("sam", draft, "submit");
        var stake = await client.AskedAsync(thread, "Stake");
        var card = await client.WaitAsync(message => message.Kind == "TriageCard", "triage");

        // The other seller's conversation falls silent at the same time, and later in the order of work.
        var other = await client.SayAsync("sofia", "Northwind waits too");
        await client.AskedAsync(other, "SpecificIssue");
        time.Advance(TimeSpan.FromDays(30));
        await client.WaitAsync(message => message.Kind == "Notice", thread: other);
        await client.SayAsync("sam", "€400k", thread);
        var next = await client.WaitAsync(message => message.Seq > stake.Seq, thread: thread);
        next.Text.ShouldNotContain("without sending anything");
        await client.AnswerAsync("pm-ana", card, "TooCostly");
        await client.WaitAsync(message => message.Kind == "Answer", thread: thread);
        (await client.AllAsync(thread: thread)).ShouldNotContain(message => message.Text.Contains("without sending", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_direct_message_is_a_conversation_like_any_other()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var thread = await client.SayAsync("sam", Scenes.Opening, channel: "dm-sam");
        var asked = await client.AskedAsync(thread, "SpecificIssue");
        asked.Channel.ShouldBe("dm-sam");
        await client.SayAsync("sam", Scenes.Article["SpecificIssue"], thread, "dm-sam");
        await client.AskedAsync(thread, "Cause", asked.Seq);
        (await client.ReadAsync(user: "sofia")).Messages.ShouldBeEmpty();
    }

    [Fact]
    public async Task People_who_talk_in_the_triage_channel_are_left_alone()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var (_, _, card) = await client.CardAsync();
        await client.SayAsync("pm-ben", "Shall we take this one?", card.Thread, "triage");
        await client.SayAsync("pm-ana", "Morning!", channel: "triage");
        await client.SayAsync("pm-ana", "@feedbackbot what is this?", card.Thread, "triage");

        // Only who speaks to the bot hears from it.
        var refusal = await client.WaitAsync(message => message.Kind == "Refusal", "triage");
        refusal.To.ShouldBe("pm-ana");
        (await client.AllAsync("triage")).Count(message => message.From == "bot").ShouldBe(2);
    }
}
