using FeedbackBot.Core.Lanes;
using FeedbackBot.Testing;
using Shouldly;
using Xunit;

namespace FeedbackBot.Core.Tests.Lanes;

/// <summary>Workers that somebody has rest.</summary>
public sealed class LaneWorkerTests : IAsyncDisposable
{
    private readonly FakePlatform _platform = new();
    private readonly Instance _instance;

    public LaneWorkerTests()
        => _instance = new Instance(new MemoryStore(), _platform, TimeProvider.System, pollSeconds: 0.05);

    private LaneWorker Worker => (LaneWorker)_instance.Worker;

    public ValueTask DisposeAsync() => _instance.DisposeAsync();

    [Fact]
    public async Task They_end_what_they_have_begun_and_begin_nothing_until_they_go_on()
    {
        var sending = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _platform.Answer = async _ =>
        {
            sending.TrySetResult();
            await goOn.Task;
            return null;
        };
        await Worker.StartAsync(CancellationToken.None);
        await SendAsync("first");
        await sending.Task;
        var sentAtRest = -1;
        var resting = Worker.RestWhileAsync(
            async () =>
            {
                await SendAsync("second");
                await PauseAsync();
                sentAtRest = _platform.Arrivals.Count;
            },
            CancellationToken.None);
        await PauseAsync();
        sentAtRest.ShouldBe(-1, "the first is still under way");

        goOn.SetResult();
        await resting;
        sentAtRest.ShouldBe(1);
        await UntilSentAsync("first", "second");
        await Worker.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task They_go_on_when_what_they_rested_for_failed_and_two_rests_come_after_each_other()
    {
        await Worker.StartAsync(CancellationToken.None);
        var inside = 0;
        await Task.WhenAll(Enumerable.Range(0, 10).Select(number => Task.Run(async () =>
        {
            async Task RestAsync()
            {
                Interlocked.Increment(ref inside).ShouldBe(1);
                await Task.Yield();
                Interlocked.Decrement(ref inside);
                throw new InvalidOperationException($"{number}");
            }

            await Should.ThrowAsync<InvalidOperationException>(() => Worker.RestWhileAsync(RestAsync, CancellationToken.None));
        })));

        await SendAsync("afterwards");
        await UntilSentAsync("afterwards");
        await Worker.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_a_rest_to_end()
    {
        await Worker.StartAsync(CancellationToken.None);
        await Worker.RestWhileAsync(() => Worker.StopAsync(CancellationToken.None), CancellationToken.None);
        await SendAsync("too late");
        await PauseAsync();
        _platform.Arrivals.ShouldBeEmpty();
    }

    private static Task PauseAsync() => Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);

    private async Task SendAsync(string text)
    {
        await _instance.EnqueueAsync(Instance.Notice("a", text, TimeProvider.System));
        _instance.Lanes.OutBell.Ring();
    }

    private async Task UntilSentAsync(params string[] texts)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!_platform.Notices.SequenceEqual(texts, StringComparer.Ordinal))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
        }
    }
}
