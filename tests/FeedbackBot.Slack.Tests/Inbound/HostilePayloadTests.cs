using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace FeedbackBot.Slack.Tests.Inbound;

/// <summary>Payloads that nobody wrote on purpose: whatever is in them, the service goes on.</summary>
public sealed class HostilePayloadTests
{
    private static readonly string[] Events =
    [
        """{"type":"event_callback","team_id":"T1","event_id":"Ev1","authorizations":[{"team_id":"T1","user_id":"UBOT","is_bot":true}],"event":{"type":"app_mention","user":"U1","text":"<@UBOT> hand over to <@U2>","ts":"1.1","channel":"C1","thread_ts":"1.0","files":[{"title":"a","permalink":"https://a.example"}]}}""",
        """{"type":"event_callback","team_id":"T1","event_id":"Ev2","authorizations":[{"team_id":"T1","user_id":"UBOT","is_bot":true}],"event":{"type":"message","subtype":"message_changed","channel":"D1","ts":"2.1","message":{"user":"U1","text":"new","ts":"1.1","edited":{"ts":"2.1"}},"previous_message":{"text":"old","user":"U1","ts":"1.1"}}}""",
        """{"type":"event_callback","team_id":"T1","event_id":"Ev3","event":{"type":"message","subtype":"message_deleted","channel":"D1","ts":"2.1","deleted_ts":"1.1","previous_message":{"text":"old","user":"U1","ts":"1.1"}}}""",
        """{"type":"event_callback","team_id":"T1","event_id":"Ev4","event":{"type":"app_home_opened","user":"U1","channel":"D1","tab":"home","event_ts":"3.1"}}""",
    ];

    private static readonly string[] Payloads =
    [
        """{"type":"block_actions","user":{"id":"U1","team_id":"T1"},"team":{"id":"T1"},"trigger_id":"t","container":{"type":"message","message_ts":"1.2","channel_id":"C1","thread_ts":"1.1"},"actions":[{"type":"button","block_id":"fb:send:0:1.1","action_id":"answer:0","value":"{\"k\":\"Request\",\"i\":\"FR-1\",\"v\":\"TooCostly\",\"f\":true}","text":{"text":"Too costly"},"action_ts":"1.3"}]}""",
        """{"type":"view_submission","user":{"id":"U1","team_id":"T1"},"team":{"id":"T1"},"view":{"id":"V1","callback_id":"feedbackbot_form","private_metadata":"{\"w\":\"T1\",\"c\":\"C1\",\"t\":\"1.1\",\"o\":\"send\",\"a\":\"answer\",\"l\":\"Answer\",\"b\":{\"k\":\"Request\",\"i\":\"FR-1\",\"f\":true}}","state":{"values":{"category":{"value":{"selected_option":{"value":"TooCostly"}}},"constraint":{"value":{"value":"x"}},"workaround":{"value":{"value":"none"}}}}}}""",
        """{"type":"block_actions","user":{"id":"U1","team_id":"T1"},"team":{"id":"T1"},"view":{"id":"V1","hash":"h","callback_id":"feedbackbot_form","private_metadata":"{\"w\":\"T1\",\"c\":\"C1\",\"t\":\"1.1\",\"o\":\"send\",\"a\":\"answer\",\"l\":\"Answer\",\"b\":{\"k\":\"Request\",\"i\":\"FR-1\",\"f\":true}}","state":{"values":{"category":{"value":{"selected_option":{"value":"OnRoadmap"}}}}}}}""",
        """{"type":"message_action","callback_id":"relay_feedback","trigger_id":"t","team":{"id":"T1"},"user":{"id":"U1","team_id":"T1"},"channel":{"id":"C1"},"message_ts":"1.1","message":{"user":"U2","text":"blocked","ts":"1.1"}}""",
    ];

    [Theory]
    [InlineData("/slack/events")]
    [InlineData("/slack/interactivity")]
    public async Task A_payload_with_anything_in_any_place_is_no_server_error(string path)
    {
        await using var host = await SlackHost.StartAsync();
        var random = new Random(20270104);
        for (var round = 0; round < 250; round++)
        {
            var samples = path == "/slack/events" ? Events : Payloads;
            var payload = JsonNode.Parse(samples[round % samples.Length])!;
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                Change(payload, random);
            }

            var json = payload.ToJsonString();
            var (status, body) = path == "/slack/events"
                ? await host.PostAsync(path, json)
                : await host.PostAsync(path, $"payload={Uri.EscapeDataString(json)}", "application/x-www-form-urlencoded");
            status.ShouldBeLessThan(500, $"{status} {body} for {json}");
            host.Logs.Lines.ShouldAllBe(line => !line.Contains("unhandled", StringComparison.OrdinalIgnoreCase));
        }
    }

    /// <summary>Puts something else where something was.</summary>
    private static void Change(JsonNode payload, Random random)
    {
        var places = new List<(JsonObject Of, string Name)>();
        Collect(payload, places);
        var (of, name) = places[random.Next(places.Count)];
        of[name] = random.Next(9) switch
        {
            0 => null,
            1 => JsonValue.Create(random.Next()),
            2 => new JsonArray(1, "x", null),
            3 => new JsonObject { ["id"] = "x" },
            4 => JsonValue.Create(""),
            5 => JsonValue.Create(new string('\u202e', 300)),
            6 => JsonValue.Create("<@U1|<!channel>"),
            7 => JsonValue.Create("a/b\\c#d?e%f|\0"),
            _ => JsonValue.Create(true),
        };
    }

    private static void Collect(JsonNode? node, List<(JsonObject Of, string Name)> places)
    {
        if (node is JsonObject members)
        {
            foreach (var (name, value) in members)
            {
                places.Add((members, name));
                Collect(value, places);
            }
        }
        else if (node is JsonArray items)
        {
            foreach (var item in items)
            {
                Collect(item, places);
            }
        }
    }
}
