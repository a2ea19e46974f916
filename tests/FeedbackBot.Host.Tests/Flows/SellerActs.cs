using System.Net.Http.Json;
using System.Text.Json;

namespace FeedbackBot.Host.Tests.Flows;

/// <summary>What sellers do beside answering.</summary>
internal static class SellerActs
{
    /// <summary>Changes a message and gives the status with the answer's body.</summary>
    public static async Task<(int Status, JsonElement Body)> TryEditAsync(this PlaygroundClient client, string user, Message message, string text)
    {
        using var response = await client.Http.PutAsJsonAsync(Address(message), new { user, text });
        return ((int)response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>());
    }

    /// <summary>Deletes a message and gives the status with the answer's body.</summary>
    public static async Task<(int Status, JsonElement Body)> TryDeleteAsync(this PlaygroundClient client, string user, Message message)
    {
        using var response = await client.Http.DeleteAsync(Address(message, $"?user={user}"));
        return ((int)response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>());
    }

    /// <summary>Changes a message, which must be taken, and gives the number behind which its effects are.</summary>
    public static async Task<long> EditAsync(this PlaygroundClient client, string user, Message message, string text)
    {
        var (_, before) = await client.ReadAsync();
        var (status, body) = await client.TryEditAsync(user, message, text);
        return status == 202 ? before : throw new InvalidOperationException($"{status}: {body}");
    }

    /// <summary>Deletes a message, which must be taken, and gives the number behind which its effects are.</summary>
    public static async Task<long> DeleteAsync(this PlaygroundClient client, string user, Message message)
    {
        var (_, before) = await client.ReadAsync();
        var (status, body) = await client.TryDeleteAsync(user, message);
        return status == 202 ? before : throw new InvalidOperationException($"{status}: {body}");
    }

    /// <summary>The message in which somebody wrote exactly that.</summary>
    public static async Task<Message> WrittenAsync(this PlaygroundClient client, string thread, string text)
        => (await client.AllAsync(thread: thread)).Single(message => message.From != "bot" && message.Text == text);

    /// <summary>A conversation that was begun and kept for later at its first question; gives its thread and the bot's word.</summary>
    public static async Task<(string Thread, Message Kept)> KeepAsync(this PlaygroundClient client, string user, string opening)
    {
        var thread = await client.SayAsync(user, opening);
        var asked = await client.WaitAsync(message => message.Asks is not null, thread: thread);
        await client.SayAsync(user, "save", thread);
        return (thread, await client.NoticeAsync(thread, "Kept", asked.Seq));
    }

    /// <summary>The next notice in a thread that says <paramref name="words"/>.</summary>
    public static Task<Message> NoticeAsync(this PlaygroundClient client, string thread, string words, long after = 0)
        => client.WaitAsync(
            message => message.Kind == "Notice" && message.Text.Contains(words, StringComparison.Ordinal), thread: thread, after: after);

    /// <summary>The next refusal in a thread for one person.</summary>
    public static Task<Message> RefusalAsync(this PlaygroundClient client, string thread, string user, long after = 0)
        => client.WaitAsync(message => message.Kind == "Refusal" && message.To == user, thread: thread, after: after);

    /// <summary>How often the bot has said <paramref name="words"/> in a thread so far.</summary>
    public static async Task<int> CountAsync(this PlaygroundClient client, string thread, string words)
        => (await client.AllAsync(thread: thread)).Count(
            message => message.From == "bot" && message.Text.Contains(words, StringComparison.Ordinal));

    /// <summary>The request's card as it is now, or as soon as it is there.</summary>
    public static Task<Message> CardOfAsync(this PlaygroundClient client, string request)
        => client.WaitAsync(message => message.Kind == "TriageCard" && message.Request == request, "triage");

    /// <summary>Confirms a draft, says nothing of what is at stake, and gives the card.</summary>
    public static async Task<Message> SendAsync(this PlaygroundClient client, string user, Message draft)
    {
        await client.PressAsync(user, draft, "submit");
        var submitted = await client.WaitAsync(message => message.Kind == "Submitted", thread: draft.Thread, after: draft.Seq);
        var stake = await client.AskedAsync(draft.Thread, "Stake", draft.Seq);
        await client.PressAsync(user, stake, "skip");
        await client.WaitAsync(message => message.Kind == "Notice", thread: draft.Thread, after: stake.Seq);
        return await client.CardOfAsync(submitted.Request!);
    }

    /// <summary>Waits until a message of the bot, which is in the room already, is marked as delivered.</summary>
    public static async Task UntilDeliveredAsync(this PlaygroundClient client, string message, string user)
    {
        var behind = new Uri($"/playground/api/messages/{message}/behind?user={user}", UriKind.Relative);
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2), TimeProvider.System);
        while ((await client.Http.GetFromJsonAsync<JsonElement>(behind, patience.Token)).GetProperty("send").GetProperty("status").GetString() != "delivered")
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
        }
    }

    public static IReadOnlyList<string> Actions(this Message message)
        => [.. message.Choices.Select(choice => choice.GetProperty("action").GetString()!)];

    private static Uri Address(Message message, string query = "") => new($"/playground/api/messages/{message.Id}{query}", UriKind.Relative);
}
