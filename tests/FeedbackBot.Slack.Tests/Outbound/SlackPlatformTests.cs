using System.Net;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Outbox;
using FeedbackBot.Slack.Outbound;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace FeedbackBot.Slack.Tests.Outbound;

/// <summary>What the outbox learns of a send, whatever Slack answers.</summary>
public sealed class SlackPlatformTests
{
    private static readonly ThreadReference Thread = new("slack", SlackHost.Team, "C1", "1700000000.000100");

    public static TheoryData<string, DeliveryFailure> Codes { get; } = new()
    {
        { "ratelimited", DeliveryFailure.RateLimited },
        { "internal_error", DeliveryFailure.OutcomeUnknown },
        { "fatal_error", DeliveryFailure.OutcomeUnknown },
        { "service_unavailable", DeliveryFailure.OutcomeUnknown },
        { "request_timeout", DeliveryFailure.Unavailable },
        { "channel_not_found", DeliveryFailure.Refused },
        { "is_archived", DeliveryFailure.Refused },
        { "token_revoked", DeliveryFailure.Refused },
        { "restricted_action_thread_locked", DeliveryFailure.Refused },
        { "msg_blocks_too_long", DeliveryFailure.Invalid },
        { "metadata_too_large", DeliveryFailure.Invalid },
        { "a_code_of_next_year", DeliveryFailure.Unavailable },
    };

    [Theory]
    [MemberData(nameof(Codes))]
    public async Task A_code_of_slacks_decides_what_becomes_of_a_send(string code, DeliveryFailure failure)
    {
        await using var host = await SlackHost.StartAsync();
        host.Api.Answer = _ => FakeSlackApi.Error(code);
        (await SendAsync(host)).ShouldBeOfType<DeliveryResult.Failed>().Failure.ShouldBe(failure);
    }

    [Theory]
    [InlineData("<html>Welcome to the hotel's network</html>", HttpStatusCode.OK)]
    [InlineData("", HttpStatusCode.OK)]
    [InlineData("[]", HttpStatusCode.OK)]
    [InlineData("{}", HttpStatusCode.OK)]
    [InlineData("{\"ok\":true}", HttpStatusCode.OK)]
    [InlineData("{\"ok\":true,\"ts\":\"1.1\"}", HttpStatusCode.BadGateway)]
    [InlineData("upstream", HttpStatusCode.BadGateway)]
    [InlineData("", HttpStatusCode.Found)]
    public async Task An_answer_that_does_not_say_it_was_done_leaves_it_open(string body, HttpStatusCode status)
    {
        await using var host = await SlackHost.StartAsync();
        host.Api.Answer = _ => new HttpResponseMessage(status) { Content = new StringContent(body) };
        (await SendAsync(host)).ShouldBeOfType<DeliveryResult.Failed>().Failure.ShouldBe(DeliveryFailure.OutcomeUnknown);
    }

    [Theory]
    [InlineData(HttpRequestError.ConnectionError, DeliveryFailure.Unavailable)]
    [InlineData(HttpRequestError.NameResolutionError, DeliveryFailure.Unavailable)]
    [InlineData(HttpRequestError.SecureConnectionError, DeliveryFailure.Unavailable)]
    [InlineData(HttpRequestError.ResponseEnded, DeliveryFailure.OutcomeUnknown)]
    [InlineData(HttpRequestError.Unknown, DeliveryFailure.OutcomeUnknown)]
    public async Task Only_a_call_that_surely_was_not_sent_is_sent_again_without_looking(HttpRequestError error, DeliveryFailure failure)
    {
        await using var host = await SlackHost.StartAsync();
        host.Api.Answer = _ => throw new HttpRequestException(error);
        (await SendAsync(host)).ShouldBeOfType<DeliveryResult.Failed>().Failure.ShouldBe(failure);
    }

    [Theory]
    [InlineData("30", 30)]
    [InlineData(null, 30)]
    [InlineData("0", 1)]
    [InlineData("soon", 30)]
    [InlineData("999999", 3600)]
    public async Task Slacks_wait_is_kept(string? retryAfter, int seconds)
    {
        await using var host = await SlackHost.StartAsync();
        host.Api.Answer = _ =>
        {
            var response = new HttpResponseMessage(HttpStatusCode.TooManyRequests);
            response.Headers.TryAddWithoutValidation("Retry-After", retryAfter);
            return response;
        };
        var failed = (await SendAsync(host)).ShouldBeOfType<DeliveryResult.Failed>();
        failed.Failure.ShouldBe(DeliveryFailure.RateLimited);
        failed.RetryAfter.ShouldBe(TimeSpan.FromSeconds(seconds));
        if (seconds > SlackPace.LongestWait.TotalSeconds)
        {
            // The next one is not sent to hear the same.
            (await SendAsync(host, "another")).ShouldBeOfType<DeliveryResult.Failed>().Failure.ShouldBe(DeliveryFailure.RateLimited);
            host.Api.Calls.Count.ShouldBe(1);
        }
    }

    [Fact]
    public async Task A_send_goes_into_its_thread_with_its_id_and_without_previews()
    {
        await using var host = await SlackHost.StartAsync();
        var delivered = (await SendAsync(host)).ShouldBeOfType<DeliveryResult.Delivered>().Message;
        delivered.Thread.ShouldBe(Thread);
        var call = host.Api.Calls.ShouldHaveSingleItem();
        call.Token.ShouldBe(SlackHost.Token);
        call["thread_ts"].ShouldBe(Thread.ThreadId);
        call["unfurl_links"].ShouldBe("false");
        call["unfurl_media"].ShouldBe("false");
        call.Arguments["metadata"]!["event_payload"]!["id"]!.GetValue<string>().ShouldBe("send");
        call.Arguments.ContainsKey("parse").ShouldBeFalse();
        call.Arguments.ContainsKey("link_names").ShouldBeFalse();
    }

    [Fact]
    public async Task A_message_that_had_arrived_is_found_and_not_sent_again()
    {
        await using var host = await SlackHost.StartAsync();
        host.Api.Answer = call => call.Method == "conversations.replies"
            ? FakeSlackApi.Json(new
            {
                ok = true,
                messages = new object[]
                {
                    new { ts = "1.1", metadata = new { event_type = "another_app", event_payload = new { id = "send" } } },
                    new { ts = "1.2", metadata = new { event_type = SlackClient.MetadataType, event_payload = new { id = "send" } } },
                },
            })
            : null;
        (await SendAsync(host, outcomeUnknown: true)).ShouldBeOfType<DeliveryResult.Delivered>().Message.MessageId.ShouldBe("1.2");
        host.Api.Posts.ShouldBeEmpty();
        host.Api.Calls.ShouldHaveSingleItem()["include_all_metadata"].ShouldBe("true");
    }

    [Fact]
    public async Task A_message_that_had_not_arrived_is_sent_as_if_for_the_first_time()
    {
        await using var host = await SlackHost.StartAsync();
        (await SendAsync(host, outcomeUnknown: true)).ShouldBeOfType<DeliveryResult.Delivered>();
        host.Api.Posts.ShouldHaveSingleItem().Arguments.ToJsonString().ShouldNotContain("You may see this twice");
    }

    [Fact]
    public async Task Where_the_thread_cannot_be_read_the_repeat_says_that_it_is_one()
    {
        await using var host = await SlackHost.StartAsync();
        host.Api.Answer = call => call.Method == "conversations.replies" ? FakeSlackApi.Error("missing_scope") : null;
        (await SendAsync(host, outcomeUnknown: true)).ShouldBeOfType<DeliveryResult.Delivered>();
        host.Api.Posts.ShouldHaveSingleItem().Arguments.ToJsonString().ShouldContain("You may see this twice");
    }

    [Theory]
    [InlineData("ratelimited")]
    [InlineData("internal_error")]
    [InlineData("request_timeout")]
    public async Task While_the_thread_cannot_be_read_for_now_nothing_is_sent_and_nothing_is_known(string code)
    {
        await using var host = await SlackHost.StartAsync();
        host.Api.Answer = call => call.Method == "conversations.replies" ? FakeSlackApi.Error(code) : null;
        (await SendAsync(host, outcomeUnknown: true)).ShouldBeOfType<DeliveryResult.Failed>().Failure.ShouldBe(DeliveryFailure.OutcomeUnknown);
        host.Api.Posts.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_cannot_be_shown_to_one_person_in_a_channel_is_told_them_directly()
    {
        await using var host = await SlackHost.StartAsync();
        host.Api.Answer = call => call.Method == "chat.postEphemeral" ? FakeSlackApi.Error("not_in_channel") : null;
        var person = new PersonReference("slack", SlackHost.Team, "USAM");
        (await SendAsync(host, to: new Destination.Ephemeral(Thread, person))).ShouldBeOfType<DeliveryResult.Delivered>();
        host.Api.Posts.ShouldHaveSingleItem()["channel"].ShouldBe("DUSAM");
    }

    [Fact]
    public async Task One_channel_gets_one_message_a_second_and_another_does_not_wait_for_it()
    {
        await using var host = await SlackHost.StartAsync();
        var started = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(SendAsync(host, "a"), SendAsync(host, "b"), SendAsync(host, "c", to: new Destination.Reply(Thread with { ChannelId = "C2" })));
        TimeProvider.System.GetElapsedTime(started).ShouldBeInRange(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task Members_are_read_to_the_last_page_and_nobody_is_one_where_that_cannot_be_told()
    {
        await using var host = await SlackHost.StartAsync();
        var platform = host.Services.GetRequiredService<IChatPlatform>();
        host.Api.Answer = call => call.Method != "conversations.members" ? null
            : call["cursor"].Length == 0 ? FakeSlackApi.Json(new { ok = true, members = new[] { "U1" }, response_metadata = new { next_cursor = "next" } })
            : FakeSlackApi.Json(new { ok = true, members = new[] { "U2" }, response_metadata = new { next_cursor = "" } });
        var triage = new ChannelReference("slack", SlackHost.Team, SlackHost.Triage);
        (await IsMemberAsync("U2")).ShouldBeTrue();
        (await IsMemberAsync("U3")).ShouldBeFalse();
        (await platform.IsMemberAsync(triage, new PersonReference("slack", "T9", "U2"), CancellationToken.None)).ShouldBeFalse();
        (await platform.IsMemberAsync(triage, new PersonReference("teams", SlackHost.Team, "U2"), CancellationToken.None)).ShouldBeFalse();
        host.Api.Calls.Count.ShouldBe(2);
        host.Api.Answer = _ => FakeSlackApi.Error("internal_error");
        (await platform.IsMemberAsync(triage with { ChannelId = "COTHER" }, new PersonReference("slack", SlackHost.Team, "U2"), CancellationToken.None)).ShouldBeFalse();

        ValueTask<bool> IsMemberAsync(string user) => platform.IsMemberAsync(triage, new PersonReference("slack", SlackHost.Team, user), CancellationToken.None);
    }

    private static Task<DeliveryResult> SendAsync(SlackHost host, string id = "send", bool outcomeUnknown = false, Destination? to = null)
        => host.Services.GetRequiredService<IChatPlatform>().SendAsync(
            new Delivery(new OutboxId(id), to ?? new Destination.Reply(Thread), new OutboundMessage.Notice("Noted."), null, outcomeUnknown), CancellationToken.None);
}
