using FeedbackBot.Core.Roadmap;
using FeedbackBot.Core.Triage;
using Shouldly;
using Xunit;

namespace FeedbackBot.Core.Tests.Roadmap;

public sealed class RoadmapItemTests
{
    [Fact]
    public void A_line_of_a_file_becomes_an_item_and_the_date_may_be_open()
    {
        var item = RoadmapItem.TryRead(" Private networking ", "No public address", "Deployment", "PLANNED", "Q2 2027", out var problem);
        problem.ShouldBeEmpty();
        item.ShouldBe(new RoadmapItem
        {
            Title = "Private networking",
            Description = "No public address",
            Area = "Deployment",
            Status = RoadmapStatus.Planned,
            Date = new RoadmapDate(2027, RoadmapPrecision.Quarter, 2),
        });
        item!.Row.ShouldBe(RoadmapItem.RowOf("PRIVATE NETWORKING"), "its title tells it from others, whatever the case");

        RoadmapItem.TryRead("Darker theme", null, null, "considered", " ", out _).ShouldNotBeNull().Date.ShouldBeNull();
    }

    [Theory]
    [InlineData("", "planned", "", "the title takes 1 to 120 characters on one line")]
    [InlineData("Two\nlines", "planned", "", "the title takes 1 to 120 characters on one line")]
    [InlineData("Roles", "soon", "", "the status is one of considered, planned, started, shipped, dropped")]
    [InlineData("Roles", "7", "", "the status is one of considered, planned, started, shipped, dropped")]
    [InlineData("Roles", null, "", "the status is one of considered, planned, started, shipped, dropped")]
    [InlineData("Roles", "planned", "soon", "the date is a month, a quarter or a half")]
    public void What_is_wrong_with_a_line_is_said(string? title, string? status, string date, string wrong)
    {
        RoadmapItem.TryRead(title, "", "", status, date, out var problem).ShouldBeNull();
        problem.ShouldStartWith(wrong);
    }
}
