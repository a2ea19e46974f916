using System.Threading.Channels;
using FeedbackBot.Core.Conversations;
using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Outbox;
using FeedbackBot.Core.Storage;
using FeedbackBot.Testing;
using Shouldly;
using Xunit;

namespace FeedbackBot.Core.Tests.Lanes;

public sealed class LaneTests : IAsyncDisposable
{
    private readonly FakeTime _time = new();
    private readonly FakePlatform _platform = new();
    private readonly WatchedStore _store = new(new MemoryStore());
    private readonly Instance _one;
    private readonly Instance _two;

    public LaneTests()
    {
        _one = new Instance(_store, _platform, _time);
        _two = new Instance(_store, _platform, _time);
    }

    private static string LaneOf(string thread) => FakePlatform.Thread(thread).Hash();

    public async ValueTask DisposeAsync()
    {
        await _one.DisposeAsync();
        await _two.DisposeAsync();
    }

    [Fact]
    public async Task What_comes_in_while_its_lane_is_worked_on_goes_out_at_once_after_it()
    {
        await _one.EnqueueAsync(Notice("a", "first"));
        _platform.Answer = async _ =>
        {
            _platform.Recover();
            await _two.EnqueueAsync(Notice("a", "second"));
            return null;
        };

        await _one.WorkAsync();

        _platform.Notices.ShouldBe(["first", "second"]);
    }

    [Fact]
    public async Task What_comes_in_at_the_moment_its_lane_ends_goes_out_at_once_after_it()
    {
        var first = Notice("a", "first");
        await _one.EnqueueAsync(first);
        _store.BeforeCommit = async transaction =>
        {
            if (transaction.Touches(OutboxMessage.Row(first.Id)))
            {
                _store.BeforeCommit = _ => Task.CompletedTask;
                await _two.EnqueueAsync(Notice("a", "second"));
            }
        };

        await _one.WorkAsync();

        _platform.Notices.ShouldBe(["first", "second"]);
    }

    [Fact]
    public async Task What_comes_in_while_its_lane_is_being_claimed_does_not_keep_it_from_being_claimed()
    {
        await _one.EnqueueAsync(Notice("a", "first"));
        _store.BeforeCommit = async _ =>
        {
            _store.BeforeCommit = _ => Task.CompletedTask;
            await _two.EnqueueAsync(Notice("a", "second"));
        };

        (await _one.Lanes.Out.ClaimAsync(LaneOf("a"), CancellationToken.None)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_failed_item_holds_its_own_lane_and_no_other()
    {
        _platform.Fail(DeliveryFailure.Unavailable);
        await _one.EnqueueAsync(Notice("a", "a1"), Notice("a", "a2"));
        await _one.WorkAsync();
        _platform.Recover();
        await _one.EnqueueAsync(Notice("a", "a3"), Notice("b", "b1"));
        await _two.WorkAsync();
        _platform.Notices.ShouldBe(["a1", "b1"]);

        _time.Advance(TimeSpan.FromSeconds(1));
        await _two.WorkAsync();

        _platform.Notices.ShouldBe(["a1", "b1", "a1", "a2", "a3"]);
    }

    [Fact]
    public async Task A_reply_to_a_person_who_waits_goes_before_bulk_news()
    {
        await _one.EnqueueAsync(Notice("news", "news", LanePriority.Bulk));
        _time.Advance(TimeSpan.FromSeconds(1));
        await _one.EnqueueAsync(Notice("team", "team"));
        _time.Advance(TimeSpan.FromSeconds(1));
        await _one.EnqueueAsync(Notice("reply", "reply", LanePriority.Person));

        (await _one.Lanes.Out.DueLanesAsync(3, CancellationToken.None)).ShouldBe([LaneOf("reply"), LaneOf("team"), LaneOf("news")]);
        (await _one.Lanes.Out.DueLanesAsync(1, CancellationToken.None)).ShouldBe([LaneOf("reply")]);
    }

    [Fact]
    public async Task A_lane_has_one_worker_until_its_lease_ends()
    {
        await _one.EnqueueAsync(Notice("a", "first"));
        (await _one.Lanes.Out.ClaimAsync(LaneOf("a"), CancellationToken.None)).ShouldNotBeNull();

        _time.Advance(Instance.Lease - TimeSpan.FromTicks(1));
        (await _two.Lanes.Out.ClaimAsync(LaneOf("a"), CancellationToken.None)).ShouldBeNull();

        _time.Advance(TimeSpan.FromTicks(1));
        var taken = (await _two.Lanes.Out.ClaimAsync(LaneOf("a"), CancellationToken.None)).ShouldNotBeNull();
        taken.Attempt.ShouldBe(2);
        taken.State.Value.OutcomeUnknown.ShouldBeTrue();
    }

    [Fact]
    public async Task A_lane_that_was_given_back_is_taken_as_if_nobody_had_begun()
    {
        await _one.EnqueueAsync(Notice("a", "first"));
        var first = (await _one.Lanes.Out.ClaimAsync(LaneOf("a"), CancellationToken.None)).ShouldNotBeNull();
        await _one.Lanes.Out.ReleaseAsync(first, CancellationToken.None);

        var next = (await _two.Lanes.Out.ClaimAsync(LaneOf("a"), CancellationToken.None)).ShouldNotBeNull();
        next.Attempt.ShouldBe(1);
        next.State.Value.OutcomeUnknown.ShouldBeFalse();
    }

    [Fact]
    public async Task An_item_that_was_begun_stays_the_first_where_another_clock_lags()
    {
        var late = new FakeTime();
        await using var lagging = new Instance(_store, _platform, late);
        _time.Advance(TimeSpan.FromSeconds(1));
        await _one.EnqueueAsync(Notice("a", "begun"));
        (await _one.Lanes.Out.ClaimAsync(LaneOf("a"), CancellationToken.None)).ShouldNotBeNull();
        await lagging.EnqueueAsync(Notice("a", "lagging"));

        _time.Advance(Instance.Lease);
        await _two.WorkAsync();

        _platform.Notices.ShouldBe(["begun", "lagging"]);
        _platform.Arrivals.Select(arrival => arrival.OutcomeUnknown).ShouldBe([true, false]);
    }

    [Fact]
    public async Task A_sender_that_is_paused_beyond_its_lease_cannot_write_its_result()
    {
        var (reached, resume) = (new TaskCompletionSource(), new TaskCompletionSource<DeliveryResult?>());
        _platform.Answer = _ =>
        {
            _platform.Recover();
            reached.SetResult();
            return resume.Task;
        };
        var send = Notice("a", "only");
        await _one.EnqueueAsync(send);
        var paused = _one.WorkAsync();
        await reached.Task;
        _time.Advance(Instance.Lease);
        await _two.WorkAsync();

        // It even says that it failed for good, which would be a dead letter.
        resume.SetResult(new DeliveryResult.Failed(DeliveryFailure.Refused, "too late"));
        await paused;

        _platform.Arrivals.Select(arrival => (arrival.Id, arrival.OutcomeUnknown)).ShouldBe([(send.Id, false), (send.Id, true)]);
        (await _one.GetAsync<OutboxMessage>(OutboxMessage.Row(send.Id))).Status.ShouldBe(OutboxStatus.Delivered);
        (await _one.AllAsync<DeadLetter>(DeadLetter.Prefix)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_sender_that_is_paused_while_another_still_sends_cannot_write_its_result()
    {
        var gates = new[] { new TaskCompletionSource<DeliveryResult?>(), new TaskCompletionSource<DeliveryResult?>() };
        var reached = new[] { new TaskCompletionSource(), new TaskCompletionSource() };
        var calls = 0;
        _platform.Answer = _ =>
        {
            var call = calls++;
            if (call >= gates.Length)
            {
                return Task.FromResult<DeliveryResult?>(null);
            }

            reached[call].SetResult();
            return gates[call].Task;
        };
        var send = Notice("a", "first");
        await _one.EnqueueAsync(send, Notice("a", "second"));
        var first = _one.WorkAsync();
        await reached[0].Task;
        _time.Advance(Instance.Lease);
        var second = _two.WorkAsync();
        await reached[1].Task;

        gates[0].SetResult(null);
        await first;
        (await _one.GetAsync<OutboxMessage>(OutboxMessage.Row(send.Id))).Status.ShouldBe(OutboxStatus.Pending);

        gates[1].SetResult(null);
        await second;
        (await _one.GetAsync<OutboxMessage>(OutboxMessage.Row(send.Id))).Status.ShouldBe(OutboxStatus.Delivered);
        _platform.Notices.ShouldBe(["first", "first", "second"]);
    }

    [Theory]
    [InlineData("inbox|")]
    [InlineData("outbox|")]
    public async Task Each_item_is_done_once_when_the_store_takes_a_commit_and_says_that_it_did_not(string row)
    {
        // On the real clock, since it is about what happens by itself, and how soon.
        await using var running = new Instance(_store, _platform, TimeProvider.System, pollSeconds: 0.1);
        var asked = Channel.CreateUnbounded<Topic>();
        _platform.Answer = delivery =>
        {
            asked.Writer.TryWrite(((OutboundMessage.Question)delivery.Message).Asks);
            return Task.FromResult<DeliveryResult?>(null);
        };
        _store.AfterCommit = transaction =>
        {
            if (!transaction.Writes.ToArray().Any(write => write.Kind == StoreWriteKind.Replace && write.Row.StartsWith(row, StringComparison.Ordinal)))
            {
                return Task.CompletedTask;
            }

            _store.AfterCommit = _ => Task.CompletedTask;
            throw new StoreUnavailableException("The connection broke before the answer came.");
        };
        foreach (var (text, index) in ((string[])["They won't buy until feature X is added", "The export of reports stops at 10 GB", "Cost", "The budget for servers is 50k"]).Select((text, index) => (text, index)))
        {
            await running.SayAsync("a", text, $"event-{index}");
        }

        await running.Worker.StartAsync(CancellationToken.None);
        try
        {
            // Much sooner than a lease would end.
            using var patience = new CancellationTokenSource(Instance.Lease / 2);
            foreach (var topic in (Topic[])[Topic.SpecificIssue, Topic.Cause, Topic.Cost, Topic.Alternatives])
            {
                (await asked.Reader.ReadAsync(patience.Token)).ShouldBe(topic);
            }
        }
        finally
        {
            await running.Worker.StopAsync(CancellationToken.None);
        }

        _platform.Arrivals.Count.ShouldBe(4);
        (await running.AllAsync<LaneState>("lane|out|")).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_was_sent_while_the_store_went_away_is_not_sent_again()
    {
        await using var running = new Instance(_store, _platform, TimeProvider.System, pollSeconds: 0.05);
        var (first, second) = (Instance.Notice("a", "first", TimeProvider.System), Instance.Notice("a", "second", TimeProvider.System));
        var outages = 0;
        _store.BeforeCommit = transaction => transaction.Touches(OutboxMessage.Row(first.Id)) && _platform.Arrivals.Count > 0 && outages++ < 3
            ? throw new StoreUnavailableException("The store is away.")
            : Task.CompletedTask;
        await running.EnqueueAsync(first, second);

        await running.Worker.StartAsync(CancellationToken.None);
        try
        {
            using var patience = new CancellationTokenSource(Instance.Lease / 2);
            while ((await running.GetAsync<OutboxMessage>(OutboxMessage.Row(second.Id))).Status != OutboxStatus.Delivered)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, patience.Token);
            }
        }
        finally
        {
            await running.Worker.StopAsync(CancellationToken.None);
        }

        outages.ShouldBeGreaterThanOrEqualTo(3);
        _platform.Notices.ShouldBe(["first", "second"]);
        (await running.GetAsync<OutboxMessage>(OutboxMessage.Row(first.Id))).Status.ShouldBe(OutboxStatus.Delivered);
    }

    [Fact]
    public async Task What_was_sent_before_a_long_outage_of_the_store_is_repeated_once_and_says_so()
    {
        var send = Notice("a", "first");
        await _one.EnqueueAsync(send);
        _store.BeforeCommit = transaction => transaction.Touches(OutboxMessage.Row(send.Id)) && _platform.Arrivals.Count > 0
            ? throw new StoreUnavailableException("The store is away.")
            : Task.CompletedTask;
        using var deadline = new CancellationTokenSource();
        var lease = await _one.Lanes.Out.ClaimAsync(LaneOf("a"), CancellationToken.None);
        var sending = _one.Outbox.SendAsync(lease.ShouldNotBeNull(), deadline.Token);
        await deadline.CancelAsync();
        (await sending).ShouldBeNull();

        _store.BeforeCommit = _ => Task.CompletedTask;
        await _one.WorkAsync();
        _platform.Arrivals.Count.ShouldBe(1);
        _time.Advance(Instance.Lease);
        await _one.WorkAsync();

        _platform.Arrivals.Select(arrival => arrival.OutcomeUnknown).ShouldBe([false, true]);
        (await _one.GetAsync<OutboxMessage>(OutboxMessage.Row(send.Id))).Status.ShouldBe(OutboxStatus.Delivered);
    }

    private OutboxMessage Notice(string thread, string text, LanePriority priority = LanePriority.Normal)
        => Instance.Notice(thread, text, _time, priority);
}
