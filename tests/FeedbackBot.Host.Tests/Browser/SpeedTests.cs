using System.Diagnostics;
using System.Globalization;
using Microsoft.Playwright;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace FeedbackBot.Host.Tests.Browser;

/// <summary>How the page feels in a crowded room, measured by Chromium's own trace.</summary>
[Collection(Timings.Name)]
public sealed class SpeedTests(Chromium chromium, CrowdedRoom room, ITestOutputHelper output) : IClassFixture<Chromium>, IClassFixture<CrowdedRoom>
{
    private const int FrameLimit = 50;
    private const int Frames = 40;

    private const string Arrival = """
        words => new Promise(done => {
          const log = document.querySelector('#pane-triage .log');
          new MutationObserver((_, observer) => {
            if (!log.lastElementChild?.textContent.includes(words)) return;
            observer.disconnect();
            done();
          }).observe(log, { childList: true, subtree: true });
        })
        """;

    private const string Frame = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))";

    private const string ScrollTo = $$"""
        async share => {
          const scroll = document.querySelector('#pane-triage .scroll');
          scroll.scrollTop = scroll.scrollHeight * share;
          await ({{Frame}})();
        }
        """;

    private const string ShowEarlier = $$"""
        async () => {
          const first = document.querySelector('#pane-triage article');
          const before = first.getBoundingClientRect().top;
          document.querySelector('#pane-triage .earlier').click();
          await ({{Frame}})();
          await ({{Frame}})();
          return first.getBoundingClientRect().top - before;
        }
        """;

    [Theory]
    [InlineData(Screen.Desktop)]
    [InlineData(Screen.Phone)]
    public async Task In_a_room_of_5000_messages_scrolling_and_typing_stay_below_50_ms_a_frame(Screen screen)
    {
        var watch = Stopwatch.StartNew();
        await using var context = await chromium.OpenAsync(room.Host.App.Urls.First(), screen, ColorScheme.Light);
        var page = await OpenTriageAsync(context);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Live after {watch.ElapsedMilliseconds} ms"));
        await page.Locator("#pane-triage").GetByText("Show all (40,000 characters)").ClickAsync();
        await ScrollAndTypeAsync(page, "The newest 200", arrivalLimit: 200);

        // And once every message there is was asked for.
        var earlier = page.Locator("#pane-triage .earlier");
        var articles = page.Locator("#pane-triage article");
        var work = new List<double>();
        for (var shown = await articles.CountAsync(); await earlier.IsVisibleAsync(); shown = await articles.CountAsync())
        {
            await page.EvaluateAsync(ScrollTo, 0);
            var moved = 0.0;
            var trace = await FrameTrace.RecordAsync(page, async () => moved = await page.EvaluateAsync<double>(ShowEarlier));
            work.Add(trace.Total);
            (await articles.CountAsync()).ShouldBeGreaterThan(shown);
            Math.Abs(moved).ShouldBeLessThan(3, $"What was read stays where it is, {shown}.");
        }

        output.WriteLine($"Show earlier messages: {Timings.Describe(work)}");
        (await articles.CountAsync()).ShouldBeGreaterThanOrEqualTo(CrowdedRoom.Roots);
        await ScrollAndTypeAsync(page, "All 5,000", arrivalLimit: 500);
    }

    private static async Task<IPage> OpenTriageAsync(IBrowserContext context)
    {
        var page = await context.NewPageAsync();
        await page.GotoAsync("/playground#user=sam&channel=triage");
        await page.GetByText("Live", new PageGetByTextOptions { Exact = true }).WaitForAsync();
        return page;
    }

    private async Task ScrollAndTypeAsync(IPage page, string what, int arrivalLimit)
    {
        var scrolling = await ScrollAsync(page);
        output.WriteLine($"{what}, scrolling: {Timings.Describe(scrolling)}");
        var typing = await TypeAsync(page);
        output.WriteLine($"{what}, typing: {Timings.Describe(typing)}");
        var arriving = await ArriveAsync(page);
        output.WriteLine($"{what}, a message arrives: {Timings.Describe(arriving)}");
        Timings.Median(scrolling).ShouldBeLessThan(FrameLimit, what);
        Timings.Median(typing).ShouldBeLessThan(FrameLimit, what);
        Timings.Median(arriving).ShouldBeLessThan(arrivalLimit, what);
    }

    private static async Task<IReadOnlyList<double>> ScrollAsync(IPage page)
    {
        var box = await page.Locator("#pane-triage .scroll").BoundingBoxAsync();
        await page.EvaluateAsync(ScrollTo, 0.5);
        await page.Mouse.MoveAsync(box!.X + (box.Width / 2), box.Y + (box.Height / 2));
        var trace = await FrameTrace.RecordAsync(page, async () =>
        {
            for (var step = 0; step < Frames * 2; step++)
            {
                await page.Mouse.WheelAsync(0, step < Frames ? -400 : 400);
                await page.EvaluateAsync(Frame);
            }
        });
        var frames = trace.Frames("scroll");
        frames.Count.ShouldBeGreaterThan(Frames);
        return frames;
    }

    private static async Task<IReadOnlyList<double>> TypeAsync(IPage page)
    {
        await page.Locator("#pane-triage .composer textarea").FocusAsync();
        var trace = await FrameTrace.RecordAsync(page, async () =>
        {
            for (var key = 0; key < Frames; key++)
            {
                await page.Keyboard.PressAsync(key % 6 == 5 ? "Space" : "a");
                await page.EvaluateAsync(Frame);
            }
        });
        var frames = trace.Frames("input");
        frames.Count.ShouldBeGreaterThan(Frames / 2);
        return frames;
    }

    /// <summary>All the work there is when somebody else's message arrives.</summary>
    private async Task<IReadOnlyList<double>> ArriveAsync(IPage page)
    {
        await page.EvaluateAsync(ScrollTo, 1);
        var work = new List<double>();
        for (var message = 0; message < 7; message++)
        {
            var words = Guid.NewGuid().ToString();
            var arrival = page.EvaluateAsync(Arrival, words);

            // It listens before anything happens.
            await page.EvaluateAsync("0");
            var trace = await FrameTrace.RecordAsync(page, async () =>
            {
                await room.Host.Client.SayAsync("sofia", words, channel: "triage");
                await arrival;
                await page.EvaluateAsync(Frame);
            });
            work.Add(trace.Total);
        }

        return work;
    }
}
