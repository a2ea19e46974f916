using System.Diagnostics;
using FeedbackBot.Host.Tests.Crashes;
using FeedbackBot.Host.Tests.Flows;
using Microsoft.Playwright;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace FeedbackBot.Host.Tests.Browser;

/// <summary>Several people in front of the page at once, and a host that goes away and comes back under them.</summary>
[Collection(Timings.Name)]
public sealed class LivenessTests(Chromium chromium, ITestOutputHelper output) : IClassFixture<Chromium>
{
    private const string Triage = "#pane-triage";
    private const string NoAnswer = "No answer from the server. Nothing typed is lost; trying again will not send it twice.";

    // Both pages read the same machine's clock, so what is measured is what the two people would see.
    private const string Now = "performance.timeOrigin + performance.now()";

    private const string PressedAt = $$"""
        () => new Promise(done => addEventListener('keydown', event => { if (event.key === 'Enter') done({{Now}}); }, { capture: true }))
        """;

    private const string ShownAt = $$"""
        words => new Promise(done => {
          const log = document.querySelector('#pane-triage .log');
          new MutationObserver((_, observer) => {
            if (!log.textContent.includes(words)) return;
            observer.disconnect();
            requestAnimationFrame(() => setTimeout(() => done({{Now}})));
          }).observe(log, { childList: true, subtree: true });
        })
        """;

    [Fact]
    public async Task Two_browsers_see_what_the_other_one_says_within_half_a_second()
    {
        await using var host = await RunningHost.StartAsync();
        var thread = await host.Client.SayAsync("sam", "Shall we talk about the prices?", channel: "triage");
        var address = host.App.Urls.First();
        await using var sams = await chromium.OpenAsync(address, Screen.Desktop, ColorScheme.Light);
        await using var sofias = await chromium.OpenAsync(address, Screen.Desktop, ColorScheme.Dark);
        var sam = await OpenAsync(sams, $"user=sam&channel=triage&thread={thread}");
        var sofia = await OpenAsync(sofias, $"user=sofia&channel=triage&thread={thread}");

        var toSofia = new List<double>();
        var toSam = new List<double>();
        for (var round = 0; round < 12; round++)
        {
            toSofia.Add(await SayAcrossAsync(sam, sofia, $"Sam says {round}."));
            toSam.Add(await SayAcrossAsync(sofia, sam, $"Sofia says {round}."));
        }

        output.WriteLine($"From Sam to Sofia: {Timings.Describe(toSofia)}");
        output.WriteLine($"From Sofia to Sam: {Timings.Describe(toSam)}");
        Timings.NineOfTen(toSofia).ShouldBeLessThan(500);
        Timings.NineOfTen(toSam).ShouldBeLessThan(500);
        foreach (var page in (IPage[])[sam, sofia])
        {
            await Assertions.Expect(page.Locator($"{Triage} article")).ToHaveCountAsync(25);
        }
    }

    [Fact]
    public async Task A_host_that_is_killed_and_started_again_is_survived_without_a_reload_and_nothing_is_lost_or_said_twice()
    {
        using var data = new TempDirectory();
        await using var sink = ChildProcess.Start("crash-sink");
        var service = new KilledService(data.Data, (await sink.ReadLineAsync()).ShouldNotBeNull());
        using var client = new PlaygroundClient(service.Url);
        var first = await service.LiveAsync();
        await using var sams = await chromium.OpenAsync(service.Url, Screen.Desktop, ColorScheme.Light);
        await using var sofias = await chromium.OpenAsync(service.Url, Screen.Desktop, ColorScheme.Light);
        await UntilAnsweringAsync(client);
        var sam = await OpenAsync(sams, "user=sam&channel=triage");
        var sofia = await OpenAsync(sofias, "user=sofia&channel=triage");
        var thread = await client.SayAsync("sam", "Before the end.", channel: "triage");
        var asked = await client.SayAsync("sam", "Contoso will not buy the product until feature X is added");
        await sam.EvaluateAsync("window.isTheSamePage = true");
        await sofia.EvaluateAsync("window.isTheSamePage = true");
        foreach (var page in (IPage[])[sam, sofia])
        {
            await page.EvaluateAsync($"location.hash += '&thread={thread}'");
            await ShouldSayOnceAsync(page, "Before the end.");
        }

        await first.DisposeAsync();
        await Task.WhenAll(ShouldBeAsync(sam, "Reconnecting…"), ShouldBeAsync(sofia, "Reconnecting…"));
        await SayAsync(sam, "While nobody is there.");
        await ShouldHaveKeptAsync(sam, "While nobody is there.");
        await sam.Locator($"{Triage} .composer button").ClickAsync();
        await ShouldHaveKeptAsync(sam, "While nobody is there.");

        await using var second = await service.LiveAsync();
        await Task.WhenAll(ShouldBeAsync(sam, "Live"), ShouldBeAsync(sofia, "Live"));
        await ShouldHaveKeptAsync(sam, "While nobody is there.");
        await ShouldSayOnceAsync(sofia, "Before the end.");
        await ShouldSendAgainAsync(sam);
        await ShouldSayOnceAsync(sofia, "While nobody is there.");
        await SayAsync(sofia, "After the end.");
        await ShouldSayOnceAsync(sam, "After the end.");
        await client.SayAsync("pm-ana", "So it is.", thread, "triage");
        string[] said = ["Before the end.", "While nobody is there.", "After the end.", "So it is."];
        foreach (var page in (IPage[])[sam, sofia])
        {
            await Assertions.Expect(page.Locator($"{Triage} article .text")).ToHaveTextAsync(said);
            (await page.EvaluateAsync<bool>("window.isTheSamePage")).ShouldBeTrue();
        }

        (await client.AllAsync(thread: thread)).Select(message => message.Text).ShouldBe(said);

        // What the bot was told before is not told it again.
        await client.WaitAsync(message => message.Asks is not null, thread: asked);
        (await client.AllAsync(thread: asked)).Count.ShouldBe(2);
        (await second.StopAsync()).ShouldBe(0, second.Errors);
    }

    [Fact]
    public async Task A_message_that_was_taken_but_whose_answer_was_lost_is_not_said_twice_by_trying_again()
    {
        await using var host = await RunningHost.StartAsync();
        var address = host.App.Urls.First();
        await using var sams = await chromium.OpenAsync(address, Screen.Desktop, ColorScheme.Light);
        await using var sofias = await chromium.OpenAsync(address, Screen.Desktop, ColorScheme.Light);
        var sam = await OpenAsync(sams, "user=sam&channel=sellers");
        var sofia = await OpenAsync(sofias, "user=sofia&channel=sellers");
        const string Words = "Contoso will not buy the product until feature X is added";
        var lost = 0;
        await sam.RouteAsync("**/api/messages", async route =>
        {
            await route.FetchAsync();
            lost++;
            await route.AbortAsync("connectionreset");
        });
        await SayAsync(sam, Words, "#pane-sellers");
        await ShouldHaveKeptAsync(sam, Words, "#pane-sellers");
        await ShouldSayOnceAsync(sofia, Words, "#pane-sellers");
        await ShouldSayOnceAsync(sam, Words, "#pane-sellers");
        await sam.Locator("#pane-sellers .composer button").ClickAsync();
        await ShouldHaveKeptAsync(sam, Words, "#pane-sellers");
        lost.ShouldBe(2);

        await sam.UnrouteAllAsync();
        await sam.Locator("#pane-sellers .composer button").ClickAsync();
        await Assertions.Expect(sam.Locator("#pane-sellers")).ToHaveAttributeAsync("data-view", "thread");
        await Assertions.Expect(sam.Locator("#pane-sellers .composer textarea")).ToHaveValueAsync("");
        await ShouldSayOnceAsync(sofia, Words, "#pane-sellers");

        // Said once, and asked about once.
        await Assertions.Expect(sam.Locator("#pane-sellers article")).ToHaveCountAsync(2);
        (await host.Client.AllAsync("sellers")).Count.ShouldBe(2);
    }

    private static async Task<IPage> OpenAsync(IBrowserContext context, string place)
    {
        var page = await context.NewPageAsync();
        await page.GotoAsync($"/playground#{place}");
        await ShouldBeAsync(page, "Live");
        return page;
    }

    /// <summary>One says something by Enter; the time until it is painted on the other's page, in milliseconds.</summary>
    private static async Task<double> SayAcrossAsync(IPage from, IPage to, string words)
    {
        await from.Locator($"{Triage} .composer textarea").FillAsync(words);
        var pressed = from.EvaluateAsync<double>(PressedAt);
        var shown = to.EvaluateAsync<double>(ShownAt, words);

        // Both listen before anything happens.
        await Task.WhenAll(from.EvaluateAsync("0"), to.EvaluateAsync("0"));
        await from.Locator($"{Triage} .composer textarea").PressAsync("Enter");
        return await shown - await pressed;
    }

    private static async Task SayAsync(IPage page, string words, string pane = Triage)
    {
        await page.Locator($"{pane} .composer textarea").FillAsync(words);
        await page.Keyboard.PressAsync("Enter");
    }

    private static Task ShouldBeAsync(IPage page, string state)
        => Assertions.Expect(page.Locator("#connection")).ToHaveTextAsync(state);

    private static Task ShouldSayOnceAsync(IPage page, string words, string pane = Triage)
        => Assertions.Expect(page.Locator($"{pane} article .text").GetByText(words, new LocatorGetByTextOptions { Exact = true })).ToHaveCountAsync(1);

    /// <summary>What was not sent is still there, and the person hears so and can go on.</summary>
    private static async Task ShouldHaveKeptAsync(IPage page, string words, string pane = Triage)
    {
        await Assertions.Expect(page.Locator($"{pane} .composer button")).ToHaveTextAsync("Try again");
        await Assertions.Expect(page.Locator($"{pane} .composer .error")).ToHaveTextAsync(NoAnswer);
        await Assertions.Expect(page.Locator($"{pane} .composer textarea")).ToHaveValueAsync(words);
        await Assertions.Expect(page.Locator($"{pane} .composer textarea")).ToBeEditableAsync();
    }

    private static async Task ShouldSendAgainAsync(IPage page)
    {
        await page.Locator($"{Triage} .composer button").ClickAsync();
        await Assertions.Expect(page.Locator($"{Triage} .composer textarea")).ToHaveValueAsync("");
        await Assertions.Expect(page.Locator($"{Triage} .composer button")).ToHaveTextAsync("Send");
    }

    /// <summary>A process takes its time to start.</summary>
    private static async Task UntilAnsweringAsync(PlaygroundClient client)
    {
        for (var watch = Stopwatch.StartNew(); ; await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System))
        {
            try
            {
                await client.ReadAsync();
                return;
            }
            catch (HttpRequestException) when (watch.Elapsed < TimeSpan.FromMinutes(3))
            {
                // Not yet.
            }
        }
    }
}
