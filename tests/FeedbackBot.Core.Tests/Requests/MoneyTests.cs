using FeedbackBot.Core.Requests;
using Shouldly;
using Xunit;

namespace FeedbackBot.Core.Tests.Requests;

public sealed class MoneyTests
{
    [Theory]
    [InlineData("€400k renewal, decision in March", "EUR 400,000")]
    [InlineData("€ 1.2m", "EUR 1,200,000")]
    [InlineData("400k EUR", "EUR 400,000")]
    [InlineData("400k€", "EUR 400,000")]
    [InlineData("USD 2,500,000", "USD 2,500,000")]
    [InlineData("2.500.000 usd", "USD 2,500,000")]
    [InlineData("CHF 1'250'000", "CHF 1,250,000")]
    [InlineData("$300k a year", "USD 300,000")]
    [InlineData("about 12 extra clusters, about $300k a year", "USD 300,000")]
    [InlineData("1,5 Mio EUR", "EUR 1,500,000")]
    [InlineData("1.5 million euros", "EUR 1,500,000")]
    [InlineData("2 bn USD", "USD 2,000,000,000")]
    [InlineData("£99.99", "GBP 99.99")]
    [InlineData("1,234.56 dollars", "USD 1,234.56")]
    [InlineData("1.234,56 EUR", "EUR 1,234.56")]
    [InlineData("¥1000000", "JPY 1,000,000")]
    [InlineData("(EUR 40k).", "EUR 40,000")]
    [InlineData("USD400k", "USD 400,000")]
    [InlineData("€400,000, and more", "EUR 400,000")]
    public void It_finds_an_amount_with_its_currency(string text, string found) => (Money.FindIn(text)?.ToString()).ShouldBe(found);

    [Theory]
    [InlineData("Renewal in 2027, €400k, decision in March", "EUR 400,000")]
    [InlineData("Renewal 2027 €400k", "EUR 400,000")]
    [InlineData("Decided in March 2027, USD 500k", "USD 500,000")]
    [InlineData("by 2027 USD 500k", "USD 500,000")]
    [InlineData("Q4 2027: $1.5m", "USD 1,500,000")]
    [InlineData("In 2027 try again, €400k", "EUR 400,000")]
    [InlineData("40 sites, EUR 10k each", "EUR 10,000")]
    public void A_year_or_a_count_before_the_amount_is_not_taken_for_it(string text, string found)
        => (Money.FindIn(text)?.ToString()).ShouldBe(found);

    [Theory]
    [InlineData("")]
    [InlineData("a lot")]
    [InlineData("400k")]
    [InlineData("12 clusters by March 2027")]
    [InlineData("EUR")]
    [InlineData("€")]
    [InlineData("neuro 12")]
    [InlineData("2 try outs")]
    [InlineData("€99999999999999999999999999999999")]
    public void Without_an_amount_and_a_currency_there_is_none(string text) => Money.FindIn(text).ShouldBeNull();

    [Theory]
    [InlineData("Contoso won't sign the €1.2m renewal", "Contoso won't sign the … renewal")]
    [InlineData("400k EUR now, USD 2,500,000 later", "… now, … later")]
    [InlineData("in 2027 €400k, 12 sites", "in 2027 …, 12 sites")]
    [InlineData("€400,000, and 1.5 million euros.", "…, and ….")]
    [InlineData("12 sites, 40 minutes", "12 sites, 40 minutes")]
    public void Amounts_are_hidden_and_nothing_else(string text, string hidden) => Money.Hide(text).ShouldBe(hidden);

    [Fact]
    public void The_longest_text_is_read_in_a_moment()
    {
        Money.FindIn(string.Concat(Enumerable.Repeat("1 ", 20_000))).ShouldBeNull();
        Money.FindIn(new string('1', 40_000)).ShouldBeNull();
        Money.FindIn(string.Concat(Enumerable.Repeat("€ ", 20_000))).ShouldBeNull();
    }
}
