using FeedbackBot.Core.Assessment;
using FeedbackBot.Core.Conversations;
using FeedbackBot.Core.Requests;
using Shouldly;
using Xunit;

namespace FeedbackBot.Core.Tests.Assessment;

public class AnswerTests
{
    [Theory]
    [InlineData(Topic.Cost, "No.", AnswerKind.NotAnIssue)]
    [InlineData(Topic.Cost, "nope", AnswerKind.NotAnIssue)]
    [InlineData(Topic.Cost, "It's not about the money.", AnswerKind.NotAnIssue)]
    [InlineData(Topic.Cost, "Money is no issue for them.", AnswerKind.NotAnIssue)]
    [InlineData(Topic.Infrastructure, "Not a problem at all", AnswerKind.NotAnIssue)]
    [InlineData(Topic.Compliance, "None that I know of.", AnswerKind.NotAnIssue)]
    [InlineData(Topic.People, "No, they have enough hands.", AnswerKind.NotAnIssue)]
    [InlineData(Topic.Alternatives, "Nothing was tried so far.", AnswerKind.NotAnIssue)]
    [InlineData(Topic.Impact, "I don't know.", AnswerKind.NotKnownYet)]
    [InlineData(Topic.Compliance, "Not sure, I'll ask the customer.", AnswerKind.NotKnownYet)]
    [InlineData(Topic.People, "no idea yet", AnswerKind.NotKnownYet)]
    [InlineData(Topic.Infrastructure, "Let me check with them", AnswerKind.NotKnownYet)]
    [InlineData(Topic.Cost, "", AnswerKind.NotKnownYet)]
    [InlineData(Topic.Infrastructure, "No internet on the rigs.", AnswerKind.Informative)]
    [InlineData(Topic.SpecificIssue, "No way to revoke a key without downtime.", AnswerKind.Informative)]
    [InlineData(Topic.People, "No one there can write SQL.", AnswerKind.Informative)]
    [InlineData(Topic.Alternatives, "No to the proxy. Their firewall team turned it down.", AnswerKind.Informative)]
    public void An_answer_is_told_from_a_no_and_from_a_not_yet(Topic topic, string answer, AnswerKind kind) =>
        FeedbackAssessor.AssessAnswer(topic, answer).Kind.ShouldBe(kind);

    [Theory]
    [InlineData(Topic.Cost, "48 racks times 31,000")]
    [InlineData(Topic.Cost, "The token is 40 dollars and they need 900.")]
    [InlineData(Topic.Compliance, "Section 6.3 of the outsourcing guideline.")]
    [InlineData(Topic.Infrastructure, "Two sites, 8 Mbit between them.")]
    [InlineData(Topic.People, "Six people who also run three other systems.")]
    public void An_answer_about_a_constraint_states_it_with_a_fact(Topic topic, string answer)
    {
        var found = FeedbackAssessor.AssessAnswer(topic, answer);

        found.Constraints[FeedbackAssessor.ConstraintOf(topic)!.Value].ShouldBe(ConstraintMention.Stated);
        found.Fact.ShouldBeTrue();
    }

    [Theory]
    [InlineData(Topic.Cost, "No.", Constraint.Cost)]
    [InlineData(Topic.Cost, "No, they would pay for it.", Constraint.Cost)]
    [InlineData(Topic.Cost, "It does cost them more but that's a consequence, not the reason.", Constraint.Cost)]
    [InlineData(Topic.Compliance, "That's people rather than compliance.", Constraint.Compliance)]
    [InlineData(Topic.People, "Their team is happy to run it.", Constraint.People)]
    [InlineData(Topic.Cause, "It's not about money.", Constraint.Cost)]
    public void What_does_not_block_is_denied(Topic topic, string answer, Constraint constraint) =>
        FeedbackAssessor.AssessAnswer(topic, answer).Constraints[constraint].ShouldBe(ConstraintMention.Denied);

    [Theory]
    [InlineData("Compliance.", new[] { Constraint.Compliance })]
    [InlineData("Cost and people", new[] { Constraint.Cost, Constraint.People })]
    [InlineData("Mostly the infrastructure, with a regulatory side to it.", new[] { Constraint.Compliance, Constraint.Infrastructure })]
    [InlineData("The budget, cost is the whole story", new[] { Constraint.Cost })]
    public void The_causes_are_those_that_are_named(string answer, Constraint[] causes)
    {
        var found = FeedbackAssessor.AssessAnswer(Topic.Cause, answer);

        found.Constraints.Where(c => c.Value == ConstraintMention.Stated).Select(c => c.Key).Order().ShouldBe(causes);
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("yes")]
    [InlineData("see above")]
    public void An_answer_that_says_nothing_names_no_cause(string answer) =>
        FeedbackAssessor.AssessAnswer(Topic.Cause, answer).Constraints.Values.ShouldNotContain(ConstraintMention.Stated);

    [Theory]
    [InlineData(Topic.Alternatives, "The appliance doesn't fit in the rack.", true)]
    [InlineData(Topic.Alternatives, "They colour it in a sheet, works fine for them.", false)]
    [InlineData(Topic.Impact, "800 nurses keep writing by hand.", true)]
    [InlineData(Topic.Impact, "They find it annoying.", false)]
    public void An_alternative_or_impact_is_judged_knowing_what_was_asked(Topic topic, string answer, bool met) =>
        FeedbackAssessor.AssessAnswer(topic, answer).AlternativeOrImpact.ShouldBe(met);
}
