using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace FeedbackBot.Host.Tests.Flows;

/// <summary>A person at the Playground's API, with the same means as anybody: requests and long polls.</summary>
internal sealed class PlaygroundClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    // A busy machine may take its time to say "go on" or "no": the default second would send the body regardless.
    private readonly SocketsHttpHandler _handler = new() { Expect100ContinueTimeout = Patience };

    public PlaygroundClient(string address)
    {
#pragma warning disable RS0030 // One client of one test's server; there is no factory to take it from.
        Http = new HttpClient(_handler) { BaseAddress = new Uri(address), Timeout = 2 * Patience };
#pragma warning restore RS0030
    }

    public HttpClient Http { get; }

    /// <summary>Posts and gives the status with the answer's body.</summary>
    public async Task<(int Status, JsonElement Body)> TryPostAsync(string path, object body)
    {
        using var response = await Http.PostAsJsonAsync(new Uri($"/playground/api/{path}", UriKind.Relative), body);
        return ((int)response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>());
    }

    /// <summary>Asks to start over and gives the status with the answer's body.</summary>
    public Task<(int Status, JsonElement Body)> StartOverAsync() => TryPostAsync("start-over", new { });

    /// <summary>Posts a message, which must be taken, and gives its thread.</summary>
    public async Task<string> SayAsync(string user, string text, string? thread = null, string channel = "sellers", string? eventId = null)
    {
        var (status, body) = await TryPostAsync("messages", new { eventId = eventId ?? Guid.NewGuid().ToString(), user, channel, thread, text });
        return status == 202 ? body.GetProperty("thread").GetString()! : throw new InvalidOperationException($"{status}: {body}");
    }

    /// <summary>Presses a button, which must be taken.</summary>
    public async Task PressAsync(string user, Message message, string action, string? value = null, object? form = null)
    {
        var (status, body) = await TryPostAsync("actions", new { eventId = Guid.NewGuid().ToString(), user, message = message.Id, action, value, form });
        if (status != 202)
        {
            throw new InvalidOperationException($"{status}: {body}");
        }
    }

    /// <summary>Presses a button and gives the status with the answer's body.</summary>
    public Task<(int Status, JsonElement Body)> TryPressAsync(
        string user, string message, string action, string? value = null, object? form = null, string? eventId = null)
        => TryPostAsync("actions", new { eventId = eventId ?? Guid.NewGuid().ToString(), user, message, action, value, form });

    /// <summary>What is in a channel or thread now, and the number to ask after next.</summary>
    public async Task<(IReadOnlyList<Message> Messages, long Next)> ReadAsync(
        string? channel = null, string? thread = null, long after = 0, int wait = 0, string? user = null)
    {
        var query = $"/playground/api/messages?after={after}&wait={wait}"
            + (channel is null ? "" : $"&channel={channel}")
            + (thread is null ? "" : $"&thread={thread}")
            + (user is null ? "" : $"&user={user}");
        var body = await Http.GetFromJsonAsync<JsonElement>(new Uri(query, UriKind.Relative));
        return ([.. body.GetProperty("messages").EnumerateArray().Select(message => new Message(message))], body.GetProperty("next").GetInt64());
    }

    /// <summary>How many messages are behind a number, the number to ask after next, and the one the room last started over with.</summary>
    public async Task<(int Count, long Next, long Since)> LookAsync(long after = 0, int wait = 0)
    {
        var body = await Http.GetFromJsonAsync<JsonElement>(new Uri($"/playground/api/messages?after={after}&wait={wait}", UriKind.Relative));
        return (body.GetProperty("messages").GetArrayLength(), body.GetProperty("next").GetInt64(), body.GetProperty("since").GetInt64());
    }

    /// <summary>Waits for a message of the bot that <paramref name="isIt"/> recognises, behind <paramref name="after"/>.</summary>
    public async Task<Message> WaitAsync(
        Func<Message, bool> isIt, string? channel = null, string? thread = null, long after = 0)
    {
        var watch = Stopwatch.StartNew();
        var seen = new List<Message>();
        while (watch.Elapsed < Patience)
        {
            var (messages, next) = await ReadAsync(channel, thread, after, wait: 5);
            seen.AddRange(messages);
            if (messages.FirstOrDefault(message => message.From == "bot" && isIt(message)) is { } found)
            {
                return found;
            }

            after = next;
        }

        throw new TimeoutException($"It did not come. There was: {string.Join(" | ", seen.Select(message => $"{message.Kind}: {message.Text}"))}");
    }

    /// <summary>
    /// Plays a conversation from its opening to the submission: answers each question by its topic, takes none of the
    /// candidates (or joins the one given), confirms the draft, says what is at stake or skips it, and is thanked.
    /// </summary>
    /// <returns>The thread and the request's id.</returns>
    public async Task<(string Thread, string Request)> SubmitAsync(
        string user, string opening, IReadOnlyDictionary<string, string> answers, string? joins = null, string? stake = null)
    {
        var thread = await SayAsync(user, opening);
        var after = 0L;
        while (true)
        {
            var asked = await WaitAsync(message => message.Asks is not null, thread: thread, after: after);
            after = asked.Seq;
            switch (asked.Asks)
            {
                case "Duplicate":
                    await PressAsync(user, asked, joins is null ? "new" : "same", joins);
                    break;
                case "Confirm":
                    await PressAsync(user, asked, "submit");
                    var submitted = await WaitAsync(message => message.Kind == "Submitted", thread: thread, after: after);
                    var last = await WaitAsync(message => message.Asks == "Stake", thread: thread, after: after);
                    if (stake is null)
                    {
                        await PressAsync(user, last, "skip");
                    }
                    else
                    {
                        await SayAsync(user, stake, thread);
                    }

                    // The bot's last word: nothing more comes that anybody could take for something else.
                    await WaitAsync(message => message.Kind == "Notice", thread: thread, after: last.Seq);
                    return (thread, submitted.Request!);
                default:
                    await SayAsync(user, answers.GetValueOrDefault(asked.Asks!, "skip"), thread);
                    break;
            }
        }
    }

    public void Dispose()
    {
        Http.Dispose();
        _handler.Dispose();
    }
}

/// <summary>A message as the API gives it.</summary>
internal sealed record Message(JsonElement Json)
{
    public long Seq => Json.GetProperty("seq").GetInt64();

    public string Id => Json.GetProperty("id").GetString()!;

    public string Thread => Json.GetProperty("thread").GetString()!;

    public string Channel => Json.GetProperty("channel").GetString()!;

    public string From => Json.GetProperty("from").GetString()!;

    public string Kind => Json.GetProperty("kind").GetString()!;

    public string Text => Json.GetProperty("text").GetString()!;

    public string? Asks => Optional("asks")?.GetString();

    public string? To => Optional("to")?.GetString();

    public int? Level => Optional("level")?.GetInt32();

    public string? Request => Optional("request")?.GetString();

    public IReadOnlyList<JsonElement> Choices => [.. Optional("choices")?.EnumerateArray() ?? []];

    public IReadOnlyList<JsonElement> Form => [.. Optional("form")?.EnumerateArray() ?? []];

    private JsonElement? Optional(string name) => Json.TryGetProperty(name, out var value) ? value : null;
}
