using System.Text.Json.Nodes;

namespace FeedbackBot.SlackServer;

/// <summary>
/// Slack's rules for blocks and views (https://docs.slack.dev/reference/block-kit, and the comments of @slack/types 3.2.0).
/// Each breach is said with the place where it is.
/// </summary>
internal sealed class BlockRules
{
    /// <summary>All text of a message's blocks.</summary>
    public const int LongestMessage = 13_200;

    private readonly List<string> _errors = [];
    private readonly HashSet<string> _blockIds = new(StringComparer.Ordinal);

    private BlockRules()
    {
    }

    public static IReadOnlyList<string> OfMessage(JsonArray blocks)
    {
        var rules = new BlockRules();
        rules.Blocks(blocks, 50, "/blocks");
        return rules._errors;
    }

    public static IReadOnlyList<string> OfView(JsonObject view, string type)
    {
        var rules = new BlockRules();
        if (rules.OneOf(view, "type", "/view", type) is not null)
        {
            rules.Blocks(view["blocks"] as JsonArray ?? [], 100, "/view/blocks");
            rules.Length(view["private_metadata"], 0, 3000, "/view/private_metadata");
            rules.Length(view["callback_id"], 0, 255, "/view/callback_id");
        }

        if (type == "modal")
        {
            rules.Text(view, "title", 24, "/view", isRequired: true, onlyPlain: true);
            rules.Text(view, "submit", 24, "/view", isRequired: Inputs(view).Any(), onlyPlain: true);
            rules.Text(view, "close", 24, "/view", onlyPlain: true);
        }

        return rules._errors;
    }

    private static IEnumerable<JsonObject> Inputs(JsonObject view)
        => (view["blocks"] as JsonArray ?? []).OfType<JsonObject>().Where(block => block["type"]?.ToString() == "input");

    private void Blocks(JsonArray blocks, int most, string at)
    {
        if (blocks.Count == 0 || blocks.Count > most)
        {
            Say($"must be between 1 and {most} items", at);
        }

        for (var index = 0; index < blocks.Count; index++)
        {
            if (blocks[index] is JsonObject block)
            {
                Block(block, $"{at}/{index}");
            }
            else
            {
                Say("must be an object", $"{at}/{index}");
            }
        }
    }

    private void Block(JsonObject block, string at)
    {
        if (block["block_id"] is { } id)
        {
            Length(id, 1, 255, $"{at}/block_id");
            if (!_blockIds.Add(id.ToString()))
            {
                Say("block_id already exists", $"{at}/block_id");
            }
        }

        switch (block["type"]?.ToString())
        {
            case "divider":
                break;
            case "section":
                Section(block, at);
                break;
            case "header":
                Text(block, "text", 150, at, isRequired: true, onlyPlain: true);
                break;
            case "context":
                Each(block, "elements", 10, at, (element, place) => TextObject(element, 3000, place, onlyPlain: false));
                break;
            case "actions":
                var ids = new HashSet<string>(StringComparer.Ordinal);
                Each(block, "elements", 25, at, (element, place) =>
                {
                    Element(element, place, isInput: false);
                    if (element["action_id"] is { } action && !ids.Add(action.ToString()))
                    {
                        Say("action_id already exists", $"{place}/action_id");
                    }
                });
                break;
            case "input":
                Text(block, "label", 2000, at, isRequired: true, onlyPlain: true);
                Text(block, "hint", 2000, at, onlyPlain: true);
                Object(block, "element", at, (element, place) => Element(element, place, isInput: true));
                break;
            case "rich_text":
                Each(block, "elements", 1_000, at, RichTextPart);
                break;
            case var other:
                Say($"unsupported type: {other}", at);
                break;
        }
    }

    private void Section(JsonObject block, string at)
    {
        if (block["text"] is null && block["fields"] is null)
        {
            Say("missing required field: text", at);
        }

        Text(block, "text", 3000, at);
        if (block["fields"] is not null)
        {
            Each(block, "fields", 10, at, (field, place) => TextObject(field, 2000, place, onlyPlain: false));
        }

        if (block["accessory"] is JsonObject accessory)
        {
            Element(accessory, $"{at}/accessory", isInput: false);
        }
    }

    private void RichTextPart(JsonObject part, string at)
    {
        switch (part["type"]?.ToString())
        {
            case "rich_text_list":
                OneOf(part, "style", at, "bullet", "ordered");
                Each(part, "elements", 1_000, at, RichTextPart);
                break;
            case "rich_text_section" or "rich_text_quote" or "rich_text_preformatted":
                Each(part, "elements", 1_000, at, RichTextElement);
                break;
            case var other:
                Say($"unsupported type: {other}", at);
                break;
        }
    }

    private void RichTextElement(JsonObject element, string at)
    {
        switch (element["type"]?.ToString())
        {
            case "text":
                Length(element["text"] ?? "", 1, 3000, $"{at}/text");
                break;
            case "link":
                Length(element["url"] ?? "", 1, 3000, $"{at}/url");
                break;
            case "emoji" or "user" or "channel" or "usergroup" or "broadcast" or "date":
                break;
            case var other:
                Say($"unsupported type: {other}", at);
                break;
        }
    }

    private void Element(JsonObject element, string at, bool isInput)
    {
        Length(element["action_id"], 1, 255, $"{at}/action_id");
        switch (element["type"]?.ToString())
        {
            case "button" when !isInput:
                Text(element, "text", 75, at, isRequired: true, onlyPlain: true);
                Length(element["value"], 1, 2000, $"{at}/value");
                Length(element["url"], 1, 3000, $"{at}/url");
                if (element["style"] is not null)
                {
                    OneOf(element, "style", at, "primary", "danger");
                }

                break;
            case "static_select" or "multi_static_select":
                Text(element, "placeholder", 150, at, onlyPlain: true);
                Options(element, at);
                break;
            case "plain_text_input" when isInput:
                TextInput(element, at);
                break;
            case "url_text_input" or "email_text_input" or "number_input" when isInput:
                break;
            case "checkboxes" or "radio_buttons" or "users_select" or "conversations_select" or "external_select" or "datepicker" or "overflow":
                break;
            case var other:
                Say($"unsupported type: {other}", at);
                break;
        }
    }

    private void TextInput(JsonObject element, string at)
    {
        var most = element["max_length"] is JsonValue value && value.TryGetValue<int>(out var given) ? given : 3000;
        if (most is < 1 or > 3000)
        {
            Say("must be between 1 and 3000", $"{at}/max_length");
        }

        Length(element["initial_value"], 0, most, $"{at}/initial_value");
    }

    private void Options(JsonObject element, string at)
    {
        var values = new HashSet<string>(StringComparer.Ordinal);
        Each(element, "options", 100, at, (option, place) =>
        {
            Text(option, "text", 75, place, isRequired: true, onlyPlain: true);
            Length(option["value"] ?? "", 1, 75, $"{place}/value");
            values.Add(option["value"]?.ToString() ?? "");
        });
        var initial = element["initial_options"] as JsonArray ?? (element["initial_option"] is { } one ? [one.DeepClone()] : []);
        if (initial.Any(option => !values.Contains(option?["value"]?.ToString() ?? "")))
        {
            Say("initial option is not among the options", at);
        }
    }

    private void Text(JsonObject of, string name, int most, string at, bool isRequired = false, bool onlyPlain = false)
    {
        if (of[name] is JsonObject text)
        {
            TextObject(text, most, $"{at}/{name}", onlyPlain);
        }
        else if (isRequired || of[name] is not null)
        {
            Say($"missing required field: {name}", at);
        }
    }

    private void TextObject(JsonObject text, int most, string at, bool onlyPlain)
    {
        OneOf(text, "type", at, onlyPlain ? ["plain_text"] : ["plain_text", "mrkdwn"]);
        Length(text["text"] ?? "", 1, most, $"{at}/text");
    }

    private void Each(JsonObject of, string name, int most, string at, Action<JsonObject, string> check)
    {
        if (of[name] is not JsonArray { Count: > 0 } items || items.Count > most)
        {
            Say($"must be between 1 and {most} items", $"{at}/{name}");
            return;
        }

        for (var index = 0; index < items.Count; index++)
        {
            if (items[index] is JsonObject item)
            {
                check(item, $"{at}/{name}/{index}");
            }
            else
            {
                Say("must be an object", $"{at}/{name}/{index}");
            }
        }
    }

    private void Object(JsonObject of, string name, string at, Action<JsonObject, string> check)
    {
        if (of[name] is JsonObject inner)
        {
            check(inner, $"{at}/{name}");
        }
        else
        {
            Say($"missing required field: {name}", at);
        }
    }

    private string? OneOf(JsonObject of, string name, string at, params string[] allowed)
    {
        var value = of[name]?.ToString();
        if (value is not null && allowed.Contains(value, StringComparer.Ordinal))
        {
            return value;
        }

        Say($"must be one of {string.Join(", ", allowed)}", $"{at}/{name}");
        return null;
    }

    /// <summary>The length of a text that may be missing.</summary>
    private void Length(JsonNode? text, int least, int most, string at)
    {
        if (text is null)
        {
            return;
        }

        if (text is not JsonValue value || !value.TryGetValue<string>(out var said))
        {
            Say("must be a string", at);
        }
        else if (said.Length < least)
        {
            Say($"must be more than {least - 1} characters", at);
        }
        else if (said.Length > most)
        {
            Say($"must be less than {most + 1} characters", at);
        }
    }

    private void Say(string what, string at) => _errors.Add($"{what} [json-pointer:{at}]");
}
