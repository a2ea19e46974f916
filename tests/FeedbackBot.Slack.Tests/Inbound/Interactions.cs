using System.Text.Json;
using System.Text.Json.Nodes;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Slack.Rendering;

namespace FeedbackBot.Slack.Tests.Inbound;

/// <summary>What Slack sends when people press and fill in.</summary>
internal static class Interactions
{
    /// <summary>A press on the button with this label in a message that the bot posted.</summary>
    public static object Press(ApiCall posted, string label, string user, string ts, string actionTs = "1700000001.1")
    {
        var (block, button) = posted.Arguments["blocks"]!.AsArray()
            .Where(block => block!["type"]!.GetValue<string>() == "actions")
            .SelectMany(block => block!["elements"]!.AsArray().Select(element => (block!, element!)))
            .First(pair => pair.Item2["text"]!["text"]!.GetValue<string>() == label);
        return new
        {
            type = "block_actions",
            user = new { id = user, team_id = SlackHost.Team, username = user },
            team = new { id = SlackHost.Team },
            trigger_id = $"trigger-{ts}",
            response_url = "https://hooks.slack.com/actions/T1/1/x",
            container = new { type = "message", message_ts = ts, channel_id = posted["channel"], thread_ts = posted.Arguments["thread_ts"]?.GetValue<string>() },
            channel = new { id = posted["channel"] },
            actions = new[]
            {
                new
                {
                    type = "button",
                    block_id = block["block_id"]!.GetValue<string>(),
                    action_id = button["action_id"]!.GetValue<string>(),
                    value = button["value"]!.GetValue<string>(),
                    text = new { type = "plain_text", text = label },
                    action_ts = actionTs,
                },
            },
        };
    }

    /// <summary>The answer's form, as if the bot had opened it for FR-1.</summary>
    public static object Submit(string viewId, string user, params (string Field, string Value)[] values)
        => Submit(
            viewId,
            user,
            new FormOrigin(SlackHost.Team, SlackHost.Triage, "2000000000.000002", "x", ActionNames.Answer, "Already exists", new ButtonValue(SubjectKind.Request, "FR-1", null, true)).Write()!,
            values);

    /// <summary>A form with what it remembers.</summary>
    public static object Submit(string viewId, string user, string metadata, params (string Field, string Value)[] values)
        => View("view_submission", viewId, user, metadata, values);

    /// <summary>A choice in a form that others depend on.</summary>
    public static object Change(string viewId, string user, string metadata, params (string Field, string Value)[] values)
        => View("block_actions", viewId, user, metadata, values);

    private static object View(string type, string viewId, string user, string metadata, (string Field, string Value)[] values)
    {
        var state = new JsonObject();
        foreach (var (field, value) in values)
        {
            state[field] = new JsonObject
            {
                [FormRendering.InputId] = field is "category" or "kind"
                    ? new JsonObject { ["type"] = "static_select", ["selected_option"] = new JsonObject { ["value"] = value } }
                    : new JsonObject { ["type"] = "plain_text_input", ["value"] = value },
            };
        }

        return new
        {
            type,
            user = new { id = user, team_id = SlackHost.Team, name = user },
            team = new { id = SlackHost.Team },
            trigger_id = "trigger",
            actions = new[] { new { block_id = "category", action_id = FormRendering.InputId } },
            view = new
            {
                id = viewId,
                hash = "hash",
                callback_id = FormRendering.CallbackId,
                private_metadata = metadata,
                state = new { values = JsonSerializer.SerializeToElement(state) },
            },
        };
    }
}
