using System.Diagnostics;
using FeedbackBot.Host.Tests.Flows;
using Shouldly;
using Xunit;

namespace FeedbackBot.Host.Tests.Cli;

public sealed class ShutdownTests
{
    [Fact]
    public async Task A_service_that_is_asked_to_stop_answers_who_waits_and_ends_soon()
    {
        using var data = new TempDirectory();
        await using var host = await HostProcess.ServeAsync(data.Data);
        var thread = await host.Client.SayAsync("sam", Scenes.Opening);
        await host.Client.AskedAsync(thread, "SpecificIssue");

        // Connected already, so that what is asked next needs no more than to be read.
        var (_, next) = (await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => host.Client.ReadAsync(wait: 0))))[0];
        var pollers = Enumerable.Range(0, 4).Select(_ => host.Client.ReadAsync(after: next, wait: 30)).ToList();

        // One more poll that ends by itself: those before it have arrived by then.
        await host.Client.ReadAsync(after: next, wait: 2);
        pollers.ShouldAllBe(poller => !poller.IsCompleted);
        var watch = Stopwatch.StartNew();
        (await host.StopAsync()).ShouldBe(0);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(15));
        foreach (var (messages, number) in await Task.WhenAll(pollers))
        {
            messages.ShouldBeEmpty();
            number.ShouldBe(next);
        }

        host.Errors.ShouldBeEmpty();
    }
}
