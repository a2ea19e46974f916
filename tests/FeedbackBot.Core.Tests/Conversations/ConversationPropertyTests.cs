using System.Text.RegularExpressions;
using FeedbackBot.Core.Assessment;
using FeedbackBot.Core.Conversations;
using FeedbackBot.Core.Deduplication;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Requests;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace FeedbackBot.Core.Tests.Conversations;

/// <summary>Every state with every input, in random orders: what must hold whatever a seller does.</summary>
public sealed partial class ConversationPropertyTests
{
    private static readonly string[] Texts =
    [
        "Contoso will not buy until feature X is added",
        "The product requires giving developers access to production, which violates SOX segregation of duties.",
        "Deploying it would require dozens of clusters and cost $300k a year. Consolidating was looked at and rejected.",
        "Compliance", "cost and people", "I don't know, I'll ask the customer", "Not an issue here.", "They have older servers.",
        "We have 12 sites with no internet access", "yes", "none of these", "FR-7", "\u05d0\u05d1\u05d2 \u05d3\u05d4", "<b>*hi*</b> `x`", "skip it?",
    ];

    private static readonly DuplicateCandidate Candidate = new(new CandidateId("FR-7"), "Deploy without production access", "General", RequestStatus.Open, ["access"]);

    private static readonly DuplicateCandidate Feature = new(new CandidateId("feature|roles"), "Deployment by role", "", RequestStatus.Answered, ["access"]) { Link = "https://docs.example/roles" };

    private static readonly TurnFacts[] Facts =
    [
        new(["General", "Security"], FeedbackLevel.Level100, static (_, _) => [], RequestId.FromNumber(9)),
        new(["General", "Security"], FeedbackLevel.Level300, Found(Candidate, Feature), RequestId.FromNumber(9)),
        new(["General"], FeedbackLevel.Level400, static (_, _) => [], RequestId.FromNumber(9)),
        new(["General"], FeedbackLevel.Level300, Found(Candidate), RequestId.FromNumber(9)),
    ];

    private static readonly PersonReference Colleague = new("test", "w", "colleague");

    private static readonly Gen<(ConversationInput Input, TurnFacts Facts)> Steps =
        from input in Gen.Frequency<ConversationInput>(
            (12, Gen.Elements(Texts).Zip(Gen.Choose(1, 6)).Select(x => (ConversationInput)new ConversationInput.Said(x.Item1, $"m{x.Item2}"))),
            (3, Gen.Elements("Cost", "Compliance", "", "General", "nonsense", "Contoso").Select(x => (ConversationInput)new ConversationInput.Chose(x.Length == 0 ? [] : [x]))),
            (9, Gen.Constant((ConversationInput)new ConversationInput.Skip())),
            (3, Gen.Constant((ConversationInput)new ConversationInput.Back())),
            (1, Gen.Constant((ConversationInput)new ConversationInput.Cancel())),
            (2, Gen.Constant((ConversationInput)new ConversationInput.Save())),
            (2, Gen.Constant((ConversationInput)new ConversationInput.ShowDraft())),
            (4, Gen.Elements((string?)null, "The renewal is next week").Select(x => (ConversationInput)new ConversationInput.Submit(new DraftEdits(new Dictionary<Topic, string>(), x)))),
            (2, Gen.Elements(Topic.Opening, Topic.Compliance, Topic.SpecificIssue).Zip(Gen.Elements("", "It fails with 900 users")).Select(x => (ConversationInput)new ConversationInput.Edit(new DraftEdits(new Dictionary<Topic, string> { [x.Item1] = x.Item2 }, null)))),
            (2, Gen.Elements("FR-7", "FR-8", "feature|roles").Select(x => (ConversationInput)new ConversationInput.SameAs(new CandidateId(x)))),
            (4, Gen.Constant((ConversationInput)new ConversationInput.New())),
            (2, Gen.Constant((ConversationInput)new ConversationInput.StartAgain())),
            (2, Gen.Choose(0, 6).Select(x => (ConversationInput)new ConversationInput.Edited($"m{x}", "They need it in two regions"))),
            (2, Gen.Choose(0, 6).Select(x => (ConversationInput)new ConversationInput.Deleted($"m{x}"))),
            (1, Gen.Constant((ConversationInput)new ConversationInput.HandOver(Colleague, "Sofia"))),
            (1, Gen.Constant((ConversationInput)new ConversationInput.Remind())),
            (3, Gen.Constant((ConversationInput)new ConversationInput.Expire())))
        from facts in Gen.Elements(Facts)
        select (input, facts);

    private static readonly Arbitrary<List<(ConversationInput Input, TurnFacts Facts)>> Walks = Steps.ListOf().ToArbitrary();

    [Fact]
    public void Whatever_happens_the_seller_is_told_what_is_next_or_why_not()
        => Check(walk => Play(walk, (_, input, step) =>
        {
            var isSilentByDesign = input is ConversationInput.Edited or ConversationInput.Deleted or ConversationInput.Remind or ConversationInput.Expire;
            (step.Say.Count > 0 || isSilentByDesign).ShouldBeTrue($"nothing was said to {input}");
            step.Say.ShouldAllBe(message => message.Choices.All(choice => choice.Label.Length > 0 && choice.Label.Length <= 75));
        }));

    [Fact]
    public void No_text_of_the_seller_is_lost()
        => Check(walk => Play(walk, (before, input, step) =>
        {
            if (ConversationInput.Understood(input, before) is ConversationInput.Said(var text, _) && step.Next.Turn != before.Turn)
            {
                (step.Next.Statements.Any(statement => statement.Text == text) || step.Next.Later.Any(statement => statement.Text == text)).ShouldBeTrue($"'{text}' is gone");
            }

            // Only an edit, a deletion, a step back or a new beginning may take anything away.
            if (input is not (ConversationInput.Edited or ConversationInput.Deleted or ConversationInput.Back or ConversationInput.StartAgain or ConversationInput.Edit))
            {
                before.Statements.ShouldBeSubsetOf(step.Next.Statements);
            }
        }));

    [Fact]
    public void Back_takes_back_exactly_the_last_answer()
        => Check(walk => Play(walk, (before, input, step) =>
        {
            var answered = input is ConversationInput.Said or ConversationInput.Skip or ConversationInput.Chose
                && step.Next.Statements.Count == before.Statements.Count + 1
                && !step.Next.HasEnded;
            if (answered)
            {
                var undone = step.Next.Apply(new ConversationInput.Back(), Of(step.Next, Facts[0]), DateTimeOffset.UnixEpoch).Next;
                undone.Statements.ShouldBe(before.Statements);
                undone.HasEnded.ShouldBeFalse();
            }
        }));

    [Fact]
    public void The_same_inputs_give_the_same_state_and_the_same_words()
        => Check(walk =>
        {
            var first = new List<string>();
            var second = new List<string>();
            Play(walk, (_, _, step) => first.Add(Shown(step)));
            Play(walk, (_, _, step) => second.Add(Shown(step)));
            second.ShouldBe(first);
        });

    [Fact]
    public void A_conversation_survives_being_stored_at_any_point()
        => Check(walk => Play(walk, (_, _, step) =>
        {
            var key = new Core.Storage.EntityKey("test", "conversation|x");
            var entity = Core.Storage.StoredRecords.ToEntity(key, step.Next) with { ETag = "1" };
            var read = Core.Storage.StoredRecords.ToStored<Conversation>(entity).Value;
            Core.Storage.StoredRecords.ToEntity(key, read).Properties.ShouldBe(entity.Properties);
        }));

    [Fact]
    public void The_diagram_shows_exactly_the_transitions_that_happen()
    {
        var happened = new HashSet<(string, string)>();
        for (var seed = 1; seed <= 40; seed++)
        {
            Check(walk => Play(walk, Look), (ulong)seed);
        }

        // Too rare for chance.
        var (skip, same, none) = (new ConversationInput.Skip(), new ConversationInput.SameAs(Feature.Id), new ConversationInput.New());
        Play([.. At(Facts[1], new ConversationInput.SameAs(Candidate.Id), new ConversationInput.Save(), new ConversationInput.Back())], Look);
        Play([.. At(Facts[1], same, new ConversationInput.Said("Thanks!"), new ConversationInput.Deleted("m0"))], Look);
        Play([.. At(Facts[1], [.. Enumerable.Repeat<ConversationInput>(skip, 7), same, none])], Look);

        var drawn = Transition().Matches(Diagram())
            .Select(match => (match.Groups["from"].Value, match.Groups["to"].Value))
            .ToHashSet();
        happened.Except(drawn).ShouldBeEmpty("these happen and are not drawn");
        drawn.Except(happened).ShouldBeEmpty("these are drawn and never happen");

        void Look(Conversation before, ConversationInput input, ConversationStep step)
        {
            if (step.Next.Turn != before.Turn)
            {
                happened.Add((before.State.ToString(), step.Next.State.ToString()));
            }
        }

        static IEnumerable<(ConversationInput, TurnFacts)> At(TurnFacts facts, params ConversationInput[] inputs)
            => inputs.Select(input => (input, facts));
    }

    /// <summary>What a turn knows of the request that the seller joins: it is there.</summary>
    private static TurnFacts Of(Conversation conversation, TurnFacts facts) => facts with { Root = conversation.Request ?? conversation.Joins };

    private static void Check(Action<List<(ConversationInput Input, TurnFacts Facts)>> holds, ulong seed = 42)
        => Prop.ForAll(Walks, holds).Check(Config.QuickThrowOnFailure.WithMaxTest(120).WithEndSize(40).WithReplay(seed, 1UL));

    private static void Play(
        List<(ConversationInput Input, TurnFacts Facts)> walk, Action<Conversation, ConversationInput, ConversationStep> look)
    {
        var conversation = Conversation.Begin(
            new ThreadReference("test", "w", "c", "t"),
            new PersonReference("test", "w", "sam"),
            "Sam",
            new Statement(Topic.Opening, StatementKind.Said, Texts[0], "m0"),
            1,
            walk.Count == 0 ? Facts[0] : walk[0].Facts,
            DateTimeOffset.UnixEpoch).Next;
        foreach (var (input, facts) in walk)
        {
            var step = conversation.Apply(input, Of(conversation, facts), DateTimeOffset.UnixEpoch.AddMinutes(conversation.Turn));
            look(conversation, input, step);
            conversation = step.Next;
        }
    }

    private static Func<string, IReadOnlySet<CandidateId>, IReadOnlyList<DuplicateCandidate>> Found(params DuplicateCandidate[] candidates)
        => (_, disputed) => [.. candidates.Where(candidate => !disputed.Contains(candidate.Id))];

    private static string Shown(ConversationStep step)
        => string.Join('\n', Core.Storage.StoredRecords.ToEntity(new Core.Storage.EntityKey("t", "c"), step.Next).Properties.Values)
            + string.Join('\n', step.Say.Select(message => System.Text.Json.JsonSerializer.Serialize(message)));

    private static string Diagram()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory!.FullName, "FeedbackBot.sln")))
        {
            directory = directory.Parent;
        }

        return File.ReadAllText(Path.Combine(directory.FullName, "src", "FeedbackBot.Core", "Conversations", "Conversation.md"));
    }

    [GeneratedRegex(@"^ +(?<from>\w+) --> (?<to>\w+):", RegexOptions.Multiline | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Transition();
}
