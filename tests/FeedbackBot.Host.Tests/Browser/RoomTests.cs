using FeedbackBot.Core.Messaging;
using FeedbackBot.Host.Playground;
using FeedbackBot.Host.Tests.Flows;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace FeedbackBot.Host.Tests.Browser;

/// <summary>What the page offers beside its stories: the channels, one's own messages, the look behind, the clock.</summary>
public sealed class RoomTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Fact]
    public async Task The_channels_stand_side_by_side_on_a_desktop_and_one_at_a_time_on_a_phone()
    {
        await using var host = await RunningHost.StartAsync();
        var (thread, _, card) = await host.Client.CardAsync();

        await using var desktop = await chromium.VisitAsync(host.App.Urls.First(), Screen.Desktop, ColorScheme.Light);
        foreach (var channel in (string[])["sellers", "triage", "account-contoso"])
        {
            await Assertions.Expect(desktop.Pane(channel)).ToBeVisibleAsync();
        }

        // The thread opens in its channel's place; the others stay as they are.
        await desktop.OpenThreadAsync("sellers", desktop.MessageIn("sellers", thread));
        await Assertions.Expect(desktop.Pane("sellers").Locator(".title")).ToHaveTextAsync("Thread");
        await Assertions.Expect(desktop.Pane("sellers").Locator("article[data-kind=Submitted]")).ToBeVisibleAsync();
        await Assertions.Expect(desktop.MessageIn("triage", card.Id)).ToBeVisibleAsync();
        await desktop.LeaveThreadAsync("sellers");
        await Assertions.Expect(desktop.MessageIn("sellers", thread).Locator(".replies")).ToBeFocusedAsync();

        // And a card leads to the thread it came from.
        await desktop.MessageIn("triage", card.Id).GetByText("Sam’s thread").ClickAsync();
        await Assertions.Expect(desktop.Pane("sellers").Locator("article[data-kind=Submitted]")).ToBeVisibleAsync();

        await using var phone = await chromium.VisitAsync(host.App.Urls.First(), Screen.Phone, ColorScheme.Light);
        await Assertions.Expect(phone.Page.Locator(".pane:visible")).ToHaveCountAsync(1);
        await Assertions.Expect(phone.Page.Locator("#channels [data-channel=triage] .unread")).ToContainTextAsync("1");
        await phone.Page.Locator("#channels [data-channel=triage]").ClickAsync();
        await Assertions.Expect(phone.MessageIn("triage", card.Id)).ToBeVisibleAsync();
        await Assertions.Expect(phone.Page.Locator(".pane:visible")).ToHaveCountAsync(1);
        await Assertions.Expect(phone.Page.Locator("#channels [data-channel=triage] .unread")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task What_people_write_is_never_markup()
    {
        const string Text = "<img src=x onerror=\"document.title='owned'\"> <b>bold</b> <script>document.title='owned'</script> [a](javascript:alert(1))";
        await using var host = await RunningHost.StartAsync();
        await using var visitor = await chromium.VisitAsync(host.App.Urls.First(), Screen.Desktop, ColorScheme.Light);

        await visitor.SayAsync("triage", Text);

        var shown = visitor.Pane("triage").Locator("article .text").First;
        await Assertions.Expect(shown).ToHaveTextAsync(Text);
        (await shown.Locator("*").CountAsync()).ShouldBe(0);
        (await visitor.Page.TitleAsync()).ShouldContain("FeedbackBot");

        // Should it ever become markup, the browser is not to run it: nothing inline, nothing from elsewhere.
        var answer = await visitor.Page.Context.APIRequest.GetAsync(visitor.Page.Url);
        answer.Headers["content-security-policy"].ShouldStartWith("default-src 'self';");
        answer.Headers["content-security-policy"].ShouldNotContain("unsafe");
        await visitor.LookAsync("room-markup");
    }

    [Fact]
    public async Task Ones_own_message_can_be_edited_and_taken_back_and_the_draft_follows()
    {
        await using var host = await RunningHost.StartAsync();
        await using var visitor = await chromium.VisitAsync(host.App.Urls.First(), Screen.Desktop, ColorScheme.Light);
        await visitor.SayAsync("sellers", "Contoso cannot buy: reports take 40 minutes. ");
        var sellers = visitor.Pane("sellers");
        var mine = sellers.Locator("article[data-kind=User]").First;
        await Assertions.Expect(sellers.Locator("article[data-asks]:not([data-asks=''])")).ToBeVisibleAsync();

        await Visitor.ActAsync(mine, "Edit");
        await Assertions.Expect(mine.Locator("textarea")).ToBeFocusedAsync();
        await mine.Locator("textarea").FillAsync("Contoso cannot buy: reports take 90 minutes.");
        await mine.GetByText("Save", new LocatorGetByTextOptions { Exact = true }).ClickAsync();
        await Assertions.Expect(mine.Locator(".text")).ToHaveTextAsync("Contoso cannot buy: reports take 90 minutes.");
        await Assertions.Expect(mine.Locator(".more")).ToBeFocusedAsync();

        // What is not saved changes nothing, but it waits until one comes back to it.
        await Visitor.ActAsync(mine, "Edit");
        await mine.Locator("textarea").FillAsync("something else");
        await visitor.LeaveThreadAsync("sellers");
        await visitor.OpenThreadAsync("sellers", sellers);
        await Assertions.Expect(mine.Locator("textarea")).ToHaveValueAsync("something else");
        await mine.Locator("textarea").PressAsync("Escape");
        await Assertions.Expect(mine.Locator(".text")).ToHaveTextAsync("Contoso cannot buy: reports take 90 minutes.");

        await visitor.SayAsync("sellers", "draft");
        await host.Client.SayAsync("sofia", "I have seen that too", (await host.Client.AllAsync("sellers"))[0].Thread);
        var others = sellers.Locator("article[data-kind=User]").Last;
        await Assertions.Expect(others).ToContainTextAsync("I have seen that too");
        await visitor.CatchUpAsync(host);
        await others.Locator(".more").ClickAsync();
        await Assertions.Expect(others.Locator(".acts button")).ToHaveTextAsync(["Look behind"]);

        await Visitor.ActAsync(mine, "Delete");
        await visitor.LookAsync("room-delete");
        await mine.Locator(".change").GetByText("Delete", new LocatorGetByTextOptions { Exact = true }).ClickAsync();
        await Assertions.Expect(sellers).Not.ToContainTextAsync("reports take 90 minutes.");
        (await visitor.Page.EvaluateAsync<bool>("() => document.activeElement !== document.body")).ShouldBeTrue("The focus is lost with the message.");
    }

    [Theory]
    [InlineData(Screen.Desktop, ColorScheme.Light)]
    [InlineData(Screen.Phone, ColorScheme.Dark)]
    public async Task Behind_a_message_are_its_event_the_words_that_decided_and_what_was_sent(Screen screen, ColorScheme scheme)
    {
        await using var host = await RunningHost.StartAsync();
        await using var visitor = await chromium.VisitAsync(host.App.Urls.First(), screen, scheme);
        await visitor.SayAsync("sellers", "Backups can only be encrypted with a vendor key, and their crypto policy CP-02 asks for a key in their own HSM.");
        var question = visitor.Pane("sellers").Locator("article[data-kind=Question]");
        await Assertions.Expect(question).ToBeVisibleAsync();

        // It is on the page before it is marked as delivered, and what is looked at does not change while one looks.
        await host.Client.UntilDeliveredAsync((await question.GetAttributeAsync("data-id"))!, "sam");
        await Visitor.ActAsync(visitor.Pane("sellers").Locator("article[data-kind=User]"), "Look behind");
        var behind = visitor.Page.Locator("#behind");
        await Assertions.Expect(behind).ToContainTextAsync("TextPosted");
        await Assertions.Expect(behind.Locator("tr", new LocatorLocatorOptions { HasText = "Compliance" }).First.Locator("q")).ToContainTextAsync("CP-02");
        await Assertions.Expect(behind).ToContainTextAsync("level 300");
        await Assertions.Expect(behind).ToContainTextAsync("Outbox row");
        await visitor.LookAsync("room-behind");
        if (screen == Screen.Desktop)
        {
            await visitor.PictureAsync("playground-behind");
        }

        await visitor.Page.Keyboard.PressAsync("Escape");

        // Behind the bot's is the same, from its side.
        await Visitor.ActAsync(question, "Look behind");
        await Assertions.Expect(behind.Locator(".asked")).ToContainTextAsync("delivered");
        await Assertions.Expect(behind).ToContainTextAsync("TextPosted");
        await behind.Locator("#behind-close").ClickAsync();
        await Assertions.Expect(question.Locator(".more")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task The_clock_goes_forward_in_the_page_and_the_reminder_comes()
    {
        await using var host = await RunningHost.StartAsync();
        var thread = await host.Client.SayAsync("sam", Scenes.Opening);
        await host.Client.ToDraftAsync("sam", thread, Scenes.Article);
        await host.Client.SayAsync("sam", "save", thread);
        await host.Client.NoticeAsync(thread, "Kept.");
        await using var visitor = await chromium.VisitAsync(host.App.Urls.First(), Screen.Desktop, ColorScheme.Dark);
        await visitor.OpenThreadAsync("sellers", visitor.MessageIn("sellers", thread));

        await visitor.Page.Locator("#open-tools").ClickAsync();
        await Assertions.Expect(visitor.Page.Locator("#clock-ahead")).ToHaveTextAsync("The real time.");
        await visitor.Page.GetByText("+1 week", new PageGetByTextOptions { Exact = true }).ClickAsync();
        await Assertions.Expect(visitor.Page.Locator("#clock-ahead")).ToHaveTextAsync("7 days ahead of the real time.");
        await visitor.LookAsync("room-clock");
        await visitor.Page.Locator("#tools-close").ClickAsync();

        await Assertions.Expect(visitor.Page.Locator("#open-tools")).ToHaveTextAsync("Tools · +7 days");
        await Assertions.Expect(visitor.Pane("sellers").Locator("article").Last).ToContainTextAsync("This is my only reminder.");
    }

    [Fact]
    public async Task Starting_over_empties_every_open_page_and_one_can_begin_at_once()
    {
        await using var host = await RunningHost.StartAsync();
        var (thread, _, card) = await host.Client.CardAsync();
        await using var visitor = await chromium.VisitAsync(host.App.Urls.First(), Screen.Desktop, ColorScheme.Light);
        await using var ana = await chromium.VisitAsync(host.App.Urls.First(), Screen.Phone, ColorScheme.Dark);
        await ana.BecomeAsync("pm-ana");
        await ana.Page.Locator("#channels [data-channel=triage]").ClickAsync();
        await Assertions.Expect(ana.MessageIn("triage", card.Id)).ToBeVisibleAsync();
        await visitor.OpenThreadAsync("sellers", visitor.MessageIn("sellers", thread));
        await visitor.Pane("sellers").Locator(".composer textarea").FillAsync("half a thought");
        await using var reader = await chromium.VisitAsync(host.App.Urls.First(), Screen.Desktop, ColorScheme.Light);
        await reader.BeginAsync("cluster");
        await reader.Next.ClickAsync();
        await Assertions.Expect(reader.Pane("sellers").Locator(".composer textarea")).ToHaveValueAsync("Fabrikam is blocked because of feature Y");
        await reader.Pane("sellers").Locator(".composer button").ClickAsync();
        await Assertions.Expect(reader.Page.Locator("#story-count")).ToContainTextAsync("Step 2 of 12");

        await visitor.Page.Locator("#open-tools").ClickAsync();
        await visitor.Page.Locator("#start-over-ask summary").ClickAsync();
        await visitor.LookAsync("room-start-over");
        await visitor.Page.Locator("#start-over").ClickAsync();

        await Assertions.Expect(visitor.Page.Locator("#tools")).ToBeHiddenAsync();
        await Assertions.Expect(visitor.Page.Locator("article")).ToHaveCountAsync(0);
        await Assertions.Expect(ana.Page.Locator("article:visible")).ToHaveCountAsync(0);
        await Assertions.Expect(visitor.Pane("sellers").Locator(".composer textarea")).ToHaveValueAsync("");

        // A story or a thread of the room that was is nowhere any more.
        await Assertions.Expect(reader.Page.Locator("#story")).ToBeHiddenAsync();
        await Assertions.Expect(reader.Pane("sellers").Locator(".title")).ToHaveTextAsync("#sellers");
        await Assertions.Expect(reader.Page.Locator("article")).ToHaveCountAsync(0);
        await visitor.SayAsync("sellers", "Fabrikam needs cheaper disks");
        await Assertions.Expect(visitor.Pane("sellers").Locator("article[data-kind=Question]")).ToBeVisibleAsync();
        await ana.Page.Locator("#channels [data-channel=sellers]").ClickAsync();
        await Assertions.Expect(ana.Pane("sellers").Locator("article")).ToHaveCountAsync(1);
        await visitor.LookAsync("room-started-over");
    }

    [Fact]
    public async Task A_form_says_in_its_fields_what_is_missing_and_keeps_what_was_typed()
    {
        await using var host = await RunningHost.StartAsync();
        var (_, _, card) = await host.Client.CardAsync();
        await using var visitor = await chromium.VisitAsync(host.App.Urls.First(), Screen.Desktop, ColorScheme.Light);
        await visitor.BecomeAsync("pm-ana");
        var shown = visitor.MessageIn("triage", card.Id);
        await shown.GetByText("On the roadmap", new LocatorGetByTextOptions { Exact = true }).First.ClickAsync();
        var form = shown.Locator(".choice-form");
        await form.GetByLabel("What is planned?").FillAsync("Deployment by role.");
        await form.GetByLabel("Workaround").FillAsync("none known");

        // Checked in the page, and what only the server knows by the server.
        await form.GetByText("Send", new LocatorGetByTextOptions { Exact = true }).ClickAsync();
        var when = form.GetByLabel("About when?");
        await Assertions.Expect(when).ToBeFocusedAsync();
        await Assertions.Expect(when).ToHaveAttributeAsync("aria-invalid", "true");
        await visitor.LookAsync("room-form");
        await when.FillAsync("soon");
        await form.GetByText("Send", new LocatorGetByTextOptions { Exact = true }).ClickAsync();
        await Assertions.Expect(form.Locator(".field:has([aria-invalid]) .error")).ToContainTextAsync("quarter");

        await when.FillAsync("Q2 2027");
        await form.GetByText("Send", new LocatorGetByTextOptions { Exact = true }).ClickAsync();
        await Assertions.Expect(form).ToBeHiddenAsync();
        await Assertions.Expect(shown).ToContainTextAsync("Answered by Ana: On the roadmap");
    }

    [Fact]
    public async Task A_refusal_is_seen_by_its_person_only()
    {
        await using var host = await RunningHost.StartAsync();
        var (_, _, card) = await host.Client.CardAsync();
        await using var visitor = await chromium.VisitAsync(host.App.Urls.First(), Screen.Desktop, ColorScheme.Light);
        await using var ana = await chromium.VisitAsync(host.App.Urls.First(), Screen.Desktop, ColorScheme.Light);
        await ana.BecomeAsync("pm-ana");

        // Sam is no member of the triage channel.
        await host.Client.AnswerAsync("sam", card, "AlreadyExists");
        var thread = visitor.MessageIn("triage", card.Id).Locator(".replies");
        await Assertions.Expect(thread).ToContainTextAsync("1 reply");
        await thread.ClickAsync();
        await Assertions.Expect(visitor.Pane("triage").Locator("article.private")).ToContainTextAsync("Only you see this");
        await visitor.LookAsync("room-private");

        await host.Client.SayAsync("sofia", "What a card", channel: "triage");
        await Assertions.Expect(ana.Pane("triage")).ToContainTextAsync("What a card");
        await Assertions.Expect(ana.MessageIn("triage", card.Id).Locator(".replies")).ToHaveTextAsync("Reply in thread");
    }

    [Fact]
    public async Task While_the_bot_works_the_thread_says_so_and_answered_questions_keep_no_buttons()
    {
        using var gate = new SemaphoreSlim(0);
        await using var host = await RunningHost.StartAsync(
            null,
            services => services.AddSingleton<PlaygroundPlatform>().Replace(ServiceDescriptor.Singleton<IChatPlatform>(provider => new SlowPlatform(provider.GetRequiredService<PlaygroundPlatform>(), gate))));
        await using var visitor = await chromium.VisitAsync(host.App.Urls.First(), Screen.Desktop, ColorScheme.Light);
        var sellers = visitor.Pane("sellers");
        await visitor.SayAsync("sellers", Scenes.Opening);
        await Assertions.Expect(sellers.Locator(".typing")).ToBeVisibleAsync();
        await visitor.LookAsync("room-typing");
        gate.Release();
        await Assertions.Expect(sellers.Locator("article[data-kind=Question]")).ToBeVisibleAsync();
        await Assertions.Expect(sellers.Locator(".typing")).ToBeHiddenAsync();

        // Where the thread began nobody waits for anything.
        await visitor.LeaveThreadAsync("sellers");
        await Assertions.Expect(sellers.Locator(".replies")).ToContainTextAsync("1 reply");
        await Task.Delay(TimeSpan.FromMilliseconds(400), TimeProvider.System);
        await Assertions.Expect(sellers.Locator(".typing")).ToBeHiddenAsync();
        await visitor.OpenThreadAsync("sellers", sellers);

        gate.Release(100);
        await visitor.SayAsync("sellers", Scenes.Article["SpecificIssue"]);
        var cause = sellers.Locator("article[data-asks=Cause]");
        await cause.GetByText("Compliance").ClickAsync();
        await Assertions.Expect(sellers.Locator("article[data-asks=Compliance]")).ToBeVisibleAsync();
        await Assertions.Expect(cause.Locator(".choices button")).ToHaveCountAsync(0);
    }

    /// <summary>The Playground, which lets a message through when it is told to.</summary>
    private sealed class SlowPlatform(PlaygroundPlatform playground, SemaphoreSlim gate) : IChatPlatform
    {
        public string Name => playground.Name;

        public async Task<DeliveryResult> SendAsync(Delivery delivery, CancellationToken cancellationToken)
        {
            await gate.WaitAsync(cancellationToken);
            return await playground.SendAsync(delivery, cancellationToken);
        }

        public ValueTask<bool> IsMemberAsync(ChannelReference channel, PersonReference person, CancellationToken cancellationToken)
            => playground.IsMemberAsync(channel, person, cancellationToken);
    }
}
