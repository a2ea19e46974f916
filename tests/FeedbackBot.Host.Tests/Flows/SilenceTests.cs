using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace FeedbackBot.Host.Tests.Flows;

/// <summary>Conversations that nobody goes on with, over days and restarts.</summary>
public sealed class SilenceTests
{
    private const string Closed = "Nothing was sent, and nothing is lost";

    private readonly ShiftedTime _time = new();

    [Fact]
    public async Task It_is_closed_after_as_many_days_as_are_set_and_not_before()
    {
        await using var host = await StartAsync(null, "--FeedbackBot:ConversationDays=5", "--FeedbackBot:Work:Concurrency=1");
        var client = host.Client;
        var older = await BeginAsync(client, "sofia", "Northwind waits for cheaper disks.");
        _time.Advance(TimeSpan.FromDays(1));
        var younger = await BeginAsync(client, "sam", Scenes.Opening);

        _time.Advance(TimeSpan.FromDays(4));
        await client.NoticeAsync(older, Closed);
        (await client.CountAsync(younger, Closed)).ShouldBe(0);
        _time.Advance(TimeSpan.FromDays(1));
        await client.NoticeAsync(younger, Closed);
        (await client.CountAsync(older, Closed)).ShouldBe(1);
    }

    [Fact]
    public async Task Restarts_before_and_after_the_silence_lose_nothing_and_close_once()
    {
        using var data = new TempDirectory();
        string asking;
        string confirming;
        await using (var first = await StartAsync(data.Data))
        {
            asking = await BeginAsync(first.Client, "sam", Scenes.Opening);
            await first.Client.SayAsync("sam", Scenes.Article["SpecificIssue"], asking);
            await first.Client.AskedAsync(asking, "Cause");
            confirming = await first.Client.SayAsync("sofia", "Fabrikam needs something for their printers.");
            await first.Client.ToDraftAsync("sofia", confirming, Scenes.Printing);
        }

        // It comes due while nothing runs.
        _time.Advance(TimeSpan.FromDays(15));
        await using (var second = await StartAsync(data.Data))
        {
            await second.Client.NoticeAsync(asking, Closed);
            await second.Client.NoticeAsync(confirming, Closed);
        }

        _time.Advance(TimeSpan.FromDays(1));
        await using var third = await StartAsync(data.Data);
        var client = third.Client;
        var (_, now) = await client.ReadAsync();
        await client.SayAsync("sam", "They asked again in March.", asking);
        await client.SayAsync("sofia", "It hit the second warehouse too.", confirming);
        var sams = await client.ToDraftAsync("sam", asking, Scenes.Article, now);
        sams.Text.ShouldContain(Scenes.Opening);
        sams.Text.ShouldContain(Scenes.Article["SpecificIssue"]);
        sams.Text.ShouldContain("They asked again in March.");

        // Nothing was left to ask here: the draft is there at once.
        var sofias = await client.WaitAsync(message => message.Asks is not null, thread: confirming, after: now);
        sofias.Asks.ShouldBe("Confirm");
        sofias.Text.ShouldContain(Scenes.Printing["Infrastructure"]);
        sofias.Text.ShouldContain("It hit the second warehouse too.");
        (await client.CountAsync(asking, Closed)).ShouldBe(1);
        (await client.CountAsync(confirming, Closed)).ShouldBe(1);

        await client.PressAsync("sam", sams, "submit");
        var submitted = await client.WaitAsync(message => message.Kind == "Submitted", thread: asking);
        (await client.CardOfAsync(submitted.Request!)).Text.ShouldContain("They asked again in March.");
    }

    [Fact]
    public async Task A_kept_draft_is_closed_too_and_a_reply_brings_it_back()
    {
        await using var host = await StartAsync(null);
        var client = host.Client;
        var thread = await client.SayAsync("sam", Scenes.Opening);
        var draft = await client.ToDraftAsync("sam", thread, Scenes.Article);
        await client.PressAsync("sam", draft, "save");
        await client.NoticeAsync(thread, "Kept.");
        _time.Advance(TimeSpan.FromDays(15));
        var closed = await client.NoticeAsync(thread, Closed, draft.Seq);

        await client.SayAsync("sam", "They asked again in March.", thread);
        var back = await client.AskedAsync(thread, "Confirm", closed.Seq);
        back.Text.ShouldContain(Scenes.Article["Alternatives"]);
        back.Text.ShouldContain("Also: They asked again in March.");
    }

    [Fact]
    public async Task What_was_edited_or_deleted_during_the_silence_does_not_come_back()
    {
        await using var host = await StartAsync(null);
        var client = host.Client;
        var thread = await client.SayAsync("sam", Scenes.Opening);
        await client.ToDraftAsync("sam", thread, Scenes.Article);
        _time.Advance(TimeSpan.FromDays(15));
        var closed = await client.NoticeAsync(thread, Closed);

        await client.EditAsync("sam", await client.WrittenAsync(thread, Scenes.Article["SpecificIssue"]), "Deploying takes the production password.");
        await client.DeleteAsync("sam", await client.WrittenAsync(thread, Scenes.Article["Alternatives"]));
        await client.SayAsync("sam", "They asked again in March.", thread);
        var draft = await client.ToDraftAsync("sam", thread, new Dictionary<string, string>(StringComparer.Ordinal), closed.Seq);
        draft.Text.ShouldContain("The specific issue: Deploying takes the production password.");
        draft.Text.ShouldContain(Scenes.Article["Compliance"]);
        draft.Text.ShouldNotContain("directly to their development teams");
        draft.Text.ShouldNotContain(Scenes.Article["Alternatives"]);
    }

    private static async Task<string> BeginAsync(PlaygroundClient client, string user, string opening)
    {
        var thread = await client.SayAsync(user, opening);
        await client.WaitAsync(message => message.Asks is not null, thread: thread);
        return thread;
    }

    private Task<RunningHost> StartAsync(string? data, params string[] settings)
        => RunningHost.StartAsync(data, services => services.AddSingleton<TimeProvider>(_time), settings);
}
