using FeedbackBot.Core.Deduplication;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Requests;
using FeedbackBot.Core.Storage;
using FeedbackBot.Core.Tests.Lanes;
using FeedbackBot.Core.Triage;
using Shouldly;
using Xunit;

namespace FeedbackBot.Core.Tests.Requests;

/// <summary>Requests that are merged and taken apart again: nothing is lost, nobody is told twice, nobody is missed.</summary>
public sealed class MergeRequestsTests : IAsyncDisposable
{
    private readonly TriageScene _scene = new();

    public ValueTask DisposeAsync() => _scene.DisposeAsync();

    [Fact]
    public async Task A_request_counts_the_customers_of_all_that_were_merged_into_it_each_once()
    {
        var (three, seven) = await TwoAsync("Contoso", "Northwind");
        await _scene.AskAsync(" CONTOSO ", seven.Request);
        await _scene.StakeAsync(seven, "€400k");
        await _scene.MergeAsync(seven.Request, three.Request);

        var card = await _scene.CardAsync(three.Request);
        card.Submissions.ShouldBe(3);
        card.Customers.ShouldBe(2);
        card.AtStake.ShouldBe([new Money(400_000, "EUR")]);
        card.Parts.ShouldBe([seven.Request]);
        card.PartOf.ShouldBeNull();
    }

    [Fact]
    public async Task The_latest_three_are_the_latest_of_all_of_them()
    {
        var (three, seven) = await TwoAsync("Contoso", "Northwind");
        await _scene.AskAsync("Fabrikam", three.Request);
        await _scene.AskAsync("Adatum", seven.Request);
        await _scene.MergeAsync(seven.Request, three.Request);

        (await _scene.CardAsync(three.Request)).Latest.Select(shown => shown.Customer).ShouldBe(["Adatum", "Fabrikam", "Northwind"]);
    }

    [Fact]
    public async Task The_card_of_a_merged_request_says_what_it_is_part_of_and_can_only_be_taken_apart()
    {
        var (three, seven) = await TwoAsync();
        await _scene.MergeAsync(seven.Request, three.Request);
        await _scene.Instance.WorkAsync();

        var shown = _scene.Platform.Arrivals.Select(arrival => arrival.Message).OfType<OutboundMessage.TriageCard>().Last(card => card.Content.Request == seven.Request);
        shown.Content.PartOf.ShouldBe(three.Request);
        shown.Content.Status.ShouldBe(RequestStatus.Duplicate);
        shown.Content.Submissions.ShouldBe(1);
        shown.Choices.Select(choice => choice.Action).ShouldBe([ActionNames.Unmerge]);
        shown.Form.ShouldBeEmpty();
        (await _scene.MessageAsync(three.Request)).Choices.Count(choice => choice.Action == ActionNames.Answer).ShouldBe(5);
    }

    [Fact]
    public async Task A_card_offers_to_merge_into_what_was_there_before_or_has_more_customers()
    {
        const string Issue = "The export of audit events stops at 10 GB of events";
        var three = await _scene.AskAsync("Contoso", issue: Issue);
        var seven = await _scene.AskAsync("Northwind", issue: Issue);
        (await MergesAsync(seven)).ShouldBe([three.Request.Value]);
        (await MergesAsync(three)).ShouldBeEmpty();
        (await _scene.MessageAsync(seven.Request)).Choices.Single(choice => choice.Action == ActionNames.Merge).Label.ShouldBe($"Merge into {three.Request}");
        (await _scene.CardAsync(three.Request)).Similar.Single().Id.Request.ShouldBe(seven.Request);

        await _scene.AskAsync("Fabrikam", seven.Request, issue: Issue);
        (await MergesAsync(three)).ShouldBe([seven.Request.Value]);

        async Task<List<string?>> MergesAsync(Asked asked)
            => [.. (await _scene.MessageAsync(asked.Request)).Choices.Where(choice => choice.Action == ActionNames.Merge).Select(choice => choice.Value)];
    }

    [Fact]
    public async Task How_sure_the_card_was_is_kept_with_what_the_product_manager_said_of_it()
    {
        const string Issue = "The export of audit events stops at 10 GB of events";
        var three = await _scene.AskAsync("Contoso", issue: Issue);
        var seven = await _scene.AskAsync("Northwind", issue: Issue);
        var band = (await _scene.CardAsync(seven.Request)).Similar.Single().Band;
        await _scene.MergeAsync(seven.Request, three.Request);
        (await PrecisionAsync(band)).ShouldBe((1, 0), "one person's word counts once");
        await _scene.UnmergeAsync(seven.Request);
        (await PrecisionAsync(band)).ShouldBe((0, 1));

        async Task<(int, int)> PrecisionAsync(MatchBand of)
            => (await LivePrecision.OfAsync(_scene.Instance.Store, _scene.Instance.Lanes, CancellationToken.None)).CountsOf(of);
    }

    [Fact]
    public async Task Merging_writes_a_redirect_and_a_line_of_history_in_both_and_nothing_else_of_either_changes()
    {
        var (three, seven) = await TwoAsync();
        var before = (Three: await _scene.RequestAsync(three.Request), Seven: await _scene.RequestAsync(seven.Request));
        await _scene.MergeAsync(seven.Request, three.Request);

        (await _scene.RequestAsync(seven.Request)).ShouldBe(before.Seven with { MergedInto = three.Request });
        (await _scene.RequestAsync(three.Request)).ShouldBe(before.Three with { ChainBehind = 1 });
        (await _scene.Instance.GetAsync<Submission>(Submission.Row(seven.Id))).Request.ShouldBe(seven.Request);
        (await _scene.HistoryAsync(seven.Request)).ShouldBe(["Asked for it first.", $"Merged into {three.Request}."]);
        (await _scene.HistoryAsync(three.Request)).ShouldBe(["Asked for it first.", $"{seven.Request} was merged into it."]);
        (await _scene.OpenAsync()).ShouldBe([three.Request]);
    }

    [Fact]
    public async Task Taken_apart_a_request_is_as_it_was()
    {
        var (three, seven) = await TwoAsync();
        var before = (Three: await _scene.RequestAsync(three.Request), Seven: await _scene.RequestAsync(seven.Request));
        await _scene.MergeAsync(seven.Request, three.Request);
        await _scene.UnmergeAsync(seven.Request);

        (await _scene.RequestAsync(seven.Request)).ShouldBe(before.Seven);
        (await _scene.RequestAsync(three.Request)).ShouldBe(before.Three);
        (await _scene.OpenAsync()).ShouldBe([three.Request, seven.Request]);
        (await _scene.CardAsync(three.Request)).Submissions.ShouldBe(1);
        (await _scene.MessageAsync(seven.Request)).Choices.Count(choice => choice.Action == ActionNames.Answer).ShouldBe(5);
        (await _scene.Instance.AllAsync<MergedRequest>("merged|")).ShouldBeEmpty();
        (await _scene.HistoryAsync(seven.Request))[^1].ShouldBe($"No longer part of {three.Request}.");
        (await _scene.HistoryAsync(three.Request))[^1].ShouldBe($"{seven.Request} is no longer part of it.");
    }

    [Fact]
    public async Task A_request_with_an_answer_keeps_it_while_it_is_part_of_another_and_has_it_again_with_its_outcomes()
    {
        var (three, seven) = await TwoAsync();
        var own = await _scene.AnswerAsync(seven.Request, "Its own.");
        await _scene.OutcomeAsync(seven, own, ActionNames.CustomerAccepts);
        await _scene.MergeAsync(seven.Request, three.Request);
        var others = await _scene.AnswerAsync(three.Request, "For both.");
        await _scene.OutcomeAsync(seven, others, ActionNames.ToldCustomer);
        (await _scene.CardAsync(three.Request)).Outcomes.ShouldBe(new Dictionary<Outcome, int> { [Outcome.ToldCustomer] = 1 });
        await _scene.UnmergeAsync(seven.Request);

        var card = await _scene.CardAsync(seven.Request);
        card.Response!.Id.ShouldBe(own);
        card.Status.ShouldBe(RequestStatus.Planned);
        card.Outcomes.ShouldBe(new Dictionary<Outcome, int> { [Outcome.CustomerAccepts] = 1 });
        (await _scene.CardAsync(three.Request)).Outcomes.ShouldBeEmpty();
        (await _scene.OpenAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_answer_reaches_everyone_who_asked_for_any_of_them_with_what_each_knows_it_as()
    {
        var (three, seven) = await TwoAsync();
        var nine = await _scene.AskAsync("Fabrikam");
        await _scene.MergeAsync(nine.Request, seven.Request);
        await _scene.MergeAsync(seven.Request, three.Request);
        var answer = await _scene.AnswerAsync(three.Request);
        await _scene.Instance.WorkAsync();

        _scene.WhoHeard(answer).ShouldBe([three.Id.Value, seven.Id.Value, nine.Id.Value]);
        _scene.Told.Select(told => told.Thread).ShouldBe([three.Thread, seven.Thread, nine.Thread], ignoreOrder: true);
        _scene.Told.Select(told => told.Message.Request).Distinct().ShouldBe([three.Request]);
        _scene.Told.Single(told => told.Thread == nine.Thread).Message.AskedAs.ShouldBe(nine.Request);
        _scene.Told.Single(told => told.Thread == three.Thread).Message.AskedAs.ShouldBeNull();
        (await _scene.HistoryAsync(nine.Request)).ShouldContain(what => what == $"Answered as part of {three.Request}: On the roadmap.");
    }

    [Fact]
    public async Task Who_is_merged_into_an_answered_request_hears_its_answer_at_once_and_only_once_however_often_that_is_undone()
    {
        var (three, seven) = await TwoAsync();
        var answer = await _scene.AnswerAsync(three.Request);
        await _scene.Instance.WorkAsync();
        _scene.WhoHeard(answer).ShouldBe([three.Id.Value]);

        for (var time = 0; time < 3; time++)
        {
            await _scene.MergeAsync(seven.Request, three.Request);
            await _scene.Instance.WorkAsync();
            await _scene.UnmergeAsync(seven.Request);
            await _scene.Instance.WorkAsync();
        }

        _scene.WhoHeard(answer).ShouldBe([three.Id.Value, seven.Id.Value]);
    }

    [Fact]
    public async Task A_relay_that_was_cut_short_by_taking_apart_goes_on_where_it_was_when_they_are_merged_again()
    {
        var (three, seven) = await TwoAsync();
        var many = new List<string> { seven.Id.Value };
        for (var number = 0; number < 50; number++)
        {
            many.Add((await _scene.AskAsync($"Customer {number}", seven.Request)).Id.Value);
        }

        await _scene.MergeAsync(seven.Request, three.Request);
        var answer = await _scene.AnswerAsync(three.Request);
        for (var step = 0; step < 4; step++)
        {
            await _scene.WorkOnceAsync(new Random(1));
        }

        await _scene.UnmergeAsync(seven.Request);
        await _scene.Instance.WorkAsync();
        var before = _scene.WhoHeard(answer);
        before.Count.ShouldBeInRange(2, 50);

        await _scene.MergeAsync(seven.Request, three.Request);
        await _scene.Instance.WorkAsync();
        _scene.WhoHeard(answer).ShouldBe([three.Id.Value, .. many]);
    }

    [Fact]
    public async Task Whoever_had_not_heard_a_requests_own_answer_when_it_was_merged_hears_it_when_it_is_taken_apart()
    {
        var (three, seven) = await TwoAsync();
        var own = await _scene.AnswerAsync(seven.Request);
        await _scene.MergeAsync(seven.Request, three.Request);
        await _scene.Instance.WorkAsync();
        _scene.WhoHeard(own).ShouldBeEmpty();

        await _scene.UnmergeAsync(seven.Request);
        await _scene.Instance.WorkAsync();
        _scene.WhoHeard(own).ShouldBe([seven.Id.Value]);
    }

    [Fact]
    public async Task More_merged_requests_than_one_step_begins_all_hear_the_answer()
    {
        var asked = new List<Asked>();
        for (var number = 1; number <= 120; number++)
        {
            asked.Add(await _scene.AskAsync($"Customer {number}"));
        }

        // A step ends with FR-12 then, and the next one begins with FR-120.
        int[] sources = [1, 10, .. Enumerable.Range(100, 10), 11, 110, 111, 12, 120];
        var root = asked[1];
        foreach (var source in sources)
        {
            await _scene.MergeAsync(RequestId.FromNumber(source), root.Request);
        }

        var answer = await _scene.AnswerAsync(root.Request);
        await _scene.Instance.WorkAsync();
        _scene.WhoHeard(answer).ShouldBe([.. sources.Append(2).Order().Select(number => asked[number - 1].Id.Value)]);
        var card = await _scene.CardAsync(root.Request);
        card.Submissions.ShouldBe(18);
        card.Parts.Count.ShouldBe(10);
        card.MoreParts.ShouldBeTrue();
    }

    [Fact]
    public async Task Who_names_a_request_that_is_part_of_another_is_counted_there_and_hears_so()
    {
        var (three, seven) = await TwoAsync();
        var answer = await _scene.AnswerAsync(three.Request);
        await _scene.MergeAsync(seven.Request, three.Request);
        var late = await _scene.AskAsync("Fabrikam", seven.Request);
        await _scene.Instance.WorkAsync();

        late.Request.ShouldBe(three.Request);
        _scene.Platform.Arrivals.Select(arrival => arrival.Message).OfType<OutboundMessage.Submitted>().Last().Request.ShouldBe(three.Request);
        _scene.WhoHeard(answer).ShouldBe([three.Id.Value, seven.Id.Value, late.Id.Value]);

        // It was given there, and stays there.
        await _scene.UnmergeAsync(seven.Request);
        (await _scene.CardAsync(three.Request)).Submissions.ShouldBe(2);
        (await _scene.CardAsync(seven.Request)).Submissions.ShouldBe(1);
    }

    [Fact]
    public async Task Still_blocked_from_a_merged_request_opens_the_one_that_was_answered()
    {
        var (three, seven) = await TwoAsync();
        var own = await _scene.AnswerAsync(seven.Request);
        await _scene.MergeAsync(seven.Request, three.Request);
        var answer = await _scene.AnswerAsync(three.Request);
        await _scene.OutcomeAsync(seven, answer, ActionNames.StillBlocked);

        var opened = await _scene.RequestAsync(three.Request);
        opened.Response.ShouldBeNull();
        opened.ReopenedBecause.ShouldNotBeNull();
        (await _scene.OpenAsync()).ShouldBe([three.Request]);
        (await _scene.CardAsync(three.Request)).Latest.ShouldContain(shown => shown.NewFacts.Count == 1);
        (await _scene.HistoryAsync(three.Request)).ShouldContain(what => what == "Still blocked, with new facts.");
        (await _scene.HistoryAsync(seven.Request)).ShouldContain(what => what == "Still blocked, with new facts.");
        (await _scene.RequestAsync(seven.Request)).Response!.Id.ShouldBe(own);
    }

    [Fact]
    public async Task What_became_of_an_answer_that_does_not_hold_while_merged_is_refused()
    {
        var (three, seven) = await TwoAsync();
        var own = await _scene.AnswerAsync(seven.Request);
        await _scene.MergeAsync(seven.Request, three.Request);
        await _scene.OutcomeAsync(seven, own, ActionNames.StillBlocked);
        await _scene.Instance.WorkAsync();

        _scene.Refusal.ShouldContain($"newer state of {three.Request}");
        _scene.Refusal.ShouldContain("It failed their audit.");
        (await _scene.RequestAsync(seven.Request)).Response!.Id.ShouldBe(own);
    }

    [Fact]
    public async Task An_answer_on_the_card_of_a_merged_request_is_given_back_with_where_to_answer()
    {
        var (three, seven) = await TwoAsync();
        var nine = await _scene.AskAsync("Fabrikam");
        await _scene.MergeAsync(seven.Request, nine.Request);
        await _scene.MergeAsync(nine.Request, three.Request);
        await _scene.AnswerAsync(seven.Request, "Typed at length.");
        await _scene.Instance.WorkAsync();

        _scene.Refusal.ShouldContain($"{seven.Request} is part of {three.Request} now: answer there");
        _scene.Refusal.ShouldContain("Typed at length.");
        (await _scene.RequestAsync(seven.Request)).Response.ShouldBeNull();
        _scene.Told.ShouldBeEmpty();
    }

    [Fact]
    public async Task Candidates_show_the_request_that_a_merged_one_is_part_of()
    {
        var three = await _scene.AskAsync("Contoso", issue: "Label printers lose their queue");
        var seven = await _scene.AskAsync("Northwind", issue: "Deployments need direct access to production");
        await _scene.MergeAsync(seven.Request, three.Request);
        const string Asked = "Deployments need direct access to production";
        _scene.Instance.Index.Find(Asked).ShouldHaveSingleItem().Id.Request.ShouldBe(three.Request);
        await _scene.Instance.Index.LoadAsync(CancellationToken.None);
        _scene.Instance.Index.Find(Asked).ShouldHaveSingleItem().Id.Request.ShouldBe(three.Request);

        await _scene.UnmergeAsync(seven.Request);
        _scene.Instance.Index.Find(Asked).ShouldHaveSingleItem().Id.Request.ShouldBe(seven.Request);
    }

    [Fact]
    public async Task A_request_is_not_merged_into_itself_nor_into_a_part_of_its_own_nor_twice()
    {
        var (three, seven) = await TwoAsync();
        var nine = await _scene.AskAsync("Fabrikam");
        await _scene.MergeAsync(three.Request, three.Request);
        await RefusedAsync("is this very request");
        await _scene.MergeAsync(nine.Request, seven.Request);
        await _scene.MergeAsync(seven.Request, three.Request);
        await _scene.MergeAsync(three.Request, nine.Request);
        await RefusedAsync($"{nine.Request} is part of {three.Request} already");
        await _scene.MergeAsync(nine.Request, three.Request);
        await RefusedAsync($"{nine.Request} is part of {seven.Request} already");
        await _scene.MergeAsync(three.Request, RequestId.FromNumber(77));
        await RefusedAsync("I know no request “FR-77”");
        await _scene.UnmergeAsync(three.Request);
        await RefusedAsync("is not part of another request");
        (await _scene.Instance.AllAsync<MergedRequest>("merged|")).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_merge_into_a_part_is_a_merge_into_what_it_is_part_of()
    {
        var (three, seven) = await TwoAsync();
        var nine = await _scene.AskAsync("Fabrikam");
        await _scene.MergeAsync(seven.Request, three.Request);
        await _scene.MergeAsync(nine.Request, seven.Request);
        (await _scene.RequestAsync(nine.Request)).MergedInto.ShouldBe(three.Request);

        // So it stays there when the part is taken apart.
        await _scene.UnmergeAsync(seven.Request);
        (await _scene.CardAsync(three.Request)).Submissions.ShouldBe(2);
    }

    [Fact]
    public async Task What_was_merged_into_a_part_goes_with_it_when_it_is_taken_apart()
    {
        var (three, seven) = await TwoAsync();
        var nine = await _scene.AskAsync("Fabrikam");
        await _scene.MergeAsync(nine.Request, seven.Request);
        await _scene.MergeAsync(seven.Request, three.Request);
        (await _scene.CardAsync(three.Request)).Submissions.ShouldBe(3);
        await _scene.UnmergeAsync(seven.Request);

        (await _scene.CardAsync(three.Request)).Submissions.ShouldBe(1);
        (await _scene.CardAsync(seven.Request)).Submissions.ShouldBe(2);

        await _scene.MergeAsync(seven.Request, three.Request);
        await _scene.UnmergeAsync(nine.Request);
        (await _scene.CardAsync(three.Request)).Submissions.ShouldBe(2);
        (await _scene.HistoryAsync(three.Request))[^1].ShouldBe($"{nine.Request} is no longer part of it.");
    }

    [Fact]
    public async Task A_chain_grows_to_its_bound_and_the_merge_beyond_it_is_refused_in_words()
    {
        var first = await _scene.AskAsync("Contoso");
        var last = first;
        for (var length = 1; length <= MergedRequests.LongestChain; length++)
        {
            var next = await _scene.AskAsync("Contoso");
            await _scene.MergeAsync(last.Request, next.Request);
            last = next;
        }

        var beyond = await _scene.AskAsync("Contoso");
        await _scene.MergeAsync(last.Request, beyond.Request);
        await RefusedAsync($"Merge the other one into {last.Request} instead");
        await _scene.MergeAsync(beyond.Request, last.Request);

        var answer = await _scene.AnswerAsync(last.Request);
        await _scene.Instance.WorkAsync();
        _scene.WhoHeard(answer).Count.ShouldBe(MergedRequests.LongestChain + 2);
    }

    [Fact]
    public async Task Only_members_of_both_triage_channels_merge_and_take_apart()
    {
        var three = await _scene.AskAsync("Contoso");
        var seven = await _scene.AskAsync("Northwind", area: TriageScene.OtherArea);
        var ben = Instance.Person("ben");
        _scene.Platform.IsMember = (channel, person) => person == TriageScene.Ana || (person == ben && channel.ChannelId == "triage");

        await _scene.MergeAsync(seven.Request, three.Request, ben);
        await RefusedAsync(Wording.TriageMembersOnly);
        await _scene.MergeAsync(three.Request, seven.Request, ben);
        await RefusedAsync("Ask somebody who is a member of both channels");
        (await _scene.Instance.AllAsync<MergedRequest>("merged|")).ShouldBeEmpty();

        await _scene.MergeAsync(three.Request, seven.Request);
        await _scene.UnmergeAsync(three.Request, ben);
        await RefusedAsync("Ask somebody who is a member of both channels");
        (await _scene.RequestAsync(three.Request)).MergedInto.ShouldBe(seven.Request);
        await _scene.UnmergeAsync(three.Request);
        (await _scene.RequestAsync(three.Request)).MergedInto.ShouldBeNull();
    }

    [Fact]
    public async Task What_is_at_stake_in_a_merged_request_shows_on_the_card_of_the_one_it_is_part_of()
    {
        var (three, seven) = await TwoAsync();
        await _scene.MergeAsync(seven.Request, three.Request);
        await _scene.Instance.WorkAsync();
        await _scene.StakeAsync(seven, "USD 20k");
        await _scene.Instance.WorkAsync();

        foreach (var request in (RequestId[])[three.Request, seven.Request])
        {
            _scene.Platform.Arrivals.Select(arrival => arrival.Message).OfType<OutboundMessage.TriageCard>()
                .Last(card => card.Content.Request == request).Content.AtStake.ShouldBe([new Money(20_000, "USD")]);
        }
    }

    [Fact]
    public async Task Merging_a_request_of_many_submissions_writes_no_more_than_merging_one_of_a_few()
    {
        var (three, seven) = await TwoAsync();
        for (var number = 0; number < 300; number++)
        {
            await _scene.AskAsync($"Customer {number}", seven.Request);
        }

        var many = await WritesAsync(() => _scene.MergeAsync(seven.Request, three.Request));
        await _scene.UnmergeAsync(seven.Request);
        (await WritesAsync(() => _scene.MergeAsync(three.Request, seven.Request))).ShouldBe(many);
        many.ShouldBeLessThan(30);
    }

    private async Task<(Asked Three, Asked Seven)> TwoAsync(string first = "Contoso", string second = "Northwind")
        => (await _scene.AskAsync(first), await _scene.AskAsync(second));

    private async Task RefusedAsync(string words)
    {
        await _scene.Instance.WorkAsync();
        _scene.Refusal.ShouldContain(words);
    }

    private async Task<int> WritesAsync(Func<Task> act)
    {
        var largest = 0;
        _scene.Watch(transaction => largest = Math.Max(largest, transaction.Count));
        await act();
        _scene.Watch(null);
        return largest;
    }
}
