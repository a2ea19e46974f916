using System.Globalization;
using System.Text.Json.Nodes;

namespace FeedbackBot.SlackServer;

/// <summary>Somebody who can be looked up.</summary>
internal sealed record Member(string Id, string Name, string Team)
{
    public bool IsBot { get; init; }
}

/// <summary>A channel, or a direct channel (<c>D…</c>) between the bot and a person.</summary>
internal sealed record Channel(string Id, string Name)
{
    public bool IsPrivate { get; init; }

    public bool IsArchived { get; init; }

    /// <summary>Who is in it, the bot included where it is.</summary>
    public HashSet<string> Members { get; init; } = new(StringComparer.Ordinal);

    public bool IsDirect => Id.StartsWith('D');
}

/// <summary>A message as it is now. What a person sees of it is in <see cref="Text"/> and <see cref="Blocks"/>.</summary>
internal sealed record Post(string Channel, string Ts, string User, string Text)
{
    /// <summary>The thread's root; null for a message of the channel.</summary>
    public string? ThreadTs { get; init; }

    public JsonArray? Blocks { get; init; }

    public JsonObject? Metadata { get; init; }

    public JsonArray? Files { get; init; }

    /// <summary>The only person who sees it; null for all.</summary>
    public string? VisibleTo { get; init; }

    public string? EditedTs { get; init; }

    /// <summary>Counts everything that happens in the workspace: a later post or change has a greater one.</summary>
    public long Order { get; init; }

    public string Root => ThreadTs ?? Ts;

    /// <summary>Everything a reader sees: all text in the blocks, or the text where there are none.</summary>
    public string Shown => Blocks is null ? Text : string.Concat(BlockText.Of(Blocks));

    public IReadOnlyList<string> Buttons => [.. BlockText.ButtonsOf(Blocks).Select(button => BlockText.Label(button.Button))];
}

/// <summary>A modal that is open, or was.</summary>
internal sealed record Modal(string Id, string User, JsonObject View, string Hash)
{
    public bool IsOpen { get; init; } = true;

    public long Order { get; init; }

    public IReadOnlyList<JsonObject> Inputs => [.. View["blocks"]!.AsArray().OfType<JsonObject>().Where(block => block["type"]!.GetValue<string>() == "input")];
}

/// <summary>What was sent to a <c>response_url</c>.</summary>
internal sealed record Response(string User, string Text, bool HadToken);

/// <summary>A workspace of Slack's: who and what is in it. Everything happens under its gate, one thing after the other.</summary>
internal sealed class Workspace(TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, (string User, DateTimeOffset At, bool IsUsed)> _triggers = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Channel, string Ts), Post> _posts = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _order;
    private long _number;

    public Lock Gate { get; } = new();

    public Dictionary<string, Member> People { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, Channel> Channels { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, Modal> Modals { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, JsonObject> Homes { get; } = new(StringComparer.Ordinal);

    public HashSet<(string Channel, string Ts, string Name)> Reactions { get; } = [];

    public List<Response> Responses { get; } = [];

    /// <summary>What Slack's clients show, the oldest first.</summary>
    public IReadOnlyList<Post> Posts
    {
        get
        {
            lock (Gate)
            {
                return [.. _posts.Values.OrderBy(post => post.Ts, StringComparer.Ordinal)];
            }
        }
    }

    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>A timestamp that no message has, later than all before it.</summary>
    public string NextTs()
    {
        lock (Gate)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{Now.ToUnixTimeSeconds()}.{++_number % 1_000_000:D6}");
        }
    }

    public string NextId(string prefix)
    {
        lock (Gate)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{prefix}{++_number:D9}");
        }
    }

    public string NextTrigger(string user)
    {
        lock (Gate)
        {
            var id = $"{NextId("")}.trigger";
            _triggers[id] = (user, Now, false);
            return id;
        }
    }

    /// <summary>The person whose trigger it is, or Slack's error: it lives three seconds and opens one modal.</summary>
    public (string? User, string? Error) UseTrigger(string? id)
    {
        lock (Gate)
        {
            if (id is null || !_triggers.TryGetValue(id, out var trigger))
            {
                return (null, "invalid_trigger_id");
            }

            if (trigger.IsUsed || Now - trigger.At > TimeSpan.FromSeconds(3))
            {
                return (null, trigger.IsUsed ? "exchanged_trigger_id" : "expired_trigger_id");
            }

            _triggers[id] = trigger with { IsUsed = true };
            return (trigger.User, null);
        }
    }

    public Post? Find(string channel, string ts)
    {
        lock (Gate)
        {
            return _posts.GetValueOrDefault((channel, ts));
        }
    }

    /// <summary>Adds a post or replaces it.</summary>
    public Post Put(Post post)
    {
        lock (Gate)
        {
            var put = post with { Order = ++_order };
            _posts[(post.Channel, post.Ts)] = put;
            Changed();
            return put;
        }
    }

    public void Remove(Post post)
    {
        lock (Gate)
        {
            _posts.Remove((post.Channel, post.Ts));
            Changed();
        }
    }

    public Modal Put(Modal modal)
    {
        lock (Gate)
        {
            var put = modal with { Order = ++_order };
            Modals[modal.Id] = put;
            Changed();
            return put;
        }
    }

    /// <summary>The direct channel between the bot and a person.</summary>
    public Channel Direct(string user, string bot)
    {
        lock (Gate)
        {
            var found = Channels.Values.FirstOrDefault(channel => channel.IsDirect && channel.Members.Contains(user));
            if (found is null)
            {
                found = new Channel(NextId("D0"), "directmessage") { IsPrivate = true, Members = [user, bot] };
                Channels[found.Id] = found;
            }

            return found;
        }
    }

    /// <summary>Tells everybody who waits for something to look again.</summary>
    public void Changed()
    {
        lock (Gate)
        {
            var before = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            before.SetResult();
        }
    }

    /// <summary>Waits until <paramref name="find"/> finds something.</summary>
    /// <exception cref="TimeoutException">It did not come, with what there was instead.</exception>
    public async Task<T> UntilAsync<T>(Func<Workspace, T?> find, string what)
        where T : class
    {
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        while (true)
        {
            Task changed;
            lock (Gate)
            {
                if (find(this) is { } found)
                {
                    return found;
                }

                changed = _changed.Task;
            }

            try
            {
                await changed.WaitAsync(patience.Token);
            }
            catch (OperationCanceledException exception)
            {
                var last = Posts.TakeLast(15).Select(post => $"{post.Channel}/{post.ThreadTs} {post.User}: {post.Shown}");
                throw new TimeoutException($"There never was {what}. The last messages:\n{string.Join('\n', last)}", exception);
            }
        }
    }
}
