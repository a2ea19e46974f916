using System.Globalization;
using System.Text;
using FeedbackBot.Slack.Inbound;
using FeedbackBot.Testing;
using Shouldly;
using Xunit;

namespace FeedbackBot.Slack.Tests.Inbound;

public sealed class SlackSignatureTests
{
    private static readonly FakeTime Time = new();

    private static readonly string Now = Time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    private readonly SlackSignature _signature = new(SlackHost.Secret, Time);

    [Fact]
    public void The_example_of_slacks_documentation_is_signed_as_slack_signs_it()
    {
        // https://docs.slack.dev/authentication/verifying-requests-from-slack
        const string Body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
        _signature.Of("1531420618", Encoding.UTF8.GetBytes(Body)).ShouldBe("v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503");
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(-300, true)]
    [InlineData(300, true)]
    [InlineData(-301, false)]
    [InlineData(301, false)]
    [InlineData(-86_400, false)]
    public void A_request_counts_five_minutes_before_and_after_its_time(int seconds, bool isValid)
    {
        var timestamp = Time.GetUtcNow().AddSeconds(seconds).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        _signature.IsValid(timestamp, _signature.Of(timestamp, "x"u8), "x"u8).ShouldBe(isValid);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("v0=")]
    [InlineData("v0=0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("v0=00")]
    [InlineData("v1=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503")]
    [InlineData("ÿÿÿ")]
    public void Another_signature_is_none(string? signature) => _signature.IsValid(Now, signature, "x"u8).ShouldBeFalse();

    [Fact]
    public void A_signature_that_is_longer_shorter_or_in_capitals_is_none()
    {
        var right = _signature.Of(Now, "x"u8);
        _signature.IsValid(Now, right, "x"u8).ShouldBeTrue();
        _signature.IsValid(Now, right + "0", "x"u8).ShouldBeFalse();
        _signature.IsValid(Now, right[..^1], "x"u8).ShouldBeFalse();
        _signature.IsValid(Now, right.ToUpperInvariant(), "x"u8).ShouldBeFalse();
        _signature.IsValid(Now, right, "y"u8).ShouldBeFalse();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("now")]
    [InlineData("-1")]
    [InlineData("+1800000000")]
    [InlineData("1.5")]
    [InlineData("99999999999999999999999")]
    [InlineData("9223372036854775807")]
    [InlineData("٣")]
    public void A_timestamp_that_is_no_number_of_seconds_is_refused(string? timestamp)
        => _signature.IsValid(timestamp, _signature.Of(timestamp ?? "", "x"u8), "x"u8).ShouldBeFalse();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    public void Without_a_secret_there_is_no_check(string? secret) => Should.Throw<InvalidOperationException>(() => new SlackSignature(secret, Time));
}
