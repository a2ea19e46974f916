using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace FeedbackBot.Slack.Tests.Inbound;

/// <summary>
/// A sample of every event (events.jsonl) and interaction (interactions.jsonl) that Slack's documentation has, as they come and
/// with anything in any place: whatever is in them, the service goes on.
/// </summary>
public sealed class HostilePayloadTests
{
    private const string Form = "application/x-www-form-urlencoded";

    private static readonly IReadOnlyList<string> Events = [.. Lines("events").Select(happened => $$"""{"token":"x","team_id":"T1","context_team_id":"T1","context_enterprise_id":null,"api_app_id":"A1","type":"event_callback","event_id":"Ev1","event_time":1515449522,"authorizations":[{"enterprise_id":null,"team_id":"T1","user_id":"UBOT","is_bot":true,"is_enterprise_install":false}],"is_ext_shared_channel":false,"event_context":"x","event":{{happened}}}""")];

    private static readonly IReadOnlyList<string> Interactions = Lines("interactions");

    private static readonly JsonObject Command = new()
    {
        ["token"] = "x",
        ["team_id"] = "T1",
        ["team_domain"] = "acme",
        ["enterprise_id"] = "E1",
        ["channel_id"] = "C1",
        ["channel_name"] = "sellers",
        ["user_id"] = "U1",
        ["user_name"] = "sam",
        ["command"] = "/feedback",
        ["text"] = "Contoso is blocked",
        ["response_url"] = "https://hooks.slack.com/commands/1",
        ["trigger_id"] = "1.2",
        ["api_app_id"] = "A1",
        ["is_enterprise_install"] = "false",
    };

    private enum Door
    {
        Events,
        Interactivity,
        Commands,
        Options,
    }

    [Fact]
    public async Task Every_event_there_is_is_acknowledged_as_it_comes()
    {
        await using var host = await SlackHost.StartAsync();
        foreach (var sample in Events)
        {
            (await SendAsync(host, Door.Events, JsonNode.Parse(sample)!)).Status.ShouldBe(200, sample);
        }

        ShouldGoOn(host);
    }

    [Fact]
    public async Task Every_interaction_there_is_gets_an_answer_as_it_comes()
    {
        await using var host = await SlackHost.StartAsync();
        foreach (var sample in Interactions)
        {
            // 422 is said where the person hears by Slack alone that nothing came of it: no response_url of Slack's takes a word here.
            (await SendAsync(host, Door.Interactivity, JsonNode.Parse(sample)!)).Status.ShouldBeOneOf(200, 400, 422);
            (await SendAsync(host, Door.Options, JsonNode.Parse(sample)!)).Status.ShouldBe(200, sample);
        }

        ShouldGoOn(host);
    }

    [Theory]
    [InlineData(nameof(Door.Events), 3)]
    [InlineData(nameof(Door.Interactivity), 15)]
    [InlineData(nameof(Door.Commands), 60)]
    public async Task A_payload_with_anything_in_any_place_is_no_server_error(string door, int rounds)
    {
        await using var host = await SlackHost.StartAsync();
        var random = new Random(20270104);
        var samples = door switch { nameof(Door.Events) => Events, nameof(Door.Interactivity) => Interactions, _ => [Command.ToJsonString()] };
        foreach (var sample in Enumerable.Repeat(samples, rounds).SelectMany(all => all))
        {
            var payload = JsonNode.Parse(sample)!;
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                Change(payload, random);
            }

            var (status, body) = await SendAsync(host, Enum.Parse<Door>(door), payload);
            status.ShouldBeLessThan(500, $"{status} {body} for {payload.ToJsonString()[..Math.Min(2_000, payload.ToJsonString().Length)]}");
        }

        ShouldGoOn(host);
    }

    private static void ShouldGoOn(SlackHost host)
        => host.Logs.Lines.ShouldAllBe(line => !line.Contains("unhandled", StringComparison.OrdinalIgnoreCase) && !line.StartsWith("Critical", StringComparison.Ordinal));

    private static Task<(int Status, string Body)> SendAsync(SlackHost host, Door door, JsonNode payload) => door switch
    {
        Door.Events => host.PostAsync("/slack/events", payload.ToJsonString()),
        Door.Interactivity => host.PostAsync("/slack/interactivity", $"payload={Uri.EscapeDataString(payload.ToJsonString())}", Form),
        Door.Options => host.PostAsync("/slack/options", $"payload={Uri.EscapeDataString(payload.ToJsonString())}", Form),
        Door.Commands => host.PostAsync(
            "/slack/commands", string.Join('&', payload.AsObject().Select(field => $"{field.Key}={Uri.EscapeDataString(field.Value?.ToString() ?? "")}")), Form),
    };

    private static IReadOnlyList<string> Lines(string name)
    {
        using var reader = new StreamReader(typeof(HostilePayloadTests).Assembly.GetManifestResourceStream($"{name}.jsonl")!);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    /// <summary>Puts something else where something was.</summary>
    private static void Change(JsonNode payload, Random random)
    {
        var places = new List<(JsonObject Of, string Name)>();
        Collect(payload, places);
        if (places.Count == 0)
        {
            return;
        }

        var (of, name) = places[random.Next(places.Count)];
        if (random.Next(6) == 0)
        {
            of.Remove(name);
            return;
        }

        of[name] = random.Next(11) switch
        {
            0 => null,
            1 => JsonValue.Create(random.Next()),
            2 => new JsonArray(1, "x", null),
            3 => new JsonObject { ["id"] = "x" },
            4 => JsonValue.Create(""),
            5 => JsonValue.Create(new string('\u202e', 300)),
            6 => JsonValue.Create("<@U1|<!channel>"),
            7 => JsonValue.Create("a/b\\c#d?e%f|\0"),
            8 => Nested(random.Next(2, 100)),
            9 => JsonValue.Create(new string('x', random.Next(1_000, 400_000))),
            _ => JsonValue.Create(true),
        };
    }

    private static JsonArray Nested(int depth) => depth == 0 ? [] : [Nested(depth - 1)];

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
