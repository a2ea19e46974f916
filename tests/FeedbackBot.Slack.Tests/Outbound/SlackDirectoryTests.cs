using FeedbackBot.Slack.Outbound;
using FeedbackBot.Testing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace FeedbackBot.Slack.Tests.Outbound;

/// <summary>Names are looked up, kept for a while, and survive that somebody is renamed.</summary>
public sealed class SlackDirectoryTests
{
    [Fact]
    public async Task A_name_is_asked_for_once_an_hour_and_then_it_is_the_new_one()
    {
        var (time, person, channel) = (new FakeTime(), "Ana", "deals");
        using var api = new FakeSlackApi();
        api.Answer = call => call.Method switch
        {
            "users.info" => FakeSlackApi.Json(new { ok = true, user = new { id = call["user"], profile = new { display_name = person } } }),
            "conversations.info" => FakeSlackApi.Json(new { ok = true, channel = new { id = call["channel"], name = channel } }),
            _ => null,
        };
        var services = new ServiceCollection();
        SlackHost.AddProduct(services, api, configure: null);
        services.AddSingleton<TimeProvider>(time);
        await using var provider = services.BuildServiceProvider();
        var directory = provider.GetRequiredService<SlackDirectory>();

        (await NamesAsync()).ShouldBe(("Ana", "deals"));
        (person, channel) = ("Anna", "big-deals");
        time.Advance(TimeSpan.FromMinutes(59));
        (await NamesAsync()).ShouldBe(("Ana", "deals"));
        api.Calls.Count.ShouldBe(2);
        time.Advance(TimeSpan.FromMinutes(2));
        (await NamesAsync()).ShouldBe(("Anna", "big-deals"));

        async Task<(string?, string?)> NamesAsync() => (
            (await directory.PersonAsync(SlackHost.Team, "UANA", CancellationToken.None))?.Name,
            await directory.ChannelNameAsync(SlackHost.Team, "C1", CancellationToken.None));
    }
}
