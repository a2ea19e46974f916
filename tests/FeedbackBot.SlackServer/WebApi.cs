using System.Text.Json.Nodes;

namespace FeedbackBot.SlackServer;

/// <summary>
/// The methods of Slack's Web API, with the arguments they check and the errors they answer with
/// (https://docs.slack.dev/reference/methods).
/// </summary>
internal sealed partial class WebApi(LoopbackSlackOptions options, Workspace workspace, Action<JsonObject> happens)
{
    private const int LongestText = 40_000;
    private const int LargestView = 250_000;
    private const int LargestMetadata = 8_000;
    private const int MostPerPage = 999;

    // Methods that read take forms only; what JSON says to them is not looked at.
    private static readonly HashSet<string> FormsOnly = new(StringComparer.Ordinal)
    {
        "conversations.history", "conversations.info", "conversations.members", "conversations.replies", "users.info", "chat.getPermalink",
    };

    private static readonly Dictionary<string, string> OneScope = new(StringComparer.Ordinal)
    {
        ["chat.postMessage"] = "chat:write",
        ["chat.postEphemeral"] = "chat:write",
        ["chat.update"] = "chat:write",
        ["conversations.open"] = "im:write",
        ["users.info"] = "users:read",
        ["reactions.add"] = "reactions:write",
        ["reactions.remove"] = "reactions:write",
    };

    /// <summary>What Slack answers to <paramref name="call"/>, all of it done at once.</summary>
    public JsonObject Answer(ApiCall call)
    {
        lock (workspace.Gate)
        {
            if (call.IsJson && FormsOnly.Contains(call.Method))
            {
                call = call with { Arguments = [] };
            }

            return Refusal(call) ?? call.Method switch
            {
                "api.test" => call["error"] is { } error ? Error(error) : Ok(("args", call.Arguments.DeepClone())),
                "auth.test" => AuthTest(),
                "chat.postMessage" => PostMessage(call),
                "chat.postEphemeral" => PostEphemeral(call),
                "chat.update" => Update(call),
                "chat.getPermalink" => Permalink(call),
                "conversations.open" => Open(call),
                "conversations.info" => Info(call),
                "conversations.members" => Members(call),
                "conversations.history" => History(call),
                "conversations.replies" => Replies(call),
                "users.info" => User(call),
                "views.open" => OpenView(call),
                "views.update" => UpdateView(call),
                "views.publish" => PublishView(call),
                "reactions.add" => React(call, isAdded: true),
                "reactions.remove" => React(call, isAdded: false),
                _ => Error("unknown_method"),
            };
        }
    }

    public static JsonObject Error(string code, params IReadOnlyCollection<string> messages)
    {
        var answer = new JsonObject { ["ok"] = false, ["error"] = code };
        if (messages.Count > 0)
        {
            answer["response_metadata"] = new JsonObject { ["messages"] = new JsonArray([.. messages.Select(message => (JsonNode)$"[ERROR] {message}")]) };
        }

        return answer;
    }

    public static JsonObject Ok(params (string Name, JsonNode? Value)[] members)
    {
        var answer = new JsonObject { ["ok"] = true };
        foreach (var (name, value) in members)
        {
            answer[name] = value;
        }

        return answer;
    }

    /// <summary>The message as Slack's API gives it.</summary>
    public static JsonObject Json(Post post, LoopbackSlackOptions options, bool withMetadata = false)
    {
        var message = new JsonObject
        {
            ["type"] = "message",
            ["user"] = post.User,
            ["text"] = post.Text,
            ["ts"] = post.Ts,
            ["team"] = options.Team,
        };
        if (post.User == options.Bot)
        {
            message["bot_id"] = options.BotId;
            message["app_id"] = options.AppId;
        }

        if (post.ThreadTs is not null)
        {
            message["thread_ts"] = post.ThreadTs;
        }

        if (post.Blocks is not null)
        {
            message["blocks"] = post.Blocks.DeepClone();
        }

        if (post.Files is not null)
        {
            message["files"] = post.Files.DeepClone();
        }

        if (post.EditedTs is not null)
        {
            message["edited"] = new JsonObject { ["user"] = post.User, ["ts"] = post.EditedTs };
        }

        if (withMetadata && post.Metadata is not null)
        {
            message["metadata"] = post.Metadata.DeepClone();
        }

        return message;
    }

    /// <summary>Who calls, and whether they may.</summary>
    private JsonObject? Refusal(ApiCall call)
    {
        if (call.Method == "api.test")
        {
            return null;
        }

        if (call.Token is null)
        {
            return Error("not_authed");
        }

        if (call.Token != options.BotToken)
        {
            return Error(call.Token == options.AppToken ? "not_allowed_token_type" : "invalid_auth");
        }

        var needed = OneScope.GetValueOrDefault(call.Method) ?? (call.Method, Conversation(call)) switch
        {
            ("conversations.info" or "conversations.members", { } channel) => $"{Kind(channel)}:read",
            ("conversations.history" or "conversations.replies", { } channel) => $"{Kind(channel)}:history",
            _ => null,
        };
        if (needed is null || options.Scopes is null || options.Scopes.Contains(needed))
        {
            return null;
        }

        var refusal = Error("missing_scope");
        refusal["needed"] = needed;
        refusal["provided"] = string.Join(',', options.Scopes.Order(StringComparer.Ordinal));
        return refusal;
    }

    private JsonObject AuthTest() => Ok(
        ("url", "https://acme.slack.com/"),
        ("team", "Acme"),
        ("user", "feedbackbot"),
        ("team_id", options.Team),
        ("user_id", options.Bot),
        ("bot_id", options.BotId),
        ("is_enterprise_install", false));

    private JsonObject PostMessage(ApiCall call)
    {
        var channel = Conversation(call);
        if (channel is null && workspace.People.ContainsKey(call["channel"] ?? ""))
        {
            channel = workspace.Direct(call["channel"]!, options.Bot);
        }

        if (Unpostable(call, channel) is { } refusal)
        {
            return refusal;
        }

        var (metadata, metadataError) = Metadata(call);
        if (metadataError is not null)
        {
            return Error(metadataError);
        }

        var post = workspace.Put(new Post(channel!.Id, workspace.NextTs(), options.Bot, Text(call))
        {
            ThreadTs = call["thread_ts"],
            Blocks = Blocks(call),
            Metadata = metadata,
        });
        var message = Json(post, options);
        if (options.Echoes)
        {
            var echo = Json(post, options);
            echo["channel"] = post.Channel;
            echo["event_ts"] = post.Ts;
            echo["channel_type"] = Kind(channel).TrimEnd('s');
            happens(echo);
        }

        return Ok(("channel", post.Channel), ("ts", post.Ts), ("message", message));
    }

    private JsonObject PostEphemeral(ApiCall call)
    {
        if (call["user"] is not { } user)
        {
            return Missing("user");
        }

        var channel = Conversation(call);
        if (Unpostable(call, channel) is { } refusal)
        {
            return refusal;
        }

        if (!channel!.Members.Contains(user))
        {
            return Error("user_not_in_channel");
        }

        var post = workspace.Put(new Post(channel.Id, workspace.NextTs(), options.Bot, Text(call))
        {
            ThreadTs = call["thread_ts"],
            Blocks = Blocks(call),
            VisibleTo = user,
        });
        return Ok(("message_ts", post.Ts));
    }

    private JsonObject Update(ApiCall call)
    {
        if (call["ts"] is not { } ts)
        {
            return Missing("ts");
        }

        if (Conversation(call) is not { } channel)
        {
            return Error("channel_not_found");
        }

        if (workspace.Find(channel.Id, ts) is not { VisibleTo: null } before)
        {
            return Error("message_not_found");
        }

        if (before.User != options.Bot)
        {
            return Error("cant_update_message");
        }

        if (Unreadable(call) is { } refusal)
        {
            return refusal;
        }

        var (metadata, metadataError) = Metadata(call);
        if (metadataError is not null)
        {
            return Error(metadataError);
        }

        // A text alone takes the blocks away.
        var post = workspace.Put(before with { Text = Text(call), Blocks = Blocks(call), Metadata = metadata ?? before.Metadata, EditedTs = workspace.NextTs() });
        if (options.Echoes)
        {
            happens(new JsonObject
            {
                ["type"] = "message",
                ["subtype"] = "message_changed",
                ["channel"] = post.Channel,
                ["ts"] = post.EditedTs,
                ["event_ts"] = post.EditedTs,
                ["hidden"] = true,
                ["message"] = Json(post, options),
                ["previous_message"] = Json(before, options),
                ["channel_type"] = Kind(channel).TrimEnd('s'),
            });
        }

        return Ok(("channel", post.Channel), ("ts", post.Ts), ("text", post.Text), ("message", Json(post, options)));
    }

    private JsonObject React(ApiCall call, bool isAdded)
    {
        if (Conversation(call) is not { } channel)
        {
            return Error("channel_not_found");
        }

        if (call["name"] is not { } name)
        {
            return Error("invalid_name");
        }

        if (call["timestamp"] is not { } ts)
        {
            return Error("no_item_specified");
        }

        if (workspace.Find(channel.Id, ts) is null)
        {
            return Error("message_not_found");
        }

        var isDone = isAdded ? workspace.Reactions.Add((channel.Id, ts, name)) : workspace.Reactions.Remove((channel.Id, ts, name));
        workspace.Changed();
        return isDone ? Ok() : Error(isAdded ? "already_reacted" : "no_reaction");
    }

    /// <summary>Why the bot cannot post there, or not that.</summary>
    private JsonObject? Unpostable(ApiCall call, Channel? channel)
    {
        if (channel is null || (channel.IsPrivate && !channel.Members.Contains(options.Bot)))
        {
            return Error("channel_not_found");
        }

        if (channel.IsArchived)
        {
            return Error("is_archived");
        }

        if (!channel.Members.Contains(options.Bot))
        {
            return Error("not_in_channel");
        }

        // "Avoid using a reply's ts value; use its parent instead."
        return call["thread_ts"] is not { } root ? Unreadable(call)
            : workspace.Find(channel.Id, root) is not { VisibleTo: null } parent ? Error("thread_not_found")
            : parent.ThreadTs is not null ? Error("cannot_reply_to_message")
            : Unreadable(call);
    }

    /// <summary>Why the message's content is none.</summary>
    private static JsonObject? Unreadable(ApiCall call)
    {
        if (call.Arguments["blocks"] is null || call["blocks"] is null)
        {
            return call["text"] is null ? Error("no_text") : null;
        }

        if (call.Structure("blocks") is not JsonArray blocks)
        {
            return Error("invalid_blocks_format");
        }

        var errors = BlockRules.OfMessage(blocks);
        return errors.Count > 0 ? Error("invalid_blocks", errors)
            : BlockText.Of(blocks).Sum(text => text.Length) > BlockRules.LongestMessage ? Error("msg_blocks_too_long")
            : null;
    }

    private static string Text(ApiCall call) => call["text"] is { } text ? text[..Math.Min(text.Length, LongestText)] : "";

    private static JsonArray? Blocks(ApiCall call) => call.Structure("blocks") is JsonArray { Count: > 0 } blocks ? blocks : null;

    private static (JsonObject? Metadata, string? Error) Metadata(ApiCall call)
        => call["metadata"] is null ? (null, null)
            : call.Structure("metadata") is not JsonObject given || given["event_type"]?.ToString() is not { Length: > 0 } || given["event_payload"] is not JsonObject ? (null, "invalid_metadata_format")
            : given.ToJsonString().Length > LargestMetadata ? (null, "metadata_too_large")
            : (given, null);

    private static JsonObject Missing(string name) => Error("invalid_arguments", $"missing required field: {name}");

    private static string Kind(Channel channel) => channel.IsDirect ? "im" : channel.IsPrivate ? "groups" : "channels";

    private Channel? Conversation(ApiCall call) => workspace.Channels.GetValueOrDefault(call["channel"] ?? "");
}
