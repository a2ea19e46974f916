using System.Text.Json.Serialization;
using FeedbackBot.Core.Assessment;
using FeedbackBot.Core.Deduplication;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Outbox;
using FeedbackBot.Core.Requests;
using FeedbackBot.Core.Storage;

namespace FeedbackBot.Core.Conversations;

/// <summary>Where a conversation stands. <c>Conversation.md</c> beside this file shows the transitions.</summary>
public enum ConversationState
{
    /// <summary>A question is open: <see cref="Conversation.Asked"/>.</summary>
    Asking,

    /// <summary>The seller looks at what may be the same: before the first question, or before the draft.</summary>
    ChoosingRequest,

    /// <summary>The seller looks at the draft.</summary>
    Confirming,

    /// <summary>The seller keeps the draft for later, perhaps until the customer has answered.</summary>
    Saved,

    /// <summary>It was submitted; what is at stake is still asked.</summary>
    AskingStake,
    Submitted,
    Cancelled,
    Expired,

    /// <summary>The product can do it already.</summary>
    Solved,
}

/// <summary>
/// Row <c>conversation|thread</c>: the guided conversation in one thread, from the opening message to the submission. It keeps
/// what the seller said; what that amounts to and what comes next is derived (<see cref="Understanding"/>).
/// <see cref="Apply"/> is a pure function: it reads no clock and no store.
/// </summary>
public sealed record Conversation : IStoredRecord
{
    public static int Schema => 4;

    public required ThreadReference Thread { get; init; }

    public required PersonReference Seller { get; init; }

    public required string SellerName { get; init; }

    public ConversationState State { get; init; }

    /// <summary>The open question while <see cref="State"/> is <see cref="ConversationState.Asking"/>.</summary>
    public Topic Asked { get; init; }

    /// <summary>What the seller said, the opening first.</summary>
    public IReadOnlyList<Statement> Statements { get; init; } = [];

    /// <summary>What was last offered as possibly the same.</summary>
    public IReadOnlyList<DuplicateCandidate> Offered { get; init; } = [];

    /// <summary>Why it goes to the product team below the minimum level.</summary>
    public string? EscalationReason { get; init; }

    /// <summary>
    /// How many turns there were. Buttons carry it, so that one of an earlier message is recognised. It is never set back,
    /// not even when another conversation begins in the thread.
    /// </summary>
    public int Turn { get; init; }

    /// <summary>What came in after the end, the beginning of the next conversation if the seller wants one.</summary>
    public IReadOnlyList<Statement> Later { get; init; } = [];

    /// <summary>The channel of the command that began it, where it may go on; null if it began otherwise.</summary>
    public CommandPlace? BegunIn { get; init; }

    /// <summary>The post under which it goes on elsewhere as soon as that is delivered.</summary>
    public OutboxId? Moving { get; init; }

    /// <summary>Where it goes on; what stands here is how it was when it left.</summary>
    public ThreadReference? MovedTo { get; init; }

    public SubmissionId? Submission { get; init; }

    public RequestId? Request { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The seller was reminded of the draft; once is enough.</summary>
    public bool WasReminded { get; init; }

    /// <summary>
    /// How much text a conversation holds, in UTF-16 characters: the longest message and half as much again. A row of the store
    /// holds it even where JSON writes every character as an escape.
    /// </summary>
    public const int MaxText = PersonText.MaxLength * 3 / 2;

    [JsonIgnore]
    public bool HasEnded => MovedTo is not null || State is ConversationState.Submitted or ConversationState.Cancelled or ConversationState.Expired or ConversationState.Solved;

    /// <summary>What the seller said it is, null for something new.</summary>
    [JsonIgnore]
    public CandidateId? SameAs => Statements.LastOrDefault(statement => statement.Topic == Topic.Duplicate) is { Kind: StatementKind.Chosen } chosen
        ? new CandidateId(chosen.Text)
        : null;

    /// <summary>The request the seller said it is, null for a new one.</summary>
    [JsonIgnore]
    public RequestId? Joins => SameAs?.Request;

    /// <summary>What the seller said it is not.</summary>
    [JsonIgnore]
    public IReadOnlySet<CandidateId> Disputed => Statements
        .Where(statement => statement is { Topic: Topic.Duplicate, Kind: StatementKind.Denied })
        .SelectMany(statement => statement.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Select(id => new CandidateId(id))
        .ToHashSet();

    public static string Row(ThreadReference thread) => $"conversation|{thread.Hash()}";

    /// <summary>Begins a conversation with its opening message: offers what is known of it, or asks the first question.</summary>
    public static ConversationStep Begin(
        ThreadReference thread, PersonReference seller, string sellerName, Statement opening, int turn, TurnFacts facts, DateTimeOffset now)
        => Begin(thread, seller, sellerName, [opening], turn, facts, now);

    internal static ConversationStep Begin(
        ThreadReference thread, PersonReference seller, string sellerName, IReadOnlyList<Statement> said, int turn, TurnFacts facts, DateTimeOffset now)
    {
        var begun = new Conversation
        {
            Thread = thread,
            Seller = seller,
            SellerName = sellerName,
            Statements = said,
            Turn = turn,
            StartedAt = now,
            UpdatedAt = now,
        };
        return begun.Offer(facts) ?? begun.GoOn(facts);
    }

    /// <summary>The next state and what to say, for one input of the seller.</summary>
    public ConversationStep Apply(ConversationInput input, TurnFacts facts, DateTimeOffset now)
        => (facts.IsChoiceGone ? WithoutChoice() : this).Take(input, facts, now);

    private ConversationStep Take(ConversationInput input, TurnFacts facts, DateTimeOffset now)
    {
        var next = this with { Turn = Turn + 1, UpdatedAt = input.IsOfSeller ? now : UpdatedAt };
        var understood = ConversationInput.Understood(input, this);
        var step = understood switch
        {
            ConversationInput.Said(var said, _) when IsTooMuch(said) => Refused(Wording.TooMuchText),
            ConversationInput.Edited(_, var said) when IsTooMuch(said) => Refused(Wording.TooMuchText),
            ConversationInput.Remind => Remind(next),
            ConversationInput.Expire => Expire(next),
            ConversationInput.Edited(var messageId, var text) when Later.Any(statement => statement.MessageId == messageId)
                => (this with { Later = [.. Later.Select(statement => statement.MessageId == messageId ? statement with { Text = text } : statement)] }).Unchanged(),
            ConversationInput.Deleted(var messageId) when Later.Any(statement => statement.MessageId == messageId)
                => (this with { Later = WithoutLater(messageId) }).Unchanged(),
            ConversationInput.Edited or ConversationInput.Deleted when State is ConversationState.AskingStake or ConversationState.Submitted or ConversationState.Cancelled
                => Unchanged(),
            ConversationInput.Edited(var messageId, var text) => next.Amended(messageId, text, facts, this),
            ConversationInput.Deleted(var messageId) => next.Amended(messageId, null, facts, this),
            ConversationInput.HandOver(var person, var name) when !HasEnded => next.HandedOver(person, name, facts),
            _ => State switch
            {
                ConversationState.Asking => next.WhileAsking(understood, facts) ?? NotNow(),
                ConversationState.ChoosingRequest => next.WhileChoosing(understood, facts) ?? NotNow(),
                ConversationState.Confirming or ConversationState.Saved => next.WhileConfirming(understood, facts, now) ?? NotNow(),
                ConversationState.AskingStake => next.WhileAskingStake(understood) ?? NotNow(),
                ConversationState.Submitted or ConversationState.Cancelled or ConversationState.Expired or ConversationState.Solved => next.AfterTheEnd(understood, facts, now)
                    ?? Refused(Wording.HasEnded(facts.Root ?? Request)),
            },
        };

        // A refusal changes nothing: the buttons that were there stay good.
        return step.Say is [OutboundMessage.Refusal] ? step with { Next = this } : step;
    }

    /// <summary>Everything the seller said about the need, for matching.</summary>
    public string FullText() => string.Join('\n', Statements.Where(Understanding.IsFeedback).Select(statement => statement.Text));

    /// <summary>What the customer may be called in what the seller said.</summary>
    public IReadOnlyList<string> CustomerNames() => CustomerName.NamesIn(Answer(Topic.Customer), Statements[0].Text);

    /// <summary>What the seller said to a question, empty if nothing.</summary>
    public string Answer(Topic topic) => string.Join(
        '\n', Statements.Where(statement => statement.Topic == topic && statement.Kind != StatementKind.Skipped).Select(statement => statement.Text));

    /// <summary>The form's field where several causes are picked at once.</summary>
    public const string Causes = "causes";

    private static readonly FormField CausesField = new(
        Causes, Wording.CausesLabel, FieldType.MultiSelect, Required: true, Options:
        [.. Enum.GetValues<Constraint>().Select(constraint => new FieldOption(constraint.ToString(), Wording.ConstraintLabel(constraint)))]);

    private ConversationStep? WhileAsking(ConversationInput input, TurnFacts facts) => input switch
    {
        ConversationInput.Said(var text, var id) => Answered(new Statement(Asked, StatementKind.Said, text, id), facts),
        ConversationInput.Chose(var values) => Chosen(values, facts),
        ConversationInput.Skip => (this with { Statements = [.. Statements, new Statement(Asked, StatementKind.Skipped, "")] }).GoOn(facts),
        ConversationInput.Back => Back(facts),
        ConversationInput.Submit => ToRequests(facts),
        ConversationInput.Save => Saved(),
        ConversationInput.Cancel => End(ConversationState.Cancelled, Wording.Cancelled),
        _ => null,
    };

    private ConversationStep? WhileChoosing(ConversationInput input, TurnFacts facts) => input switch
    {
        ConversationInput.SameAs(var id) when Offered.FirstOrDefault(candidate => candidate.Id == id) is { } candidate => Join(candidate, facts),
        ConversationInput.SameAs or ConversationInput.Same => Refused(Wording.ChooseAnOffered),
        ConversationInput.New => Deny([.. Offered.Select(candidate => candidate.Id)]).AskOrShowDraft(facts),
        ConversationInput.Skip => AskOrShowDraft(facts),
        ConversationInput.Submit => ShowDraft(facts),
        ConversationInput.Said(var text, var id) => WithFact(text, id).GoOn(facts),
        ConversationInput.Back => Back(facts),
        ConversationInput.Save => Saved(),
        ConversationInput.Cancel => End(ConversationState.Cancelled, Wording.Cancelled),
        _ => null,
    };

    private ConversationStep? WhileConfirming(ConversationInput input, TurnFacts facts, DateTimeOffset now) => input switch
    {
        ConversationInput.Submit(var edits) => WithEdits(edits).Submit(facts, now),
        ConversationInput.Edit(var edits) => WithEdits(edits).ShowDraft(facts),
        ConversationInput.Said(var text, var id) => WithFact(text, id).ShowDraft(facts),
        ConversationInput.ShowDraft => ShowDraft(facts),
        ConversationInput.Back => Back(facts),
        ConversationInput.Save => Saved(),
        ConversationInput.Cancel => End(ConversationState.Cancelled, Wording.Cancelled),
        _ => null,
    };

    private ConversationStep? WhileAskingStake(ConversationInput input) => input switch
    {
        ConversationInput.Said(var text, var id) => new ConversationStep(
            this with
            {
                State = ConversationState.Submitted,
                Statements = [.. Statements, new Statement(Topic.Stake, StatementKind.Said, text, id)],
            },
            [new OutboundMessage.Notice(Wording.StakeTaken)],
            ConversationEffect.AddStake),
        ConversationInput.Skip or ConversationInput.Cancel or ConversationInput.Submit or ConversationInput.Save
            => End(ConversationState.Submitted, Wording.StakeSkipped),
        _ => null,
    };

    private ConversationStep? AfterTheEnd(ConversationInput input, TurnFacts facts, DateTimeOffset now) => input switch
    {
        ConversationInput.Said(var text, var id) when State == ConversationState.Expired => Resume(text, id, facts, now),
        ConversationInput.Said(var text, var id) when State == ConversationState.Solved => WithFact(text, id).GoOnWithout(facts, now),
        ConversationInput.Same when State == ConversationState.Solved => Say(new OutboundMessage.Notice(Wording.Welcome)),
        ConversationInput.New when State == ConversationState.Solved => GoOnWithout(facts, now),
        ConversationInput.Said(var text, var id) => new ConversationStep(
            this with { Later = [.. Later, new Statement(Later.Count == 0 ? Topic.Opening : Topic.Added, StatementKind.Said, text, id)] },
            [
                new OutboundMessage.Notice(Wording.HasEnded(facts.Root ?? Request))
                {
                    Subject = Subject(), Choices = [new Choice(ActionNames.StartAgain, Wording.StartAgain)],
                },
            ],
            ConversationEffect.None),
        ConversationInput.StartAgain when Later.Count > 0 => Begin(Thread, Seller, SellerName, Later, Turn, facts, now),
        _ => null,
    };

    /// <summary>Goes on where silence had ended it, with everything that was said.</summary>
    private ConversationStep Resume(string text, string? messageId, TurnFacts facts, DateTimeOffset now)
        => (WithFact(text, messageId) with { StartedAt = now, WasReminded = false }).GoOn(facts);

    /// <summary>Goes on where something that exists did not help.</summary>
    private ConversationStep GoOnWithout(TurnFacts facts, DateTimeOffset now)
        => (this with { StartedAt = now }).Deny([SameAs!.Value]).AskOrShowDraft(facts);

    private ConversationStep Answered(Statement statement, TurnFacts facts)
    {
        var next = this with { Statements = [.. Statements, statement] };
        return Understanding.Of(next).DeservesFollowUp(Asked)
            ? next.Say(next.Question(Asked, Wording.FollowUp(Asked, PersonText.Quote(statement.Text)), facts))
            : next.GoOn(facts);
    }

    private ConversationStep? Chosen(IReadOnlyList<string> values, TurnFacts facts)
    {
        var isOffered = Asked switch
        {
            Topic.Cause => values.All(value => Enum.TryParse<Constraint>(value, out _)),
            Topic.ProductArea => values.Count == 1 && facts.Areas.Contains(values[0], StringComparer.Ordinal),
            Topic.Customer => values.Count == 1,
            _ => false,
        };
        var text = values.Count == 0 ? Wording.NotSureYet : string.Join(", ", values);
        return isOffered
            ? (this with { Statements = [.. Statements, new Statement(Asked, StatementKind.Chosen, text)] }).GoOn(facts)
            : null;
    }

    /// <summary>Takes the last answer back and asks its question again; an added fact is just taken out. The opening stays.</summary>
    private ConversationStep Back(TurnFacts facts)
    {
        if (Statements is not [_, .., var last])
        {
            return State switch
            {
                ConversationState.ChoosingRequest => Refused(Wording.NothingBeforeOffer),
                ConversationState.Confirming or ConversationState.Saved => Offer(facts) ?? AskOrShowDraft(facts),
                _ => Say(Question(Asked, Wording.NothingBefore(Wording.QuestionFor(Asked, ExampleArea())), facts)),
            };
        }

        var fewer = this with { Statements = [.. Statements.SkipLast(1)] };
        if (last.Topic == Topic.Added)
        {
            return State is ConversationState.Confirming or ConversationState.Saved ? fewer.ShowDraft(facts) : fewer.GoOn(facts);
        }

        if (last.Topic == Topic.Duplicate)
        {
            var open = this with { Statements = [.. Statements.Reverse().SkipWhile(statement => statement.Topic == Topic.Duplicate).Reverse()] };
            return open.Offer(facts) ?? open.AskOrShowDraft(facts);
        }

        var before = fewer with { State = ConversationState.Asking };
        return (before with { Asked = last.Topic }).Say(before.Question(last.Topic, Wording.QuestionFor(last.Topic, ExampleArea()), facts));
    }

    private ConversationStep GoOn(TurnFacts facts) => NextTopic(facts) is { } topic ? Ask(topic, facts) : ToRequests(facts);

    /// <summary>Goes on without offering anything (again).</summary>
    private ConversationStep AskOrShowDraft(TurnFacts facts) => NextTopic(facts) is { } topic ? Ask(topic, facts) : ShowDraft(facts);

    private ConversationStep Ask(Topic topic, TurnFacts facts)
    {
        var asking = this with { State = ConversationState.Asking, Asked = topic };
        return asking.Say(asking.Question(topic, Wording.QuestionFor(topic, ExampleArea()), facts));
    }

    /// <summary>The next question. Of what is known already only the customer is asked: the others have told the rest.</summary>
    private Topic? NextTopic(TurnFacts facts)
        => SameAs is null ? Understanding.Of(this).Next(facts.Areas)
            : Statements.Any(statement => statement.Topic == Topic.Customer) ? null
            : Topic.Customer;

    private ConversationStep ToRequests(TurnFacts facts) => Offer(facts) ?? ShowDraft(facts);

    /// <summary>Offers what is known of it; null where nothing is, or the seller has chosen already.</summary>
    private ConversationStep? Offer(TurnFacts facts)
    {
        if (SameAs is not null || facts.FindCandidates(FullText(), Disputed) is not { Count: > 0 } candidates)
        {
            return null;
        }

        var choosing = this with { State = ConversationState.ChoosingRequest, Offered = candidates };
        return choosing.Say(new OutboundMessage.Candidates(Wording.MaybeTheSame(candidates), candidates)
        {
            Subject = choosing.Subject(),
            Choices =
            [
                .. candidates.Select(candidate => new Choice(
                    ActionNames.SameRequest,
                    Wording.SameAs(candidate),
                    candidate.Id.Value,
                    Style: candidate.Band == MatchBand.Certain ? ChoiceStyle.Primary : ChoiceStyle.Default)),
                new Choice(ActionNames.NewRequest, Wording.NoneOf(candidates)),
            ],
        });
    }

    private ConversationStep Join(DuplicateCandidate candidate, TurnFacts facts)
    {
        var chosen = this with { Statements = [.. Statements, new Statement(Topic.Duplicate, StatementKind.Chosen, candidate.Id.Value)] };
        return candidate.Exists
            ? chosen.Solved(candidate)
            : chosen.NextTopic(facts) is { } topic ? chosen.Ask(topic, facts) : chosen.ShowDraft(facts);
    }

    private ConversationStep Solved(DuplicateCandidate existing)
        => (this with { State = ConversationState.Solved }).Say(new OutboundMessage.Notice(Wording.ExistsAlready(existing))
        {
            Subject = Subject(),
            Choices = [new Choice(ActionNames.NewRequest, Wording.DoesNotHelp)],
        });

    /// <summary>What the seller chose is gone: it goes on as if it had never been offered.</summary>
    private Conversation WithoutChoice()
        => this with { Statements = [.. Statements.Where(statement => statement is not { Topic: Topic.Duplicate, Kind: StatementKind.Chosen })] };

    /// <summary>Remembers that it is none of <paramref name="offered"/>.</summary>
    private Conversation Deny(IReadOnlyList<CandidateId> offered)
        => this with { Statements = [.. Statements, new Statement(Topic.Duplicate, StatementKind.Denied, string.Join(' ', offered))] };

    private OutboundMessage.Question Question(Topic topic, string text, TurnFacts facts)
    {
        var understanding = Understanding.Of(this);
        IReadOnlyList<Choice> answers =
        [
            .. AnswerChoices(topic, understanding, facts),
            .. topic == Topic.Cause ? [new Choice(ActionNames.Choose, Wording.Several, OpensForm: true)] : Array.Empty<Choice>(),
            new Choice(ActionNames.Skip, Wording.Skip),
            .. Statements.Count > 1 ? [new Choice(ActionNames.Back, Wording.Back)] : Array.Empty<Choice>(),
            new Choice(ActionNames.Cancel, Wording.Cancel),
        ];
        var noticed = topic == Topic.Cause && understanding.Constraints.Count > 0 ? Wording.CauseNoticed(understanding.Constraints) : text;
        return new OutboundMessage.Question(topic, noticed, understanding.Level, Wording.Missing(understanding.Missing), understanding.IsSelfAssessed)
        {
            Subject = Subject(),
            Choices = answers,
            Form = topic == Topic.Cause ? [CausesField] : [],
        };
    }

    private IEnumerable<Choice> AnswerChoices(Topic topic, Understanding understanding, TurnFacts facts) => topic switch
    {
        Topic.Cause =>
        [
            .. Enum.GetValues<Constraint>().Except(understanding.Constraints).Select(constraint => new Choice(
                ActionNames.Choose, Wording.ConstraintLabel(constraint), constraint.ToString())),
            new Choice(ActionNames.Choose, understanding.Constraints.Count > 0 ? Wording.NothingElse : Wording.NotSureYet, ""),
        ],
        Topic.Customer => CustomerName.FindIn(Statements[0].Text) is { } name ? [new Choice(ActionNames.Choose, name, name)] : [],
        Topic.ProductArea => AreaGuess.Order(facts.Areas, FullText()).Select(area => new Choice(ActionNames.Choose, area, area)),
        _ => [],
    };

    private ConversationStep ShowDraft(TurnFacts facts)
    {
        var confirming = this with { State = ConversationState.Confirming };
        var understanding = Understanding.Of(this);
        var needsReason = NeedsReason(facts);
        var parts = DraftWriter.Write(this, understanding);
        var form = parts
            .Where(part => part.Topic != Topic.Added && part.Text.Length <= FormField.LongestText)
            .Select(part => new FormField(part.Topic.ToString(), part.Label, FieldType.TextArea, Value: part.Text))
            .ToList();
        if (needsReason)
        {
            form.Add(new FormField(DraftEdits.ReasonField, Wording.ReasonLabel, FieldType.TextArea, Help: Wording.ReasonHelp, MaxLength: 500));
        }

        return confirming.Say(new OutboundMessage.Draft(
            Wording.DraftIntro(JoinedAs(facts), needsReason, understanding.Level, facts.MinimumLevel),
            parts,
            understanding.Level,
            Wording.Missing(understanding.Missing),
            [.. understanding.ToBring.Select(Wording.ToBring)],
            understanding.IsSelfAssessed)
        {
            Subject = Subject(),
            Choices =
            [
                new Choice(ActionNames.Submit, needsReason ? Wording.SubmitWithReason : Wording.Submit, Style: needsReason ? ChoiceStyle.Default : ChoiceStyle.Primary, OpensForm: needsReason),
                new Choice(ActionNames.Edit, Wording.Edit, OpensForm: true),
                new Choice(ActionNames.Save, understanding.ToBring.Count > 0 ? Wording.AskCustomerFirst : Wording.Save),
                new Choice(ActionNames.Back, Wording.Back),
                new Choice(ActionNames.Cancel, Wording.Cancel, Style: ChoiceStyle.Danger),
            ],
            Form = form,
        });
    }

    /// <summary>How what the seller joins is called; null for something new.</summary>
    private string? JoinedAs(TurnFacts facts) => SameAs is null ? null
        : facts.Root is { } root ? root.Value
        : Joins is { } request ? request.Value
        : Offered.FirstOrDefault(candidate => candidate.Id == SameAs) is { } planned ? $"“{planned.Title}”" : null;

    private ConversationStep Saved()
    {
        var bring = Understanding.Of(this).ToBring;
        var saved = this with { State = ConversationState.Saved };
        return new ConversationStep(
            saved,
            [saved.Kept(bring.Count == 0 ? Wording.SavedDraft : Wording.SavedForCustomer(bring))],
            WasReminded ? ConversationEffect.None : ConversationEffect.RemindLater);
    }

    /// <summary>Of what is known already the product team needs no more: it counts who has it.</summary>
    private bool NeedsReason(TurnFacts facts) => SameAs is null && Understanding.Of(this).Level < facts.MinimumLevel;

    private ConversationStep Submit(TurnFacts facts, DateTimeOffset now)
    {
        if (NeedsReason(facts) && EscalationReason is null)
        {
            var (draft, say, effect) = ShowDraft(facts);
            return new ConversationStep(draft, [new OutboundMessage.Refusal(Wording.ReasonNeeded(facts.MinimumLevel)), .. say], effect);
        }

        var request = facts.Root ?? facts.NewRequest;
        var submitted = this with
        {
            State = ConversationState.AskingStake,
            Request = request,
            Submission = new SubmissionId($"{now.UtcTicks:D19}-{KeyHash.Of(Row(Thread))[..12]}"),
        };
        return new ConversationStep(
            submitted,
            [
                new OutboundMessage.Submitted(request, facts.Root is null ? Wording.SubmittedNew(request) : Wording.SubmittedJoined(request)),
                submitted.StakeQuestion(facts),
            ],
            ConversationEffect.Submit);
    }

    private OutboundMessage.Question StakeQuestion(TurnFacts facts)
        => Question(Topic.Stake, Wording.QuestionFor(Topic.Stake, ""), facts) with { Choices = [new Choice(ActionNames.Skip, Wording.Skip)] };

    /// <summary>What is left of what came in after the end; whatever comes first then is the opening.</summary>
    private IReadOnlyList<Statement> WithoutLater(string messageId)
        => [.. Later.Where(statement => statement.MessageId != messageId)
            .Select((statement, index) => index == 0 ? statement with { Topic = Topic.Opening } : statement)];

    /// <summary>The seller edited or deleted a message: the draft follows, and so does the open question if it has become another.</summary>
    private ConversationStep Amended(string messageId, string? text, TurnFacts facts, Conversation before)
    {
        if (!Statements.Any(statement => statement.MessageId == messageId))
        {
            return before.Unchanged();
        }

        var amended = this with
        {
            Statements =
            [
                .. Statements
                    .Select(statement => statement.MessageId == messageId ? statement with { Text = text ?? "" } : statement)
                    .Where(statement => statement.Text.Length > 0 || statement.Kind == StatementKind.Skipped || statement.Topic == Topic.Opening),
            ],
        };
        return amended.Statements.All(statement => statement.Text.Length == 0 || statement.Topic == Topic.Duplicate)
            ? amended.End(ConversationState.Cancelled, Wording.AllTakenBack)
            : State switch
            {
                ConversationState.Asking => amended.NextTopic(facts) == Asked
                    ? amended.Say(amended.Question(Asked, Wording.QuestionFor(Asked, ExampleArea()), facts))
                    : amended.GoOn(facts),
                ConversationState.ChoosingRequest => amended.Offer(facts) ?? amended.AskOrShowDraft(facts),
                ConversationState.Confirming or ConversationState.Saved => amended.ShowDraft(facts),

                // Nothing is to be said now, but what was taken back must not come back when the seller goes on.
                ConversationState.Expired => amended.Unchanged(),

                // Its button stays good.
                ConversationState.Solved => (amended with { Turn = before.Turn }).Unchanged(),
                ConversationState.AskingStake or ConversationState.Submitted or ConversationState.Cancelled => before.Unchanged(),
            };
    }

    private ConversationStep HandedOver(PersonReference person, string name, TurnFacts facts)
    {
        var next = this with { Seller = person, SellerName = name };
        var notice = next.Kept(Wording.HandedOver(SellerName, name));
        var (shown, say, effect) = next.Again(facts);
        return new ConversationStep(shown, [notice, .. say], effect);
    }

    /// <summary>Asks again what is open: the buttons of the earlier message are of an earlier turn.</summary>
    private ConversationStep Again(TurnFacts facts) => State switch
    {
        ConversationState.Asking => Say(Question(Asked, Wording.QuestionFor(Asked, ExampleArea()), facts)),
        ConversationState.ChoosingRequest => Offer(facts) ?? AskOrShowDraft(facts),
        ConversationState.AskingStake => Say(StakeQuestion(facts)),
        _ => Unchanged(),
    };

    /// <summary>It goes on in another thread, where the seller finds what is open.</summary>
    public ConversationStep MoveTo(ThreadReference thread, TurnFacts facts)
    {
        var moved = this with { Thread = thread, Turn = Turn + 1, Moving = null };
        return State switch
        {
            ConversationState.Confirming => moved.ShowDraft(facts),
            ConversationState.Saved => moved.Say(moved.Kept(Wording.SavedDraft)),
            _ => moved.Again(facts),
        };
    }

    private ConversationStep Remind(Conversation next)
        => State == ConversationState.Saved && !WasReminded
            ? new ConversationStep(
                next with { WasReminded = true },
                [next.Kept(Wording.Reminder(Understanding.Of(this).ToBring))],
                ConversationEffect.None)
            : Unchanged();

    private ConversationStep Expire(Conversation next) => State switch
    {
        ConversationState.Submitted or ConversationState.Cancelled or ConversationState.Expired or ConversationState.Solved => Unchanged(),

        // What is at stake was optional: silence is an answer.
        ConversationState.AskingStake => new ConversationStep(next with { State = ConversationState.Submitted }, [], ConversationEffect.None),
        ConversationState.Asking or ConversationState.ChoosingRequest or ConversationState.Confirming or ConversationState.Saved => next.End(
            ConversationState.Expired, Wording.Expired),
    };

    private Conversation WithFact(string text, string? messageId)
        => this with { Statements = [.. Statements, new Statement(Topic.Added, StatementKind.Said, text, messageId)] };

    private Conversation WithEdits(DraftEdits edits)
    {
        var statements = Statements.ToList();
        foreach (var (topic, text) in edits.Parts)
        {
            var first = statements.FindIndex(statement => statement.Topic == topic);
            statements.RemoveAll(statement => statement.Topic == topic && !(topic == Topic.Opening && text.Length == 0));
            if (text.Length > 0 && first >= 0)
            {
                statements.Insert(Math.Min(first, statements.Count), new Statement(topic, StatementKind.Said, text));
            }
            else if (first >= 0 && topic != Topic.Opening)
            {
                // Taken out on purpose: not to be asked again.
                statements.Add(new Statement(topic, StatementKind.Skipped, ""));
            }
        }

        return this with { Statements = statements, EscalationReason = edits.Reason ?? EscalationReason };
    }

    private OutboundMessage.Notice Kept(string text) => new(text)
    {
        Subject = Subject(),
        Choices = State is ConversationState.Confirming or ConversationState.Saved
            ? [new Choice(ActionNames.ShowDraft, Wording.ShowDraft)]
            : [],
    };

    private ConversationStep End(ConversationState state, string text)
        => new(this with { State = state }, [new OutboundMessage.Notice(text)], ConversationEffect.None);

    private ConversationStep NotNow() => Refused(Wording.NotNow);

    private ConversationStep Refused(string text) => new(this, [new OutboundMessage.Refusal(text)], ConversationEffect.None);

    internal bool IsTooMuch(string text)
        => Statements.Concat(Later).Sum(statement => statement.Text.Length) + text.Length > MaxText;

    private ConversationStep Unchanged() => new(this, [], ConversationEffect.None);

    private ConversationStep Say(OutboundMessage message) => new(this, [message], ConversationEffect.None);

    internal Subject Subject() => new(SubjectKind.Conversation, new ConversationTurn(Thread.Hash(), Turn).ToString());

    private string ExampleArea() => Answer(Topic.ProductArea) is { Length: > 0 } area ? area : FullText();
}
