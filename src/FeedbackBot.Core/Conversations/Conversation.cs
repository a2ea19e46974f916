using FeedbackBot.Core.Assessment;
using FeedbackBot.Core.Deduplication;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Requests;
using FeedbackBot.Core.Storage;

namespace FeedbackBot.Core.Conversations;

/// <summary>Where a conversation stands. See <c>Conversation.md</c> beside this file for the transitions.</summary>
public enum ConversationState
{
    /// <summary>A question is open: <see cref="Conversation.Asked"/>.</summary>
    Asking,

    /// <summary>The seller looks at requests that may be the same.</summary>
    ChoosingRequest,

    /// <summary>The seller looks at the draft.</summary>
    Confirming,

    /// <summary>It was submitted; what is at stake is still asked.</summary>
    AskingStake,
    Submitted,
    Cancelled,
    Expired,
}

/// <summary>
/// Row <c>conversation|thread</c>: the guided conversation in one thread, from the opening message to the submission.
/// <see cref="Apply"/> is a pure function: it reads no clock and no store.
/// </summary>
public sealed record Conversation : IStoredRecord
{
    public static int Schema => 1;

    public required ThreadReference Thread { get; init; }

    public required PersonReference Seller { get; init; }

    public required string SellerName { get; init; }

    public ConversationState State { get; init; }

    /// <summary>The open question while <see cref="State"/> is <see cref="ConversationState.Asking"/>.</summary>
    public Topic Asked { get; init; }

    public required string Opening { get; init; }

    public IReadOnlyDictionary<Topic, string> Answers { get; init; } = new Dictionary<Topic, string>();

    public IReadOnlyList<Topic> Skipped { get; init; } = [];

    /// <summary>The constraints the seller named.</summary>
    public IReadOnlyList<Constraint> Causes { get; init; } = [];

    /// <summary>What the seller added that answered no question.</summary>
    public IReadOnlyList<string> AddedFacts { get; init; } = [];

    /// <summary>The requests that were offered as possibly the same.</summary>
    public IReadOnlyList<RequestId> Offered { get; init; } = [];

    /// <summary>The request the seller said it is, null for a new one.</summary>
    public RequestId? Joins { get; init; }

    /// <summary>Why it goes to the product team below the minimum level.</summary>
    public string? EscalationReason { get; init; }

    /// <summary>
    /// How many turns there were. Buttons carry it, so that one of an earlier message is recognised. It is never set back,
    /// not even when another conversation begins in the thread.
    /// </summary>
    public int Turn { get; init; }

    /// <summary>Text that came in after the end, the opening of the next conversation if the seller wants one.</summary>
    public string? Leftover { get; init; }

    public SubmissionId? Submission { get; init; }

    public RequestId? Request { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>
    /// How much text a conversation holds, in UTF-16 characters: the longest message and half as much again. A row of the store
    /// holds it even where JSON writes every character as an escape.
    /// </summary>
    public const int MaxText = PersonText.MaxLength * 3 / 2;

    public static string Row(ThreadReference thread) => $"conversation|{thread.Hash()}";

    [System.Text.Json.Serialization.JsonIgnore]
    public bool HasEnded => State is ConversationState.Submitted or ConversationState.Cancelled or ConversationState.Expired;

    /// <summary>Begins a conversation with its opening message and asks the first question.</summary>
    public static ConversationStep Begin(
        ThreadReference thread, PersonReference seller, string sellerName, string opening, int turn, TurnFacts facts, DateTimeOffset now)
        => new Conversation
        {
            Thread = thread,
            Seller = seller,
            SellerName = sellerName,
            Opening = opening,
            Turn = turn,
            StartedAt = now,
            UpdatedAt = now,
        }.GoOn(facts);

    /// <summary>The next state and what to say, for one input of the seller.</summary>
    public ConversationStep Apply(ConversationInput input, TurnFacts facts, DateTimeOffset now)
    {
        var next = this with { Turn = Turn + 1, UpdatedAt = now };
        return (State, ConversationInput.Understood(input, this)) switch
        {
            (_, ConversationInput.Said(var text)) when IsTooMuch(text)
                => new ConversationStep(this, [new OutboundMessage.Refusal(Wording.TooMuchText)], ConversationEffect.None),
            (ConversationState.AskingStake, ConversationInput.Expire)
                => new ConversationStep(next with { State = ConversationState.Submitted }, [], ConversationEffect.None),
            (_, ConversationInput.Expire) when !HasEnded => next.End(ConversationState.Expired, Wording.Expired),
            (ConversationState.Submitted or ConversationState.Cancelled or ConversationState.Expired, var late) => next.AfterTheEnd(late, facts, now),
            (ConversationState.AskingStake, ConversationInput.Skip or ConversationInput.Cancel or ConversationInput.Submit)
                => next.End(ConversationState.Submitted, Wording.StakeSkipped),
            (ConversationState.AskingStake, ConversationInput.Said(var text)) => new ConversationStep(
                next with { State = ConversationState.Submitted, Answers = With(Topic.Stake, text) },
                [new OutboundMessage.Notice(Wording.StakeTaken)],
                ConversationEffect.AddStake),
            (_, ConversationInput.Cancel) => next.End(ConversationState.Cancelled, Wording.Cancelled),
            (ConversationState.Asking, ConversationInput.Skip) => (next with { Skipped = [.. Skipped, Asked] }).GoOn(facts),
            (ConversationState.Asking, ConversationInput.Submit) => (next with { Skipped = [.. Skipped, .. Remaining(facts)] }).GoOn(facts),
            (ConversationState.Asking, ConversationInput.Said(var text)) => next.Answered(text).GoOn(facts),
            (ConversationState.Asking, ConversationInput.Chose(var values)) => next.Chosen(values, facts).GoOn(facts),
            (ConversationState.ChoosingRequest, ConversationInput.SameAs(var id)) when Offered.Contains(id)
                => (next with { Joins = id }).ShowDraft(facts),
            (ConversationState.ChoosingRequest, ConversationInput.SameAs or ConversationInput.Same)
                => new ConversationStep(this, [new OutboundMessage.Refusal(Wording.ChooseAnOffered)], ConversationEffect.None),
            (ConversationState.ChoosingRequest, ConversationInput.New or ConversationInput.Skip or ConversationInput.Submit)
                => (next with { Joins = null }).ShowDraft(facts),
            (ConversationState.ChoosingRequest, ConversationInput.Said(var text)) => next.WithFact(text).GoOn(facts),
            (ConversationState.Confirming, ConversationInput.Submit(var edits)) => next.Edited(edits).Submit(facts, now),
            (ConversationState.Confirming, ConversationInput.Edit(var edits)) => next.Edited(edits).ShowDraft(facts),
            (ConversationState.Confirming, ConversationInput.Said(var text)) => next.WithFact(text).ShowDraft(facts),
            _ => new ConversationStep(this, [new OutboundMessage.Refusal(Wording.NotNow)], ConversationEffect.None),
        };
    }

    /// <summary>Everything the seller said, for matching.</summary>
    public string FullText() => string.Join('\n', [Opening, .. Answers.Values, .. AddedFacts]);

    /// <summary>The feedback in the article's shape, in the seller's own words.</summary>
    public IReadOnlyList<DraftPart> Parts()
    {
        var parts = new List<DraftPart> { new(Topic.Confirm, Wording.PartLabel(Topic.Confirm), Opening) };
        foreach (var topic in Enum.GetValues<Topic>())
        {
            // The cause is said by its constraints, the customer and the area stand on their own.
            if (topic is not (Topic.Cause or Topic.Customer or Topic.ProductArea or Topic.Stake)
                && Answers.TryGetValue(topic, out var text))
            {
                parts.Add(new DraftPart(topic, Wording.PartLabel(topic), text));
            }
        }

        if (AddedFacts.Count > 0)
        {
            parts.Add(new DraftPart(Topic.Duplicate, Wording.AddedFactsLabel, string.Join('\n', AddedFacts)));
        }

        return parts;
    }

    public AnswerLevel Level() => AnswerLevel.Of(this);

    private ConversationStep GoOn(TurnFacts facts)
    {
        if (Remaining(facts) is [var topic, ..])
        {
            var asking = this with { State = ConversationState.Asking, Asked = topic };
            return new ConversationStep(asking, [asking.AskFor(topic, facts)], ConversationEffect.None);
        }

        if (facts.Candidates.Count > 0)
        {
            var choosing = this with
            {
                State = ConversationState.ChoosingRequest,
                Offered = [.. facts.Candidates.Select(candidate => candidate.Request)],
            };
            return new ConversationStep(
                choosing,
                [
                    new OutboundMessage.Candidates(Wording.MaybeTheSame, facts.Candidates)
                    {
                        Subject = choosing.Subject(),
                        Choices =
                        [
                            .. facts.Candidates.Select(candidate => new Choice(
                                ActionNames.SameRequest, Wording.SameAs(candidate.Request), candidate.Request.Value)),
                            new Choice(ActionNames.NewRequest, Wording.NoneOfThese),
                        ],
                    },
                ],
                ConversationEffect.None);
        }

        return ShowDraft(facts);
    }

    private OutboundMessage.Question AskFor(Topic topic, TurnFacts facts)
    {
        var level = Level();
        return new OutboundMessage.Question(topic, Wording.QuestionFor(topic), level.Level, level.Missing)
        {
            Subject = Subject(),
            Choices = [.. AnswerChoices(topic, facts), new Choice(ActionNames.Skip, Wording.Skip), new Choice(ActionNames.Cancel, Wording.Cancel)],
        };
    }

    private static IEnumerable<Choice> AnswerChoices(Topic topic, TurnFacts facts) => topic switch
    {
        Topic.Cause =>
        [
            .. Enum.GetValues<Constraint>().Select(constraint => new Choice(
                ActionNames.Choose, Wording.ConstraintLabel(constraint), constraint.ToString())),
            new Choice(ActionNames.Choose, Wording.NotSureYet, ""),
        ],
        Topic.ProductArea => facts.Areas.Select(area => new Choice(ActionNames.Choose, area, area)),
        _ => [],
    };

    private ConversationStep ShowDraft(TurnFacts facts)
    {
        var confirming = this with { State = ConversationState.Confirming };
        var level = Level();
        var needsReason = level.Level < facts.MinimumLevel;
        var form = Parts()
            .Where(part => part.Topic != Topic.Duplicate && part.Text.Length <= FormField.LongestText)
            .Select(part => new FormField(part.Topic.ToString(), part.Label, FieldType.TextArea, Value: part.Text))
            .ToList();
        if (needsReason)
        {
            form.Add(new FormField(DraftEdits.ReasonField, Wording.ReasonLabel, FieldType.TextArea, Help: Wording.ReasonHelp, MaxLength: 500));
        }

        return new ConversationStep(
            confirming,
            [
                new OutboundMessage.Draft(
                    Wording.DraftIntro(Joins, level.Level, facts.MinimumLevel), Parts(), level.Level, level.Missing)
                {
                    Subject = Subject(),
                    Choices =
                    [
                        new Choice(ActionNames.Submit, needsReason ? Wording.SubmitWithReason : Wording.Submit, Style: ChoiceStyle.Primary, OpensForm: needsReason),
                        new Choice(ActionNames.Edit, Wording.Edit, OpensForm: true),
                        new Choice(ActionNames.Cancel, Wording.Cancel, Style: ChoiceStyle.Danger),
                    ],
                    Form = form,
                },
            ],
            ConversationEffect.None);
    }

    private ConversationStep Submit(TurnFacts facts, DateTimeOffset now)
    {
        if (Level().Level < facts.MinimumLevel && EscalationReason is null)
        {
            var (draft, say, effect) = ShowDraft(facts);
            return new ConversationStep(draft, [new OutboundMessage.Refusal(Wording.ReasonNeeded(facts.MinimumLevel)), .. say], effect);
        }

        var request = Joins ?? facts.NewRequest;
        var submitted = this with
        {
            State = ConversationState.AskingStake,
            Request = request,
            Submission = new SubmissionId($"{now.UtcTicks:D19}-{KeyHash.Of(Row(Thread))[..12]}"),
        };
        return new ConversationStep(
            submitted,
            [
                new OutboundMessage.Submitted(request, Joins is null ? Wording.SubmittedNew(request) : Wording.SubmittedJoined(request)),
                submitted.AskFor(Topic.Stake, facts) with { Choices = [new Choice(ActionNames.Skip, Wording.Skip)] },
            ],
            ConversationEffect.Submit);
    }

    private ConversationStep AfterTheEnd(ConversationInput input, TurnFacts facts, DateTimeOffset now) => input switch
    {
        ConversationInput.Said(var text) => new ConversationStep(
            this with { Leftover = Leftover is null ? text : $"{Leftover}\n{text}" },
            [
                new OutboundMessage.Notice(Wording.HasEnded(Request))
                {
                    Subject = Subject(), Choices = [new Choice(ActionNames.StartAgain, Wording.StartAgain)],
                },
            ],
            ConversationEffect.None),
        ConversationInput.StartAgain when Leftover is not null => Begin(Thread, Seller, SellerName, Leftover, Turn, facts, now),
        _ => new ConversationStep(this, [new OutboundMessage.Refusal(Wording.HasEnded(Request))], ConversationEffect.None),
    };

    private ConversationStep End(ConversationState state, string text)
        => new(this with { State = state }, [new OutboundMessage.Notice(text)], ConversationEffect.None);

    private Conversation Answered(string text) => Asked == Topic.Cause
        ? this with { Answers = With(Topic.Cause, text), Causes = Wording.ConstraintsIn(text) }
        : this with { Answers = With(Asked, text) };

    private Conversation Chosen(IReadOnlyList<string> values, TurnFacts facts) => Asked switch
    {
        Topic.Cause => this with
        {
            Answers = With(Topic.Cause, string.Join(", ", values.DefaultIfEmpty(Wording.NotSureYet))),
            Causes = [.. Enum.GetValues<Constraint>().Where(constraint => values.Contains(constraint.ToString(), StringComparer.Ordinal))],
        },
        Topic.ProductArea when values.Count == 1 && facts.Areas.Contains(values[0], StringComparer.Ordinal) => Answered(values[0]),
        _ => this,
    };

    private Conversation Edited(DraftEdits edits)
    {
        var answers = new Dictionary<Topic, string>(Answers);
        foreach (var (topic, text) in edits.Parts)
        {
            if (text.Length == 0)
            {
                answers.Remove(topic);
            }
            else if (topic != Topic.Confirm)
            {
                answers[topic] = text;
            }
        }

        var opening = edits.Parts.GetValueOrDefault(Topic.Confirm);
        return this with
        {
            Answers = answers,
            Opening = string.IsNullOrEmpty(opening) ? Opening : opening,
            EscalationReason = edits.Reason ?? EscalationReason,
        };
    }

    private bool IsTooMuch(string text)
        => (HasEnded ? Leftover?.Length ?? 0 : FullText().Length) + text.Length > (HasEnded ? PersonText.MaxLength : MaxText);

    private Conversation WithFact(string text) => this with { AddedFacts = [.. AddedFacts, text] };

    private Dictionary<Topic, string> With(Topic topic, string text) => new(Answers) { [topic] = text };

    /// <summary>The questions still to be asked, in order.</summary>
    private List<Topic> Remaining(TurnFacts facts)
    {
        IEnumerable<Topic> all =
        [
            Topic.SpecificIssue,
            Topic.Cause,
            .. Causes.Select(TopicOf),
            Topic.Alternatives,
            Topic.Impact,
            Topic.Customer,
            .. facts.Areas.Count > 1 ? [Topic.ProductArea] : Array.Empty<Topic>(),
        ];
        return [.. all.Where(topic => !Answers.ContainsKey(topic) && !Skipped.Contains(topic))];
    }

    private Subject Subject() => new(SubjectKind.Conversation, new ConversationTurn(Thread.Hash(), Turn).ToString());

    internal static Topic TopicOf(Constraint constraint) => constraint switch
    {
        Constraint.Cost => Topic.Cost,
        Constraint.Compliance => Topic.Compliance,
        Constraint.Infrastructure => Topic.Infrastructure,
        Constraint.People => Topic.People,
    };
}
