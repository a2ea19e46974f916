using FeedbackBot.Core.Conversations;
using Shouldly;
using Xunit;

namespace FeedbackBot.Core.Tests.Conversations;

/// <summary>What a customer may be called in what a seller said, so that nobody else reads it.</summary>
public sealed class CustomerNameTests
{
    private const string Opening = "Contoso can't deploy: their auditors forbid production access.";

    [Theory]
    [InlineData("Contoso", Opening, "Contoso")]
    [InlineData("contoso", Opening, "contoso")]
    [InlineData("Contoso Ltd.", Opening, "Contoso Ltd.", "Contoso Ltd", "Contoso")]
    [InlineData("Contoso, Inc.", Opening, "Contoso, Inc.", "Contoso")]
    [InlineData("Contoso EMEA", Opening, "Contoso EMEA", "Contoso")]
    [InlineData("it's for Contoso, EMEA", Opening, "it's for Contoso, EMEA", "Contoso")]
    [InlineData("the same bank as in my last three threads, sorry for being vague", Opening, "Contoso")]
    [InlineData("", Opening, "Contoso")]
    [InlineData("", "Alpine Ski House is blocked by the price", "Alpine Ski House")]
    [InlineData("", "They want private networking for Contoso.", "Contoso")]
    [InlineData("Fabrikam", "Copilot can't read their wiki", "Fabrikam")]
    public void It_is_called_as_answered_and_as_in_the_opening(string answer, string opening, params string[] names)
        => CustomerName.NamesIn(answer, opening).ShouldBe(names);

    [Theory]
    [InlineData("", "Terraform modules can't be shared")]
    [InlineData("", "They build with Gradle and wait")]
    [InlineData("", "The export stops at 10 GB")]
    [InlineData("", "")]
    public void What_is_no_customer_stays(string answer, string opening) => CustomerName.NamesIn(answer, opening).ShouldBeEmpty();

    [Theory]
    [InlineData("Contoso Ltd. waits, and so does Contoso.", "the customer waits, and so does the customer.")]
    [InlineData("Contoso's team", "the customer's team")]
    [InlineData("Contosoft waits", "Contosoft waits")]
    public void All_of_them_are_hidden_as_words(string text, string hidden)
        => CustomerName.Hide(text, CustomerName.NamesIn("Contoso Ltd.", Opening)).ShouldBe(hidden);

    [Theory]
    [InlineData("Contoso needs it", "Contoso")]
    [InlineData("It is blocked at Contoso", "Contoso")]
    [InlineData("Terraform needs it", null)]
    [InlineData("They need it", null)]
    public void A_likely_name_is_found(string text, string? name) => CustomerName.FindIn(text).ShouldBe(name);
}
