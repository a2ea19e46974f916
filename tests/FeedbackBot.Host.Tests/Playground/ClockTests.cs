using System.Net.Http.Json;
using System.Text.Json;
using FeedbackBot.Host.Tests.Flows;
using Shouldly;
using Xunit;

namespace FeedbackBot.Host.Tests.Playground;

/// <summary>The Playground's clock, which anyone may set forward to see what is due in days.</summary>
public sealed class ClockTests
{
    [Fact]
    public async Task Set_forward_it_brings_the_reminder_and_stays_so_after_a_restart()
    {
        using var data = new TempDirectory();
        string thread;
        await using (var host = await RunningHost.OpenAsync(data.Data))
        {
            thread = await host.Client.SayAsync("sam", Scenes.Opening);
            await host.Client.ToDraftAsync("sam", thread, Scenes.Article);
            await host.Client.SayAsync("sam", "save", thread);
            await host.Client.NoticeAsync(thread, "Kept.");
            var (status, body) = await host.Client.TryPostAsync("clock", new { hours = 24 * 8 });
            status.ShouldBe(200);
            body.GetProperty("aheadHours").GetDouble().ShouldBe(192);
            await host.Client.NoticeAsync(thread, "This is my only reminder.");
        }

        await using var again = await RunningHost.OpenAsync(data.Data);
        var clock = await again.Client.Http.GetFromJsonAsync<JsonElement>(new Uri("/playground/api/clock", UriKind.Relative));
        clock.GetProperty("aheadHours").GetDouble().ShouldBe(192);

        // What was stored while the clock was ahead goes on at once.
        await again.Client.SayAsync("sam", "They asked again in March.", thread);
        await again.Client.WaitAsync(message => message.Kind == "Draft" && message.Text.Contains("They asked again in March.", StringComparison.Ordinal), thread: thread);
    }

    [Theory]
    [InlineData("""{"hours":-1}""")]
    [InlineData("""{"hours":0}""")]
    [InlineData("""{"hours":1e300}""")]
    [InlineData("""{"days":1}""")]
    [InlineData("""{}""")]
    public async Task It_goes_forward_only_and_not_beyond_reason(string body)
    {
        await using var host = await RunningHost.StartAsync();

        var (status, answer) = await host.Client.TryPostAsync("clock", JsonSerializer.Deserialize<JsonElement>(body));

        status.ShouldBe(400);
        answer.GetProperty("error").GetString().ShouldNotBeNullOrEmpty();
        var clock = await host.Client.Http.GetFromJsonAsync<JsonElement>(new Uri("/playground/api/clock", UriKind.Relative));
        clock.GetProperty("aheadHours").GetDouble().ShouldBe(0);
    }
}
