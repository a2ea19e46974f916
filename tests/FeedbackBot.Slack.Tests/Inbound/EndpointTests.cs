using System.Globalization;
using System.Text;
using System.Text.Json;
using FeedbackBot.Core.Inbox;
using FeedbackBot.Slack.Inbound;
using FeedbackBot.Testing;
using Shouldly;
using Xunit;

namespace FeedbackBot.Slack.Tests.Inbound;

/// <summary>Who gets in, and what Slack hears when something cannot be taken.</summary>
public sealed class EndpointTests
{
    public static TheoryData<string> Paths { get; } = ["/slack/events", "/slack/interactivity", "/slack/commands", "/slack/options"];

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_request_without_slacks_signature_is_refused(string path)
    {
        await using var host = await SlackHost.StartAsync();
        var now = TimeProvider.System.GetUtcNow();
        (await host.PostAsync(path, "{}", signature: "v0=00")).Status.ShouldBe(401);
        (await host.PostAsync(path, "{}", signature: "")).Status.ShouldBe(401);
        (await host.PostAsync(path, "{}", at: now.AddMinutes(-6))).Status.ShouldBe(401);
        (await host.PostAsync(path, "{}", at: now.AddMinutes(6))).Status.ShouldBe(401);
        using var bare = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = new StringContent("{}") };
        (await host.SendAsync(bare)).Status.ShouldBe(401);
        (await host.StoredAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Two_signatures_are_none()
    {
        await using var host = await SlackHost.StartAsync();
        var timestamp = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var right = new SlackSignature(SlackHost.Secret, TimeProvider.System).Of(timestamp, "{}"u8);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/slack/events", UriKind.Relative)) { Content = new StringContent("{}") };
        request.Headers.Add(SlackSignature.TimestampHeader, timestamp);
        request.Headers.Add(SlackSignature.Header, ["v0=00", right]);
        (await host.SendAsync(request)).Status.ShouldBe(401);
    }

    [Fact]
    public async Task The_address_is_verified_by_its_challenge()
    {
        await using var host = await SlackHost.StartAsync();
        var (status, body) = await host.PostAsync("/slack/events", """{"type":"url_verification","challenge":"3eZbrw1a","token":"x"}""");
        status.ShouldBe(200);
        JsonDocument.Parse(body).RootElement.GetProperty("challenge").GetString().ShouldBe("3eZbrw1a");
    }

    [Theory]
    [InlineData(3 * 1024 * 1024)]
    [InlineData(100 * 1024 * 1024)]
    public async Task A_body_that_is_too_large_is_refused_before_it_is_kept(int bytes)
    {
        await using var host = await SlackHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/slack/events", UriKind.Relative))
        {
            Content = new StreamContent(new MemoryStream(new byte[bytes])),
        };
        request.Headers.Add(SlackSignature.TimestampHeader, TimeProvider.System.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        request.Headers.Add(SlackSignature.Header, "v0=00");
        try
        {
            (await host.SendAsync(request)).Status.ShouldBe(413);
        }
        catch (HttpRequestException)
        {
            // The server hung up while it was still being sent to, which refuses just as well.
        }
    }

    [Fact]
    public async Task A_megabyte_is_read_and_what_is_said_in_it_is_taken_shortened()
    {
        await using var host = await SlackHost.StartAsync();
        (await host.MentionAsync($"Contoso is blocked {new string('x', 1024 * 1024)}", "1700000000.000100")).Status.ShouldBe(200);
        (await host.StoredAsync()).ShouldHaveSingleItem().ShouldBeOfType<InboxEvent.TextPosted>().Text.Length.ShouldBeLessThan(50_000);
    }

    [Fact]
    public async Task A_request_that_was_overheard_and_is_sent_again_within_its_time_changes_nothing()
    {
        await using var host = await SlackHost.StartAsync();
        await host.MentionAsync("Contoso is blocked", "1700000000.000100");
        var question = await host.CallAsync(call => call.Method == "chat.postMessage");
        for (var copy = 0; copy < 3; copy++)
        {
            (await host.EventAsync(new { type = "app_mention", user = "USAM", text = "<@UBOT> Fabrikam is blocked", ts = "1700000000.000200", channel = "C1" }, "Ev77")).Status.ShouldBe(200);
            (await host.InteractAsync(Interactions.Press(question, "Skip", "USAM", "2000000000.000001"))).Status.ShouldBe(200);
            (await host.CommandAsync(("command", "/feedback"), ("team_id", SlackHost.Team), ("user_id", "USAM"), ("text", "mine"), ("trigger_id", "t9"))).Status.ShouldBe(200);
        }

        (await host.StoredAsync()).Count.ShouldBe(4);
    }

    [Fact]
    public async Task A_large_body_in_chunks_is_refused_as_well()
    {
        await using var host = await SlackHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/slack/events", UriKind.Relative))
        {
            Content = new StreamContent(new MemoryStream(new byte[3 * 1024 * 1024])),
        };
        request.Headers.TransferEncodingChunked = true;
        request.Headers.Add(SlackSignature.TimestampHeader, TimeProvider.System.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        request.Headers.Add(SlackSignature.Header, "v0=00");
        try
        {
            (await host.SendAsync(request)).Status.ShouldBe(413);
        }
        catch (HttpRequestException)
        {
            // As above.
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("\"x\"")]
    [InlineData("{\"type\":\"url_verification\"}")]
    [InlineData("{\"type\":\"url_verification\",\"challenge\":\"\\ud800\"}")]
    public async Task What_is_no_event_is_no_server_error(string body)
    {
        await using var host = await SlackHost.StartAsync();
        (await host.PostAsync("/slack/events", body)).Status.ShouldBe(400);
    }

    [Fact]
    public async Task Json_nested_without_end_is_refused()
    {
        await using var host = await SlackHost.StartAsync();
        var deep = new StringBuilder().Insert(0, "[", 100_000).Append(']', 100_000);
        (await host.PostAsync("/slack/events", $"{{\"type\":\"event_callback\",\"event\":{deep}}}")).Status.ShouldBe(400);
        (await host.PostAsync("/slack/interactivity", $"payload={{\"type\":{deep}}}", "application/x-www-form-urlencoded")).Status.ShouldBe(400);
    }

    [Theory]
    [InlineData("payload=%7B%7D&payload=%7B%7D", 400)]
    [InlineData("payload", 400)]
    [InlineData("payload=%ZZ%", 400)]
    [InlineData("PAYLOAD={}", 400)]
    [InlineData("", 400)]
    [InlineData("&&&===&", 400)]
    [InlineData("payload={}", 200)]
    [InlineData("payload={\"type\":\"nobody knows\",\"user\":{\"id\":\"U1\"},\"team\":{\"id\":\"T1\"}}", 200)]
    public async Task Tricks_with_forms_get_no_further(string body, int status)
    {
        await using var host = await SlackHost.StartAsync();
        (await host.PostAsync("/slack/interactivity", body, "application/x-www-form-urlencoded")).Status.ShouldBe(status);
        (await host.StoredAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"type":"app_rate_limited","team_id":"T1","minute_rate_limited":1518467820}""")]
    [InlineData("""{"type":"nobody knows"}""")]
    [InlineData("""{"type":"event_callback"}""")]
    [InlineData("""{"type":"event_callback","team_id":"T1","event":{"type":"nobody knows"}}""")]
    [InlineData("""{"type":"event_callback","team_id":"T1","event":{"type":"app_uninstalled"}}""")]
    [InlineData("""{"type":"event_callback","team_id":"T1","event":{"type":"tokens_revoked","tokens":{"bot":["U1"]}}}""")]
    [InlineData("""{"type":"event_callback","team_id":"T1","event":{"type":"message"}}""")]
    [InlineData("""{"type":"event_callback","team_id":"T1","event":{"type":"message","channel":7,"ts":[],"user":{},"text":null}}""")]
    [InlineData("""{"type":"event_callback","team_id":"T1","event":{"type":"message","subtype":"message_changed"}}""")]
    [InlineData("""{"type":"event_callback","team_id":"T1","event":{"type":"message","subtype":"message_deleted"}}""")]
    [InlineData("""{"type":"event_callback","team_id":"T1","event":{"type":"message","subtype":"channel_join","user":"U1","channel":"C1","ts":"1.1"}}""")]
    [InlineData("""{"type":"event_callback","team_id":"T1","event":{"type":"app_home_opened"}}""")]
    [InlineData("""{"type":"event_callback","team_id":"T1","event":{"type":"app_mention","user":"U1","channel":"C1","ts":"\ud800"}}""")]
    [InlineData("""{"type":"event_callback","team_id":"T1","event":{"\ud800":1,"type":"message"}}""")]
    [InlineData("""{"type":"event_callback","\ud800":1,"team_id":"T1","event":{"type":"message"}}""")]
    [InlineData("""{"type":"event_callback","team_id":"T9","event":{"type":"app_mention","user":"U1","channel":"C1","ts":"1.1","text":"x"}}""")]
    public async Task What_is_not_for_us_is_acknowledged_and_not_stored(string body)
    {
        await using var host = await SlackHost.StartAsync();
        (await host.PostAsync("/slack/events", body)).Status.ShouldBe(200);
        (await host.StoredAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_menu_that_nobody_fills_is_empty()
    {
        await using var host = await SlackHost.StartAsync();
        var (status, body) = await host.PostAsync("/slack/options", "payload={}", "application/x-www-form-urlencoded");
        status.ShouldBe(200);
        body.ShouldBe("""{"options":[]}""");
    }

    [Fact]
    public async Task An_event_that_cannot_be_stored_is_not_acknowledged_and_taken_when_it_comes_again()
    {
        var store = new FailingStore(new MemoryStore()) { IsDown = true };
        await using var host = await SlackHost.StartAsync(store);
        (await host.MentionAsync("Contoso is blocked", "1700000000.000100")).Status.ShouldBe(503);
        store.IsDown = false;
        (await host.MentionAsync("Contoso is blocked", "1700000000.000100")).Status.ShouldBe(200);
        (await host.StoredAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_store_that_takes_its_time_does_not_keep_slack_waiting()
    {
        var store = new FailingStore(new MemoryStore()) { IsSlow = true };
        await using var host = await SlackHost.StartAsync(store);
        var started = TimeProvider.System.GetTimestamp();
        (await host.MentionAsync("Contoso is blocked", "1700000000.000100")).Status.ShouldBe(503);
        TimeProvider.System.GetElapsedTime(started).ShouldBeInRange(TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(2.9));
        store.IsSlow = false;
    }

    [Fact]
    public async Task A_command_and_a_form_that_cannot_be_stored_say_so_and_keep_the_text()
    {
        var store = new FailingStore(new MemoryStore());
        await using var host = await SlackHost.StartAsync(store);
        store.IsDown = true;
        var (status, body) = await host.CommandAsync(("command", "/feedback"), ("team_id", SlackHost.Team), ("user_id", "USAM"), ("text", "Contoso needs roles"), ("trigger_id", "t1"));
        status.ShouldBe(200);
        body.ShouldContain("not taken");
        body.ShouldContain("Contoso needs roles");
        var shown = await host.InteractAsync(Interactions.Submit("VW1", "UANA", ("category", "AlreadyExists"), ("link", "https://docs.example.com"), ("how", "By roles")));
        shown.Status.ShouldBe(200);
        var reply = JsonDocument.Parse(shown.Body).RootElement;
        reply.GetProperty("response_action").GetString().ShouldBe("errors");
        reply.GetProperty("errors").GetProperty("category").GetString().ShouldNotBeNull().ShouldContain("not taken");
    }

    [Fact]
    public async Task No_token_and_no_text_of_people_is_in_any_log()
    {
        await using var host = await SlackHost.StartAsync();
        host.Api.Answer = call => call.Method == "chat.postMessage" ? FakeSlackApi.Error("invalid_auth") : null;
        await host.MentionAsync("Contoso is a secret customer", "1700000000.000100");
        await host.PostAsync("/slack/events", "Contoso is a secret customer");
        await host.CallAsync(call => call.Method == "chat.postMessage");
        await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System);
        host.Logs.Lines.ShouldContain(line => line.Contains("invalid_auth", StringComparison.Ordinal));
        host.Logs.Lines.ShouldAllBe(line => !line.Contains(SlackHost.Token, StringComparison.Ordinal) && !line.Contains(SlackHost.Secret, StringComparison.Ordinal) && !line.Contains("secret customer", StringComparison.Ordinal));
        (await host.StoredAsync()).OfType<InboxEvent.TextPosted>().ShouldHaveSingleItem();
    }
}
