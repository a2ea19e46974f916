using FeedbackBot.Slack.Outbound;
using FeedbackBot.Testing;
using Shouldly;
using Xunit;

namespace FeedbackBot.Slack.Tests.Outbound;

public sealed class SlackPaceTests
{
    private readonly FakeTime _time = new();

    [Fact]
    public async Task A_method_is_called_as_often_as_its_tier_allows_in_any_minute()
    {
        var pace = new SlackPace(_time);
        for (var call = 0; call < 50; call++)
        {
            (await pace.WaitAsync("T1", "chat.update", null, CancellationToken.None)).ShouldBeNull();
        }

        (await pace.WaitAsync("T1", "chat.update", null, CancellationToken.None)).ShouldBe(TimeSpan.FromSeconds(61));
        (await pace.WaitAsync("T2", "chat.update", null, CancellationToken.None)).ShouldBeNull();
        _time.Advance(TimeSpan.FromSeconds(61));
        (await pace.WaitAsync("T1", "chat.update", null, CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public void A_channels_messages_queue_up_a_second_apart_until_the_wait_is_too_long()
    {
        var pace = new SlackPace(_time);
        var waits = Enumerable.Range(0, 8).Select(_ => pace.WaitAsync("T1", "chat.postMessage", "C1", CancellationToken.None).AsTask()).ToList();
        waits.Count(wait => wait.IsCompleted).ShouldBe(4);
        waits.Where(wait => wait.IsCompleted).Select(wait => wait.Result).ShouldBe([null, TimeSpan.FromSeconds(5.25), TimeSpan.FromSeconds(6.3), TimeSpan.FromSeconds(7.35)]);
        _time.Advance(TimeSpan.FromSeconds(4.2));
        waits.ShouldAllBe(wait => wait.IsCompleted);
    }

    [Fact]
    public async Task After_a_429_nobody_calls_there_before_the_wait_is_over()
    {
        var pace = new SlackPace(_time);
        pace.Block("T1", "chat.postMessage", "C1", TimeSpan.FromSeconds(30));
        (await pace.WaitAsync("T1", "chat.postMessage", "C1", CancellationToken.None)).ShouldBe(TimeSpan.FromSeconds(30));
        _time.Advance(TimeSpan.FromSeconds(30));
        (await pace.WaitAsync("T1", "chat.postMessage", "C1", CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task A_429_is_its_channels_until_a_second_channel_hears_one_too()
    {
        var pace = new SlackPace(_time);
        pace.Block("T1", "chat.postMessage", "C1", TimeSpan.FromSeconds(30));
        (await pace.WaitAsync("T1", "chat.postMessage", "C2", CancellationToken.None)).ShouldBeNull();
        pace.Block("T1", "chat.postMessage", "C2", TimeSpan.FromSeconds(20));
        (await pace.WaitAsync("T1", "chat.postMessage", "C3", CancellationToken.None)).ShouldBe(TimeSpan.FromSeconds(20));
        (await pace.WaitAsync("T2", "chat.postMessage", "C1", CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task What_waits_for_one_channel_keeps_no_other_waiting()
    {
        var pace = new SlackPace(_time);
        pace.Block("T1", "chat.postMessage", "C1", TimeSpan.FromMinutes(20));
        for (var call = 0; call < 5; call++)
        {
            (await pace.WaitAsync("T1", "chat.postMessage", "C1", CancellationToken.None)).ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMinutes(20));
        }

        var waits = Enumerable.Range(0, 6).Select(_ => pace.WaitAsync("T1", "chat.postMessage", "C2", CancellationToken.None).AsTask()).ToList();
        waits.Where(wait => wait.IsCompleted).Select(wait => wait.Result).ShouldBe([null, TimeSpan.FromSeconds(5.25)]);
    }

    [Fact]
    public async Task A_429_of_a_call_to_no_channel_is_the_methods()
    {
        var pace = new SlackPace(_time);
        pace.Block("T1", "users.info", null, TimeSpan.FromSeconds(30));
        (await pace.WaitAsync("T1", "users.info", null, CancellationToken.None)).ShouldBe(TimeSpan.FromSeconds(30));
    }
}
