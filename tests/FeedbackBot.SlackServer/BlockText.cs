using System.Text.Json.Nodes;

namespace FeedbackBot.SlackServer;

/// <summary>What a reader finds in blocks.</summary>
internal static class BlockText
{
    /// <summary>All text, in its order.</summary>
    public static IEnumerable<string> Of(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(member => member.Key is "text" or "label" or "hint" or "placeholder" && member.Value is JsonValue value
            ? [value.ToString()]
            : Of(member.Value)).Concat(members["type"]?.ToString() is "rich_text_section" or "button" or "rich_text_quote" or "plain_text" ? ["\n"] : []),
        JsonArray items => items.SelectMany(Of),
        _ => [],
    };

    public static IEnumerable<(JsonObject Block, JsonObject Button)> ButtonsOf(JsonArray? blocks)
        => (blocks ?? []).OfType<JsonObject>()
            .Where(block => block["type"]?.ToString() == "actions")
            .SelectMany(block => block["elements"]!.AsArray().OfType<JsonObject>().Where(element => element["type"]?.ToString() == "button").Select(button => (block, button)));

    public static string Label(JsonObject button) => button["text"]!["text"]!.GetValue<string>();
}
