using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Requests;
using Shouldly;
using Xunit;

namespace FeedbackBot.Core.Tests.Requests;

/// <summary>Two people act at once: both turns have read, one commits, and the other finds so and is applied again.</summary>
public sealed class MergeConflictTests : IAsyncDisposable
{
    private readonly TriageScene _scene = new();

    public ValueTask DisposeAsync() => _scene.DisposeAsync();

    [Fact]
    public async Task Two_requests_that_are_merged_into_each_other_at_once_make_no_circle()
    {
        var (one, two) = (await _scene.AskAsync("Contoso"), await _scene.AskAsync("Northwind"));
        _scene.Meanwhile(() => _scene.MergeAsync(two.Request, one.Request));
        await _scene.MergeAsync(one.Request, two.Request);
        await _scene.Instance.WorkAsync();

        (await _scene.RequestAsync(one.Request)).MergedInto.ShouldBeNull();
        (await _scene.RequestAsync(two.Request)).MergedInto.ShouldBe(one.Request);
        _scene.Refusal.ShouldContain($"{two.Request} is part of {one.Request} already");
        (await _scene.OpenAsync()).ShouldBe([one.Request]);
    }

    [Fact]
    public async Task Three_requests_that_are_merged_in_a_ring_at_once_make_no_circle()
    {
        var (one, two, three) = (await _scene.AskAsync("Contoso"), await _scene.AskAsync("Northwind"), await _scene.AskAsync("Fabrikam"));
        _scene.Meanwhile(async () =>
        {
            _scene.Meanwhile(() => _scene.MergeAsync(three.Request, one.Request));
            await _scene.MergeAsync(two.Request, three.Request);
        });
        await _scene.MergeAsync(one.Request, two.Request);
        await _scene.Instance.WorkAsync();

        (await _scene.RequestAsync(three.Request)).MergedInto.ShouldBe(one.Request);
        (await _scene.RequestAsync(two.Request)).MergedInto.ShouldBe(one.Request);
        (await _scene.RequestAsync(one.Request)).MergedInto.ShouldBeNull();
        (await _scene.CardAsync(one.Request)).Submissions.ShouldBe(3);
    }

    [Fact]
    public async Task An_answer_given_while_its_request_is_merged_comes_back_with_where_to_answer()
    {
        var (one, two) = (await _scene.AskAsync("Contoso"), await _scene.AskAsync("Northwind"));
        _scene.Meanwhile(() => _scene.MergeAsync(one.Request, two.Request));
        await _scene.AnswerAsync(one.Request, "Typed at length.");
        await _scene.Instance.WorkAsync();

        _scene.Refusal.ShouldContain($"{one.Request} is part of {two.Request} now: answer there");
        _scene.Refusal.ShouldContain("Typed at length.");
        _scene.Told.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_answer_given_while_another_request_is_merged_into_its_own_reaches_both()
    {
        var (one, two) = (await _scene.AskAsync("Contoso"), await _scene.AskAsync("Northwind"));
        _scene.Meanwhile(() => _scene.MergeAsync(two.Request, one.Request));
        var answer = await _scene.AnswerAsync(one.Request);
        await _scene.Instance.WorkAsync();
        _scene.WhoHeard(answer).ShouldBe([one.Id.Value, two.Id.Value]);
    }

    [Fact]
    public async Task A_merge_into_a_request_that_is_answered_meanwhile_tells_everyone_once()
    {
        var (one, two) = (await _scene.AskAsync("Contoso"), await _scene.AskAsync("Northwind"));
        var answer = "";
        _scene.Meanwhile(async () => answer = await _scene.AnswerAsync(one.Request));
        await _scene.MergeAsync(two.Request, one.Request);
        await _scene.Instance.WorkAsync();
        _scene.WhoHeard(answer).ShouldBe([one.Id.Value, two.Id.Value]);
    }

    [Fact]
    public async Task Who_joins_a_request_that_is_merged_meanwhile_is_counted_and_told_where_it_went()
    {
        var (one, two) = (await _scene.AskAsync("Contoso"), await _scene.AskAsync("Northwind"));
        var answer = await _scene.AnswerAsync(two.Request);
        _scene.Meanwhile(() => _scene.MergeAsync(one.Request, two.Request));
        var joined = await _scene.AskAsync("Fabrikam", one.Request);
        await _scene.Instance.WorkAsync();

        joined.Request.ShouldBe(two.Request);
        (await _scene.CardAsync(two.Request)).Submissions.ShouldBe(3);
        _scene.WhoHeard(answer).ShouldBe([one.Id.Value, two.Id.Value, joined.Id.Value]);
    }

    [Fact]
    public async Task A_merge_of_a_request_that_is_joined_meanwhile_takes_the_new_submission_along()
    {
        var (one, two) = (await _scene.AskAsync("Contoso"), await _scene.AskAsync("Northwind"));
        _scene.Meanwhile(() => _scene.AskAsync("Fabrikam", one.Request));
        await _scene.MergeAsync(one.Request, two.Request);
        (await _scene.CardAsync(two.Request)).Submissions.ShouldBe(3);
        (await _scene.RequestAsync(one.Request)).LastSubmissionAt.ShouldBeGreaterThan((await _scene.RequestAsync(one.Request)).CreatedAt);
    }

    [Fact]
    public async Task Still_blocked_that_comes_while_a_request_is_taken_apart_opens_nothing_that_is_not_its_own()
    {
        var (one, two) = (await _scene.AskAsync("Contoso"), await _scene.AskAsync("Northwind"));
        await _scene.MergeAsync(two.Request, one.Request);
        var answer = await _scene.AnswerAsync(one.Request);
        _scene.Meanwhile(() => _scene.UnmergeAsync(two.Request));
        await _scene.OutcomeAsync(two, answer, ActionNames.StillBlocked);
        await _scene.Instance.WorkAsync();

        (await _scene.RequestAsync(one.Request)).Response!.Id.ShouldBe(answer);
        _scene.Refusal.ShouldContain("It failed their audit.");
        (await _scene.OpenAsync()).ShouldBe([two.Request]);
    }

    [Fact]
    public async Task Taking_apart_twice_at_once_is_done_once()
    {
        var (one, two) = (await _scene.AskAsync("Contoso"), await _scene.AskAsync("Northwind"));
        await _scene.MergeAsync(two.Request, one.Request);
        _scene.Meanwhile(() => _scene.UnmergeAsync(two.Request));
        await _scene.UnmergeAsync(two.Request);
        await _scene.Instance.WorkAsync();

        _scene.Refusal.ShouldContain("is not part of another request any more");
        (await _scene.HistoryAsync(two.Request)).Count(what => what == $"No longer part of {one.Request}.").ShouldBe(1);
    }

    [Fact]
    public async Task Two_requests_that_are_merged_into_a_third_at_once_are_both_part_of_it()
    {
        var (one, two, three) = (await _scene.AskAsync("Contoso"), await _scene.AskAsync("Northwind"), await _scene.AskAsync("Fabrikam"));
        _scene.Meanwhile(() => _scene.MergeAsync(two.Request, three.Request));
        await _scene.MergeAsync(one.Request, three.Request);
        (await _scene.CardAsync(three.Request)).Parts.ShouldBe([one.Request, two.Request]);
    }

    [Fact]
    public async Task A_merge_into_a_request_that_is_merged_meanwhile_goes_on_to_where_that_went()
    {
        var (one, two, three) = (await _scene.AskAsync("Contoso"), await _scene.AskAsync("Northwind"), await _scene.AskAsync("Fabrikam"));
        _scene.Meanwhile(() => _scene.MergeAsync(two.Request, three.Request));
        await _scene.MergeAsync(one.Request, two.Request);
        (await _scene.RequestAsync(one.Request)).MergedInto.ShouldBe(three.Request);
    }
}
