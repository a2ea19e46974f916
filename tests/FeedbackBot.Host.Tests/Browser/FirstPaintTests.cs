using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using FeedbackBot.Host.Tests.Cli;
using FeedbackBot.Host.Tests.Flows;
using Microsoft.Playwright;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace FeedbackBot.Host.Tests.Browser;

/// <summary>What it takes until there is something to see, and where it comes from.</summary>
[Collection(Timings.Name)]
public sealed class FirstPaintTests(Chromium chromium, ITestOutputHelper output) : IClassFixture<Chromium>
{
    private const int WeightLimit = 300 * 1024;

    private const string FirstPaint = """
        () => new Promise(done => new PerformanceObserver(list => {
          const paint = list.getEntriesByName('first-contentful-paint')[0];
          if (paint) done(paint.startTime);
        }).observe({ type: 'paint', buffered: true }))
        """;

    private const string Milestones = """
        () => {
          const [page] = performance.getEntriesByType('navigation');
          const style = performance.getEntriesByType('resource').find(each => each.name.endsWith('.css'));
          const paint = performance.getEntriesByName('first-contentful-paint')[0];
          return `answer ${page.responseStart | 0}, style ${style.responseEnd | 0}, parsed ${page.domInteractive | 0}, scripts ${page.domContentLoadedEventEnd | 0}, paint ${paint.startTime | 0} ms`;
        }
        """;

    [Theory]
    [InlineData(Screen.Desktop)]
    [InlineData(Screen.Phone)]
    public async Task A_started_host_has_its_page_painted_within_a_second(Screen screen)
    {
        // The best of three: what comes between is the machine's.
        var best = double.MaxValue;
        for (var visit = 0; visit < 3; visit++)
        {
            best = Math.Min(best, await VisitAsync(screen));
        }

        best.ShouldBeLessThan(1);
    }

    [Fact]
    public async Task The_page_weighs_less_than_300_KB_compressed_and_nothing_in_a_whole_story_comes_from_elsewhere()
    {
        await using var host = await RunningHost.StartAsync();
        var address = host.App.Urls.First();
        await using var context = await chromium.OpenAsync(address, Screen.Desktop, ColorScheme.Light);
        var requests = new ConcurrentQueue<string>();
        var bodies = new ConcurrentQueue<Task<byte[]>>();
        context.Request += (_, request) => requests.Enqueue(request.Url);
        context.Page += (_, page) => page.WebSocket += (_, socket) => requests.Enqueue(socket.Url);
        context.Response += (_, response) =>
        {
            if (!response.Url.Contains("/api/messages", StringComparison.Ordinal))
            {
                bodies.Enqueue(response.BodyAsync());
            }
        };
        await using var visitor = await Visitor.OpenAsync(context, "weight");
        var parts = await Task.WhenAll(bodies);
        var plain = parts.Sum(part => part.Length);
        var packed = parts.Sum(Packed);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{parts.Length} parts, {plain:N0} bytes, compressed {packed:N0}"));
        parts.Length.ShouldBeGreaterThan(10);
        packed.ShouldBeLessThan(WeightLimit);

        await visitor.BeginAsync("access");
        await visitor.PlayAsync(host);
        requests.Count.ShouldBeGreaterThan(40);
        requests.ShouldAllBe(url => url.StartsWith($"{address}/", StringComparison.Ordinal));
    }

    /// <summary>The first of all visits to a host in a process of its own, and what part of the allowed time it took.</summary>
    private async Task<double> VisitAsync(Screen screen)
    {
        using var data = new TempDirectory();
        var watch = Stopwatch.StartNew();
        await using var host = await HostProcess.ServeAsync(data.Data);
        var start = watch.Elapsed.TotalMilliseconds;
        await using var context = await chromium.OpenAsync(host.Client.Http.BaseAddress!.ToString(), screen, ColorScheme.Light);
        var page = await context.NewPageAsync();
        await page.GotoAsync("/playground");
        var painted = await page.EvaluateAsync<double>(FirstPaint);
        var milestones = await page.EvaluateAsync<string>(Milestones);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"start {start:F0} ms; {milestones}"));

        // A second; or, where the machine is busy with something else, the time that this process took to start. That is much
        // the same work, code that runs for the first time, of which there is more.
        return painted / Math.Max(1000, start);
    }

    private static int Packed(byte[] part)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(part);
        }

        return (int)packed.Length;
    }
}
