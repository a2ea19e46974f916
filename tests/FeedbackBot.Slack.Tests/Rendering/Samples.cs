using FeedbackBot.Core;
using FeedbackBot.Core.Assessment;
using FeedbackBot.Core.Catalogue;
using FeedbackBot.Core.Conversations;
using FeedbackBot.Core.Deduplication;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Requests;
using FeedbackBot.Core.Triage;

namespace FeedbackBot.Slack.Tests.Rendering;

/// <summary>One message of every kind, with the same text in every place where a person's words may stand.</summary>
internal static class Samples
{
    public static readonly ThreadReference Thread = new("slack", "T1", "C1", "1700000000.000100");

    private static readonly PersonReference Person = new("slack", "T1", "U1");

    public static IReadOnlyDictionary<string, Response> Responses(string words) => new Dictionary<string, Response>(StringComparer.Ordinal)
    {
        ["already-exists"] = new Response.AlreadyExists(new Uri("https://docs.example.com/roles"), words),
        ["on-roadmap"] = new Response.OnRoadmap(new RoadmapDate(2027, RoadmapPrecision.Quarter, 2), words, new Workaround(words)),
        ["not-a-priority"] = new Response.NotAPriority(words, new ReopenThreshold(5, new Money(500_000, "EUR")), new Workaround(null)),
        ["too-costly"] = new Response.TooCostly(words, new Workaround(words)),
        ["not-aligned"] = new Response.NotAligned(Misalignment.CompetingProduct, words, new Workaround(null)),
    };

    public static IReadOnlyDictionary<string, OutboundMessage> Messages(string words) => new Dictionary<string, OutboundMessage>(StringComparer.Ordinal)
    {
        ["question"] = new OutboundMessage.Question(Topic.Cause, words, FeedbackLevel.Level200, [Wording.MissingEvidence])
        {
            Subject = Subject(SubjectKind.Conversation),
            Choices =
            [
                new(ActionNames.Choose, "Compliance", nameof(Constraint.Compliance)), new(ActionNames.Choose, words, words),
                new(ActionNames.Choose, Wording.Several, OpensForm: true), new(ActionNames.Skip, Wording.Skip), new(ActionNames.Cancel, Wording.Cancel, Style: ChoiceStyle.Danger),
            ],
            Form = [new(Conversation.Causes, Wording.CausesLabel, FieldType.MultiSelect, Required: true, Options: [new("Cost", words), new("Compliance", "Compliance")])],
        },
        ["candidates"] = new OutboundMessage.Candidates(
            "Is it one of these?",
            [
                Candidate(words),
                new(new CandidateId(ExistingFeature.Prefix + "x"), words, "", RequestStatus.Answered, [words]) { Link = "https://docs.example.com/roles" },
                new(new CandidateId(ExistingFeature.Prefix + "y"), words, "", RequestStatus.Answered, [words]) { Link = words },
            ])
        {
            Subject = Subject(SubjectKind.Conversation),
            Choices = [new(ActionNames.SameRequest, "Same as FR-3", "FR-3", ChoiceStyle.Primary), new(ActionNames.NewRequest, Wording.DoesNotHelp)],
        },
        ["draft"] = Draft(words),
        ["submitted"] = new OutboundMessage.Submitted(RequestId.FromNumber(7), Wording.SubmittedNew(RequestId.FromNumber(7))),
        ["card-open"] = Card(words, null),
        ["card-answered"] = Card(words, Responses(words)["on-roadmap"]),
        ["card-merged"] = new OutboundMessage.TriageCard(Content(words, null) with { PartOf = RequestId.FromNumber(2), Status = RequestStatus.Duplicate })
        {
            Subject = Subject(SubjectKind.Request),
            Choices = [new(ActionNames.Unmerge, Wording.NotTheSame)],
        },
        ["own-feedback"] = new OutboundMessage.OwnFeedback(
            [
                new(RequestId.FromNumber(7), words, words, FeedbackLevel.Level400, At, RequestStatus.Planned, Responses(words)["on-roadmap"], Outcome.ToldCustomer, Thread),
                new(RequestId.FromNumber(4), words, "", FeedbackLevel.Level300, At, RequestStatus.Open, null, Outcome.None, Thread),
            ],
            More: true),
        ["own-feedback-none"] = new OutboundMessage.OwnFeedback([], More: false),
        ["notice"] = new OutboundMessage.Notice(words),
        ["refusal"] = new OutboundMessage.Refusal(words),
    };

    public static OutboundMessage Answer(Response response, string words) => new OutboundMessage.Answer(RequestId.FromNumber(7), words, response, RequestId.FromNumber(9))
    {
        Subject = Subject(SubjectKind.Submission),
        Choices =
        [
            new(ActionNames.ToldCustomer, "Told the customer"), new(ActionNames.CustomerAccepts, "Customer accepts", Style: ChoiceStyle.Primary),
            new(ActionNames.StillBlocked, "Still blocked", OpensForm: true),
        ],
        Form = [new("facts", "What is still in the way?", FieldType.TextArea, Required: true, Help: words)],
    };

    private static DateTimeOffset At { get; } = new(2027, 1, 4, 9, 0, 0, TimeSpan.Zero);

    private static DuplicateCandidate Candidate(string words)
        => new(new CandidateId(RequestId.FromNumber(3)), words, words, RequestStatus.Planned, [words, "access"], MatchBand.Certain) { Customers = 3 };

    private static Subject Subject(SubjectKind kind) => new(kind, kind == SubjectKind.Request ? "FR-7" : "subject:1");

    private static OutboundMessage.Draft Draft(string words) => new(
        Wording.DraftIntro(null, needsReason: true, FeedbackLevel.Level200, FeedbackLevel.Level300),
        Parts(words),
        FeedbackLevel.Level200,
        [Wording.MissingEvidence, Wording.MissingAlternative],
        [Wording.ToBring(Topic.Compliance)],
        SelfAssessed: true)
    {
        Subject = Subject(SubjectKind.Conversation),
        Choices = [new(ActionNames.Submit, Wording.SubmitWithReason, OpensForm: true), new(ActionNames.Edit, Wording.Edit, OpensForm: true), new(ActionNames.Cancel, Wording.Cancel, Style: ChoiceStyle.Danger)],
        Form =
        [
            .. Parts(words).Select(part => new FormField(part.Topic.ToString(), part.Label, FieldType.TextArea, Value: part.Text)),
            new FormField(DraftEdits.ReasonField, Wording.ReasonLabel, FieldType.TextArea, Help: Wording.ReasonHelp, MaxLength: 500),
        ],
    };

    private static IReadOnlyList<DraftPart> Parts(string words) =>
    [
        new(Topic.Opening, Wording.PartLabel(Topic.Opening), words),
        new(Topic.Compliance, Wording.PartLabel(Topic.Compliance), words, Wording.Serves(Topic.Compliance), Brief: words),
    ];

    private static OutboundMessage.TriageCard Card(string words, Response? response) => new(Content(words, response))
    {
        Subject = Subject(SubjectKind.Request),
        Choices = response is not null ? [] : [.. Enum.GetValues<ResponseCategory>().Select(category => new Choice(ActionNames.Answer, ResponseForm.Label(category), category.ToString(), OpensForm: true))],
        Form = response is not null ? [] : ResponseForm.Fields,
    };

    private static TriageCardContent Content(string words, Response? response) => new(
        RequestId.FromNumber(7),
        words,
        words,
        response is null ? RequestStatus.Open : RequestStatus.Planned,
        FeedbackLevel.Level400,
        [Constraint.Compliance, Constraint.Infrastructure],
        Customers: 2,
        Submissions: 5,
        [new Money(400_000, "EUR"), new Money(1_200_000, "USD")],
        [
            new(words, words, FeedbackLevel.Level400, SelfAssessed: false, Parts(words), new Stake(words, null), words, [words], Outcome.StillBlocked, Thread),
            new("Sofia", "", FeedbackLevel.Level300, SelfAssessed: true, Parts(words), null, null, [], Outcome.None, Thread with { ChannelId = "D1" }),
        ],
        response is null ? null : new RecordedResponse("answer", response, Person, words, At),
        response is null ? words : null,
        response is null ? new Dictionary<Outcome, int>() : new Dictionary<Outcome, int> { [Outcome.ToldCustomer] = 1, [Outcome.CustomerAccepts] = 2 })
    {
        Parts = [RequestId.FromNumber(8)],
        MoreParts = true,
        Similar = response is null ? [Candidate(words)] : [],
    };
}
