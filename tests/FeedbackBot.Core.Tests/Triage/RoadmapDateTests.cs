using FeedbackBot.Core.Triage;
using Shouldly;
using Xunit;

namespace FeedbackBot.Core.Tests.Triage;

public sealed class RoadmapDateTests
{
    [Theory]
    [InlineData("Q2 2027", "Q2 2027")]
    [InlineData("2027-Q2", "Q2 2027")]
    [InlineData("q4/2027", "Q4 2027")]
    [InlineData("Q1, 2028", "Q1 2028")]
    [InlineData("H1 2027", "H1 2027")]
    [InlineData("2027 h2", "H2 2027")]
    [InlineData("March 2027", "March 2027")]
    [InlineData("mar. 2027", "March 2027")]
    [InlineData("Sept 2027", "September 2027")]
    [InlineData("2027-03", "March 2027")]
    [InlineData("03/2027", "March 2027")]
    [InlineData("3.2027", "March 2027")]
    [InlineData("12/2099", "December 2099")]
    public void It_reads_a_month_a_quarter_or_a_half(string typed, string read) => (RoadmapDate.TryParse(typed)?.ToString()).ShouldBe(read);

    [Theory]
    [InlineData("")]
    [InlineData("soon")]
    [InlineData("2027")]
    [InlineData("Q5 2027")]
    [InlineData("Q0 2027")]
    [InlineData("H3 2027")]
    [InlineData("13/2027")]
    [InlineData("0/2027")]
    [InlineData("003/2027")]
    [InlineData("Ma 2027")]
    [InlineData("Q2 1999")]
    [InlineData("Q2 27")]
    [InlineData("early Q2 2027")]
    [InlineData("2027 2027")]
    [InlineData("1 March 2027")]
    public void Anything_else_is_no_date(string typed) => RoadmapDate.TryParse(typed).ShouldBeNull();

    [Fact]
    public void What_it_says_it_reads_again()
    {
        RoadmapDate[] all =
        [
            .. Enumerable.Range(1, 12).Select(month => new RoadmapDate(2027, RoadmapPrecision.Month, month)),
            .. Enumerable.Range(1, 4).Select(quarter => new RoadmapDate(2027, RoadmapPrecision.Quarter, quarter)),
            .. Enumerable.Range(1, 2).Select(half => new RoadmapDate(2027, RoadmapPrecision.Half, half)),
        ];
        all.Select(date => RoadmapDate.TryParse(date.ToString())).ShouldBe(all);
    }
}
