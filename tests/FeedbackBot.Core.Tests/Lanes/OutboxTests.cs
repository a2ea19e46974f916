using FeedbackBot.Core.Inbox;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Outbox;
using FeedbackBot.Core.Requests;
using FeedbackBot.Core.Storage;
using FeedbackBot.Testing;
using Shouldly;
using Xunit;

namespace FeedbackBot.Core.Tests.Lanes;

public sealed class OutboxTests : IAsyncDisposable
{
    private readonly FakeTime _time = new();
    private readonly FakePlatform _platform = new();
    private readonly WatchedStore _store = new(new MemoryStore());
    private readonly Instance _one;

    public OutboxTests() => _one = new Instance(_store, _platform, _time);

    private IEnumerable<OutboxId> CardsSent
        => _platform.Arrivals.Where(arrival => arrival.Message is OutboundMessage.TriageCard).Select(arrival => arrival.Id);

    public ValueTask DisposeAsync() => _one.DisposeAsync();

    [Fact]
    public async Task Enqueueing_a_send_twice_adds_it_once()
    {
        var send = Notice("only");
        (await _one.EnqueueAsync(send)).ShouldBeOfType<CommitResult.Committed>();
        (await _one.EnqueueAsync(send)).ShouldBe(new CommitResult.Conflict(OutboxMessage.Row(send.Id)));
        await _one.WorkAsync();
        (await _one.EnqueueAsync(send)).ShouldBeOfType<CommitResult.Conflict>();
        await _one.WorkAsync();

        _platform.Notices.ShouldBe(["only"]);
    }

    [Fact]
    public async Task What_the_platform_asked_to_wait_is_waited()
    {
        _platform.Fail(DeliveryFailure.RateLimited, TimeSpan.FromSeconds(90));
        await _one.EnqueueAsync(Notice("only"));
        await _one.WorkAsync();
        _platform.Recover();

        _time.Advance(TimeSpan.FromSeconds(90) - TimeSpan.FromTicks(1));
        await _one.WorkAsync();
        _platform.Arrivals.Count.ShouldBe(1);

        _time.Advance(TimeSpan.FromTicks(1));
        await _one.WorkAsync();
        _platform.Arrivals.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_destination_that_asks_to_wait_does_not_use_up_the_attempts()
    {
        _platform.Fail(DeliveryFailure.RateLimited, TimeSpan.FromSeconds(30));
        var send = Notice("only");
        await _one.EnqueueAsync(send);
        await WorkAsync(Instance.Attempts * 3, TimeSpan.FromSeconds(30));

        // What fails after that has all its attempts.
        _platform.Fail(DeliveryFailure.Unavailable);
        await WorkAsync(Instance.Attempts - 1, TimeSpan.FromSeconds(10));
        (await StatusAsync(send)).ShouldBe(OutboxStatus.Pending);
        _platform.Recover();
        await _one.WorkAsync();

        (await StatusAsync(send)).ShouldBe(OutboxStatus.Delivered);
        _platform.Arrivals.ShouldAllBe(arrival => !arrival.OutcomeUnknown);
    }

    [Fact]
    public async Task A_wait_that_the_platform_names_is_kept_exactly_however_often_it_asks()
    {
        _platform.Fail(DeliveryFailure.RateLimited, TimeSpan.FromSeconds(2));
        await _one.EnqueueAsync(Notice("only"));
        await WorkAsync(10, TimeSpan.FromSeconds(2));
        _platform.Arrivals.Count.ShouldBe(10);
    }

    [Fact]
    public async Task A_destination_that_asks_to_wait_for_more_than_a_day_is_given_up()
    {
        _platform.Fail(DeliveryFailure.RateLimited, TimeSpan.FromHours(9));
        var send = Notice("only");
        await _one.EnqueueAsync(send);
        await WorkAsync(3, TimeSpan.FromHours(9));
        (await StatusAsync(send)).ShouldBe(OutboxStatus.Pending);
        await _one.WorkAsync();

        (await StatusAsync(send)).ShouldBe(OutboxStatus.DeadLettered);
    }

    [Fact]
    public async Task A_send_that_keeps_failing_is_given_up_and_its_lane_goes_on()
    {
        _platform.Answer = delivery => Task.FromResult<DeliveryResult?>(
            delivery.Message is OutboundMessage.Notice { Text: "first" } ? new DeliveryResult.Failed(DeliveryFailure.Unavailable, "as the test says") : null);
        var first = Notice("first");
        await _one.EnqueueAsync(first, Notice("second"));
        await WorkAsync(Instance.Attempts, TimeSpan.FromSeconds(10));

        _platform.Notices.ShouldBe([.. Enumerable.Repeat("first", Instance.Attempts), "second"]);
        (await StatusAsync(first)).ShouldBe(OutboxStatus.DeadLettered);
        (await _one.AllAsync<DeadLetter>(DeadLetter.Prefix)).ShouldHaveSingleItem().Value.Id.ShouldBe(first.Id.Value);
    }

    [Fact]
    public async Task A_send_whose_outcome_is_unknown_is_told_to_be_a_possible_repeat()
    {
        _platform.Fail(DeliveryFailure.OutcomeUnknown);
        await _one.EnqueueAsync(Notice("first"), Notice("second"));
        await _one.WorkAsync();

        // Known to have failed, this time; the first attempt is as unknown as before.
        _platform.Fail(DeliveryFailure.Unavailable);
        await WorkAsync(1, TimeSpan.FromSeconds(10), before: true);
        _platform.Recover();
        await WorkAsync(1, TimeSpan.FromSeconds(10), before: true);

        _platform.Arrivals.Select(arrival => arrival.OutcomeUnknown).ShouldBe([false, true, true, false]);
    }

    [Fact]
    public async Task A_message_that_was_given_up_is_replayed_once()
    {
        _platform.Fail(DeliveryFailure.Refused);
        var send = Notice("only");
        await _one.EnqueueAsync(send);
        await _one.WorkAsync();
        (await StatusAsync(send)).ShouldBe(OutboxStatus.DeadLettered);
        _platform.Recover();
        var letter = (await _one.AllAsync<DeadLetter>(DeadLetter.Prefix)).ShouldHaveSingleItem();

        (await _one.DeadLetters.ReplayAsync(letter, CancellationToken.None)).ShouldBeTrue();
        (await _one.DeadLetters.ReplayAsync(letter, CancellationToken.None)).ShouldBeFalse();
        await _one.WorkAsync();
        (await _one.DeadLetters.ReplayAsync(letter, CancellationToken.None)).ShouldBeFalse();
        await _one.WorkAsync();

        _platform.Notices.ShouldBe(["only", "only"]);
        (await StatusAsync(send)).ShouldBe(OutboxStatus.Delivered);
        (await _one.AllAsync<DeadLetter>(DeadLetter.Prefix)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_seller_whose_card_cannot_be_delivered_is_told_and_gets_it_by_a_replay()
    {
        _platform.Answer = delivery => Task.FromResult<DeliveryResult?>(
            delivery.Destination is Destination.NewThread ? new DeliveryResult.Failed(DeliveryFailure.Refused, "as the test says") : null);
        var request = await SubmitAsync();
        _platform.Notices.ShouldBe([Wording.CardNotDelivered(request.Id)]);

        // An update is needless: whatever replaces the card renders what is known by then.
        await SayAsync("EUR 400k by March");
        _platform.Arrivals.ShouldAllBe(arrival => arrival.Updates == null);

        _platform.Recover();
        var letter = (await _one.AllAsync<DeadLetter>(DeadLetter.Prefix)).ShouldHaveSingleItem();
        (await _one.DeadLetters.ReplayAsync(letter, CancellationToken.None)).ShouldBeTrue();
        await _one.WorkAsync();

        CardsSent.ShouldBe([request.Card, request.Card]);
        _platform.Arrivals[^1].Message.ShouldBeOfType<OutboundMessage.TriageCard>().Content.AtStake.ShouldHaveSingleItem().Amount.ShouldBe(400_000);
    }

    [Fact]
    public async Task An_update_waits_for_its_original_and_the_newest_stands_for_all_before_it()
    {
        _platform.Answer = delivery => Task.FromResult<DeliveryResult?>(
            delivery.Destination is Destination.NewThread ? new DeliveryResult.Failed(DeliveryFailure.Unavailable, "as the test says") : null);
        var request = await SubmitAsync();
        var updates = new[] { Update(request, 1), Update(request, 2), Update(request, 3) };
        foreach (var update in updates)
        {
            await _one.EnqueueAsync(update);
        }

        await _one.WorkAsync();
        CardsSent.ShouldBe([request.Card]);

        _platform.Recover();
        _time.Advance(TimeSpan.FromSeconds(1));
        await _one.WorkAsync();

        CardsSent.ShouldBe([request.Card, request.Card, updates[2].Id]);
        _platform.Arrivals[^1].Updates.ShouldNotBeNull().MessageId.ShouldBe($"message-{request.Card}");
        (await StatusAsync(updates[0])).ShouldBe(OutboxStatus.Superseded);
        (await StatusAsync(updates[1])).ShouldBe(OutboxStatus.Superseded);
        (await StatusAsync(updates[2])).ShouldBe(OutboxStatus.Delivered);
    }

    [Fact]
    public void The_wait_between_attempts_doubles_within_its_bounds()
    {
        var longest = TimeSpan.FromSeconds(300);
        foreach (var (attempt, seconds) in ((int, double)[])[(0, 1), (1, 1), (2, 2), (3, 4), (9, 256), (10, 300), (31, 300), (int.MaxValue, 300)])
        {
            RetrySchedule.Wait(attempt, longest, null, random: 0).ShouldBe(TimeSpan.FromSeconds(seconds));
            RetrySchedule.Wait(attempt, longest, null, random: 1).ShouldBe(TimeSpan.FromSeconds(seconds / 2));
            for (var draw = 0; draw < 100; draw++)
            {
                RetrySchedule.Wait(attempt, longest, null).ShouldBeInRange(TimeSpan.FromSeconds(seconds / 2), TimeSpan.FromSeconds(seconds));
            }
        }

        RetrySchedule.Wait(1, longest, TimeSpan.FromHours(1), random: 0).ShouldBe(TimeSpan.FromHours(1));
        RetrySchedule.Wait(9, longest, TimeSpan.FromSeconds(1), random: 1).ShouldBe(TimeSpan.FromSeconds(128));
    }

    [Fact]
    public void A_wait_that_was_asked_for_is_at_least_a_second()
    {
        RetrySchedule.Asked(TimeSpan.FromHours(1)).ShouldBe(TimeSpan.FromHours(1));
        RetrySchedule.Asked(TimeSpan.Zero).ShouldBe(TimeSpan.FromSeconds(1));
    }

    private async Task WorkAsync(int times, TimeSpan pause, bool before = false)
    {
        for (var time = 0; time < times; time++)
        {
            _time.Advance(before ? pause : TimeSpan.Zero);
            await _one.WorkAsync();
            _time.Advance(before ? TimeSpan.Zero : pause);
        }
    }

    /// <summary>A conversation up to its submission; the stake is still asked.</summary>
    private async Task<FeedbackRequest> SubmitAsync()
    {
        foreach (var text in (string[])["They won't buy until feature X is added", "The export of reports stops at 10 GB", "Cost", "12 servers more, about $300k a year", "skip", "skip", "Contoso", "submit"])
        {
            await SayAsync(text);
        }

        return (await _one.AllAsync<FeedbackRequest>(FeedbackRequest.Prefix)).ShouldHaveSingleItem().Value;
    }

    private async Task SayAsync(string text)
    {
        await _one.SayAsync("seller", text, $"event {text}-{_time.GetUtcNow().UtcTicks}-{_platform.Arrivals.Count}");
        await _one.WorkAsync();
    }

    private OutboxMessage Update(FeedbackRequest request, int number)
    {
        var destination = new Destination.Update(request.Card, new Destination.NewThread(request.TriageChannel));
        return new OutboxMessage
        {
            Id = OutboxId.For($"update {number}", "test", destination.ToString()),
            Destination = destination,
            Content = new OutboxContent(null, request.Id),
            EnqueuedAt = _time.GetUtcNow(),
        };
    }

    private OutboxMessage Notice(string text) => Instance.Notice("a", text, _time);

    private async Task<OutboxStatus> StatusAsync(OutboxMessage send) => (await _one.GetAsync<OutboxMessage>(OutboxMessage.Row(send.Id))).Status;
}
