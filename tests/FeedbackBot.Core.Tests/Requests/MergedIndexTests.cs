using FeedbackBot.Core.Deduplication;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Requests;
using FeedbackBot.Core.Tests.Deduplication;
using FeedbackBot.Core.Triage;
using Shouldly;
using Xunit;

namespace FeedbackBot.Core.Tests.Requests;

/// <summary>How requests that are part of others are found: as those, by the text of all.</summary>
public sealed class MergedIndexTests : IDisposable
{
    private const string Asked = "Deployments need direct access to production systems";

    private static readonly string[] Words = TextIndexTests.Words;
    private static readonly RequestId Three = RequestId.FromNumber(3);
    private static readonly RequestId Seven = RequestId.FromNumber(7);
    private static readonly RequestId Nine = RequestId.FromNumber(9);

    private readonly IndexedRequests _requests = new();

    public void Dispose() => _requests.Dispose();

    [Fact]
    public async Task Ten_thousand_random_adds_edits_merges_unmerges_and_erasures_leave_what_an_index_built_from_scratch_has()
    {
        var random = new Random(11);
        for (var act = 1; act <= 10_000; act++)
        {
            Act(random, act);
            if (act % 2_500 != 0)
            {
                continue;
            }

            using var byPuts = _requests.PutAnew(random);
            using var loaded = await _requests.LoadAnewAsync();
            byPuts.Count.ShouldBe(_requests.Index.Count);
            loaded.Count.ShouldBe(_requests.Index.Count);
            _requests.Index.Count.ShouldBe(_requests.Requests.Keys.Count(id => _requests.RootOf(id) == id));
            _requests.Index.Count.ShouldBeInRange(1, _requests.Requests.Count - 1);
            for (var query = 0; query < 100; query++)
            {
                var text = RandomText(random, 25);
                var described = Describe(_requests.Index, text);
                Describe(byPuts, text).ShouldBe(described, $"after {act}");
                Describe(loaded, text).ShouldBe(described, $"after {act}");
            }
        }
    }

    [Fact]
    public void A_part_is_found_as_its_root_by_its_title_its_summary_and_its_submissions_and_as_itself_once_taken_apart()
    {
        _requests.Put(Three, "Label printers lose their queue", "Every night.");
        _requests.Put(Seven, Asked, "Contractors wait for the firewall team.");
        _requests.Put(Nine, "Invoices show another currency", "Dollars instead of euros.");
        _requests.Submit(new SubmissionId("s1"), Nine, "The auditor refuses the ledger.");
        _requests.Merge(Nine, Seven);
        _requests.Merge(Seven, Three);
        foreach (var text in new[] { Asked, "contractors wait for a firewall", "invoices in another currency", "dollars, not euros", "an auditor refuses a ledger" })
        {
            _requests.Index.Find(text).Select(found => found.Id.Request!.Value).ShouldBe([Three], text);
        }

        _requests.Merge(Seven, null);
        _requests.Index.Find("an auditor refuses a ledger").Select(found => found.Id.Request!.Value).ShouldBe([Seven]);
        _requests.Index.Find("Label printers lose their queue").Select(found => found.Id.Request!.Value).ShouldBe([Three]);
        _requests.Merge(Nine, null);
        _requests.Index.Find("an auditor refuses a ledger").Select(found => found.Id.Request!.Value).ShouldBe([Nine]);
        _requests.Index.Count.ShouldBe(3);
    }

    [Fact]
    public void Two_that_are_merged_do_not_take_the_lead_from_each_other()
    {
        var random = new Random(2);
        for (var number = 100; number < 300; number++)
        {
            _requests.Put(RequestId.FromNumber(number), RandomText(random, 6), RandomText(random, 20));
        }

        _requests.Put(Three, Asked, "Contractors wait for the firewall team.");
        _requests.Put(Seven, Asked, "Contractors wait for the firewall team.");
        var apart = _requests.Index.Match(Asked, null, 3);
        apart.Take(2).Select(match => match.Id).ShouldBe([Three.Value, Seven.Value], ignoreOrder: true);
        _requests.Merge(Seven, Three);
        var merged = _requests.Index.Match(Asked, null, 3);
        merged[0].Id.ShouldBe(Three.Value);
        merged.ShouldNotContain(match => match.Id == Seven.Value);
        merged[0].Score.ShouldBeGreaterThan(apart[0].Score);
        merged[0].Band.ShouldBe(MatchBand.Certain);
    }

    [Fact]
    public void What_a_part_is_about_is_found_however_much_the_roots_submissions_say()
    {
        var random = new Random(3);
        _requests.Put(Three, "Label printers lose their queue", "Every night.");
        for (var number = 0; number < 300; number++)
        {
            _requests.Submit(new SubmissionId($"s{number}"), Three, RandomText(random, 30));
        }

        _requests.Put(Seven, "Kiosks overheat outdoors", "Sunshine melts the casing.");
        _requests.Merge(Seven, Three);
        _requests.Index.Match("kiosks overheat, the casing melts", null, 3)[0].Id.ShouldBe(Three.Value);
    }

    [Fact]
    public void Changes_that_are_told_late_or_in_another_order_end_in_the_same()
    {
        _requests.Put(Three, "Label printers lose their queue", "Every night.");
        _requests.Put(Seven, Asked, "Contractors wait for the firewall team.");
        _requests.Merge(Seven, Nine);
        _requests.Index.Find(Asked).Select(found => found.Id.Request!.Value).ShouldBe([Seven]);
        _requests.Put(Nine, "Invoices show another currency", "Dollars instead of euros.");
        _requests.Index.Find(Asked).Select(found => found.Id.Request!.Value).ShouldBe([Nine]);

        // Seven was taken apart before Nine was merged into it, but that is told afterwards.
        _requests.Merge(Nine, Seven);
        _requests.Merge(Three, Seven);
        _requests.Index.Find(Asked).ShouldNotBeEmpty();
        _requests.Merge(Seven, null);
        _requests.Index.Find(Asked).Select(found => found.Id.Request!.Value).ShouldBe([Seven]);
        _requests.Index.Count.ShouldBe(1);
        _requests.Erase(Seven);
        _requests.Index.Find("Label printers lose their queue").Select(found => found.Id.Request!.Value).ShouldBe([Three]);
        _requests.Index.Count.ShouldBe(2);
    }

    [Fact]
    public void A_longer_chain_than_is_ever_made_leaves_every_request_to_be_found()
    {
        for (var number = 1; number <= MergedRequests.LongestChain + 2; number++)
        {
            _requests.Put(RequestId.FromNumber(number), number == 1 ? Asked : "Invoices show another currency", "Now.");
        }

        for (var number = 1; number <= MergedRequests.LongestChain; number++)
        {
            _requests.Merge(RequestId.FromNumber(number), RequestId.FromNumber(number + 1));
        }

        _requests.Index.Find(Asked).Single().Id.Request.ShouldBe(RequestId.FromNumber(MergedRequests.LongestChain + 1));
        _requests.Merge(RequestId.FromNumber(MergedRequests.LongestChain + 1), RequestId.FromNumber(MergedRequests.LongestChain + 2));
        _requests.Index.Find(Asked).ShouldContain(found => found.Id.Request == RequestId.FromNumber(1));
    }

    private void Act(Random random, int act)
    {
        var ids = _requests.Requests.Keys.ToList();
        var id = ids.Count == 0 ? Three : ids[random.Next(ids.Count)];
        switch (ids.Count < 5 ? 0 : random.Next(20))
        {
            case 0 or 1 or 2 or 3:
                // Few numbers, so that some that were erased come again, and what still points to them is part of them again.
                id = RequestId.FromNumber(random.Next(1, 200));
                if (!ids.Contains(id))
                {
                    _requests.Put(id, RandomText(random, 6), RandomText(random, 20), DateTimeOffset.UnixEpoch.AddDays(random.Next(20)));
                }

                break;
            case 4 or 5:
                _requests.Put(Edited(_requests.Requests[id], random));
                break;
            case 6 or 7 or 8 or 9 or 10:
                // Some of it is what the summary says already.
                _requests.Submit(new SubmissionId($"s{act}"), id, _requests.Requests[id].Summary, RandomText(random, 20));
                break;
            case 11 or 12 when _requests.Submissions.Count > 0:
                var submission = _requests.Submissions.Values.ElementAt(random.Next(_requests.Submissions.Count));
                _requests.Put(submission with { NewFacts = random.Next(3) == 0 ? [] : [.. submission.NewFacts, RandomText(random, 8)] });
                break;
            case 13 or 14 or 15 or 16:
                var root = _requests.RootOf(ids[random.Next(ids.Count)]);
                if (_requests.Requests[id].MergedInto is null && root != id)
                {
                    _requests.Merge(id, root);
                }

                break;
            case 17 or 18:
                _requests.Merge(id, null);
                break;
            default:
                _requests.Erase(id);
                break;
        }
    }

    private static FeedbackRequest Edited(FeedbackRequest request, Random random) => random.Next(3) switch
    {
        0 => request with { Title = RandomText(random, 6) },
        1 => request with { Summary = RandomText(random, 20) },
        _ => request with
        {
            Response = new RecordedResponse("r", new Response.AlreadyExists(new Uri("https://docs.example"), "So."), new PersonReference("test", "w", "p"), "Ana", default),
        },
    };

    private static string RandomText(Random random, int words)
        => string.Join(' ', Enumerable.Range(0, 1 + random.Next(words)).Select(_ => Words[(int)(Words.Length * Math.Pow(random.NextDouble(), 2))]));

    private static string Describe(RequestIndex index, string text)
    {
        var now = DateTimeOffset.UnixEpoch.AddDays(30);
        return string.Join('\n', index.Match(text, now, 10).Select(match => $"{match.Id} {match.Score:R} {match.Band} {string.Join(' ', match.Because)}"))
            + string.Join('\n', index.Find(text, now).Select(found => $"{found.Id} {found.Title} {found.Status} {found.Band}"));
    }
}
