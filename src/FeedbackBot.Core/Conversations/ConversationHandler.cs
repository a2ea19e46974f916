using FeedbackBot.Core.Deduplication;
using FeedbackBot.Core.Inbox;
using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Outbox;
using FeedbackBot.Core.Requests;
using FeedbackBot.Core.Roadmap;
using Microsoft.Extensions.Options;

namespace FeedbackBot.Core.Conversations;

/// <summary>
/// What sellers do in their threads: gathers what a turn needs, applies it to the stored conversation, and stages what
/// follows.
/// </summary>
public sealed class ConversationHandler(RequestIndex index, SubmitFeedback submit, ChatPlatforms platforms, IOptions<FeedbackBotOptions> options)
{
    private readonly FeedbackBotOptions _options = options.Value;

    public async Task PostedAsync(InboxEvent.TextPosted posted, Turn turn, CancellationToken cancellationToken)
    {
        var found = await ConversationMove.FindAsync(posted.Thread, turn, cancellationToken);
        if (found is not null)
        {
            // Once it has ended, others may talk in its thread: what they say there is not for the bot.
            var isAside = found.Value.HasEnded && !posted.Starts && found.Value.Seller != posted.Person;
            if (isAside || !IsOwner(found.Value, posted, turn))
            {
                return;
            }

            if (KeptDraft.AnswerIn(found.Value, posted) is { } answer)
            {
                await AnsweredAsync(answer, found, turn, cancellationToken);
            }
            else if (KeptDraft.IsUnclear(found.Value, posted))
            {
                KeptDraft.Ask(found, posted, turn);
            }
            else
            {
                await ApplyAsync(Named(found, posted), new ConversationInput.Said(posted.Text, posted.MessageId), turn, cancellationToken);
            }
        }
        else if ((await turn.FindAsync<KnownThread>(KnownThread.Row(posted.Thread), cancellationToken))?.Value.Card is { } request)
        {
            turn.Refuse(posted, Wording.UseTheCard(request));
        }
        else
        {
            await BeginAsync(posted, turn, cancellationToken);
        }
    }

    public async Task PressedAsync(InboxEvent.ActionPressed pressed, Turn turn, CancellationToken cancellationToken)
    {
        var found = await turn.FindAsync<Conversation>(Conversation.Row(pressed.Thread), cancellationToken);
        if (ConversationTurn.TryParse(pressed.Subject.Id) is not { } shown
            || found is null
            || shown.ThreadHash != pressed.Thread.Hash())
        {
            turn.Refuse(pressed, Wording.NotNow);
        }
        else if (IsOwner(found.Value, pressed, turn))
        {
            if (found.Value.MovedTo is not null)
            {
                turn.Refuse(pressed, Wording.MovedOn);
                return;
            }

            if (pressed.Action == ActionNames.Move)
            {
                await ConversationMove.BeginAsync(found, pressed, platforms, turn, cancellationToken);
                return;
            }

            if (shown.Turn == found.Value.Turn && pressed.Action is ActionNames.AddToDraft or ActionNames.StartAgain && KeptDraft.IsAsked(found.Value))
            {
                await AnsweredAsync(pressed.Action, found, turn, cancellationToken);
                return;
            }

            if (shown.Turn != found.Value.Turn || ToInput(pressed) is not { } input)
            {
                turn.Refuse(pressed, Wording.NotNow);
                return;
            }

            await KeptDraft.TalkAboutAsync(found.Value.Thread, turn, cancellationToken);
            await ApplyAsync(Named(found, pressed), input, turn, cancellationToken);
        }
    }

    /// <summary>Ends a conversation that fell silent, or looks again later if it did not.</summary>
    public async Task TimerAsync(InboxEvent.ConversationTimer timer, Turn turn, CancellationToken cancellationToken)
    {
        var found = await ConversationMove.FindAsync(timer.Thread, turn, cancellationToken);
        if (found is null || found.Value.HasEnded || found.Value.StartedAt.UtcTicks != timer.StartedTicks)
        {
            return;
        }

        var ends = found.Value.UpdatedAt.AddDays(_options.ConversationDays);
        if (ends > turn.Now)
        {
            PostTimer(timer with { Number = timer.Number + 1 }, ends, turn);
        }
        else
        {
            await ApplyAsync(found, new ConversationInput.Expire(), turn, cancellationToken);
        }
    }

    /// <summary>Reminds the seller of a kept draft.</summary>
    public async Task RemindAsync(InboxEvent.DraftReminder reminder, Turn turn, CancellationToken cancellationToken)
    {
        var found = await ConversationMove.FindAsync(reminder.Thread, turn, cancellationToken);
        if (found?.Value.StartedAt.UtcTicks == reminder.StartedTicks)
        {
            await ApplyAsync(found, new ConversationInput.Remind(), turn, cancellationToken);
        }
    }

    /// <summary>A conversation goes on under a post of ours, unless it has ended since.</summary>
    public async Task MovedAsync(InboxEvent.ConversationMoved moved, Turn turn, CancellationToken cancellationToken)
    {
        var found = await turn.FindAsync<Conversation>(Conversation.Row(moved.From), cancellationToken);
        if (found is null || found.Value.HasEnded || found.Value.Submission is not null || found.Value.Moving != moved.Post)
        {
            turn.Send("nothing-moved", new Destination.Reply(moved.To), new OutboundMessage.Notice(Wording.EndedMeanwhile));
            return;
        }

        if (await turn.FindAsync<Conversation>(Conversation.Row(moved.To), cancellationToken) is not null)
        {
            // Somebody was fast to begin one under the post.
            await ConversationMove.StayAsync(moved.Post, moved.From, Wording.NotMovedUnderOther, turn, cancellationToken);
            return;
        }

        var facts = await GatherAsync(found.Value, turn, cancellationToken);
        var step = await StepAsync(facts, found.Value.CustomerNames(), known => found.Value.MoveTo(moved.To, known), turn, cancellationToken);
        turn.Replace(found, found.Value with { MovedTo = moved.To, Moving = null, Turn = found.Value.Turn + 1 });
        turn.Insert(Conversation.Row(moved.To), step.Next);
        turn.Send("moved", new Destination.Reply(moved.From), new OutboundMessage.Notice(Wording.MovedThere));
        Say(step, turn);
    }

    /// <summary>
    /// A message was edited or deleted, or the conversation handed over. Somebody else's messages are none of it, but who
    /// handed it over may still take back what they wrote.
    /// </summary>
    public async Task ChangedAsync(InboxEvent.FromPerson change, Turn turn, CancellationToken cancellationToken)
    {
        var found = await ConversationMove.FindAsync(change.Thread, turn, cancellationToken);
        if (found is null)
        {
            return;
        }

        var isTheirs = change switch
        {
            InboxEvent.HandedOver when !found.Value.HasEnded => IsOwner(found.Value, change, turn),
            InboxEvent.TextDeleted deleted when found.Value.Statements.Any(statement => statement.MessageId == deleted.MessageId) => true,
            _ => found.Value.Seller == change.Person,
        };
        if (isTheirs)
        {
            ConversationInput input = change switch
            {
                InboxEvent.TextEdited edited => new ConversationInput.Edited(edited.MessageId, edited.Text),
                InboxEvent.TextDeleted deleted => new ConversationInput.Deleted(deleted.MessageId),
                InboxEvent.HandedOver over => new ConversationInput.HandOver(over.Colleague, over.ColleagueName),
                _ => throw new InvalidOperationException($"{change.GetType().Name} changes no conversation."),
            };
            await ApplyAsync(found, input, turn, cancellationToken);
        }
    }

    /// <summary>What waited beside a kept draft joins it, or begins another conversation.</summary>
    private async Task AnsweredAsync(string answer, Storage.Stored<Conversation> found, Turn turn, CancellationToken cancellationToken)
    {
        var kept = found.Value;
        if (answer == ActionNames.AddToDraft)
        {
            await ApplyAsync(found with { Value = KeptDraft.Added(kept) }, new ConversationInput.ShowDraft(), turn, cancellationToken);
            return;
        }

        var thread = kept.Thread with { ThreadId = kept.Later[0].MessageId ?? turn.Cause.Id };
        var facts = await GatherAsync(null, turn, cancellationToken);
        var step = await StepAsync(
            facts,
            CustomerName.NamesIn("", kept.Later[0].Text),
            known => Conversation.Begin(thread, kept.Seller, kept.SellerName, kept.Later, 1, known, turn.Now),
            turn,
            cancellationToken);
        turn.Replace(found, kept with { Later = [] });
        turn.Insert(Conversation.Row(thread), step.Next);
        turn.Upsert(KnownThread.Row(thread), new KnownThread { Thread = thread });
        turn.Upsert(DirectThread.Row(thread.Channel), new DirectThread { Thread = thread });
        PostTimer(step.Next, turn);
        Say(step, turn);
    }

    private async Task BeginAsync(InboxEvent.TextPosted posted, Turn turn, CancellationToken cancellationToken)
    {
        var facts = await GatherAsync(null, turn, cancellationToken);
        var step = await StepAsync(
            facts,
            CustomerName.NamesIn("", posted.Text),
            known => Conversation.Begin(
                posted.Thread,
                posted.Person,
                posted.PersonName,
                new Statement(Topic.Opening, StatementKind.Said, posted.Text, posted.MessageId),
                1,
                known,
                turn.Now),
            turn,
            cancellationToken);
        turn.Insert(Conversation.Row(posted.Thread), step.Next with { BegunIn = posted.From });
        PostTimer(step.Next, turn);
        if (posted.From is { } place)
        {
            turn.Send("offer-move", new Destination.Reply(posted.Thread), ConversationMove.Offer(step.Next, place));
        }

        Say(step, turn);
    }

    private async Task ApplyAsync(
        Storage.Stored<Conversation> found, ConversationInput input, Turn turn, CancellationToken cancellationToken)
    {
        var conversation = found.Value;
        var facts = await GatherAsync(conversation, turn, cancellationToken);
        var step = await StepAsync(facts, conversation.CustomerNames(), known => conversation.Apply(input, known, turn.Now), turn, cancellationToken);
        step = KeptDraft.AskAgain(conversation, step);
        if (step.Next != conversation)
        {
            turn.Replace(found, step.Next);
            MatchLabel.Remember(conversation, step.Next, turn);
        }

        if (step.Next.StartedAt != conversation.StartedAt)
        {
            PostTimer(step.Next, turn);
        }

        Say(step, turn);
        switch (step.Effect)
        {
            case ConversationEffect.None:
                break;
            case ConversationEffect.Submit:
                await submit.SubmitAsync(step.Next, joins: facts.Root is not null, turn, cancellationToken);
                break;
            case ConversationEffect.RemindLater:
                turn.Post(
                    // By turn, since the reminder of an earlier turn may have come while the draft was not kept any more.
                    $"reminder:{step.Next.Thread.Hash()}:{step.Next.StartedAt.UtcTicks}:{step.Next.Turn}",
                    new InboxEvent.DraftReminder(step.Next.Thread, step.Next.StartedAt.UtcTicks),
                    turn.Now.AddDays(_options.ReminderDays),
                    LanePriority.Bulk);
                break;
            case ConversationEffect.AddStake:
                await SubmitFeedback.AddStakeAsync(step.Next, turn, cancellationToken);
                break;
        }
    }

    /// <summary>
    /// A step, which is pure: where it looked for candidates and there is a model, it is taken again with what the model says of
    /// that text, which does not go there with the customer's <paramref name="names"/>. Without an answer in time the first one stands.
    /// </summary>
    private async Task<ConversationStep> StepAsync(
        TurnFacts facts, IReadOnlyList<string> names, Func<TurnFacts, ConversationStep> apply, Turn turn, CancellationToken cancellationToken)
    {
        if (index.Vectors is not { } vectors)
        {
            return apply(facts);
        }

        string? asked = null;
        var step = apply(facts with { FindCandidates = (text, disputed) => facts.FindCandidates(asked = text, disputed) });
        var vector = asked is null ? default : await vectors.AskAsync(Redaction.Of(asked, names), cancellationToken);
        return vector.IsEmpty
            ? step
            : apply(facts with
            {
                FindCandidates = (text, disputed) => text == asked ? index.Find(text, turn.Now, disputed, vector) : facts.FindCandidates(text, disputed),
            });
    }

    private async Task<TurnFacts> GatherAsync(Conversation? conversation, Turn turn, CancellationToken cancellationToken)
    {
        var planned = conversation is { Request: null, SameAs: { Kind: CandidateKind.RoadmapItem } item } ? item.Value : null;
        var named = conversation?.Request ?? conversation?.Joins ?? (planned is null
            ? null
            : (await turn.FindAsync<RoadmapRequest>(RoadmapRequest.Row(planned), cancellationToken))?.Value.Id);
        var root = named is { } request ? (await turn.FindRootAsync(request, cancellationToken))?.Value.Id : null;
        var counter = await turn.FindAsync<RequestCounter>(RequestCounter.Row, cancellationToken);
        return new TurnFacts(
            [.. _options.Areas.Select(area => area.Name)],
            _options.MinimumLevel,
            (text, disputed) => index.Find(text, turn.Now, disputed),
            RequestId.FromNumber((counter?.Value.Last ?? 0) + 1))
        {
            Root = root,
            IsChoiceGone = root is null && conversation?.Request is null
                && (planned is null ? conversation?.Joins is not null : await turn.FindAsync<RoadmapItem>(planned, cancellationToken) is null),
        };
    }

    private static ConversationInput? ToInput(InboxEvent.ActionPressed pressed) => pressed.Action switch
    {
        ActionNames.Choose => new ConversationInput.Chose(
            pressed.Form.GetValueOrDefault(Conversation.Causes) ?? (string.IsNullOrEmpty(pressed.Value) ? [] : [pressed.Value])),
        ActionNames.Skip => new ConversationInput.Skip(),
        ActionNames.Back => new ConversationInput.Back(),
        ActionNames.Save => new ConversationInput.Save(),
        ActionNames.ShowDraft => new ConversationInput.ShowDraft(),
        ActionNames.Cancel => new ConversationInput.Cancel(),
        ActionNames.Submit => new ConversationInput.Submit(DraftEdits.From(new FormValues(pressed.Form))),
        ActionNames.Edit => new ConversationInput.Edit(DraftEdits.From(new FormValues(pressed.Form))),
        ActionNames.SameRequest => new ConversationInput.SameAs(new CandidateId(pressed.Value ?? "")),
        ActionNames.NewRequest => new ConversationInput.New(),
        ActionNames.StartAgain => new ConversationInput.StartAgain(),
        _ => null,
    };

    /// <summary>Somebody else's words are not taken for the seller's; they hear so, privately.</summary>
    private static bool IsOwner(Conversation conversation, InboxEvent.FromPerson act, Turn turn)
    {
        if (conversation.Seller == act.Person)
        {
            return true;
        }

        turn.Refuse(act, Wording.NotYours(conversation.SellerName));
        return false;
    }

    /// <summary>With the seller called as they are now: the platform may not have told in time when they began, and people change their names.</summary>
    private static Storage.Stored<Conversation> Named(Storage.Stored<Conversation> found, InboxEvent.FromPerson act)
        => act.PersonName is var name && name != Wording.Somebody && name != found.Value.SellerName
            ? found with { Value = found.Value with { SellerName = name } }
            : found;

    private static void Say(ConversationStep step, Turn turn)
    {
        for (var index = 0; index < step.Say.Count; index++)
        {
            turn.Send($"say:{index}", new Destination.Reply(step.Next.Thread), step.Say[index]);
        }
    }

    private void PostTimer(Conversation conversation, Turn turn)
        => PostTimer(
            new InboxEvent.ConversationTimer(conversation.Thread, conversation.StartedAt.UtcTicks, 1),
            conversation.StartedAt.AddDays(_options.ConversationDays),
            turn);

    private static void PostTimer(InboxEvent.ConversationTimer timer, DateTimeOffset due, Turn turn)
        => turn.Post($"conversation:{timer.Thread.Hash()}:{timer.StartedTicks}:{timer.Number}", timer, due, LanePriority.Bulk);
}
