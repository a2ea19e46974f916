using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using FeedbackBot.Slack.Inbound;
using FeedbackBot.SlackServer;
using FeedbackBot.Testing;
using Shouldly;
using Xunit;

namespace FeedbackBot.Slack.Tests.Peers;

/// <summary>What Bolt takes for Slack's we take, and the other way round.</summary>
public sealed class SignaturePeerTests
{
    private const string Body = "payload=%7B%22type%22%3A%22block_actions%22%7D&x=ä😀";

    [Fact]
    public async Task Bolt_and_we_say_the_same_of_every_signature()
    {
        var time = new FakeTime();
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var ours = new SlackSignature(SlackHost.Secret, time);
        var right = ours.Of(Text(now), Encoding.UTF8.GetBytes(Body));
        (string Name, long At, string Body, string Signature, bool IsValid)[] requests =
        [
            ("right", now, Body, right, true),
            ("four minutes old", now - 240, Body, ours.Of(Text(now - 240), Encoding.UTF8.GetBytes(Body)), true),
            ("six minutes old", now - 360, Body, ours.Of(Text(now - 360), Encoding.UTF8.GetBytes(Body)), false),
            ("of yesterday", now - 86_400, Body, ours.Of(Text(now - 86_400), Encoding.UTF8.GetBytes(Body)), false),
            ("another time", now - 1, Body, right, false),
            ("another body", now, Body + " ", right, false),
            ("no body", now, "", right, false),
            ("one digit less", now, Body, right[..^1], false),
            ("one digit more", now, Body, right + "0", false),
            ("one digit changed", now, Body, right[..^1] + (right[^1] == '0' ? '1' : '0'), false),
            ("another version", now, Body, "v1" + right[2..], false),
            ("no signature", now, Body, "", false),
            ("another secret", now, Body, new SlackSignature(SlackHost.Secret + "x", time).Of(Text(now), Encoding.UTF8.GetBytes(Body)), false),
        ];
        var said = await Peer.RunAsync("signatures.mjs", new JsonArray([.. requests.Select(request => Request(request.At, request.Body, request.Signature, now))]));
        foreach (var ((name, at, body, signature, isValid), bolts) in requests.Zip(said))
        {
            bolts!["isValid"]!.GetValue<bool>().ShouldBe(isValid, $"Bolt on {name}");
            ours.IsValid(Text(at), signature, Encoding.UTF8.GetBytes(body)).ShouldBe(isValid, $"we on {name}");

            // Signed by Node's own HMAC, by the book: byte for byte what we and the loopback server make.
            ours.Of(Text(at), Encoding.UTF8.GetBytes(body)).ShouldBe(bolts["signature"]!.ToString());
            Deliveries.Sign(SlackHost.Secret, Text(at), body).ShouldBe(bolts["signature"]!.ToString());
        }
    }

    /// <summary>Where we are stricter, and mean to be.</summary>
    [Fact]
    public async Task A_request_from_the_future_is_one_for_bolt_and_none_for_us()
    {
        var time = new FakeTime();
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var ours = new SlackSignature(SlackHost.Secret, time);
        var signature = ours.Of(Text(now + 600), Encoding.UTF8.GetBytes(Body));
        var said = await Peer.RunAsync("signatures.mjs", new JsonArray(Request(now + 600, Body, signature, now)));
        said[0]!["isValid"]!.GetValue<bool>().ShouldBeTrue();
        ours.IsValid(Text(now + 600), signature, Encoding.UTF8.GetBytes(Body)).ShouldBeFalse();
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static JsonObject Request(long at, string body, string signature, long now)
        => new() { ["secret"] = SlackHost.Secret, ["timestamp"] = Text(at), ["body"] = body, ["signature"] = signature, ["now"] = now };
}
