using FeedbackBot.Core.Messaging;
using FeedbackBot.Slack.Inbound;
using Shouldly;
using Xunit;

namespace FeedbackBot.Slack.Tests.Inbound;

public sealed class SlackTextTests
{
    [Theory]
    [InlineData("a &lt;b&gt; &amp; c", "a <b> & c")]
    [InlineData("&amp;lt;", "&lt;")]
    [InlineData("ask <@U1>", "ask @Sam")]
    [InlineData("ask <@U2|dana>", "ask @dana")]
    [InlineData("ask <@U2>", "ask @U2")]
    [InlineData("in <#C1|sellers> and <#C2>", "in #sellers and #C2")]
    [InlineData("<!channel> <!here|here> <!subteam^S1|@pms> <!subteam^S1>", "@channel here @pms @subteam")]
    [InlineData("<!date^1392734382^Posted {date}|Posted 2014>", "Posted 2014")]
    [InlineData("<https://a.example/?x=1&amp;y=2>", "https://a.example/?x=1&y=2")]
    [InlineData("<https://a.example|the page>", "the page (https://a.example)")]
    [InlineData("<http://a.example|a.example>", "http://a.example")]
    [InlineData("<mailto:a@b.example|a@b.example>", "a@b.example")]
    [InlineData("1 < 2 and <", "1 < 2 and <")]
    [InlineData("<>", "")]
    [InlineData("*bold* _i_ `c`", "*bold* _i_ `c`")]
    public void Slacks_text_becomes_what_a_reader_sees(string text, string plain)
        => SlackText.ToPlain(text, id => id == "U1" ? "Sam" : null).ShouldBe(plain);

    [Theory]
    [InlineData("<@UBOT> hello", "hello")]
    [InlineData("hello <@UBOT|feedbackbot>, you", "hello , you")]
    [InlineData("<@UBOTTLE> hello", "<@UBOTTLE> hello")]
    [InlineData("<@UBOT>", "")]
    [InlineData("<@UBOT", "<@UBOT")]
    public void The_bots_own_name_is_taken_out(string text, string rest) => SlackText.Without(text, "UBOT").ShouldBe(rest);

    [Fact]
    public void A_text_is_never_longer_than_what_is_stored()
    {
        var plain = SlackText.ToPlain(string.Concat(Enumerable.Repeat("😀", 40_000)), _ => null);
        plain.Length.ShouldBeLessThanOrEqualTo(PersonText.MaxLength);
        char.IsHighSurrogate(plain[^1]).ShouldBeFalse();
    }

    [Fact]
    public void The_people_mentioned_are_found_each_once_and_not_without_end()
    {
        SlackText.MentionsIn("<@U1> <@U2|b> <@U1> <@> <@ x> <@U3").ShouldBe(["U1", "U2"]);
        SlackText.MentionsIn(string.Concat(Enumerable.Range(0, 1000).Select(index => $"<@U{index}>"))).Count.ShouldBe(10);
    }
}
