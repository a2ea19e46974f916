using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using FeedbackBot.Host.Tests.Flows;
using Shouldly;
using Xunit;

namespace FeedbackBot.Host.Tests.Playground;

/// <summary>What the page shows behind a message.</summary>
public sealed class BehindTests
{
    [Fact]
    public async Task Behind_a_persons_message_are_its_event_and_the_words_that_decided()
    {
        await using var host = await RunningHost.StartAsync();
        const string Text = "Backups can only be encrypted with a vendor key, and their crypto policy CP-02 asks for a key in their own HSM.";
        var thread = await host.Client.SayAsync("sam", Text);
        await host.Client.AskedAsync(thread, "Cause");

        var behind = await BehindAsync(host, thread, "sam");

        behind.GetProperty("event").GetProperty("kind").GetString().ShouldBe("TextPosted");
        behind.GetProperty("event").GetProperty("status").GetString().ShouldBe("handled");
        behind.GetProperty("assessment").GetProperty("level").GetInt32().ShouldBe(300);
        var because = behind.GetProperty("assessment").GetProperty("because").EnumerateArray().Select(reason => (reason.GetProperty("for").GetString(), reason.GetProperty("text").GetString()!)).ToList();
        because.ShouldContain(reason => reason.Item1 == "Compliance");
        because.ShouldAllBe(reason => Text.Contains(reason.Item2));
        behind.GetProperty("conversation").GetProperty("level").GetInt32().ShouldBe(300);
        behind.GetProperty("conversation").GetProperty("missing").EnumerateArray().Select(missing => missing.GetString()).ShouldBe(["what was tried, or the impact"]);
    }

    [Fact]
    public async Task Behind_a_bots_message_is_its_send()
    {
        await using var host = await RunningHost.StartAsync();
        var thread = await host.Client.SayAsync("sam", Scenes.Opening);
        var question = await host.Client.AskedAsync(thread, "SpecificIssue");

        // The next one in its thread goes out only when it is marked as delivered.
        await host.Client.SayAsync("sam", Scenes.Article["SpecificIssue"], thread);
        await host.Client.AskedAsync(thread, "Cause");

        var send = (await BehindAsync(host, question.Id, "sam")).GetProperty("send");

        send.GetProperty("destination").GetString().ShouldBe("Reply");
        send.GetProperty("status").GetString().ShouldBe("delivered");
        send.GetProperty("attempts").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Nobody_looks_behind_what_they_do_not_see()
    {
        await using var host = await RunningHost.StartAsync();
        var direct = await host.Client.SayAsync("sam", "They want a dark mode", channel: "dm-sam");

        using var mine = await host.Client.Http.GetAsync(Address(direct, "sam"));
        using var others = await host.Client.Http.GetAsync(Address(direct, "sofia"));
        using var nobodys = await host.Client.Http.GetAsync(Address("u0", "sam"));

        mine.StatusCode.ShouldBe(HttpStatusCode.OK);
        others.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        nobodys.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private static Task<JsonElement> BehindAsync(RunningHost host, string message, string user)
        => host.Client.Http.GetFromJsonAsync<JsonElement>(Address(message, user));

    private static Uri Address(string message, string user) => new($"/playground/api/messages/{message}/behind?user={user}", UriKind.Relative);
}
