using FeedbackBot.Core.Conversations;
using FeedbackBot.Core.Inbox;
using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Outbox;
using FeedbackBot.Core.Storage;
using FeedbackBot.Testing;
using Shouldly;
using Xunit;

namespace FeedbackBot.Core.Tests.Lanes;

public sealed class InboxTests : IAsyncDisposable
{
    private readonly FakeTime _time = new();
    private readonly FakePlatform _platform = new();
    private readonly WatchedStore _store = new(new MemoryStore());
    private readonly Instance _one;
    private readonly Instance _two;

    public InboxTests()
    {
        _one = new Instance(_store, _platform, _time);
        _two = new Instance(_store, _platform, _time);
    }

    private IEnumerable<Topic> Asked => _platform.Arrivals.Select(arrival => arrival.Message).OfType<OutboundMessage.Question>().Select(question => question.Asks);

    public async ValueTask DisposeAsync()
    {
        await _one.DisposeAsync();
        await _two.DisposeAsync();
    }

    [Fact]
    public async Task An_event_that_is_offered_again_is_handled_once()
    {
        (await _one.SayAsync("a", "They won't buy until feature X is added", "event-1")).ShouldBe(AcceptResult.Accepted);
        (await _two.SayAsync("a", "They won't buy until feature X is added", "event-1")).ShouldBe(AcceptResult.Duplicate);
        await _one.WorkAsync();
        (await _two.SayAsync("a", "They won't buy until feature X is added", "event-1")).ShouldBe(AcceptResult.Duplicate);
        await _two.WorkAsync();

        Asked.ShouldBe([Topic.SpecificIssue]);
    }

    [Fact]
    public async Task An_event_that_was_erased_after_it_was_handled_is_still_known()
    {
        await _one.SayAsync("a", "They won't buy until feature X is added", "event-1");
        await _one.WorkAsync();
        var erasure = new StoreTransaction(Instance.Tenant);
        erasure.Delete(InboxMessage.Row(KeyHash.Of("event-1")));
        await _store.CommitAsync(erasure, CancellationToken.None);

        (await _one.SayAsync("a", "They won't buy until feature X is added", "event-1")).ShouldBe(AcceptResult.Duplicate);
    }

    [Fact]
    public async Task An_event_that_cannot_be_handled_is_set_aside_and_its_lane_goes_on()
    {
        await PoisonAsync("event-1");
        await _one.SayAsync("a", "They won't buy until feature X is added", "event-2");
        for (var attempt = 1; attempt < Instance.Attempts; attempt++)
        {
            await _one.WorkAsync();
            _platform.Arrivals.ShouldBeEmpty();
            _time.Advance(TimeSpan.FromSeconds(10));
        }

        await _one.WorkAsync();

        await ShouldBeSetAsideAsync("event-1");
        Asked.ShouldBe([Topic.SpecificIssue]);
    }

    [Fact]
    public async Task An_event_that_ends_the_process_each_time_is_set_aside_and_its_lane_goes_on()
    {
        await _one.SayAsync("a", "They won't buy until feature X is added", "event-1");
        await _one.SayAsync("a", "The export of reports stops at 10 GB", "event-2");
        var lane = FakePlatform.Thread("a").Hash();
        for (var attempt = 1; attempt <= Instance.Attempts; attempt++)
        {
            // Begun, and never heard of again.
            (await _one.Lanes.In.ClaimAsync(lane, CancellationToken.None)).ShouldNotBeNull().Attempt.ShouldBe(attempt);
            _time.Advance(Instance.Lease);
        }

        await _two.WorkAsync();

        await ShouldBeSetAsideAsync("event-1");
        Asked.ShouldBe([Topic.Cause]);
    }

    [Fact]
    public async Task An_event_that_was_set_aside_is_replayed_once()
    {
        var broken = await PoisonAsync("event-1");
        for (var attempt = 0; attempt < Instance.Attempts; attempt++)
        {
            await _one.WorkAsync();
            _time.Advance(TimeSpan.FromSeconds(10));
        }

        var cure = new StoreTransaction(Instance.Tenant);
        cure.Delete(broken);
        await _store.CommitAsync(cure, CancellationToken.None);
        var letter = (await _one.AllAsync<DeadLetter>(DeadLetter.Prefix)).ShouldHaveSingleItem();

        (await _one.DeadLetters.ReplayAsync(letter, CancellationToken.None)).ShouldBeTrue();
        (await _two.DeadLetters.ReplayAsync(letter, CancellationToken.None)).ShouldBeFalse();
        await _two.WorkAsync();
        (await _two.DeadLetters.ReplayAsync(letter, CancellationToken.None)).ShouldBeFalse();
        await _one.WorkAsync();

        (await StatusAsync("event-1")).ShouldBe(InboxStatus.Handled);
        (await _one.AllAsync<DeadLetter>(DeadLetter.Prefix)).ShouldBeEmpty();

        // The apology, and what the act is answered now that it can be read: each once.
        _platform.Arrivals.Select(arrival => arrival.Message.GetType()).ShouldBe([typeof(OutboundMessage.Notice), typeof(OutboundMessage.Refusal)]);
    }

    [Fact]
    public async Task A_timer_fires_once_also_after_a_restart()
    {
        await _one.SayAsync("a", "They won't buy until feature X is added", "event-1");
        await _one.WorkAsync();
        _time.Advance(TimeSpan.FromDays(14) - TimeSpan.FromSeconds(1));
        await _one.WorkAsync();
        _platform.Notices.ShouldBeEmpty();

        _time.Advance(TimeSpan.FromSeconds(1));
        await _two.WorkAsync();
        await _one.WorkAsync();
        _time.Advance(TimeSpan.FromDays(100));
        await _one.WorkAsync();
        await _two.WorkAsync();

        _platform.Notices.ShouldBe([Wording.Expired]);
        (await _one.AllAsync<LaneState>("lane|")).ShouldBeEmpty();
        (await _one.AllAsync<DueMark>("due|")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_handler_that_is_paused_beyond_its_lease_cannot_write_its_result()
    {
        await _one.SayAsync("a", "They won't buy until feature X is added", "event-1");
        await _one.WorkAsync();
        await _one.SayAsync("a", "The export of reports stops at 10 GB", "event-2");
        var (reached, resume) = (new TaskCompletionSource(), new TaskCompletionSource());
        _store.BeforeCommit = transaction =>
        {
            if (!transaction.Touches(InboxMessage.Row(KeyHash.Of("event-2"))))
            {
                return Task.CompletedTask;
            }

            _store.BeforeCommit = _ => Task.CompletedTask;
            reached.SetResult();
            return resume.Task;
        };

        var paused = _one.WorkAsync();
        await reached.Task;
        _time.Advance(Instance.Lease);
        await _two.WorkAsync();
        await _two.SayAsync("a", "Cost", "event-3");
        await _two.WorkAsync();
        resume.SetResult();
        await paused;

        Asked.ShouldBe([Topic.SpecificIssue, Topic.Cause, Topic.Cost]);
        var conversation = await _one.GetAsync<Conversation>(Conversation.Row(FakePlatform.Thread("a")));
        conversation.Answer(Topic.SpecificIssue).ShouldBe("The export of reports stops at 10 GB");
        conversation.Answer(Topic.Added).ShouldBeEmpty();
    }

    /// <summary>A button about a row that holds something else than it should, which is then given.</summary>
    private async Task<string> PoisonAsync(string id)
    {
        var row = "submission|broken";
        var transaction = new StoreTransaction(Instance.Tenant);
        transaction.Insert(new Entity(_one.Lanes.Key(row), 1, new Dictionary<string, string>(StringComparer.Ordinal) { ["json"] = "[]" }));
        await _store.CommitAsync(transaction, CancellationToken.None);
        await _one.Intake.AcceptAsync(
            new InboxEvent.ActionPressed(
                FakePlatform.Thread("a"),
                Instance.Person("sam"),
                "Sam",
                new Subject(SubjectKind.Submission, "broken:answer"),
                ActionNames.ToldCustomer,
                null,
                new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)),
            [id],
            null,
            CancellationToken.None);
        return row;
    }

    private async Task ShouldBeSetAsideAsync(string id)
    {
        (await StatusAsync(id)).ShouldBe(InboxStatus.SetAside);
        var letter = (await _one.AllAsync<DeadLetter>(DeadLetter.Prefix)).ShouldHaveSingleItem().Value;
        letter.Id.ShouldBe(KeyHash.Of(id));
        letter.Kind.ShouldBe(LaneKind.In);
        _platform.Notices.ShouldBe([Wording.SetAside]);
    }

    private async Task<InboxStatus> StatusAsync(string id) => (await _one.GetAsync<InboxMessage>(InboxMessage.Row(KeyHash.Of(id)))).Status;
}
