using System.Text.Json.Nodes;
using FeedbackBot.SlackServer;
using Shouldly;
using Xunit;

namespace FeedbackBot.Slack.Tests.Peers;

/// <summary>
/// Everything that was approved as a message or a view, and the manifest, is what Slack's own types say, by the TypeScript
/// compiler; and what is wrong in one place is found.
/// </summary>
public sealed class TypeTests
{
    private static readonly string Approved = Path.Combine(Peer.Root, "tests", "FeedbackBot.Slack.Tests", "Rendering");

    private static readonly string Manifest = Path.Combine(Peer.Root, "manifests", "slack", "manifest.yaml");

    [Fact]
    public async Task Every_approved_payload_and_the_manifest_are_of_slacks_types()
    {
        var names = Directory.GetFiles(Approved, "*.verified.json").Order(StringComparer.Ordinal).ToList();
        names.Count.ShouldBeGreaterThan(20);
        var payloads = new JsonArray([.. names.Select(name => Payload(Read(name))), new JsonObject { ["kind"] = "manifest", ["yaml"] = await File.ReadAllTextAsync(Manifest) }]);
        var found = await Peer.RunAsync("typecheck.mjs", payloads);
        var wrong = names.Append(Manifest).Zip(found).Where(pair => pair.Second!.AsArray().Count > 0).Select(pair => $"{Path.GetFileName(pair.First)}: {pair.Second!.ToJsonString()}");
        wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_wrong_in_one_place_is_found()
    {
        var manifest = await File.ReadAllTextAsync(Manifest);
        (string Name, JsonObject Payload)[] wrong =
        [
            ("a block of no type", Changed("card-open", message => message["blocks"]![0]!["type"] = "rich_txt")),
            ("a property that nothing has", Changed("card-open", message => message["blocks"]![0]!["elements"]![0]!["styel"] = "bold")),
            ("a number for a text", Changed("notice", message => message["text"] = 7)),
            ("a button without a text", Changed("question", message => Button(message).Remove("text"))),
            ("a button with markup", Changed("question", message => Button(message)["text"]!["type"] = "mrkdwn")),
            ("a style that no button has", Changed("question", message => Button(message)["style"] = "secondary")),
            ("a modal without a title", Changed("form-draft", view => view.Remove("title"))),
            ("an input without a label", Changed("form-draft", view => view["blocks"]![0]!.AsObject().Remove("label"))),
            ("a Home tab of another kind", Changed("home", view => view["blocks"]![0]!["type"] = "rich")),
            ("a scope that there is not", new JsonObject { ["kind"] = "manifest", ["yaml"] = manifest.Replace("- im:write", "- im:wrote", StringComparison.Ordinal) }),
            ("an event that there is not", new JsonObject { ["kind"] = "manifest", ["yaml"] = manifest.Replace("- app_mention\n", "- app_mentioned\n", StringComparison.Ordinal) }),
        ];
        var found = await Peer.RunAsync("typecheck.mjs", new JsonArray([.. wrong.Select(pair => pair.Payload)]));
        wrong.Zip(found).Where(pair => pair.Second!.AsArray().Count == 0).Select(pair => pair.First.Name).ShouldBeEmpty();
    }

    /// <summary>The loopback server is no more lenient than it has to be: it takes what was approved, and nothing of the above.</summary>
    [Fact]
    public void Every_approved_payload_is_one_for_the_loopback_server()
    {
        foreach (var name in Directory.GetFiles(Approved, "*.verified.json"))
        {
            var payload = Read(name);
            var errors = payload["type"]?.ToString() is { } type ? BlockRules.OfView(payload, type) : BlockRules.OfMessage(payload["blocks"]!.AsArray());
            errors.ShouldBeEmpty(name);
        }
    }

    private static JsonObject Read(string path) => JsonNode.Parse(File.ReadAllText(path))!.AsObject();

    private static JsonObject Payload(JsonObject json) => new() { ["kind"] = json["type"]?.ToString() ?? "message", ["json"] = json };

    private static JsonObject Changed(string name, Action<JsonObject> change)
    {
        var json = Read(Path.Combine(Approved, $"{name}.verified.json"));
        change(json);
        return Payload(json);
    }

    private static JsonObject Button(JsonObject message)
        => message["blocks"]!.AsArray().Select(block => block!).First(block => block["type"]!.ToString() == "actions")["elements"]![0]!.AsObject();
}
