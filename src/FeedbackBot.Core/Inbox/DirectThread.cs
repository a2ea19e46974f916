using FeedbackBot.Core.Conversations;
using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Storage;

namespace FeedbackBot.Core.Inbox;

/// <summary>
/// Row <c>direct|hash</c>: the newest thread of a channel between one person and the bot. People read such a channel as one
/// stream and do not open threads in it, so what they write there belongs to what is being talked about, if anything is.
/// </summary>
public sealed record DirectThread : IStoredRecord
{
    public static int Schema => 1;

    public required ThreadReference Thread { get; init; }

    public const string Prefix = "direct|";

    public static string Row(ChannelReference channel)
        => $"{Prefix}{KeyHash.Of("direct", channel.Platform, channel.WorkspaceId, channel.ChannelId)}";
}

/// <summary>
/// What a direct channel is about, as it was looked at: <paramref name="Open"/> is the thread whose conversation goes on, null
/// where what comes next begins another. <paramref name="IsKept"/>: its draft is kept, so what comes next may be anything.
/// </summary>
public readonly record struct DirectTopic(Stored<DirectThread>? Stored, ThreadReference? Open, bool IsKept = false);

/// <summary>Finds and remembers what a direct channel is about.</summary>
public static class DirectThreads
{
    public static async ValueTask<DirectTopic> FindTopicAsync(
        this IStore store, LaneQueues lanes, ChannelReference channel, CancellationToken cancellationToken)
    {
        if (await store.FindAsync<DirectThread>(lanes.Key(DirectThread.Row(channel)), cancellationToken) is not { Value.Thread: { } thread } stored)
        {
            return default;
        }

        // None yet: its first message is stored and waits for its turn.
        var conversation = await store.FindAsync<Conversation>(lanes.Key(Conversation.Row(thread)), cancellationToken);
        return new DirectTopic(stored, conversation is { Value.HasEnded: true } ? null : thread, conversation?.Value.State == ConversationState.Saved);
    }

    /// <summary>From now on the channel is about <paramref name="thread"/>, whatever it was about before.</summary>
    public static void Remember(StoreTransaction transaction, ThreadReference thread)
        => transaction.Upsert(DirectThread.Row(thread.Channel), new DirectThread { Thread = thread });

    /// <summary>
    /// The same, if nobody else began something since <paramref name="seen"/>: of two first messages at once, one begins the
    /// conversation and the other belongs to it (<see cref="AcceptResult.Overtaken"/>).
    /// </summary>
    public static void Remember(StoreTransaction transaction, ThreadReference thread, DirectTopic seen)
    {
        var next = new DirectThread { Thread = thread };
        if (seen.Stored is { } before)
        {
            transaction.Replace(before, next);
        }
        else
        {
            transaction.Insert(DirectThread.Row(thread.Channel), next);
        }
    }
}
