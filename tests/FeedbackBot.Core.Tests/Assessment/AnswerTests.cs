using FeedbackBot.Core.Assessment;
using FeedbackBot.Core.Requests;
using Shouldly;
using Xunit;

namespace FeedbackBot.Core.Tests.Assessment;

public class AnswerTests
{
    [Theory]
    [InlineData(QuestionTopic.Cost, "No.", AnswerKind.NotAnIssue)]
    [InlineData(QuestionTopic.Cost, "nope", AnswerKind.NotAnIssue)]
    [InlineData(QuestionTopic.Cost, "It's not about the money.", AnswerKind.NotAnIssue)]
    [InlineData(QuestionTopic.Cost, "Money is no issue for them.", AnswerKind.NotAnIssue)]
    [InlineData(QuestionTopic.Infrastructure, "Not a problem at all", AnswerKind.NotAnIssue)]
    [InlineData(QuestionTopic.Compliance, "None that I know of.", AnswerKind.NotAnIssue)]
    [InlineData(QuestionTopic.People, "No, they have enough hands.", AnswerKind.NotAnIssue)]
    [InlineData(QuestionTopic.Alternatives, "Nothing was tried so far.", AnswerKind.NotAnIssue)]
    [InlineData(QuestionTopic.Impact, "I don't know.", AnswerKind.NotKnownYet)]
    [InlineData(QuestionTopic.Compliance, "Not sure, I'll ask the customer.", AnswerKind.NotKnownYet)]
    [InlineData(QuestionTopic.People, "no idea yet", AnswerKind.NotKnownYet)]
    [InlineData(QuestionTopic.Infrastructure, "Let me check with them", AnswerKind.NotKnownYet)]
    [InlineData(QuestionTopic.Cost, "", AnswerKind.NotKnownYet)]
    [InlineData(QuestionTopic.Infrastructure, "No internet on the rigs.", AnswerKind.Informative)]
    [InlineData(QuestionTopic.SpecificIssue, "No way to revoke a key without downtime.", AnswerKind.Informative)]
    [InlineData(QuestionTopic.People, "No one there can write SQL.", AnswerKind.Informative)]
    [InlineData(QuestionTopic.Alternatives, "No to the proxy. Their firewall team turned it down.", AnswerKind.Informative)]
    public void An_answer_is_told_from_a_no_and_from_a_not_yet(QuestionTopic topic, string answer, AnswerKind kind) =>
        FeedbackAssessor.AssessAnswer(topic, answer).Kind.ShouldBe(kind);

    [Theory]
    [InlineData(QuestionTopic.Cost, "48 racks times 31,000")]
    [InlineData(QuestionTopic.Cost, "The token is 40 dollars and they need 900.")]
    [InlineData(QuestionTopic.Compliance, "Section 6.3 of the outsourcing guideline.")]
    [InlineData(QuestionTopic.Infrastructure, "Two sites, 8 Mbit between them.")]
    [InlineData(QuestionTopic.People, "Six people who also run three other systems.")]
    public void An_answer_about_a_constraint_states_it_with_a_fact(QuestionTopic topic, string answer)
    {
        var found = FeedbackAssessor.AssessAnswer(topic, answer);

        found.Constraints[FeedbackAssessor.ConstraintOf(topic)!.Value].ShouldBe(ConstraintMention.Stated);
        found.Fact.ShouldBeTrue();
    }

    [Theory]
    [InlineData(QuestionTopic.Cost, "No.", Constraint.Cost)]
    [InlineData(QuestionTopic.Cost, "No, they would pay for it.", Constraint.Cost)]
    [InlineData(QuestionTopic.Cost, "It does cost them more but that's a consequence, not the reason.", Constraint.Cost)]
    [InlineData(QuestionTopic.Compliance, "That's people rather than compliance.", Constraint.Compliance)]
    [InlineData(QuestionTopic.People, "Their team is happy to run it.", Constraint.People)]
    [InlineData(QuestionTopic.Cause, "It's not about money.", Constraint.Cost)]
    public void What_does_not_block_is_denied(QuestionTopic topic, string answer, Constraint constraint) =>
        FeedbackAssessor.AssessAnswer(topic, answer).Constraints[constraint].ShouldBe(ConstraintMention.Denied);

    [Theory]
    [InlineData("Compliance.", new[] { Constraint.Compliance })]
    [InlineData("Cost and people", new[] { Constraint.Cost, Constraint.People })]
    [InlineData("Mostly the infrastructure, with a regulatory side to it.", new[] { Constraint.Compliance, Constraint.Infrastructure })]
    [InlineData("The budget, cost is the whole story", new[] { Constraint.Cost })]
    public void The_causes_are_those_that_are_named(string answer, Constraint[] causes)
    {
        var found = FeedbackAssessor.AssessAnswer(QuestionTopic.Cause, answer);

        found.Constraints.Where(c => c.Value == ConstraintMention.Stated).Select(c => c.Key).Order().ShouldBe(causes);
    }

    [Theory]
    [InlineData(QuestionTopic.Alternatives, "The appliance doesn't fit in the rack.", true)]
    [InlineData(QuestionTopic.Alternatives, "They colour it in a sheet, works fine for them.", false)]
    [InlineData(QuestionTopic.Impact, "800 nurses keep writing by hand.", true)]
    [InlineData(QuestionTopic.Impact, "They find it annoying.", false)]
    public void An_alternative_or_impact_is_judged_knowing_what_was_asked(QuestionTopic topic, string answer, bool met) =>
        FeedbackAssessor.AssessAnswer(topic, answer).AlternativeOrImpact.ShouldBe(met);
}
