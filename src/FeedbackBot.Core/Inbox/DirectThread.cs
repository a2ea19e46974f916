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

    public static string Row(ChannelReference channel)
        => $"direct|{KeyHash.Of("direct", channel.Platform, channel.WorkspaceId, channel.ChannelId)}";
}

/// <summary>Finds and remembers what a direct channel is about.</summary>
public static class DirectThreads
{
    /// <summary>The thread whose conversation is still open; null where what comes next begins another.</summary>
    public static async ValueTask<ThreadReference?> FindOpenAsync(
        this IStore store, LaneQueues lanes, ChannelReference channel, CancellationToken cancellationToken)
    {
        if (await store.FindAsync<DirectThread>(lanes.Key(DirectThread.Row(channel)), cancellationToken) is not { Value.Thread: { } thread })
        {
            return null;
        }

        // None yet: its first message is stored and waits for its turn.
        var conversation = await store.FindAsync<Conversation>(lanes.Key(Conversation.Row(thread)), cancellationToken);
        return conversation is { Value.HasEnded: true } ? null : thread;
    }

    /// <summary>From now on the channel is about <paramref name="thread"/>.</summary>
    public static void Remember(StoreTransaction transaction, ThreadReference thread)
        => transaction.Upsert(DirectThread.Row(thread.Channel), new DirectThread { Thread = thread });
}
