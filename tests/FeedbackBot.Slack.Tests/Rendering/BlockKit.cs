using System.Text.Json.Nodes;
using Shouldly;

namespace FeedbackBot.Slack.Tests.Rendering;

/// <summary>Slack's rules for blocks, written down apart from the code that keeps them (@slack/types 3.2.0).</summary>
internal static class BlockKit
{
    public static void Check(JsonNode message)
    {
        Length(message["text"], 1, 4000);
        Blocks(message["blocks"]!.AsArray(), 50);
        Strings(message["blocks"]!, "text").Sum(text => text.Length).ShouldBeLessThan(13_000);
    }

    public static void CheckView(JsonNode view)
    {
        Blocks(view["blocks"]!.AsArray(), 100);
        foreach (var name in (string[])["title", "submit", "close"])
        {
            if (view[name] is { } text)
            {
                Length(text["text"], 1, 24);
            }
        }

        if (view["private_metadata"] is { } metadata)
        {
            Length(metadata, 0, 3000);
        }
    }

    /// <summary>Every string with a name, wherever it stands.</summary>
    public static IEnumerable<string> Strings(JsonNode node, string name) => node switch
    {
        JsonObject members => members.SelectMany(member => member.Value switch
        {
            JsonValue value when member.Key == name && value.TryGetValue<string>(out var text) => [text],
            JsonNode inner => Strings(inner, name),
            null => [],
        }),
        JsonArray items => items.OfType<JsonNode>().SelectMany(item => Strings(item, name)),
        _ => [],
    };

    private static void Blocks(JsonArray blocks, int most)
    {
        blocks.Count.ShouldBeInRange(1, most);
        var ids = blocks.Select(block => block!["block_id"]?.GetValue<string>()).OfType<string>().ToList();
        ids.ShouldBeUnique(StringComparer.Ordinal);
        ids.ShouldAllBe(id => id.Length <= 255 && id.Length > 0);
        foreach (var block in blocks)
        {
            Block(block!.AsObject());
        }
    }

    private static void Block(JsonObject block)
    {
        switch (block["type"]!.GetValue<string>())
        {
            case "rich_text":
                block["elements"]!.AsArray().Count.ShouldBeGreaterThan(0);
                Strings(block, "text").ShouldAllBe(text => text.Length >= 1 && text.Length <= 3000);
                break;
            case "actions":
                var elements = block["elements"]!.AsArray();
                elements.Count.ShouldBeInRange(1, 25);
                elements.Select(element => element!["action_id"]!.GetValue<string>()).ShouldBeUnique(StringComparer.Ordinal);
                foreach (var element in elements)
                {
                    Element(element!);
                }

                break;
            case "context":
                block["elements"]!.AsArray().Count.ShouldBeInRange(1, 10);
                Strings(block, "text").ShouldAllBe(text => text.Length >= 1 && text.Length <= 3000);
                break;
            case "input":
                Length(block["label"]!["text"], 1, 2000);
                if (block["hint"] is { } hint)
                {
                    Length(hint["text"], 1, 2000);
                }

                Element(block["element"]!);
                break;
            case var other:
                throw new ShouldAssertException($"There is no block '{other}'.");
        }
    }

    private static void Element(JsonNode element)
    {
        Length(element["action_id"], 1, 255);
        switch (element["type"]!.GetValue<string>())
        {
            case "button":
                Length(element["text"]!["text"], 1, 75);
                Length(element["value"], 1, 2000);
                break;
            case "plain_text_input":
                element["max_length"]!.GetValue<int>().ShouldBeInRange(1, 3000);
                if (element["initial_value"] is { } initial)
                {
                    Length(initial, 1, element["max_length"]!.GetValue<int>());
                }

                break;
            case "url_text_input":
                break;
            case "static_select" or "multi_static_select":
                element["options"]!.AsArray().Count.ShouldBeInRange(1, 100);
                foreach (var option in element["options"]!.AsArray())
                {
                    Length(option!["text"]!["text"], 1, 75);
                    Length(option["value"], 1, 75);
                }

                break;
            case var other:
                throw new ShouldAssertException($"There is no element '{other}'.");
        }
    }

    private static void Length(JsonNode? text, int least, int most)
        => text.ShouldNotBeNull().GetValue<string>().Length.ShouldBeInRange(least, most);
}
