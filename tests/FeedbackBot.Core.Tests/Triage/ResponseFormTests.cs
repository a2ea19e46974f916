using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Requests;
using FeedbackBot.Core.Triage;
using Shouldly;
using Xunit;

namespace FeedbackBot.Core.Tests.Triage;

public sealed class ResponseFormTests
{
    [Fact]
    public void A_complete_form_makes_each_of_the_five_answers()
    {
        Read("AlreadyExists", ("link", " https://docs.example/roles "), ("how", "Use roles."))
            .ShouldBe(new Response.AlreadyExists(new Uri("https://docs.example/roles"), "Use roles."));
        Read("OnRoadmap", ("date", "Q2 2027"), ("planned", "Roles."), ("workaround", "A jump host."))
            .ShouldBe(new Response.OnRoadmap(new RoadmapDate(2027, RoadmapPrecision.Quarter, 2), "Roles.", new Workaround("A jump host.")));
        Read("NotAPriority", ("why", "Rare."), ("threshold", "5 customers"), ("workaround", "none"))
            .ShouldBe(new Response.NotAPriority("Rare.", new ReopenThreshold(5, null), new Workaround(null)));
        Read("TooCostly", ("constraint", "One identity per agent."), ("workaround", "None known."))
            .ShouldBe(new Response.TooCostly("One identity per agent.", new Workaround(null)));
        Read("NotAligned", ("kind", "CompetingProduct"), ("why", "It is theirs."), ("workaround", "No workaround known"))
            .ShouldBe(new Response.NotAligned(Misalignment.CompetingProduct, "It is theirs.", new Workaround(null)));
    }

    [Theory]
    [InlineData(ResponseCategory.OnRoadmap)]
    [InlineData(ResponseCategory.NotAPriority)]
    [InlineData(ResponseCategory.TooCostly)]
    [InlineData(ResponseCategory.NotAligned)]
    public void Answers_two_to_five_say_what_to_do_meanwhile_or_that_nothing_is_known(ResponseCategory category)
    {
        ResponseForm.TryRead(Values(category.ToString()), out var response, out var errors).ShouldBeFalse();
        response.ShouldBeNull();
        errors["workaround"].ShouldBe("Please fill this in.");
        ResponseForm.Fields.Single(field => field.Name == "workaround").Help!.ShouldContain("none known");
    }

    [Theory]
    [InlineData("")]
    [InlineData("Maybe")]
    [InlineData("0")]
    [InlineData("alreadyexists")]
    public void A_category_that_is_none_of_the_five_is_refused(string category)
    {
        ResponseForm.TryRead(Values(category), out _, out var errors).ShouldBeFalse();
        errors.Keys.ShouldContain(ResponseForm.Category, StringComparer.Ordinal);
    }

    [Fact]
    public void A_workaround_is_not_taken_for_none_because_it_begins_so()
        => Read("TooCostly", ("constraint", "x"), ("workaround", "None in the product; a script does it."))
            .ShouldBeOfType<Response.TooCostly>().Workaround.Text.ShouldBe("None in the product; a script does it.");

    [Theory]
    [InlineData("5", 5, null)]
    [InlineData("1 customer", 1, null)]
    [InlineData("at least 12 customers", 12, null)]
    [InlineData("EUR 500k", null, "EUR 500,000")]
    [InlineData("5 customers or €500k", 5, "EUR 500,000")]
    [InlineData("$2m, or 3 Customers", 3, "USD 2,000,000")]
    public void A_threshold_is_a_number_of_customers_or_a_sum(string typed, int? customers, string? sum)
    {
        var threshold = Read("NotAPriority", ("why", "Rare."), ("threshold", typed), ("workaround", "none"))
            .ShouldBeOfType<Response.NotAPriority>().Threshold;
        threshold.Customers.ShouldBe(customers);
        (threshold.AtStake?.ToString()).ShouldBe(sum);
    }

    [Theory]
    [InlineData("more interest")]
    [InlineData("0 customers")]
    [InlineData("-5")]
    public void A_threshold_that_nobody_could_check_is_refused(string typed)
    {
        var values = Values("NotAPriority", ("why", "Rare."), ("threshold", typed), ("workaround", "none"));
        ResponseForm.TryRead(values, out _, out var errors).ShouldBeFalse();
        errors.Keys.ShouldBe(["threshold"]);
        errors["threshold"].ShouldContain("5 customers or EUR 500k");
    }

    [Fact]
    public void Text_in_an_answer_is_cleaned_of_what_no_reader_sees()
        => Read("TooCostly", ("constraint", "a\u202Eb\u0000c"), ("workaround", "none"))
            .ShouldBeOfType<Response.TooCostly>().ArchitecturalConstraint.ShouldBe("abc");

    [Fact]
    public void A_threshold_says_what_it_is()
    {
        new ReopenThreshold(1, null).ToString().ShouldBe("1 customer");
        new ReopenThreshold(5, null).ToString().ShouldBe("5 customers");
        new ReopenThreshold(null, new Money(500_000, "EUR")).ToString().ShouldBe("EUR 500,000 at stake");
        new ReopenThreshold(5, new Money(500_000, "EUR")).ToString().ShouldBe("5 customers or EUR 500,000 at stake");
    }

    private static Response Read(string category, params (string Name, string Value)[] fields)
        => ResponseForm.TryRead(Values(category, fields), out var response, out var errors)
            ? response
            : throw new ShouldAssertException(string.Join(", ", errors));

    private static FormValues Values(string category, params (string Name, string Value)[] fields)
        => new(fields.Append((Name: ResponseForm.Category, Value: category))
            .ToDictionary(field => field.Name, field => (IReadOnlyList<string>)[field.Value], StringComparer.Ordinal));
}
