using System.Text.Json;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Requests;
using FeedbackBot.Core.Triage;
using Shouldly;
using Xunit;

namespace FeedbackBot.Core.Tests.Requests;

/// <summary>
/// Hundreds of random acts on a few requests, each compared with a simple model: what every card counts, who heard which
/// answer, and what every request is by itself. Often an act comes before what follows from the last one was worked off.
/// </summary>
public sealed class MergeModelTests
{
    private const int Steps = 120;
    private const int FirstRequests = 5;

    // More than the relay tells in one step.
    private const int FirstSubmissions = 40;

    private static readonly string[] Customers = ["Contoso", " contoso ", "Northwind", "Fabrikam", "Adatum", ""];

    private static readonly (string Action, Outcome Outcome)[] Outcomes =
    [
        (ActionNames.ToldCustomer, Outcome.ToldCustomer), (ActionNames.CustomerAccepts, Outcome.CustomerAccepts), (ActionNames.StillBlocked, Outcome.StillBlocked),
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Whatever_is_merged_answered_and_taken_apart_in_whatever_order_nothing_is_lost_and_nobody_told_twice(int seed)
    {
        var random = new Random(seed);
        await using var scene = new TriageScene();
        var model = new MergeModel();
        for (var number = 0; number < FirstSubmissions; number++)
        {
            var joins = number < FirstRequests ? (RequestId?)null : Any(model, random);
            await AskAsync(scene, model, random, joins);
        }

        for (var step = 0; step < Steps; step++)
        {
            var act = await ActAsync(scene, model, random);
            model.Hold();
            await CheckAsync(scene, model, $"seed {seed}, step {step}: {act}");
            switch (random.Next(4))
            {
                case 0:
                    await CheckSettledAsync(scene, model, $"seed {seed}, after step {step}: {act}");
                    break;
                case 1:
                    for (var worked = random.Next(6); worked > 0 && await scene.WorkOnceAsync(random); worked--)
                    {
                    }

                    break;
                default:
                    break;
            }
        }

        foreach (var request in model.Requests.Where(request => request.Value.Into is not null))
        {
            await scene.UnmergeAsync(request.Key);
            model.Unmerge(request.Key);
        }

        model.Hold();
        await CheckAsync(scene, model, $"seed {seed}: all taken apart");
        await CheckSettledAsync(scene, model, $"seed {seed}: the end");
        model.Submissions.Sum(submission => submission.Held.Count).ShouldBeGreaterThan(FirstSubmissions);
    }

    private static async Task<string> ActAsync(TriageScene scene, MergeModel model, Random random)
    {
        var request = Any(model, random);
        switch (random.Next(10))
        {
            case 0:
                await AskAsync(scene, model, random, random.Next(8) == 0 ? null : request);
                return $"somebody asks for {request}";
            case 1 or 2 or 3:
                var target = Any(model, random);
                await scene.MergeAsync(request, target);
                return $"{request} into {target}: {model.Merge(request, target)}";
            case 4 or 5:
                await scene.UnmergeAsync(request);
                model.Unmerge(request);
                return $"{request} taken apart";
            case 6 or 7:
                model.Answer(request, await scene.AnswerAsync(request));
                return $"{request} answered";
            case 8:
                var poor = model.Submissions[random.Next(model.Submissions.Count)];
                if (poor.Stake is null)
                {
                    poor.Stake = new Money(random.Next(1, 100) * 1000, random.Next(2) == 0 ? "EUR" : "USD");
                    await scene.StakeAsync(poor.Asked, poor.Stake.ToString());
                }

                return $"{poor.Asked.Id} is worth {poor.Stake}";
            default:
                return await SayAsync(scene, model, random);
        }
    }

    private static async Task<string> SayAsync(TriageScene scene, MergeModel model, Random random)
    {
        var said = model.Submissions[random.Next(model.Submissions.Count)];
        if (said.Held.Count == 0)
        {
            return "nothing";
        }

        // The one that holds more often than one that held once.
        var answer = model.Holding(said) is { } holding && random.Next(4) > 0 ? holding : said.Held.Order(StringComparer.Ordinal).ElementAt(random.Next(said.Held.Count));
        var (action, outcome) = Outcomes[random.Next(Outcomes.Length)];
        await scene.OutcomeAsync(said.Asked, answer, action);
        model.Say(said, answer, outcome);
        return $"{said.Asked.Id} of {said.Asked.Request}: {outcome}";
    }

    private static async Task AskAsync(TriageScene scene, MergeModel model, Random random, RequestId? joins)
    {
        var asked = await scene.AskAsync(Customers[random.Next(Customers.Length)], joins);
        if (joins is { } named)
        {
            asked.Request.ShouldBe(model.RootOf(named));
        }

        model.Requests.TryAdd(asked.Request, new RequestModel());
        model.Submissions.Add(new SubmissionModel(asked));
    }

    private static RequestId Any(MergeModel model, Random random) => RequestId.FromNumber(random.Next(model.Requests.Count) + 1);

    private static async Task CheckAsync(TriageScene scene, MergeModel model, string when)
    {
        foreach (var (id, request) in model.Requests)
        {
            var message = await scene.MessageAsync(id);
            CheckCard(message, id, request, model, $"{when}; card of {id}");
            var stored = await scene.RequestAsync(id);
            stored.MergedInto.ShouldBe(request.Into, when);
            stored.Response?.Id.ShouldBe(request.Answer, when);
        }

        var open = model.Requests.Where(request => request.Value is { Into: null, Answer: null }).Select(request => request.Key);
        (await scene.OpenAsync()).ShouldBe(open, ignoreOrder: true, when);
        var merged = await scene.Instance.AllAsync<MergedRequest>("merged|");
        merged.Select(row => row.Value.Id).ShouldBe(
            model.Requests.Where(request => request.Value.Into is not null).Select(request => request.Key), ignoreOrder: true, when);
        merged.ShouldAllBe(row => row.Key.Row == MergedRequest.Row(model.Requests[row.Value.Id].Into!.Value, row.Value.Id), when);
    }

    private static void CheckCard(OutboundMessage.TriageCard message, RequestId id, RequestModel request, MergeModel model, string when)
    {
        var card = message.Content;
        var counted = model.CountedBy(id);
        card.Submissions.ShouldBe(counted.Count, when);
        card.Customers.ShouldBe(counted.Select(Customer).Distinct(StringComparer.Ordinal).Count(), when);
        card.AtStake.ShouldBe(
            counted.Where(submission => submission.Stake is not null)
                .GroupBy(submission => (Customer(submission), submission.Stake!.Currency))
                .Select(deal => (deal.Key.Currency, Most: deal.Max(submission => submission.Stake!.Amount)))
                .GroupBy(deal => deal.Currency, StringComparer.Ordinal)
                .OrderBy(currency => currency.Key, StringComparer.Ordinal)
                .Select(currency => new Money(currency.Sum(deal => deal.Most), currency.Key)),
            when);
        card.Latest.Select(shown => shown.Thread).ShouldBe(
            counted.OrderByDescending(submission => submission.Asked.Id.Value, StringComparer.Ordinal).Take(3).Select(submission => submission.Asked.Thread), when);
        card.PartOf.ShouldBe(request.Into, when);
        card.Response?.Id.ShouldBe(request.Answer, when);
        card.Outcomes.ShouldBe(
            counted.Where(submission => request.Answer is not null && submission.Outcomes.ContainsKey(request.Answer))
                .GroupBy(submission => submission.Outcomes[request.Answer!])
                .ToDictionary(outcome => outcome.Key, outcome => outcome.Count()),
            ignoreOrder: true,
            when);
        card.Parts.ShouldBe(
            request.Into is null ? model.Requests.Keys.Where(other => other != id && model.RootOf(other) == id) : [], ignoreOrder: true, when);
        message.Choices.Count(choice => choice.Action != ActionNames.Merge).ShouldBe(request.Into is not null ? 1 : request.Answer is null ? 5 : 0, when);
        card.Similar.ShouldAllBe(candidate => model.Requests[candidate.Id.Request!.Value].Into == null && candidate.Id.Request != id, when);
    }

    /// <summary>When all is worked off, everyone has heard the answer that holds for them, and the cards are as they would be made now.</summary>
    private static async Task CheckSettledAsync(TriageScene scene, MergeModel model, string when)
    {
        await scene.Instance.WorkAsync();
        var told = scene.Told;
        told.Select(item => (item.Submission, item.Answer)).ShouldBeUnique(when);
        var bySubmission = told.ToLookup(item => item.Submission, StringComparer.Ordinal);
        foreach (var submission in model.Submissions)
        {
            var heard = bySubmission[submission.Asked.Id.Value].ToList();
            heard.ShouldAllBe(item => item.Thread == submission.Asked.Thread && submission.Held.Contains(item.Answer), when);
            if (model.Holding(submission) is { } answer)
            {
                heard.ShouldContain(item => item.Answer == answer, $"{when}; {submission.Asked.Id} of {submission.Asked.Request}");
            }
        }

        var shown = scene.Platform.Arrivals.Select(arrival => arrival.Message).OfType<OutboundMessage.TriageCard>()
            .GroupBy(card => card.Content.Request).ToDictionary(cards => cards.Key, cards => cards.Last().Content);
        foreach (var id in model.Requests.Keys)
        {
            // A part says when it was made what it was part of; what is made now says the same, but for others that may be the same:
            // a card is not made anew whenever one of those changes.
            JsonSerializer.Serialize(shown[id] with { Similar = [] }).ShouldBe(JsonSerializer.Serialize(await scene.CardAsync(id) with { Similar = [] }), when);
        }

        (await scene.Instance.AllAsync<Outbox.DeadLetter>(Outbox.DeadLetter.Prefix)).ShouldBeEmpty(when);
    }

    private static string Customer(SubmissionModel submission)
        => submission.Asked.Customer.Trim() is { Length: > 0 } named ? named.ToUpperInvariant() : submission.Asked.Id.Value;
}
