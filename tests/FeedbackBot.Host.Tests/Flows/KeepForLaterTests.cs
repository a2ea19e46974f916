using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace FeedbackBot.Host.Tests.Flows;

/// <summary>A draft that is kept until the customer has answered, and the one reminder of it.</summary>
public sealed class KeepForLaterTests
{
    private const string Reminder = "This is my only reminder.";

    // With one lane at a time, what is due earlier is done earlier: once a later reminder has come, an earlier one is not to come any more.
    private static readonly string[] Settings = ["--FeedbackBot:ReminderDays=3", "--FeedbackBot:Work:Concurrency=1", "--FeedbackBot:MinimumLevel=Level100"];

    private readonly ShiftedTime _time = new();

    [Fact]
    public async Task What_to_ask_the_customer_is_listed_and_the_seller_is_reminded_once_and_goes_on_from_there()
    {
        await using var host = await StartAsync();
        var client = host.Client;
        var (early, _) = await client.KeepAsync("riley", "Fabrikam loses label printers in the warehouse.");
        _time.Advance(TimeSpan.FromDays(1));
        var thread = await client.SayAsync("sam", Scenes.Opening);
        var draft = await client.ToDraftAsync("sam", thread, Scenes.Article.With("Compliance", "I don't know, I'll ask the customer."));
        draft.Text.ShouldContain("To ask the customer:\n• Which rule or policy asks for it, and who checks it?");
        await client.PressAsync("sam", draft, "save");
        var kept = await client.NoticeAsync(thread, "Kept.", draft.Seq);
        kept.Text.ShouldContain("To bring to the customer:\n• Which rule or policy asks for it, and who checks it?\n");
        kept.Text.ShouldNotContain("How many users", Case.Sensitive, "nobody said they would ask that");

        // Not before its time, and not before somebody else's whose time has come.
        _time.Advance(TimeSpan.FromDays(2));
        await client.NoticeAsync(early, Reminder);
        (await client.CountAsync(thread, Reminder)).ShouldBe(0);
        _time.Advance(TimeSpan.FromDays(1));
        var reminder = await client.NoticeAsync(thread, Reminder, kept.Seq);
        reminder.Text.ShouldContain("You wanted to ask:\n• Which rule or policy asks for it, and who checks it?\n");

        var (late, _) = await client.KeepAsync("sofia", "Northwind waits for cheaper disks.");
        _time.Advance(TimeSpan.FromDays(3));
        await client.NoticeAsync(late, Reminder);
        (await client.CountAsync(thread, Reminder)).ShouldBe(1);
        (await client.AllAsync("triage")).ShouldBeEmpty();

        // The customer got back to them.
        const string Said = "Their auditor, Baker & Partners, asks for it under SOX section 404.";
        await client.SayAsync("sam", Said, thread);
        var complete = await client.AskedAsync(thread, "Confirm", reminder.Seq);
        complete.Text.ShouldContain($"Also: {Said}");
        complete.Text.ShouldContain(Scenes.Article["SpecificIssue"]);
        var card = await client.SendAsync("sam", complete);
        card.Text.ShouldContain(Said);
        card.Text.ShouldContain(Scenes.Article["Alternatives"]);
    }

    [Fact]
    public async Task The_reminder_has_the_draft_behind_a_button_and_it_can_be_sent_from_there()
    {
        await using var host = await StartAsync();
        var client = host.Client;
        var thread = await client.SayAsync("sam", Scenes.Opening);
        var draft = await client.ToDraftAsync("sam", thread, Scenes.Article);
        await client.PressAsync("sam", draft, "save");
        var kept = await client.NoticeAsync(thread, "Kept.", draft.Seq);
        kept.Text.ShouldNotContain("To bring to the customer");
        _time.Advance(TimeSpan.FromDays(3));
        var reminder = await client.NoticeAsync(thread, Reminder, kept.Seq);
        reminder.Actions().ShouldBe(["draft"]);

        await client.PressAsync("sam", reminder, "draft");
        var shown = await client.AskedAsync(thread, "Confirm", reminder.Seq);
        shown.Text.ShouldBe(draft.Text);
        (await client.SendAsync("sam", shown)).Text.ShouldContain(Scenes.Article["Compliance"]);
    }

    [Fact]
    public async Task What_was_kept_in_the_middle_of_the_questions_shows_its_draft_at_a_press()
    {
        await using var host = await StartAsync();
        var client = host.Client;
        var (thread, kept) = await client.KeepAsync("sam", Scenes.Opening);
        kept.Actions().ShouldBe(["draft"]);
        await client.PressAsync("sam", kept, "draft");
        (await client.AskedAsync(thread, "Confirm")).Text.ShouldContain(Scenes.Opening);
    }

    [Fact]
    public async Task A_draft_that_was_looked_at_when_its_reminder_was_due_and_then_kept_again_is_reminded_of_as_promised()
    {
        await using var host = await StartAsync();
        var client = host.Client;
        var (thread, kept) = await client.KeepAsync("sam", Scenes.Opening);
        await client.SayAsync("sam", "It is about their production systems.", thread);
        var draft = await client.AskedAsync(thread, "Confirm", kept.Seq);
        var (other, _) = await client.KeepAsync("sofia", "Northwind waits for cheaper disks.");
        _time.Advance(TimeSpan.FromDays(3));
        await client.NoticeAsync(other, Reminder);
        (await client.CountAsync(thread, Reminder)).ShouldBe(0, "the draft was open at that time");

        await client.PressAsync("sam", draft, "save");
        var again = await client.NoticeAsync(thread, "I'll remind you once", draft.Seq);
        _time.Advance(TimeSpan.FromDays(3));
        await client.NoticeAsync(thread, Reminder, again.Seq);
    }

    [Fact]
    public async Task Keeping_it_twice_does_not_remind_twice()
    {
        await using var host = await StartAsync();
        var client = host.Client;
        var (thread, first) = await client.KeepAsync("sam", Scenes.Opening);
        await client.SayAsync("sam", "save", thread);
        var second = await client.NoticeAsync(thread, "Kept", first.Seq);
        _time.Advance(TimeSpan.FromDays(1));
        await client.SayAsync("sam", "save", thread);
        await client.NoticeAsync(thread, "Kept", second.Seq);
        var (other, _) = await client.KeepAsync("sofia", "Northwind waits for cheaper disks.");
        _time.Advance(TimeSpan.FromDays(3));
        await client.NoticeAsync(other, Reminder);
        (await client.CountAsync(thread, Reminder)).ShouldBe(1);
    }

    [Fact]
    public async Task Nobody_is_reminded_of_what_they_have_sent_or_dropped_since()
    {
        await using var host = await StartAsync();
        var client = host.Client;
        var (sent, kept) = await client.KeepAsync("sam", Scenes.Opening);
        var (dropped, _) = await client.KeepAsync("sam", "Fabrikam loses label printers in the warehouse.");
        await client.PressAsync("sam", kept, "draft");
        await client.SendAsync("sam", await client.AskedAsync(sent, "Confirm"));
        await client.SayAsync("sam", "cancel", dropped);
        await client.NoticeAsync(dropped, "Nothing was sent");

        var (other, _) = await client.KeepAsync("sofia", "Northwind waits for cheaper disks.");
        _time.Advance(TimeSpan.FromDays(3));
        await client.NoticeAsync(other, Reminder);
        (await client.CountAsync(sent, Reminder)).ShouldBe(0);
        (await client.CountAsync(dropped, Reminder)).ShouldBe(0);
    }

    private Task<RunningHost> StartAsync() => RunningHost.StartAsync(null, services => services.AddSingleton<TimeProvider>(_time), Settings);
}
