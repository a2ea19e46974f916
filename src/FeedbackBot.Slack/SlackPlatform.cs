using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Outbox;
using FeedbackBot.Slack.Outbound;
using FeedbackBot.Slack.Rendering;

namespace FeedbackBot.Slack;

/// <summary>
/// Slack as a chat platform. A send is one call; where an earlier one may have arrived, the thread is read back for the send's
/// id first, and where that cannot be done the repeat says that it is one.
/// </summary>
internal sealed class SlackPlatform(SlackClient client, SlackDirectory directory) : IChatPlatform
{
    public const string PlatformName = "slack";

    private const int ReadBackPage = 200;

    // A thread that has grown by more than so many messages since an attempt is not read to its end.
    private const int MostReadBackPages = 5;

    public string Name => PlatformName;

    public async Task<DeliveryResult> SendAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        return delivery.Destination switch
        {
            Destination.NewThread(var channel) => await PostAsync(
                delivery, new ThreadReference(PlatformName, channel.WorkspaceId, channel.ChannelId, ""), cancellationToken),
            Destination.Reply(var thread) => await PostAsync(delivery, thread, cancellationToken),
            Destination.Ephemeral(var thread, _) when IsDirect(thread.ChannelId) => await PostAsync(delivery, thread, cancellationToken),
            Destination.Ephemeral(var thread, var person) => await PostEphemeralAsync(delivery, thread, person, cancellationToken),
            Destination.Person(var person) => await PostDirectAsync(delivery, person, cancellationToken),
            Destination.Home(var person) => await PublishHomeAsync(delivery, person, cancellationToken),
            Destination.Update => await UpdateAsync(delivery, cancellationToken),
            _ => throw new InvalidOperationException($"There is no {delivery.Destination.GetType().Name} in Slack."),
        };
    }

    public async ValueTask<bool> IsMemberAsync(ChannelReference channel, PersonReference person, CancellationToken cancellationToken)
        => channel.Platform == PlatformName
            && person.Platform == PlatformName
            && channel.WorkspaceId == person.WorkspaceId
            && await directory.IsMemberAsync(channel.WorkspaceId, channel.ChannelId, person.PersonId, cancellationToken);

    public async ValueTask<ChannelKind> KindOfAsync(ChannelReference channel, CancellationToken cancellationToken)
        => IsDirect(channel.ChannelId) ? ChannelKind.Direct : await directory.KindAsync(channel.WorkspaceId, channel.ChannelId, cancellationToken);

    /// <summary>Whether a channel is one between a person and the bot: people read it as one stream.</summary>
    public static bool IsDirect(string channelId) => channelId.StartsWith('D');

    private async Task<DeliveryResult> PostAsync(Delivery delivery, ThreadReference thread, CancellationToken cancellationToken)
    {
        var root = thread.ThreadId.Length == 0 || IsDirect(thread.ChannelId) ? null : thread.ThreadId;
        var message = await RenderAsync(delivery, thread.ThreadId.Length == 0 ? null : thread.ThreadId, cancellationToken);
        var isUnknown = false;
        if (delivery.OutcomeUnknown)
        {
            var (ts, isRead, failure) = await FindAsync(delivery.Id, thread, root, cancellationToken);
            if (ts is not null)
            {
                return Delivered(thread, ts);
            }

            if (failure is not null)
            {
                return failure;
            }

            isUnknown = !isRead;
            message = isRead ? message : MessageRendering.AsRepeat(message, delivery.Id.Value);
        }

        var result = await client.PostMessageAsync(
            thread.WorkspaceId, thread.ChannelId, root, message, delivery.Id.Value, cancellationToken);
        return result.IsOk ? Posted(thread, result, "chat.postMessage") : Failed(result, "chat.postMessage", isUnknown);
    }

    private async Task<DeliveryResult> PostDirectAsync(Delivery delivery, PersonReference person, CancellationToken cancellationToken)
    {
        var (channel, opened) = await directory.DirectAsync(person.WorkspaceId, person.PersonId, cancellationToken);
        return channel is null
            ? Failed(opened, "conversations.open", delivery.OutcomeUnknown)
            : await PostAsync(delivery, new ThreadReference(PlatformName, person.WorkspaceId, channel, ""), cancellationToken);
    }

    /// <summary>Where the bot cannot show something to one person in a channel, it tells them directly.</summary>
    private async Task<DeliveryResult> PostEphemeralAsync(
        Delivery delivery, ThreadReference thread, PersonReference person, CancellationToken cancellationToken)
    {
        var message = await RenderAsync(delivery, thread.ThreadId, cancellationToken);
        var result = await client.PostEphemeralAsync(
            thread.WorkspaceId,
            thread.ChannelId,
            await HasRepliesAsync(thread, cancellationToken) ? thread.ThreadId : null,
            person.PersonId,
            delivery.OutcomeUnknown ? MessageRendering.AsRepeat(message, delivery.Id.Value) : message,
            cancellationToken);
        return result switch
        {
            { IsOk: true } => new DeliveryResult.Delivered(new MessageReference(thread, result.Value["message_ts"].Id ?? delivery.Id.Value)),
            { Failure: DeliveryFailure.Refused } => await PostDirectAsync(delivery, person, cancellationToken),
            _ => Failed(result, "chat.postEphemeral", delivery.OutcomeUnknown),
        };
    }

    /// <summary>In a thread that has no replies yet, Slack shows no ephemeral message: then it is shown in the channel.</summary>
    private async Task<bool> HasRepliesAsync(ThreadReference thread, CancellationToken cancellationToken)
        => (await client.RepliesAsync(thread.WorkspaceId, thread.ChannelId, thread.ThreadId, 2, null, cancellationToken)).Value["messages"].Items.Skip(1).Any();

    private async Task<DeliveryResult> PublishHomeAsync(Delivery delivery, PersonReference person, CancellationToken cancellationToken)
    {
        var result = await client.PublishViewAsync(person.WorkspaceId, person.PersonId, MessageRendering.RenderHome(delivery.Message), cancellationToken);
        return result.IsOk
            ? new DeliveryResult.Delivered(new MessageReference(
                new ThreadReference(PlatformName, person.WorkspaceId, person.PersonId, "home"), result.Value["view"]["id"].Id ?? delivery.Id.Value))
            : result.ToFailed("views.publish");
    }

    /// <summary>An update that is made twice is made once: no need to look first.</summary>
    private async Task<DeliveryResult> UpdateAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        if (delivery is not { Updates: { } updated, Destination: Destination.Update(var original, _) })
        {
            return new DeliveryResult.Failed(DeliveryFailure.Invalid, "The update names no message.");
        }

        var message = await RenderAsync(delivery, updated.Thread.ThreadId, cancellationToken);
        var result = await client.UpdateAsync(
            updated.Thread.WorkspaceId, updated.Thread.ChannelId, updated.MessageId, message, original.Value, cancellationToken);
        return result.IsOk ? new DeliveryResult.Delivered(updated) : result.ToFailed("chat.update");
    }

    private async Task<SlackMessage> RenderAsync(Delivery delivery, string? threadId, CancellationToken cancellationToken)
    {
        var links = new Dictionary<ThreadReference, Uri>();
        if (delivery.Message is OutboundMessage.TriageCard card)
        {
            foreach (var thread in card.Content.Latest.Select(submission => submission.Thread).Where(IsShared).Distinct())
            {
                if (await directory.LinkAsync(thread, cancellationToken) is { } link)
                {
                    links[thread] = link;
                }
            }
        }

        return MessageRendering.Render(delivery.Message, new RenderingContext(delivery.Id.Value, threadId, links));
    }

    /// <summary>A thread that others than its seller can look at.</summary>
    private static bool IsShared(ThreadReference thread) => thread.Platform == PlatformName && !IsDirect(thread.ChannelId);

    /// <summary>Looks for a send that may have arrived.</summary>
    /// <returns>Its message, or that the thread was read and it is not there, or why nothing can be said now.</returns>
    private async Task<(string? Ts, bool IsRead, DeliveryResult.Failed? Failure)> FindAsync(
        OutboxId id, ThreadReference thread, string? root, CancellationToken cancellationToken)
    {
        string? cursor = null;
        for (var page = 0; page < MostReadBackPages; page++)
        {
            var result = root is null
                ? await client.HistoryAsync(thread.WorkspaceId, thread.ChannelId, ReadBackPage, cursor, cancellationToken)
                : await client.RepliesAsync(thread.WorkspaceId, thread.ChannelId, root, ReadBackPage, cursor, cancellationToken);
            if (!result.IsOk)
            {
                // Refused: it will never be readable. Otherwise it is asked again later, and still nobody knows.
                return result.Failure is DeliveryFailure.Refused or DeliveryFailure.Invalid
                    ? (null, false, null)
                    : (null, false, new DeliveryResult.Failed(DeliveryFailure.OutcomeUnknown, $"reading back: {result.Error}", result.RetryAfter));
            }

            foreach (var message in result.Value["messages"].Items)
            {
                var metadata = message["metadata"];
                if (metadata["event_type"].Text == SlackClient.MetadataType && metadata["event_payload"]["id"].Text == id.Value && message["ts"].Id is { } ts)
                {
                    return (ts, true, null);
                }
            }

            cursor = result.Value["response_metadata"]["next_cursor"].Text;
            if (string.IsNullOrEmpty(cursor))
            {
                return (null, true, null);
            }
        }

        // In a channel the newest come first, and it would be among them; a thread begins with the oldest.
        return (null, root is null, null);
    }

    private static DeliveryResult Posted(ThreadReference thread, SlackResult result, string method)
        => result.Value["ts"].Id is { } ts
            ? Delivered(thread, ts)
            : new DeliveryResult.Failed(DeliveryFailure.OutcomeUnknown, $"{method}: no ts in the answer");

    private static DeliveryResult.Delivered Delivered(ThreadReference thread, string ts)
        => new(new MessageReference(thread.ThreadId.Length == 0 ? thread with { ThreadId = ts } : thread, ts));

    /// <summary>What is not known does not become known by a call that was not made.</summary>
    private static DeliveryResult.Failed Failed(SlackResult result, string method, bool isUnknown)
        => result.ToFailed(method) is var failed && isUnknown && failed.Failure is DeliveryFailure.RateLimited or DeliveryFailure.Unavailable
            ? failed with { Failure = DeliveryFailure.OutcomeUnknown }
            : failed;
}
