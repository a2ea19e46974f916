using FeedbackBot.Core;
using FeedbackBot.Core.Assessment;
using FeedbackBot.Core.Conversations;
using FeedbackBot.Core.Deduplication;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Requests;
using FeedbackBot.Core.Triage;
using FeedbackBot.Host.Playground;
using FeedbackBot.Testing;
using Shouldly;
using Xunit;

namespace FeedbackBot.Host.Tests.Playground;

/// <summary>Everything the bot can say, as the Playground shows it.</summary>
public sealed class PlaygroundTextTests
{
    private static readonly PersonReference Ana = new("playground", "playground", "pm-ana");
    private static readonly RequestId Request = RequestId.FromNumber(12);
    private static readonly DateTimeOffset At = new(2027, 3, 1, 9, 0, 0, TimeSpan.Zero);

    private static readonly DraftPart[] Parts =
    [
        new(Topic.Confirm, Wording.PartLabel(Topic.Confirm), "Contoso will not buy until <b>feature X</b> is added."),
        new(Topic.SpecificIssue, Wording.PartLabel(Topic.SpecificIssue), "Deploying needs access to production.\nEvery time."),
        new(Topic.Compliance, Wording.PartLabel(Topic.Compliance), "SOX, *segregation of duties*."),
    ];

    private static readonly Dictionary<string, Response> Responses = new(StringComparer.Ordinal)
    {
        [nameof(Response.AlreadyExists)] = new Response.AlreadyExists(new Uri("https://docs.example/roles?a=1&b=2"), "Give the pipeline its own role."),
        [nameof(Response.OnRoadmap)] = new Response.OnRoadmap(new RoadmapDate(2027, RoadmapPrecision.Quarter, 2), "Deployment by role.", new Workaround("A jump host.")),
        [nameof(Response.NotAPriority)] = new Response.NotAPriority("Two customers in three years.", new ReopenThreshold(5, new Money(500_000, "EUR")), new Workaround(null)),
        [nameof(Response.TooCostly)] = new Response.TooCostly("Every agent would need a second identity.", new Workaround("A script.")),
        [nameof(Response.NotAligned)] = new Response.NotAligned(Misalignment.PlannedSunset, "Agents go away in 2028.", new Workaround(null)),
    };

    private static readonly Dictionary<string, OutboundMessage> Messages = new(StringComparer.Ordinal)
    {
        [nameof(OutboundMessage.Question)] = new OutboundMessage.Question(Topic.Cause, "What is behind it?", FeedbackLevel.Level200, ["the reason behind it"])
        {
            Subject = new Subject(SubjectKind.Conversation, "thread:2"),
            Choices = [new Choice(ActionNames.Choose, "Cost", "Cost"), new Choice(ActionNames.Skip, "Skip"), new Choice(ActionNames.Cancel, "Cancel", Style: ChoiceStyle.Danger)],
        },
        [nameof(OutboundMessage.Candidates)] = new OutboundMessage.Candidates(
            "Is it one of these?",
            [
                new DuplicateCandidate(new CandidateId(Request), "Deploying needs access to production", "Identity", RequestStatus.Planned, ["access to production", "agents"], MatchBand.Certain) { Customers = 4, Planned = new RoadmapDate(2027, RoadmapPrecision.Quarter, 2) },
                new DuplicateCandidate(new CandidateId("FR-3"), "Agents share one account", "General", RequestStatus.Open, []) { Customers = 1 },
                new DuplicateCandidate(new CandidateId("feature|roles"), "Deployment by role", "", RequestStatus.Answered, ["deploy"]) { Link = "https://docs.example/roles" },
            ]),
        [nameof(OutboundMessage.Draft)] = new OutboundMessage.Draft("Here it is.", Parts, FeedbackLevel.Level300, ["what was tried, or the impact"], ["How many users does it affect?"])
        {
            Form = [new FormField("SpecificIssue", "The specific issue", FieldType.TextArea, Value: "Deploying needs access to production.\nEvery time.")],
        },
        [nameof(OutboundMessage.Submitted)] = new OutboundMessage.Submitted(Request, Wording.SubmittedNew(Request)),
        [nameof(OutboundMessage.TriageCard)] = new OutboundMessage.TriageCard(Card(null)),
        [nameof(OutboundMessage.Answer)] = new OutboundMessage.Answer(Request, "Deploying needs access to production", Responses[nameof(Response.OnRoadmap)]),
        [nameof(OutboundMessage.OwnFeedback)] = new OutboundMessage.OwnFeedback(
            [
                new OwnFeedbackItem(
                    Request, "Deploying needs access to production", "Contoso", FeedbackLevel.Level400, At, RequestStatus.Planned,
                    Responses[nameof(Response.OnRoadmap)], Outcome.ToldCustomer, new ThreadReference("playground", "playground", "sellers", "u1")),
            ],
            More: true),
        [nameof(OutboundMessage.Notice)] = new OutboundMessage.Notice(Wording.StakeTaken),
        [nameof(OutboundMessage.Refusal)] = new OutboundMessage.Refusal(Wording.TriageMembersOnly),
    };

    public static TheoryData<string> Kinds { get; } = [.. CasesOf(typeof(OutboundMessage))];

    public static TheoryData<string> Answers { get; } = [.. CasesOf(typeof(Response))];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_kind_of_message_is_shown_as_approved(string kind)
    {
        Messages.ShouldContainKey(kind, $"{kind} is new: give it an example here, so that somebody looks at how it is shown.");
        Snapshot.ShouldMatch(PlaygroundText.Of(Messages[kind]), $"FeedbackBot.Host.Tests/Playground/Snapshots/{kind}");
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public void Every_answer_is_shown_as_approved_to_the_seller_and_on_the_card(string category)
    {
        Responses.ShouldContainKey(category, $"{category} is new: give it an example here.");
        var response = Responses[category];
        Snapshot.ShouldMatch(
            new
            {
                seller = PlaygroundText.Of(new OutboundMessage.Answer(Request, "Deploying needs access to production", response)),
                card = PlaygroundText.Of(new OutboundMessage.TriageCard(Card(response))),
            },
            $"FeedbackBot.Host.Tests/Playground/Snapshots/Answer-{category}");
    }

    [Fact]
    public void The_answers_are_the_categories_and_no_other() => CasesOf(typeof(Response)).ShouldBe(Enum.GetNames<ResponseCategory>(), ignoreOrder: true);

    [Fact]
    public void Cards_of_merged_requests_say_what_they_are_part_of_and_what_is_part_of_them()
    {
        RequestId[] parts = [RequestId.FromNumber(7), RequestId.FromNumber(9)];
        Snapshot.ShouldMatch(
            new
            {
                root = PlaygroundText.Of(new OutboundMessage.TriageCard(Card(null) with { Parts = parts, MoreParts = true })).Text,
                part = PlaygroundText.Of(new OutboundMessage.TriageCard(Card(null) with { Status = RequestStatus.Duplicate, PartOf = RequestId.FromNumber(3) })).Text,
                seller = PlaygroundText.Of(new OutboundMessage.Answer(
                    Request, "Deploying needs access to production", Responses[nameof(Response.OnRoadmap)], RequestId.FromNumber(3))).Text,
            },
            "FeedbackBot.Host.Tests/Playground/Snapshots/Merged");
    }

    [Fact]
    public void A_card_stays_readable_whatever_was_pasted_into_it()
    {
        var huge = new string('x', PersonText.MaxLength);
        var submission = Card(null).Latest[0] with { Parts = [.. Parts.Select(part => part with { Text = huge })], Customer = huge, NewFacts = [huge], Stake = new Stake(huge, null) };
        PlaygroundText.Of(new OutboundMessage.TriageCard(Card(null) with { Latest = [submission, submission, submission] })).Text.Length.ShouldBeLessThan(30_000);
    }

    private static IEnumerable<string> CasesOf(Type hierarchy)
        => hierarchy.GetNestedTypes().Where(type => type.IsSubclassOf(hierarchy)).Select(type => type.Name);

    private static TriageCardContent Card(Response? response) => new(
        Request,
        "Deploying needs access to production",
        "Identity and security",
        RequestStatus.Open,
        FeedbackLevel.Level400,
        [Constraint.Compliance, Constraint.People],
        Customers: 2,
        Submissions: 5,
        [new Money(400_000, "EUR"), new Money(1_500_000.5m, "USD")],
        [
            new CardSubmission(
                "Sam", "Contoso", FeedbackLevel.Level400, false, Parts, Stake.From("€400k renewal"), "Their board decides on Friday.",
                ["The jump host failed their audit."], Outcome.StillBlocked, new ThreadReference("playground", "playground", "sellers", "u1")),
            new CardSubmission(
                "Sofia", "", FeedbackLevel.Level200, true, [Parts[0]], null, null, [], Outcome.None, new ThreadReference("playground", "playground", "sellers", "u2")),
        ],
        response is null ? null : new RecordedResponse("r1", response, Ana, "Ana", At),
        response is null ? "Still blocked, says Sam, with new facts." : null,
        response is null ? new Dictionary<Outcome, int>() : new Dictionary<Outcome, int> { [Outcome.ToldCustomer] = 1, [Outcome.CustomerAccepts] = 2 });
}
