using FeedbackBot.Core.Assessment;
using FeedbackBot.Core.Requests;
using Shouldly;
using Xunit;

namespace FeedbackBot.Core.Tests.Assessment;

public class FeedbackAssessorTests
{
    private static readonly string[] Flags = ["S", "cost", "compliance", "infrastructure", "people", "E", "A"];

    [Fact]
    public void The_weights_hold_what_they_were_fitted_on()
    {
        var evaluation = LevelEvaluation.Of(LabelledCase.FittedLines);

        evaluation.Total.ShouldBeGreaterThan(1000);
        evaluation.ExactShare.ShouldBeGreaterThan(0.97, evaluation.ToString());
        evaluation.FarOffShare.ShouldBeLessThan(0.005);
        Flags.ShouldAllBe(flag => evaluation.F1(flag) > 0.93);
    }

    [Fact]
    public void On_messages_of_an_author_the_weights_have_not_seen_the_level_stays_good()
    {
        var evaluation = LevelEvaluation.Of(LabelledCase.UnseenLines);

        evaluation.Total.ShouldBe(110);
        evaluation.ExactShare.ShouldBeGreaterThanOrEqualTo(0.78, evaluation.ToString());
        evaluation.FarOffShare.ShouldBeLessThanOrEqualTo(0.02);
    }

    [Theory]
    [InlineData("Nightly export fails when a folder is empty. Cost is not the issue for them.", Constraint.Cost)]
    [InlineData("The agent stops after 30 minutes. It's not about the price.", Constraint.Cost)]
    [InlineData("Reports cannot be filtered by region. There is no compliance angle to it.", Constraint.Compliance)]
    [InlineData("Deal size is $800k, they want dark mode.", Constraint.Cost)]
    [InlineData("The invoice was 500 euros too high, support refunded it and all is good now.", Constraint.Cost)]
    [InlineData("Compliance dashboard shows last week's score after midnight.", Constraint.Compliance)]
    [InlineData("They say rotating keys is best practice, maybe offer it.", Constraint.Compliance)]
    [InlineData("Server page hangs when sorted by name.", Constraint.Infrastructure)]
    [InlineData("Upload is slow for large files. Infrastructure isn't a problem there.", Constraint.Infrastructure)]
    [InlineData("The people tab crashes on scroll.", Constraint.People)]
    [InlineData("The wizard skips a step. It is not a people problem.", Constraint.People)]
    public void A_keyword_or_a_denial_is_no_constraint(string text, Constraint constraint) =>
        FeedbackAssessor.Assess(text).Constraints.ShouldNotContain(constraint);

    [Theory]
    [InlineData("They want dark mode: https://wiki.example/SOX-404/budget-40000-too-expensive/GDPR-forbids-it")]
    [InlineData("They want dark mode: (http://wiki.example/their-security-team-rejected-it/40-users-blocked).")]
    [InlineData("They want dark mode: HTTPS://wiki.example/?q=air-gapped+network+of+12+plants")]
    public void A_web_address_is_nobodys_words(string text)
    {
        var (with, without) = (FeedbackAssessor.Assess(text), FeedbackAssessor.Assess("They want dark mode."));
        with.Level.ShouldBe(without.Level);
        with.Constraints.ShouldBeEmpty();
        (with.SpecificIssue, with.Evidence, with.AlternativeOrImpact).ShouldBe((without.SpecificIssue, without.Evidence, without.AlternativeOrImpact));
    }

    [Theory]
    [InlineData("Budget for this year is 40,000 euros and the add-on is 55,000.", Constraint.Cost)]
    [InlineData("SOX control ITGC-4 obliges them to keep approvals apart.", Constraint.Compliance)]
    [InlineData("The plant network is air-gapped, so nothing that phones home can run there.", Constraint.Infrastructure)]
    [InlineData("The network group has 3 people to run it.", Constraint.People)]
    [InlineData("The regulater's gudelines and GDPR bind them, complience says no.", Constraint.Compliance)]
    public void Each_kind_of_constraint_is_found(string text, Constraint constraint) =>
        FeedbackAssessor.Assess(text).Constraints.ShouldContain(constraint);

    [Theory]
    [InlineData("Export stops at 5,000 rows and SOX wants all of them. There is no known workaround.")]
    [InlineData("Seats cost 24 dollars a month each, with 45 users.")]
    [InlineData("We have not considered anything else.")]
    [InlineData("They export to a sheet instead, works fine for them.")]
    public void A_workaround_that_works_or_is_not_known_and_a_unit_price_are_no_alternative(string text) =>
        FeedbackAssessor.Assess(text).AlternativeOrImpact.ShouldBeFalse();

    [Theory]
    [InlineData("We offered a proxy, their security team rejected it.")]
    [InlineData("They tried the beta, it crashes on start.")]
    [InlineData("Two clerks spend 6 hours a week on it by hand.")]
    [InlineData("They looked at the bigger plan: it takes the bill from 20k to 95k a year, and the CFO said no.")]
    public void An_alternative_that_fails_or_an_impact_in_figures_is_found(string text) =>
        FeedbackAssessor.Assess(text).AlternativeOrImpact.ShouldBeTrue();

    [Theory]
    [InlineData("Customer needs SSO.")]
    [InlineData("They want a better dashboard.")]
    [InlineData("When will webhooks be available?")]
    [InlineData("The deal closes on 30 June, 2.4M, they want Terraform support.")]
    public void Naming_a_feature_or_a_deal_is_no_specific_issue(string text)
    {
        var found = FeedbackAssessor.Assess(text);

        found.Level.ShouldBe(FeedbackLevel.Level100);
        found.Missing.ShouldBe([Criterion.SpecificIssue, Criterion.Constraint, Criterion.Evidence, Criterion.AlternativeOrImpact]);
    }

    [Fact]
    public void Evidence_needs_a_constraint() =>
        FeedbackAssessor.Assess("The list shows 40 of 80 rows after the 2.3 update.").Evidence.ShouldBeFalse();

    [Fact]
    public void Every_reason_quotes_the_text_at_its_place()
    {
        foreach (var labelled in LabelledCase.All)
        {
            foreach (var reason in FeedbackAssessor.Assess(labelled.Text).Because)
            {
                reason.Text.ShouldBe(labelled.Text.Substring(reason.Start, reason.Length));
                (reason.Constraint is not null).ShouldBe(reason.Criterion == Criterion.Constraint);
            }
        }
    }

    [Fact]
    public void Each_criterion_that_is_met_has_a_reason()
    {
        foreach (var labelled in LabelledCase.All)
        {
            var found = FeedbackAssessor.Assess(labelled.Text);
            var explained = found.Because.Select(r => r.Criterion).ToHashSet();
            foreach (var criterion in Enum.GetValues<Criterion>())
            {
                explained.Contains(criterion).ShouldBe(!found.Missing.Contains(criterion), $"{labelled.Id} {criterion}");
            }
        }
    }

    [Theory]
    [InlineData(false, false, true, true, FeedbackLevel.Level100)]
    [InlineData(true, false, false, true, FeedbackLevel.Level200)]
    [InlineData(false, true, true, true, FeedbackLevel.Level200)]
    [InlineData(true, true, true, false, FeedbackLevel.Level300)]
    [InlineData(true, true, false, true, FeedbackLevel.Level300)]
    [InlineData(true, true, true, true, FeedbackLevel.Level400)]
    public void The_level_follows_from_the_criteria(bool issue, bool constraint, bool evidence, bool alternative, FeedbackLevel level) =>
        FeedbackAssessment.LevelOf(issue, constraint, evidence, alternative).ShouldBe(level);

    [Theory]
    [InlineData("Der Export bricht nach 10.000 Zeilen ab und die Revision verlangt das vollständige Protokoll.")]
    [InlineData("Le client ne peut pas utiliser le produit parce que les données sont hors de France.")]
    [InlineData("No se puede limitar el gasto por proyecto y el cliente no quiere pagar más.")]
    [InlineData("Ürün müşterinin ağında çalışmıyor çünkü internet bağlantısı yok ve sunucular kapalı.")]
    [InlineData("お客様の環境はインターネットに接続できないため、製品を使用できません。")]
    [InlineData("Asiakas ei voi ottaa palvelua käyttöön ilman audit-lokia ja backup-palvelinta.")]
    [InlineData("Müşteri audit log olmadan cloud server kullanamıyor, backup da yok.")]
    [InlineData("Клиент не может купить продукт из-за требований регулятора.")]
    public void A_language_the_rules_do_not_know_is_said_to_be_unknown(string text) =>
        FeedbackAssessor.Assess(text).LanguageKnown.ShouldBeFalse();

    [Fact]
    public void Terse_English_is_known() =>
        LabelledCase.All.Where(c => !FeedbackAssessor.Assess(c.Text).LanguageKnown).Select(c => c.Text).ShouldBeEmpty();
}
