using FeedbackBot.Core.Assessment;
using FeedbackBot.Core.Conversations;
using FeedbackBot.Core.Deduplication;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Requests;
using Shouldly;
using Xunit;

namespace FeedbackBot.Core.Tests.Conversations;

public sealed class ConversationTests
{
    private static readonly DateTimeOffset Now = new(2027, 3, 1, 9, 0, 0, TimeSpan.Zero);
    private static readonly ThreadReference Thread = new("test", "w", "sellers", "t1");
    private static readonly PersonReference Sam = new("test", "w", "sam");
    private static readonly TurnFacts Facts = new(["General", "Billing"], FeedbackLevel.Level100, static (_, _) => [], RequestId.FromNumber(7));

    private static readonly TurnFacts WithCandidates = Facts with
    {
        FindCandidates = static (_, _) =>
        [
            new DuplicateCandidate(new CandidateId("FR-3"), "Title", "General", RequestStatus.Open, []),
            new DuplicateCandidate(new CandidateId("FR-4"), "Title", "General", RequestStatus.Open, []),
        ],
    };

    [Fact]
    public void It_begins_with_a_question_and_no_effect()
    {
        var step = Begin();
        step.Next.State.ShouldBe(ConversationState.Asking);
        step.Effect.ShouldBe(ConversationEffect.None);
        step.Say.Single().ShouldBeOfType<OutboundMessage.Question>().Asks.ShouldBe(step.Next.Asked);
    }

    [Fact]
    public void Apply_is_a_function_of_what_it_is_given()
    {
        var before = Begin().Next;
        foreach (var input in (ConversationInput[])[new ConversationInput.Said("A fact."), new ConversationInput.Skip(), new ConversationInput.Cancel(), new ConversationInput.Expire()])
        {
            var first = before.Apply(input, Facts, Now);
            var second = before.Apply(input, Facts, Now);
            second.Next.State.ShouldBe(first.Next.State);
            second.Next.Turn.ShouldBe(first.Next.Turn);
            second.Say.Count.ShouldBe(first.Say.Count);
            first.Next.Turn.ShouldBe(before.Turn + 1);
        }
    }

    [Fact]
    public void Skipping_everything_ends_at_the_draft_and_asks_nothing_twice()
    {
        var asked = new List<Topic>();
        var next = Begin().Next;
        while (next.State == ConversationState.Asking)
        {
            asked.Add(next.Asked);
            next = next.Apply(new ConversationInput.Skip(), Facts, Now).Next;
        }

        next.State.ShouldBe(ConversationState.Confirming);
        asked.ShouldBeUnique();
    }

    [Theory]
    [InlineData("skip")]
    [InlineData("SKIP")]
    [InlineData("Skip.")]
    [InlineData(" skip! ")]
    public void A_command_is_understood_in_words(string words)
    {
        var before = Begin().Next;
        var after = before.Apply(new ConversationInput.Said(words), Facts, Now).Next;
        after.Asked.ShouldNotBe(before.Asked);
        after.Statements.Count(statement => statement.Kind == StatementKind.Said).ShouldBe(1);
    }

    [Fact]
    public void A_sentence_that_begins_like_a_command_is_an_answer()
        => Begin().Next.Apply(new ConversationInput.Said("Cancel buttons are missing."), Facts, Now).Next
            .Answer(Topic.SpecificIssue).ShouldBe("Cancel buttons are missing.");

    [Fact]
    public void Submitting_makes_a_submission_once_and_then_asks_for_the_stake()
    {
        var submitted = Draft(Facts).Apply(new ConversationInput.Submit(DraftEdits.None), Facts, Now);
        submitted.Effect.ShouldBe(ConversationEffect.Submit);
        submitted.Next.State.ShouldBe(ConversationState.AskingStake);
        submitted.Next.Request.ShouldBe(RequestId.FromNumber(7));
        submitted.Next.Submission.ShouldNotBeNull();

        var again = submitted.Next.Apply(new ConversationInput.Submit(DraftEdits.None), Facts, Now);
        again.Effect.ShouldBe(ConversationEffect.None);
        again.Next.State.ShouldBe(ConversationState.Submitted);
    }

    [Fact]
    public void Below_the_minimum_it_takes_a_reason()
    {
        var strict = Facts with { MinimumLevel = FeedbackLevel.Level400 };
        var draft = Draft(strict);
        var refused = draft.Apply(new ConversationInput.Submit(DraftEdits.None), strict, Now);
        refused.Effect.ShouldBe(ConversationEffect.None);
        refused.Next.State.ShouldBe(ConversationState.Confirming);
        refused.Say[0].ShouldBeOfType<OutboundMessage.Refusal>();
        refused.Next.Apply(new ConversationInput.Submit(DraftEdits.None with { Reason = "Friday." }), strict, Now)
            .Effect.ShouldBe(ConversationEffect.Submit);
    }

    [Fact]
    public void Only_a_request_that_was_offered_can_be_joined()
    {
        var choosing = Draft(WithCandidates);
        choosing.State.ShouldBe(ConversationState.ChoosingRequest);
        choosing.Apply(new ConversationInput.SameAs(new CandidateId("FR-4")), WithCandidates, Now).Next.Joins.ShouldBe(RequestId.FromNumber(4));
        foreach (var words in (string[])["FR-9", "yes", "same", "3", "it is the same", "yes, that one"])
        {
            // Of several, a yes says nothing; it must not become a fact of the feedback either.
            var refused = choosing.Apply(new ConversationInput.Said(words), WithCandidates, Now);
            refused.Next.ShouldBe(choosing);
            refused.Say.Single().ShouldBeOfType<OutboundMessage.Refusal>().Text.ShouldContain("one of those above");
        }

        choosing.Apply(new ConversationInput.Said("none of these"), WithCandidates, Now).Next.Joins.ShouldBeNull();
    }

    [Theory]
    [InlineData("2")]
    [InlineData("the second one")]
    [InlineData("Number 2, please.")]
    [InlineData("fr-4")]
    [InlineData("Yes, FR-4!")]
    [InlineData("it's the same as FR-4")]
    public void One_of_those_offered_is_chosen_in_words_too(string words)
        => Draft(WithCandidates).Apply(new ConversationInput.Said(words), WithCandidates, Now).Next.Joins.ShouldBe(RequestId.FromNumber(4));

    [Theory]
    [InlineData("Not FR-4, theirs is about invoices.")]
    [InlineData("no FR-4")]
    [InlineData("2 of their sites have it as well")]
    [InlineData("the second factory stands still")]
    public void What_is_no_choice_is_a_fact(string words)
    {
        var next = Draft(WithCandidates).Apply(new ConversationInput.Said(words), Facts, Now).Next;
        next.Joins.ShouldBeNull();
        next.Statements[^1].Text.ShouldBe(words);
    }

    [Fact]
    public void What_is_gone_is_not_joined_and_the_feedback_goes_as_a_new_request()
    {
        var choosing = Draft(WithCandidates);
        var joining = choosing.Apply(new ConversationInput.SameAs(new CandidateId("FR-4")), WithCandidates, Now).Next;
        var there = joining.Apply(new ConversationInput.Submit(DraftEdits.None), Facts with { Root = RequestId.FromNumber(4) }, Now);
        there.Next.Request.ShouldBe(RequestId.FromNumber(4));

        var gone = joining.Apply(new ConversationInput.Submit(DraftEdits.None), Facts with { IsChoiceGone = true }, Now);
        gone.Next.Request.ShouldBe(RequestId.FromNumber(7));
        gone.Next.Joins.ShouldBeNull();
    }

    [Fact]
    public void Something_of_the_roadmap_that_has_shipped_solves_it_like_a_feature()
    {
        var shipped = new DuplicateCandidate(new CandidateId("roadmap|x"), "Private networking", "", RequestStatus.Answered, ["networking"]);
        var facts = Facts with { FindCandidates = (_, except) => except.Contains(shipped.Id) ? [] : [shipped] };
        var offered = Conversation.Begin(Thread, Sam, "Sam", new Statement(Topic.Opening, StatementKind.Said, "They need private networking."), 1, facts, Now);
        offered.Say.Single().ShouldBeOfType<OutboundMessage.Candidates>().Text.ShouldStartWith("The product may do this already.");
        var solved = offered.Next.Apply(new ConversationInput.Said("yes"), facts, Now);
        solved.Next.State.ShouldBe(ConversationState.Solved);
        solved.Say.Single().ShouldBeOfType<OutboundMessage.Notice>().Text.ShouldContain("Private networking has shipped.");
        solved.Next.Apply(new ConversationInput.New(), facts, Now).Next.State.ShouldBe(ConversationState.Asking);
    }

    [Fact]
    public void What_was_chosen_keeps_its_name_in_the_draft_after_a_step_back()
    {
        var planned = new DuplicateCandidate(new CandidateId("roadmap|x"), "Private networking", "", RequestStatus.Planned, ["networking"]);
        var facts = Facts with { FindCandidates = (_, _) => [planned] };
        var next = Conversation.Begin(Thread, Sam, "Sam", new Statement(Topic.Opening, StatementKind.Said, "They need private networking."), 1, facts, Now).Next
            .Apply(new ConversationInput.Said("yes"), facts, Now).Next
            .Apply(new ConversationInput.Said("Contoso"), facts, Now).Next
            .Apply(new ConversationInput.Back(), facts, Now).Next;
        next.Asked.ShouldBe(Topic.Customer);
        next.Apply(new ConversationInput.Said("Fabrikam"), facts, Now).Say.Single().ShouldBeOfType<OutboundMessage.Draft>()
            .Text.ShouldContain("add to “Private networking”");
    }

    [Theory]
    [InlineData(ConversationState.Asking, ConversationState.Expired)]
    [InlineData(ConversationState.ChoosingRequest, ConversationState.Expired)]
    [InlineData(ConversationState.Confirming, ConversationState.Expired)]
    [InlineData(ConversationState.AskingStake, ConversationState.Submitted)]
    [InlineData(ConversationState.Submitted, ConversationState.Submitted)]
    [InlineData(ConversationState.Cancelled, ConversationState.Cancelled)]
    public void Silence_ends_what_is_open_and_never_denies_what_was_sent(ConversationState before, ConversationState after)
    {
        var step = (Begin().Next with { State = before, Request = before is ConversationState.AskingStake or ConversationState.Submitted ? RequestId.FromNumber(7) : null })
            .Apply(new ConversationInput.Expire(), Facts, Now);
        step.Next.State.ShouldBe(after);
        step.Effect.ShouldBe(ConversationEffect.None);
        step.Say.OfType<OutboundMessage.Notice>().Any(notice => notice.Text == Wording.Expired).ShouldBe(after == ConversationState.Expired);
    }

    [Fact]
    public void In_a_language_it_does_not_know_only_what_the_seller_chose_is_a_constraint()
    {
        var step = Conversation.Begin(Thread, Sam, "Sam", new Statement(Topic.Opening, StatementKind.Said, "Der Kunde kann das Produkt nicht einsetzen, weil die Protokolle fehlen."), 1, Facts, Now);
        step = step.Next.Apply(new ConversationInput.Said("Der Export bricht nach 10.000 Zeilen ab und das Protokoll ist nicht vollständig."), Facts, Now);
        step.Next.Asked.ShouldBe(Topic.Cause);
        step = step.Next.Apply(new ConversationInput.Chose(["Compliance"]), Facts, Now);
        step = step.Next.Apply(new ConversationInput.Said("Die Aufsicht verlangt das vollständige Protokoll für jedes Quartal."), Facts, Now);
        step = step.Next.Apply(new ConversationInput.Said("Mit einem Skript wurde es versucht, es bricht nach 50 Aufrufen ab."), Facts, Now);

        var understanding = Understanding.Of(step.Next);
        understanding.IsSelfAssessed.ShouldBeTrue();
        understanding.Constraints.ShouldBe([Constraint.Compliance]);
        understanding.Level.ShouldBe(FeedbackLevel.Level400);
    }

    [Fact]
    public void What_is_said_after_the_end_is_kept_whole_for_the_next_beginning()
    {
        var ended = Begin().Next.Apply(new ConversationInput.Cancel(), Facts, Now).Next;
        var one = ended.Apply(new ConversationInput.Said("One thing."), Facts, Now).Next;
        var two = one.Apply(new ConversationInput.Said("And another."), Facts, Now).Next;
        var begun = two.Apply(new ConversationInput.StartAgain(), Facts, Now.AddDays(1)).Next;
        begun.Answer(Topic.Opening).ShouldBe("One thing.");
        begun.Answer(Topic.Added).ShouldBe("And another.");
        begun.State.ShouldBe(ConversationState.Asking);
        begun.StartedAt.ShouldBe(Now.AddDays(1));

        // Buttons of the first conversation must stay recognisable as old.
        begun.Turn.ShouldBeGreaterThanOrEqualTo(two.Turn);
    }

    [Fact]
    public void What_is_said_after_the_end_and_taken_back_does_not_come_back()
    {
        var ended = Begin().Next.Apply(new ConversationInput.Cancel(), Facts, Now).Next;
        foreach (var (text, id) in new[] { ("One thing.", "m1"), ("And another.", "m2"), ("And a third.", "m3") })
        {
            ended = ended.Apply(new ConversationInput.Said(text, id), Facts, Now).Next;
        }

        var turn = ended.Turn;
        ended = ended.Apply(new ConversationInput.Deleted("m1"), Facts, Now).Next;
        ended = ended.Apply(new ConversationInput.Edited("m3", "And a fourth."), Facts, Now).Next;

        // The button that is shown stays good.
        ended.Turn.ShouldBe(turn);
        var begun = ended.Apply(new ConversationInput.StartAgain(), Facts, Now).Next;
        begun.Statements.Select(statement => (statement.Topic, statement.Text)).ShouldBe([(Topic.Opening, "And another."), (Topic.Added, "And a fourth.")]);
    }

    [Fact]
    public void A_conversation_has_an_end_to_what_it_holds()
    {
        var next = Begin().Next;
        for (var message = 0; message < 10; message++)
        {
            next = next.Apply(new ConversationInput.Said(new string('x', PersonText.MaxLength)), Facts, Now).Next;
        }

        next.FullText().Length.ShouldBeLessThan(2 * PersonText.MaxLength);
    }

    [Fact]
    public void A_certain_candidate_is_the_default_and_a_possible_one_is_listed()
    {
        var facts = Facts with
        {
            FindCandidates = static (_, _) =>
            [
                new DuplicateCandidate(new CandidateId("FR-3"), "Title", "General", RequestStatus.Open, [], MatchBand.Certain),
                new DuplicateCandidate(new CandidateId("FR-4"), "Title", "General", RequestStatus.Open, []),
            ],
        };
        var asking = Begin();
        while (asking.Next.State == ConversationState.Asking)
        {
            asking = asking.Next.Apply(new ConversationInput.Skip(), facts, Now);
        }

        asking.Say.ShouldHaveSingleItem().Choices.Select(choice => choice.Style).ShouldBe([ChoiceStyle.Primary, ChoiceStyle.Default, ChoiceStyle.Default]);
    }

    [Fact]
    public void What_is_known_is_offered_before_the_first_question_and_none_of_it_leads_to_that_question()
    {
        var begun = Begin(WithCandidates);
        begun.Next.State.ShouldBe(ConversationState.ChoosingRequest);
        var offered = begun.Say.ShouldHaveSingleItem().ShouldBeOfType<OutboundMessage.Candidates>();
        offered.Requests.Select(candidate => candidate.Id.Value).ShouldBe(["FR-3", "FR-4"]);

        var next = begun.Next.Apply(new ConversationInput.New(), WithCandidates, Now).Next;
        next.State.ShouldBe(ConversationState.Asking);
        next.Asked.ShouldBe(Topic.SpecificIssue);
        next.Disputed.Select(candidate => candidate.Value).ShouldBe(["FR-3", "FR-4"], ignoreOrder: true);
    }

    [Fact]
    public void Of_what_is_known_only_the_customer_is_asked_and_no_level_is_needed()
    {
        var facts = WithCandidates with { MinimumLevel = FeedbackLevel.Level400 };
        var joined = Begin(facts).Next.Apply(new ConversationInput.SameAs(new CandidateId("FR-3")), facts, Now).Next;
        joined.Asked.ShouldBe(Topic.Customer);
        facts = facts with { Root = RequestId.FromNumber(3) };
        var draft = joined.Apply(new ConversationInput.Said("Contoso"), facts, Now);
        draft.Next.State.ShouldBe(ConversationState.Confirming);
        draft.Say.ShouldHaveSingleItem().ShouldBeOfType<OutboundMessage.Draft>().Text.ShouldContain("add to FR-3");

        var sent = draft.Next.Apply(new ConversationInput.Submit(DraftEdits.None), facts, Now);
        sent.Effect.ShouldBe(ConversationEffect.Submit);
        sent.Next.Request.ShouldBe(RequestId.FromNumber(3));
    }

    [Fact]
    public void Back_takes_the_choice_back_and_offers_again()
    {
        var begun = Begin(WithCandidates).Next;
        foreach (var input in (ConversationInput[])[new ConversationInput.New(), new ConversationInput.SameAs(new CandidateId("FR-4"))])
        {
            var back = begun.Apply(input, WithCandidates, Now).Next.Apply(new ConversationInput.Back(), WithCandidates with { Root = RequestId.FromNumber(4) }, Now);
            back.Next.State.ShouldBe(ConversationState.ChoosingRequest);
            back.Next.SameAs.ShouldBeNull();
            back.Next.Disputed.ShouldBeEmpty();
            back.Say.ShouldHaveSingleItem().ShouldBeOfType<OutboundMessage.Candidates>().Requests.Count.ShouldBe(2);
        }

        begun.Apply(new ConversationInput.Back(), WithCandidates, Now).Say.ShouldHaveSingleItem().ShouldBeOfType<OutboundMessage.Refusal>();
    }

    [Fact]
    public void Passing_over_the_offer_says_nothing_about_it_and_it_comes_again_before_the_draft()
    {
        var next = Begin(WithCandidates).Next.Apply(new ConversationInput.Skip(), WithCandidates, Now).Next;
        next.Disputed.ShouldBeEmpty();
        while (next.State == ConversationState.Asking)
        {
            next = next.Apply(new ConversationInput.Skip(), WithCandidates, Now).Next;
        }

        next.State.ShouldBe(ConversationState.ChoosingRequest);
        next.Apply(new ConversationInput.Skip(), WithCandidates, Now).Next.State.ShouldBe(ConversationState.Confirming);
    }

    [Fact]
    public void A_feature_that_exists_ends_it_with_the_link_and_one_that_does_not_help_goes_on()
    {
        var feature = new DuplicateCandidate(new CandidateId("feature|roles"), "Roles", "", RequestStatus.Answered, []) { Link = "https://docs.example/roles" };
        var facts = Facts with { FindCandidates = (_, disputed) => disputed.Contains(feature.Id) ? [] : [feature] };
        var solved = Begin(facts).Next.Apply(new ConversationInput.SameAs(feature.Id), facts, Now);
        solved.Next.State.ShouldBe(ConversationState.Solved);
        solved.Effect.ShouldBe(ConversationEffect.None);
        solved.Say.ShouldHaveSingleItem().ShouldBeOfType<OutboundMessage.Notice>().Text.ShouldContain("https://docs.example/roles");

        var onward = solved.Next.Apply(new ConversationInput.New(), facts, Now.AddDays(9)).Next;
        onward.State.ShouldBe(ConversationState.Asking);
        onward.SameAs.ShouldBeNull();
        onward.Disputed.ShouldBe([feature.Id]);
        onward.StartedAt.ShouldBe(Now.AddDays(9), "its silence is counted anew");

        // In words it goes on as well, with everything that was said; thanks are no feedback, and what is taken back stays away.
        var said = solved.Next.Apply(new ConversationInput.Said("No, they need it for groups"), facts, Now).Next;
        said.State.ShouldBe(ConversationState.Asking);
        said.FullText().ShouldBe("They are stuck.\nNo, they need it for groups");
        solved.Next.Apply(new ConversationInput.Said("Thanks!"), facts, Now).Next.State.ShouldBe(ConversationState.Solved);
        solved.Next.Apply(new ConversationInput.Said("no"), facts, Now).Next.State.ShouldBe(ConversationState.Asking);
    }

    [Fact]
    public void Back_from_a_draft_with_nothing_but_the_opening_asks_or_offers()
    {
        foreach (var facts in (TurnFacts[])[Facts, WithCandidates])
        {
            var draft = Begin(facts).Next.Apply(new ConversationInput.Submit(DraftEdits.None), facts, Now).Next;
            draft = draft.State == ConversationState.ChoosingRequest ? draft.Apply(new ConversationInput.Submit(DraftEdits.None), facts, Now).Next : draft;
            draft.State.ShouldBe(ConversationState.Confirming);
            var back = draft.Apply(new ConversationInput.Back(), facts, Now);
            back.Next.State.ShouldBe(facts == Facts ? ConversationState.Asking : ConversationState.ChoosingRequest);
            back.Say.ShouldHaveSingleItem().Choices.ShouldNotBeEmpty();
        }
    }

    private static ConversationStep Begin(TurnFacts facts) => Conversation.Begin(
        Thread, Sam, "Sam", new Statement(Topic.Opening, StatementKind.Said, "They are stuck."), 1, facts, Now);

    private static ConversationStep Begin() => Begin(Facts);

    private static Conversation Draft(TurnFacts facts)
    {
        var next = Begin().Next;
        while (next.State == ConversationState.Asking)
        {
            next = next.Apply(new ConversationInput.Skip(), facts, Now).Next;
        }

        return next;
    }
}
