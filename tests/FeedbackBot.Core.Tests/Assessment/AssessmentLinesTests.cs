using System.Text.Json.Nodes;
using FeedbackBot.Core.Assessment;
using Shouldly;
using Xunit;

namespace FeedbackBot.Core.Tests.Assessment;

public class AssessmentLinesTests
{
    [Fact]
    public void Each_line_of_feedback_becomes_a_line_of_assessment()
    {
        var output = AssessmentLines.Assess(["{\"id\":\"a\",\"text\":\"Export stops at 10k rows. SOX ITGC-7 wants all of them.\"}", "", "{\"id\":\"b\",\"text\":\"We need SSO.\"}"]).ToList();

        output.Count.ShouldBe(2);
        var first = JsonNode.Parse(output[0])!;
        first["id"]!.GetValue<string>().ShouldBe("a");
        first["level"]!.GetValue<int>().ShouldBe(300);
        first["S"]!.GetValue<bool>().ShouldBeTrue();
        first["compliance"]!.GetValue<bool>().ShouldBeTrue();
        first["cost"]!.GetValue<bool>().ShouldBeFalse();
        first["missing"]!.ToJsonString().ShouldBe("[\"A\"]");
        first["because"]!.AsArray().Select(b => b!["criterion"]!.GetValue<string>()).Contains("compliance", StringComparer.Ordinal).ShouldBeTrue();
        JsonNode.Parse(output[1])!["missing"]!.ToJsonString().ShouldBe("[\"S\",\"C\",\"E\",\"A\"]");
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{\"id\":\"a\"}")]
    [InlineData("{\"id\":1,\"text\":\"x\"}")]
    [InlineData("{\"id\":\"a\",\"text\":null}")]
    [InlineData("null")]
    [InlineData("[]")]
    public void A_bad_line_is_reported_with_its_number_and_the_rest_goes_on(string bad)
    {
        var output = AssessmentLines.Assess(["", bad, "{\"id\":\"b\",\"text\":\"We need SSO.\"}"]).Select(l => JsonNode.Parse(l)!).ToList();

        output[0]["line"]!.GetValue<int>().ShouldBe(2);
        output[0]["error"]!.GetValue<string>().ShouldNotBeEmpty();
        output[1]["id"]!.GetValue<string>().ShouldBe("b");
    }

    [Fact]
    public void An_evaluation_tells_its_figures_its_misses_and_its_bad_lines()
    {
        var evaluation = LevelEvaluation.Of(
        [
            "{\"id\":\"right\",\"text\":\"We need SSO.\",\"level\":100}",
            "{\"id\":\"wrong\",\"text\":\"We need SSO.\",\"level\":300,\"S\":true,\"cost\":true}",
            "{\"id\":\"odd\",\"text\":\"We need SSO.\",\"level\":150}",
            "broken",
        ]);

        evaluation.Total.ShouldBe(2);
        evaluation.ExactShare.ShouldBe(0.5);
        evaluation.FarOffShare.ShouldBe(0.5);
        var report = evaluation.ToString();
        report.ShouldContain("wrong 300 found 100 [-S -cost]");
        report.ShouldContain("line 3: the level is 150");
        report.ShouldContain("line 4:");
    }
}
