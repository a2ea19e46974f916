using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace FeedbackBot.SlackServer;

/// <summary>The methods that read, and the views.</summary>
internal sealed partial class WebApi
{
    private JsonObject Open(ApiCall call)
    {
        var users = call["users"]?.Split(',') ?? [];
        if (users.Length == 0)
        {
            return Error("users_list_not_supplied");
        }

        if (!Array.TrueForAll(users, workspace.People.ContainsKey))
        {
            return Error("user_not_found");
        }

        return users is [var user] && user != options.Bot
            ? Ok(("channel", new JsonObject { ["id"] = workspace.Direct(user, options.Bot).Id }))
            : Error("cannot_dm_bot");
    }

    private JsonObject Info(ApiCall call)
        => call["channel"] is null ? Missing("channel")
            : Visible(call) is not { } channel ? Error("channel_not_found")
            : Ok(("channel", new JsonObject
            {
                ["id"] = channel.Id,
                ["name"] = channel.Name,
                ["is_channel"] = !channel.IsPrivate,
                ["is_group"] = channel is { IsPrivate: true, IsDirect: false },
                ["is_im"] = channel.IsDirect,
                ["is_private"] = channel.IsPrivate,
                ["is_archived"] = channel.IsArchived,
                ["is_member"] = channel.Members.Contains(options.Bot),
                ["is_ext_shared"] = false,
                ["context_team_id"] = options.Team,
            }));

    private JsonObject Members(ApiCall call)
    {
        if (call["channel"] is null)
        {
            return Missing("channel");
        }

        if (Visible(call) is not { } channel)
        {
            return Error("channel_not_found");
        }

        var (page, next, error) = Page([.. channel.Members.Order(StringComparer.Ordinal)], call, 100);
        return error is not null ? Error(error) : Ok(("members", new JsonArray([.. page.Select(member => (JsonNode)member)])), ("response_metadata", Cursor(next)));
    }

    private JsonObject History(ApiCall call)
    {
        if (Readable(call) is { } refusal)
        {
            return refusal;
        }

        // The newest first, and of threads the root alone.
        var oldest = call["oldest"] ?? "0";
        var all = workspace.Posts.Where(post => post.Channel == call["channel"] && post.VisibleTo is null && post.ThreadTs is null)
            .Where(post => string.CompareOrdinal(post.Ts, oldest) > 0)
            .Reverse();
        return Messages([.. all], call);
    }

    private JsonObject Replies(ApiCall call)
    {
        if (Readable(call) is { } refusal)
        {
            return refusal;
        }

        if (call["ts"] is not { } ts)
        {
            return Missing("ts");
        }

        if (workspace.Find(call["channel"]!, ts) is not { VisibleTo: null } root)
        {
            return Error("thread_not_found");
        }

        return Messages([root, .. workspace.Posts.Where(post => post.Channel == root.Channel && post.ThreadTs == ts && post.VisibleTo is null)], call);
    }

    private JsonObject Messages(IReadOnlyList<Post> all, ApiCall call)
    {
        var (page, next, error) = Page(all, call, call.Method == "conversations.replies" ? 1_000 : 100);
        return error is not null ? Error(error) : Ok(
            ("messages", new JsonArray([.. page.Select(post => (JsonNode)Json(post, options, call.IsTrue("include_all_metadata")))])),
            ("has_more", next is not null),
            ("response_metadata", Cursor(next)));
    }

    private JsonObject User(ApiCall call)
        => call["user"] is not { } id || !workspace.People.TryGetValue(id, out var person) ? Error("user_not_found")
            : Ok(("user", new JsonObject
            {
                ["id"] = person.Id,
                ["team_id"] = person.Team,
                ["name"] = person.Name.ToLowerInvariant(),
                ["real_name"] = person.Name,
                ["deleted"] = false,
                ["is_bot"] = person.IsBot,
                ["profile"] = new JsonObject { ["real_name"] = person.Name, ["display_name"] = person.Name, ["team"] = person.Team },
            }));

    private JsonObject Permalink(ApiCall call)
    {
        if (Visible(call) is not { } channel)
        {
            return Error("channel_not_found");
        }

        if (workspace.Find(channel.Id, call["message_ts"] ?? "") is not { } post)
        {
            return Error("message_not_found");
        }

        var link = $"https://acme.slack.com/archives/{channel.Id}/p{post.Ts.Replace(".", "", StringComparison.Ordinal)}";
        return Ok(("channel", channel.Id), ("permalink", post.ThreadTs is null ? link : $"{link}?thread_ts={post.ThreadTs}&cid={channel.Id}"));
    }

    private JsonObject OpenView(ApiCall call)
    {
        if (Unshowable(call, "modal") is { } refusal)
        {
            return refusal;
        }

        if (call["trigger_id"] is null)
        {
            return Missing("trigger_id");
        }

        var (user, error) = workspace.UseTrigger(call["trigger_id"]);
        return user is null ? Error(error!) : Ok(("view", Json(workspace.Put(new Modal(workspace.NextId("V0"), user, View(call), Hash())))));
    }

    private JsonObject UpdateView(ApiCall call)
    {
        if (Unshowable(call, "modal") is { } refusal)
        {
            return refusal;
        }

        if (!workspace.Modals.TryGetValue(call["view_id"] ?? "", out var modal) || !modal.IsOpen)
        {
            return Error("not_found");
        }

        return call["hash"] is { } hash && hash != modal.Hash ? Error("hash_conflict")
            : Ok(("view", Json(workspace.Put(modal with { View = View(call), Hash = Hash() }))));
    }

    private JsonObject PublishView(ApiCall call)
    {
        if (Unshowable(call, "home") is { } refusal)
        {
            return refusal;
        }

        if (call["user_id"] is not { } user || !workspace.People.ContainsKey(user))
        {
            return Error("invalid_arguments", "user_id is not valid");
        }

        workspace.Homes[user] = View(call);
        workspace.Changed();
        return Ok(("view", Json(new Modal(workspace.NextId("V0"), user, View(call), Hash()))));
    }

    private string Hash() => workspace.NextId("156772938.");

    private static JsonObject View(ApiCall call) => call.Structure("view")!.AsObject();

    private JsonObject Json(Modal modal)
    {
        var view = modal.View.DeepClone().AsObject();
        view["id"] = modal.Id;
        view["hash"] = modal.Hash;
        view["team_id"] = options.Team;
        view["app_id"] = options.AppId;
        view["app_installed_team_id"] = options.Team;
        view["bot_id"] = options.BotId;
        view["root_view_id"] = modal.Id;
        view["previous_view_id"] = null;
        view["private_metadata"] ??= "";
        view["callback_id"] ??= "";
        view["state"] ??= new JsonObject { ["values"] = new JsonObject() };
        return view;
    }

    private static JsonObject? Unshowable(ApiCall call, string type)
    {
        if (call.Structure("view") is not JsonObject view)
        {
            return Missing("view");
        }

        var errors = BlockRules.OfView(view, type);
        return errors.Count > 0 ? Error("invalid_arguments", errors) : view.ToJsonString().Length > LargestView ? Error("view_too_large") : null;
    }

    /// <summary>Where the bot may look: what is private and not its own is not there.</summary>
    private Channel? Visible(ApiCall call)
        => Conversation(call) is { } channel && (!channel.IsPrivate || channel.Members.Contains(options.Bot)) ? channel : null;

    private JsonObject? Readable(ApiCall call)
        => call["channel"] is null ? Missing("channel")
            : Visible(call) is not { } channel ? Error("channel_not_found")
            : channel.Members.Contains(options.Bot) ? null
            : Error("not_in_channel");

    private static (IReadOnlyList<T> Page, string? Next, string? Error) Page<T>(IReadOnlyList<T> all, ApiCall call, int usual)
    {
        var from = 0;
        if (call["cursor"] is { } cursor && !TryRead(cursor, out from))
        {
            return ([], null, "invalid_cursor");
        }

        if (!int.TryParse(call["limit"] ?? $"{usual}", NumberStyles.None, CultureInfo.InvariantCulture, out var limit) || limit is 0 or > MostPerPage + 1)
        {
            return ([], null, "invalid_limit");
        }

        var page = all.Skip(from).Take(limit).ToList();
        return (page, from + page.Count < all.Count ? Convert.ToBase64String(Encoding.ASCII.GetBytes($"next:{from + page.Count}")) : null, null);
    }

    private static bool TryRead(string cursor, out int from)
    {
        from = 0;
        var bytes = new byte[100];
        return Convert.TryFromBase64String(cursor, bytes, out var length)
            && Encoding.ASCII.GetString(bytes, 0, length) is var text
            && text.StartsWith("next:", StringComparison.Ordinal)
            && int.TryParse(text.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out from);
    }

    private static JsonObject Cursor(string? next) => new() { ["next_cursor"] = next ?? "" };
}
