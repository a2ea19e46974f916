using FeedbackBot.Core.Conversations;
using FeedbackBot.Core.Requests;
using Shouldly;
using Xunit;

namespace FeedbackBot.Core.Tests.Requests;

/// <summary>What a request is called, from the words of its first seller.</summary>
public sealed class TitleTests
{
    [Theory]
    [InlineData("Reports take 40 minutes. Nobody waits.", "Contoso", "Reports take 40 minutes")]
    [InlineData("Reports take contoso 40 minutes.", "Contoso", "Reports take the customer 40 minutes")]
    [InlineData("Contoso is blocked: reports take 40 minutes.", "Contoso", "Reports take 40 minutes")]
    [InlineData("Contoso is blocked: Contoso's reports take 40 minutes.", "Contoso", "The customer's reports take 40 minutes")]
    [InlineData("Contoso waits. One thing: reports take 40 minutes.", "Contoso", "The customer waits")]
    [InlineData("Their blocker: reports take 40 minutes.", "Contoso", "Their blocker: reports take 40 minutes")]
    [InlineData("HP cannot print: the queue is lost", "HP", "The queue is lost")]
    [InlineData("The php of HP", "hp", "The php of the customer")]
    [InlineData("Database exports: they fail", "Data", "Database exports: they fail")]
    [InlineData("Contoso and Contoso wait", "Contoso", "The customer and the customer wait")]
    [InlineData("The Customer waits", "customer", "The the customer waits")]
    [InlineData("Contoso Ltd is blocked: reports take 40 minutes.", "Contoso Ltd", "Reports take 40 minutes")]
    [InlineData("Contoso signs the €1.2m renewal once reports are fast.", "it's for Contoso", "The customer signs the … renewal once reports are fast")]
    [InlineData("reports take 40 minutes", "", "Reports take 40 minutes")]
    [InlineData("", "", "")]
    public void It_says_the_need_and_not_the_customer(string issue, string customer, string title)
        => SubmitFeedback.TitleOf(issue, CustomerName.NamesIn(customer, "")).ShouldBe(title);
}
