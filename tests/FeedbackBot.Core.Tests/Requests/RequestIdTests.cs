using FeedbackBot.Core.Requests;
using Shouldly;
using Xunit;

namespace FeedbackBot.Core.Tests.Requests;

public sealed class RequestIdTests
{
    [Theory]
    [InlineData("FR-12", "FR-12")]
    [InlineData(" fr-12 ", "FR-12")]
    [InlineData("FR-007", "FR-7")]
    public void It_is_read_as_people_say_it(string typed, string id) => (RequestId.TryParse(typed)?.Value).ShouldBe(id);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("12")]
    [InlineData("FR-")]
    [InlineData("FR--1")]
    [InlineData("FR-1.5")]
    [InlineData("FR-1 FR-2")]
    [InlineData("FR-99999999999999999999")]
    [InlineData("XFR-1")]
    public void Anything_else_is_none(string? typed) => RequestId.TryParse(typed).ShouldBeNull();

    [Fact]
    public void A_number_becomes_an_id() => RequestId.FromNumber(12).ToString().ShouldBe("FR-12");
}
