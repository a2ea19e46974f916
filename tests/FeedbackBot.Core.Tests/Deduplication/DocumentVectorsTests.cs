using System.Globalization;
using FeedbackBot.Core.Deduplication;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Tests.Lanes;
using FeedbackBot.Testing;
using Microsoft.Extensions.AI;
using Shouldly;
using Xunit;

namespace FeedbackBot.Core.Tests.Deduplication;

public sealed class DocumentVectorsTests
{
    private const string Asked = "Our nightly export of invoices stops at midnight.";

    private static readonly string[] Titles =
    [
        "The nightly export of invoices stops", "A schedule of reports cannot be changed", "The nightly export of reports is slow", "Invoices show another currency",
    ];

    public static TheoryData<string> Failures { get; } =
        ["throws", "blocks", "never answers", "too short", "not a number", "without direction", "too few", "too many", "null"];

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Without_a_usable_answer_in_time_the_results_are_those_of_the_rules(string failure)
    {
        await using var modelled = await FilledAsync();
        modelled.Model.Instead = Failing(modelled.Model, failure);
        var asking = Task.Run(() => modelled.Vectors.AskAsync(Asked, CancellationToken.None));
        await ModelledRequests.UntilAsync(() => Task.FromResult(asking.IsCompleted), () => modelled.Time.Advance(TimeSpan.FromMilliseconds(100)));
        var vector = await asking;
        vector.IsEmpty.ShouldBeTrue();
        Describe(modelled.Index.Find(Asked, vector: vector)).ShouldBe(Describe(await RulesAsync()));
    }

    [Fact]
    public async Task A_slow_model_is_waited_for_half_a_second_and_no_longer()
    {
        await using var modelled = await FilledAsync();
        modelled.Model.Instead = static (_, cancellationToken) => Never(cancellationToken);
        var asking = modelled.Vectors.AskAsync(Asked, CancellationToken.None);
        modelled.Time.Advance(TimeSpan.FromMilliseconds(499));
        asking.IsCompleted.ShouldBeFalse();
        modelled.Time.Advance(TimeSpan.FromMilliseconds(1));
        (await asking).IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public async Task What_the_model_finds_near_is_lifted_but_not_certain_and_what_the_rules_found_stays()
    {
        await using var modelled = await FilledAsync();
        const string asked = "The nightly export fails";
        var rules = modelled.Index.Find(asked);
        var (first, second) = (rules[0].Id.Request!.Value, rules[1].Id.Request!.Value);
        var found = modelled.Index.Find(asked, vector: await modelled.Vectors.AskAsync(Titles[int.Parse(second.Value.AsSpan(3), CultureInfo.InvariantCulture) - 1], CancellationToken.None));
        found[0].Id.Request!.Value.ShouldBe(second);
        found.ShouldAllBe(candidate => candidate.Band == MatchBand.Possible);
        found.ShouldContain(candidate => candidate.Id.Request!.Value == first);
    }

    [Fact]
    public void Whatever_a_model_adds_only_what_the_rules_are_certain_of_is_certain_and_what_they_show_stays()
    {
        var random = new Random(5);
        var (certain, changed) = (0, 0);
        for (var round = 0; round < 2_000; round++)
        {
            var count = random.Next(1, 12);
            var moments = Enumerable.Range(0, count).Select(i => new Moment(i, 0, $"{i}")).ToList();
            var measured = moments.ConvertAll(_ => Enumerable.Range(0, MatchingWeights.Signals).Select(_ => random.NextSingle() * 2).ToArray());
            var lifts = Enumerable.Range(0, count).Select(_ => (random.NextSingle() - 0.5f) * 12).ToArray();
            var rules = new RankedCandidates([.. measured.Select(one => one.ToArray())], moments, MatchingWeights.Shipped);
            var lifted = new RankedCandidates([.. measured.Select(one => one.ToArray())], moments, MatchingWeights.Shipped, lifts);
            for (var place = 0; place < count; place++)
            {
                var (before, after) = (rules.Judge(place), lifted.Judge(place));
                if (after.Band == MatchBand.Certain)
                {
                    before.Band.ShouldBe(MatchBand.Certain);
                    lifted.Best(1)[0].ShouldBe(place);
                    certain++;
                }

                (after.Band == MatchBand.New && before.Band != MatchBand.New).ShouldBeFalse();
                changed += before.Band != after.Band ? 1 : 0;
            }
        }

        certain.ShouldBeGreaterThan(0);
        changed.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Where_only_some_texts_have_their_vector_the_others_are_neither_lifted_nor_lowered()
    {
        await using var modelled = new ModelledRequests();
        modelled.Vectors.Put("a", "schedule");
        (await modelled.Vectors.AskAsync("schedule", CancellationToken.None)).IsEmpty.ShouldBeFalse();
        modelled.Vectors.Lifts((await modelled.Vectors.AskAsync("schedule", CancellationToken.None)).Span, ["a", "b"]).ShouldBe([0f, 0f]);
    }

    [Fact]
    public async Task Vectors_are_stored_and_the_next_process_asks_for_none_of_them_again()
    {
        var store = new MemoryStore();
        await using (var first = await FilledAsync(store))
        {
            (await first.RowsAsync()).Count.ShouldBe(Titles.Length);
        }

        await using var second = new ModelledRequests(store);
        await second.StartAsync();
        await second.UntilKnownAsync(Titles.Length);
        second.Model.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task Another_model_makes_its_own_and_the_old_ones_are_deleted()
    {
        var store = new MemoryStore();
        await using (await FilledAsync(store))
        {
            // Only filled.
        }

        await using var second = new ModelledRequests(store, name: "another");
        var before = (await second.RowsAsync()).Select(row => row.Key.Row).ToHashSet(StringComparer.Ordinal);
        await second.StartAsync();
        await second.UntilKnownAsync(Titles.Length);
        await ModelledRequests.UntilAsync(async () => (await second.RowsAsync()).Count == Titles.Length);
        (await second.RowsAsync()).ShouldAllBe(row => !before.Contains(row.Key.Row));
    }

    [Fact]
    public async Task The_vector_of_a_text_that_is_gone_or_changed_is_deleted_and_a_stray_one_at_the_next_start()
    {
        var store = new MemoryStore();
        await using (var first = await FilledAsync(store))
        {
            first.Index.Remove(Core.Requests.RequestId.FromNumber(1));
            await first.StoreAsync(ModelledRequests.Request(2, "Quite another text"));
            await ModelledRequests.UntilAsync(async () => first.Vectors.Count == Titles.Length - 1 && (await first.RowsAsync()).Count == Titles.Length - 1);
        }

        // Erased while no process had the index: as the end of one in between would leave it.
        var erase = new Core.Storage.StoreTransaction(ModelledRequests.Tenant);
        erase.Delete(new Core.Storage.EntityKey(ModelledRequests.Tenant, Core.Requests.FeedbackRequest.Row(Core.Requests.RequestId.FromNumber(1))));
        erase.Delete(new Core.Storage.EntityKey(ModelledRequests.Tenant, Core.Requests.FeedbackRequest.Row(Core.Requests.RequestId.FromNumber(3))));
        await store.CommitAsync(erase, CancellationToken.None);
        await using var second = new ModelledRequests(store);
        await second.StartAsync();
        await ModelledRequests.UntilAsync(async () => (await second.RowsAsync()).Count == Titles.Length - 2);
    }

    [Fact]
    public async Task What_could_not_be_made_is_made_later_and_a_text_that_is_refused_keeps_no_other_from_it()
    {
        await using var modelled = new ModelledRequests();
        var isDown = true;
        modelled.Model.Instead = (texts, _) => isDown || texts.Any(text => text.Contains("currency", StringComparison.Ordinal))
            ? throw new HttpRequestException("refused")
            : Task.FromResult(modelled.Model.Of(texts));
        await modelled.StartAsync();
        await PutAllAsync(modelled);
        await ModelledRequests.UntilAsync(() => Task.FromResult(modelled.Model.Asked.Count > 0));
        modelled.Vectors.Count.ShouldBe(0);
        isDown = false;
        await modelled.UntilKnownAsync(Titles.Length - 1, () => modelled.Time.Advance(TimeSpan.FromMinutes(5)));
        (await modelled.RowsAsync()).Count.ShouldBe(Titles.Length - 1);
    }

    [Fact]
    public async Task No_more_of_a_text_is_sent_than_its_beginning()
    {
        await using var modelled = new ModelledRequests();
        await modelled.StartAsync();
        modelled.Index.Put(ModelledRequests.Request(1, "Long", new string('x', 9_000)));
        await modelled.UntilKnownAsync(1);
        await modelled.Vectors.AskAsync(new string('y', 9_000), CancellationToken.None);
        modelled.Model.Asked.ShouldAllBe(text => text.Length == DocumentVectors.LongestText);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_turn_asks_the_model_only_where_it_looks_for_candidates_and_does_without_it_where_it_is_down(bool isDown)
    {
        using var model = new FakeEmbeddingGenerator();
        model.Instead = (texts, _) => isDown ? throw new HttpRequestException("down") : Task.FromResult(model.Of(texts));
        var platform = new FakePlatform();
        await using var instance = new Instance(new MemoryStore(), platform, new FakeTime(), model: model);
        await instance.Index.LoadAsync(CancellationToken.None);
        instance.Index.Put(ModelledRequests.Request(1, "The nightly export of invoices fails for all branches"));
        string[] said =
        [
            "Contoso will not buy until feature X is added", "The nightly export of invoices fails for all branches", "Compliance",
            "Their auditors ask for proof every quarter, under SOX.", "They tried a script, but the security team rejected it.", "skip", "Contoso", "General",
        ];
        for (var i = 0; i < said.Length && !platform.Arrivals.Any(arrival => arrival.Message is OutboundMessage.Candidates); i++)
        {
            // For the opening, and then not before the draft.
            model.Asked.Count.ShouldBe(Math.Min(i, 1));
            await instance.SayAsync("t", said[i], $"m{i}");
            await instance.WorkAsync();
        }

        platform.Arrivals.Select(arrival => arrival.Message).OfType<OutboundMessage.Candidates>().ShouldHaveSingleItem();
        model.Asked.Count.ShouldBe(2);
    }

    private static async Task<ModelledRequests> FilledAsync(MemoryStore? store = null)
    {
        var modelled = new ModelledRequests(store);
        await modelled.StartAsync();
        await PutAllAsync(modelled);
        await modelled.UntilKnownAsync(Titles.Length);
        return modelled;
    }

    private static async Task PutAllAsync(ModelledRequests modelled)
    {
        for (var i = 0; i < Titles.Length; i++)
        {
            await modelled.StoreAsync(ModelledRequests.Request(i + 1, Titles[i]));
        }
    }

    private static async Task<IReadOnlyList<DuplicateCandidate>> RulesAsync()
    {
        await using var modelled = new ModelledRequests();
        await PutAllAsync(modelled);
        return modelled.Index.Find(Asked);
    }

    private static string Describe(IReadOnlyList<DuplicateCandidate> found)
        => string.Join('\n', found.Select(candidate => $"{candidate.Id.Request!.Value} {candidate.Band} {string.Join(' ', candidate.About)}"));

    private static async Task<GeneratedEmbeddings<Embedding<float>>> Never(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        return [];
    }

    private static Func<IReadOnlyList<string>, CancellationToken, Task<GeneratedEmbeddings<Embedding<float>>>> Failing(FakeEmbeddingGenerator model, string failure)
    {
        static Task<GeneratedEmbeddings<Embedding<float>>> One(params float[] numbers)
            => Task.FromResult<GeneratedEmbeddings<Embedding<float>>>([new Embedding<float>(numbers)]);

        var full = new float[FakeEmbeddingGenerator.Dimensions];
        return (texts, cancellationToken) => failure switch
        {
            "throws" => throw new HttpRequestException("down"),
            "blocks" => Blocked(cancellationToken),
            "never answers" => Never(CancellationToken.None),
            "too short" => One(1, 0, 0),
            "not a number" => One([.. full.Select(_ => float.NaN)]),
            "without direction" => One(full),
            "too few" => Task.FromResult<GeneratedEmbeddings<Embedding<float>>>([]),
            "too many" => Task.FromResult(model.Of([.. texts, "more"])),
            _ => Task.FromResult<GeneratedEmbeddings<Embedding<float>>>(null!),
        };
    }

    private static Task<GeneratedEmbeddings<Embedding<float>>> Blocked(CancellationToken cancellationToken)
    {
        cancellationToken.WaitHandle.WaitOne();
        return Task.FromCanceled<GeneratedEmbeddings<Embedding<float>>>(cancellationToken);
    }
}
