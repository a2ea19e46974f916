using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace FeedbackBot.SlackServer;

/// <summary>What a person sees of what they pressed or sent: Slack's client shows an error for anything but 2xx in time.</summary>
internal sealed record Reaction(bool IsTaken, JsonObject? Answer)
{
    public static Reaction Of(Attempt attempt)
    {
        try
        {
            return new Reaction(attempt.IsTaken, attempt.Body.Length > 0 ? JsonNode.Parse(attempt.Body) as JsonObject : null);
        }
        catch (JsonException)
        {
            return new Reaction(attempt.IsTaken, null);
        }
    }
}

/// <summary>Somebody in Slack. They press only buttons that a message carries, and fill in only forms that were opened for them.</summary>
internal sealed partial class Person(LoopbackSlack slack, Member member)
{
    public string Id => member.Id;

    public string Name => member.Name;

    private Workspace Workspace => slack.Workspace;

    private LoopbackSlackOptions Options => slack.Options;

    /// <summary>Writes in a channel, in a thread of it or, without a channel, to the bot.</summary>
    public Post Write(Channel? channel, string text, string? thread = null, JsonArray? files = null)
    {
        var to = channel ?? Workspace.Direct(Id, Options.Bot);
        var post = Workspace.Put(new Post(to.Id, Workspace.NextTs(), Id, Encode(text)) { ThreadTs = thread, Files = files });
        if (to.Members.Contains(Options.Bot))
        {
            var message = Json(post);
            message["channel_type"] = to.IsDirect ? "im" : to.IsPrivate ? "group" : "channel";
            if (files is not null)
            {
                message["subtype"] = "file_share";
            }

            slack.Deliveries.Event(message);
        }

        if (!to.IsDirect && post.Text.Contains($"<@{Options.Bot}>", StringComparison.Ordinal))
        {
            // One post, two events, with different ids.
            var mention = Json(post);
            mention["type"] = "app_mention";
            slack.Deliveries.Event(mention);
        }

        return post;
    }

    /// <summary>Mentions the bot.</summary>
    public Post Mention(Channel channel, string text, string? thread = null) => Write(channel, $"<@{Options.Bot}> {text}", thread);

    public void Edit(Post post, string text)
    {
        var before = Json(post);
        var after = Workspace.Put(post with { Text = Encode(text), EditedTs = Workspace.NextTs() });
        Changed("message_changed", after, before, Json(after));
    }

    public void Delete(Post post)
    {
        Workspace.Remove(post);
        Changed("message_deleted", post with { EditedTs = Workspace.NextTs() }, Json(post), null);
    }

    /// <summary>Presses the button that a message of the bot's carries, by its label.</summary>
    /// <exception cref="InvalidOperationException">The message has no such button, or this person does not see it.</exception>
    public async Task<Reaction> PressAsync(Post post, string label)
    {
        var now = Workspace.Find(post.Channel, post.Ts) ?? throw new InvalidOperationException("The message is gone.");
        var (block, button) = BlockText.ButtonsOf(now.Blocks).FirstOrDefault(found => BlockText.Label(found.Button) == label);
        if (button is null || (now.VisibleTo is not null && now.VisibleTo != Id))
        {
            throw new InvalidOperationException($"There is no button '{label}' for {Name} in: {now.Shown} [{string.Join(", ", now.Buttons)}]");
        }

        var payload = Interaction("block_actions");
        payload["container"] = new JsonObject
        {
            ["type"] = "message",
            ["message_ts"] = now.Ts,
            ["channel_id"] = now.Channel,
            ["is_ephemeral"] = now.VisibleTo is not null,
        };
        if (now.ThreadTs is not null)
        {
            payload["container"]!["thread_ts"] = now.ThreadTs;
        }

        payload["channel"] = ChannelOf(now.Channel);
        payload["message"] = WebApi.Json(now, Options);
        payload["state"] = new JsonObject { ["values"] = new JsonObject() };
        payload["response_url"] = slack.ResponseUrl(Id, now.Channel);
        var action = button.DeepClone().AsObject();
        action["block_id"] = block["block_id"]?.DeepClone();
        action["action_ts"] = Workspace.NextTs();
        payload["actions"] = new JsonArray(action);
        return Reaction.Of(await slack.Deliveries.InteractAsync(payload));
    }

    /// <summary>The modal that is open before this person.</summary>
    public Task<Modal> OpenedAsync(string what = "an open modal")
        => Workspace.UntilAsync(workspace => workspace.Modals.Values.Where(modal => modal.User == Id && modal.IsOpen).MaxBy(modal => modal.Order), $"{what} for {Name}");

    /// <summary>Chooses something in the modal; where it asks for that, the bot hears of it at once.</summary>
    public async Task<Reaction> ChooseAsync(Modal modal, string field, string value)
    {
        var input = modal.Inputs.First(found => found["block_id"]!.ToString() == field);
        var payload = Interaction("block_actions");
        payload["container"] = new JsonObject { ["type"] = "view", ["view_id"] = modal.Id };
        payload["view"] = View(modal, Typed(modal, [(field, value)], isSent: false));
        payload["actions"] = new JsonArray(new JsonObject
        {
            ["type"] = input["element"]!["type"]!.DeepClone(),
            ["action_id"] = input["element"]!["action_id"]!.DeepClone(),
            ["block_id"] = field,
            ["selected_option"] = Option(input["element"]!, value),
            ["action_ts"] = Workspace.NextTs(),
        });
        return input["dispatch_action"]?.GetValue<bool>() == true ? Reaction.Of(await slack.Deliveries.InteractAsync(payload)) : new Reaction(true, null);
    }

    /// <summary>Fills the modal in and sends it: it closes, unless the bot names errors or does not answer.</summary>
    public async Task<Reaction> SubmitAsync(Modal modal, params (string Field, string Value)[] values)
    {
        var payload = Interaction("view_submission");
        payload["view"] = View(modal, Typed(modal, values, isSent: true));
        payload["response_urls"] = new JsonArray();
        var reaction = Reaction.Of(await slack.Deliveries.InteractAsync(payload));
        if (reaction is { IsTaken: true, Answer: null })
        {
            Workspace.Put(modal with { IsOpen = false });
        }
        else if (reaction.Answer?["errors"] is JsonObject errors && errors.FirstOrDefault(error => modal.Inputs.All(input => input["block_id"]!.ToString() != error.Key)) is { Key: { } nowhere })
        {
            throw new InvalidOperationException($"There is no block '{nowhere}' for an error to stand at; Slack would show that something went wrong.");
        }

        return reaction;
    }

    /// <summary>Gives a slash command, and gets what the bot says to them at once.</summary>
    public async Task<Reaction> CommandAsync(Channel channel, string command, string text) => Reaction.Of(await slack.Deliveries.CommandAsync(
        ("token", "verification-token-of-old"),
        ("team_id", Options.Team),
        ("team_domain", "acme"),
        ("channel_id", channel.Id),
        ("channel_name", channel.Name),
        ("user_id", Id),
        ("user_name", Name.ToLowerInvariant()),
        ("command", command),
        ("text", text),
        ("api_app_id", Options.AppId),
        ("is_enterprise_install", "false"),
        ("response_url", slack.ResponseUrl(Id, channel.Id)),
        ("trigger_id", Workspace.NextTrigger(Id))));

    /// <summary>Uses a shortcut in a message's menu.</summary>
    public async Task<Reaction> ShortcutAsync(Post post, string callback)
    {
        var payload = Interaction("message_action");
        payload["callback_id"] = callback;
        payload["action_ts"] = Workspace.NextTs();
        payload["message_ts"] = post.Ts;
        payload["channel"] = ChannelOf(post.Channel);
        payload["message"] = WebApi.Json(post, Options);
        payload["response_url"] = slack.ResponseUrl(Id, post.Channel);
        return Reaction.Of(await slack.Deliveries.InteractAsync(payload));
    }

    /// <summary>Opens the bot's Home tab.</summary>
    public void OpenHome() => slack.Deliveries.Event(new JsonObject
    {
        ["type"] = "app_home_opened",
        ["user"] = Id,
        ["channel"] = Workspace.Direct(Id, Options.Bot).Id,
        ["tab"] = "home",
        ["event_ts"] = Workspace.NextTs(),
    });

    /// <summary>Waits for a message of the bot's that this person can see.</summary>
    public Task<Post> SeesAsync(Func<Post, bool> isIt, string what)
        => Workspace.UntilAsync(
            workspace => workspace.Posts.Where(post => post.User == Options.Bot && CanSee(workspace, post)).FirstOrDefault(isIt), $"{what} for {Name}");

    private static bool IsIn(Workspace workspace, Post post, string id) => workspace.Channels.TryGetValue(post.Channel, out var channel) && channel.Members.Contains(id);

    private bool CanSee(Workspace workspace, Post post) => post.VisibleTo is null ? IsIn(workspace, post, Id) : post.VisibleTo == Id;

    private static string Encode(string text)
    {
        // What is typed is text; a mention is picked from a list, and comes as one.
        var encoded = text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
        return Mentions().Replace(encoded, "<@${id}>");
    }

    [GeneratedRegex("&lt;@(?<id>U[A-Z0-9]+)&gt;", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Mentions();

    private JsonObject Json(Post post)
    {
        var message = WebApi.Json(post, Options);
        message["channel"] = post.Channel;
        message["event_ts"] = post.Ts;
        message["client_msg_id"] = $"client-{post.Ts}";
        return message;
    }

    private void Changed(string subtype, Post post, JsonObject before, JsonObject? after)
    {
        var change = new JsonObject
        {
            ["type"] = "message",
            ["subtype"] = subtype,
            ["channel"] = post.Channel,
            ["hidden"] = true,
            ["ts"] = post.EditedTs,
            ["event_ts"] = post.EditedTs,
            ["previous_message"] = before,
            ["channel_type"] = Workspace.Channels[post.Channel].IsDirect ? "im" : "channel",
        };
        if (after is null)
        {
            change["deleted_ts"] = post.Ts;
        }
        else
        {
            change["message"] = after;
        }

        slack.Deliveries.Event(change);
    }

    private JsonObject Interaction(string type) => new()
    {
        ["type"] = type,
        ["token"] = "verification-token-of-old",
        ["api_app_id"] = Options.AppId,
        ["team"] = new JsonObject { ["id"] = Options.Team, ["domain"] = "acme" },
        ["enterprise"] = null,
        ["is_enterprise_install"] = false,
        ["user"] = new JsonObject { ["id"] = Id, ["username"] = Name.ToLowerInvariant(), ["name"] = Name.ToLowerInvariant(), ["team_id"] = member.Team },
        ["trigger_id"] = Workspace.NextTrigger(Id),
    };

    private JsonObject ChannelOf(string id) => new() { ["id"] = id, ["name"] = Workspace.Channels[id].Name };

    private JsonObject View(Modal modal, JsonObject values)
    {
        var view = modal.View.DeepClone().AsObject();
        view["id"] = modal.Id;
        view["hash"] = modal.Hash;
        view["team_id"] = Options.Team;
        view["app_id"] = Options.AppId;
        view["app_installed_team_id"] = Options.Team;
        view["bot_id"] = Options.BotId;
        view["root_view_id"] = modal.Id;
        view["previous_view_id"] = null;
        view["state"] = new JsonObject { ["values"] = values };
        return view;
    }

    /// <summary>What stands in the modal's inputs: what was typed, else what the bot put there.</summary>
    private static JsonObject Typed(Modal modal, IReadOnlyList<(string Field, string Value)> values, bool isSent)
    {
        if (values.Select(value => value.Field).Except(modal.Inputs.Select(input => input["block_id"]!.ToString()), StringComparer.Ordinal).FirstOrDefault() is { } nowhere)
        {
            throw new InvalidOperationException($"The form has no field '{nowhere}', but {string.Join(", ", modal.Inputs.Select(input => input["block_id"]))}.");
        }

        var state = new JsonObject();
        foreach (var input in modal.Inputs)
        {
            var field = input["block_id"]!.ToString();
            var element = input["element"]!;
            var typed = values.Where(value => value.Field == field).Select(value => value.Value).LastOrDefault();
            if (isSent && typed is null && element["initial_value"] is null && element["initial_option"] is null && element["initial_options"] is null && input["optional"]?.GetValue<bool>() != true)
            {
                throw new InvalidOperationException($"Slack does not let anyone send the form without '{field}'.");
            }

            state[field] = new JsonObject { [element["action_id"]!.ToString()] = Held(element, typed) };
        }

        return state;
    }

    private static JsonObject Held(JsonNode element, string? typed)
    {
        var type = element["type"]!.ToString();
        return type switch
        {
            "static_select" => new JsonObject { ["type"] = type, ["selected_option"] = typed is null ? element["initial_option"]?.DeepClone() : Option(element, typed) },
            "multi_static_select" => new JsonObject
            {
                ["type"] = type,
                ["selected_options"] = typed is null ? element["initial_options"]?.DeepClone() ?? new JsonArray() : new JsonArray([.. typed.Split(',').Select(value => Option(element, value))]),
            },
            _ => new JsonObject { ["type"] = type, ["value"] = typed ?? element["initial_value"]?.ToString() },
        };
    }

    private static JsonNode Option(JsonNode element, string value)
        => element["options"]!.AsArray().FirstOrDefault(option => option!["value"]!.ToString() == value)?.DeepClone()
            ?? throw new InvalidOperationException($"There is no option '{value}' in {element.ToJsonString()}.");
}
