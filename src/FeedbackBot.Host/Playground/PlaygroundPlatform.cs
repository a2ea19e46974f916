using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Outbox;
using FeedbackBot.Core.Storage;

namespace FeedbackBot.Host.Playground;

/// <summary>
/// The Playground as a chat platform. Unlike a real one it recognises a repeat by its outbox id, so nothing appears twice.
/// </summary>
internal sealed class PlaygroundPlatform(PlaygroundRoom room, IStore store, LaneQueues lanes, TimeProvider time) : IChatPlatform
{
    public const string PlatformName = "playground";
    public const string Workspace = "playground";

    public string Name => PlatformName;

    public async Task<DeliveryResult> SendAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        var id = delivery.Updates?.MessageId ?? $"m{delivery.Id.Value[..20]}";
        var earlier = room.Find(id);
        if (earlier is not null && delivery.Updates is null)
        {
            return Delivered(earlier);
        }

        if (delivery.Updates is not null && earlier is null)
        {
            return new DeliveryResult.Failed(DeliveryFailure.Refused, "The message to update is gone.");
        }

        var (channel, thread, to) = delivery.Destination switch
        {
            Destination.NewThread(var target) => (target.ChannelId, id, null),
            Destination.Reply(var target) => (target.ChannelId, target.ThreadId, null),
            Destination.Ephemeral(var target, var person) => (target.ChannelId, target.ThreadId, person.PersonId),
            Destination.Person(var person) => (PlaygroundChannels.DirectPrefix + person.PersonId, id, (string?)null),
            Destination.Home(var person) => (PlaygroundChannels.DirectPrefix + person.PersonId, id, null),
            Destination.Update => (earlier!.Channel, earlier.Thread, earlier.To),
            _ => throw new InvalidOperationException($"There is no {delivery.Destination.GetType().Name} in the Playground."),
        };
        var shown = PlaygroundText.Of(delivery.Message);
        var message = (PlaygroundMessage?)null;
        await room.AddAsync(
            seq => message = shown with
            {
                Seq = seq,
                Id = id,
                Channel = channel,
                Thread = thread,
                To = to,
                At = earlier?.At ?? time.GetUtcNow(),
            },
            async added =>
            {
                var transaction = new StoreTransaction(lanes.Tenant);
                transaction.Insert(added.Row, added);
                if (earlier is not null)
                {
                    transaction.Delete(earlier.Row);
                }

                return await store.CommitAsync(transaction, cancellationToken) is CommitResult.Committed
                    ? true
                    : throw new InvalidOperationException("Two processes run the Playground on one database. Stop one of them.");
            });
        return Delivered(message!);
    }

    public ValueTask<bool> IsMemberAsync(ChannelReference channel, PersonReference person, CancellationToken cancellationToken)
        => ValueTask.FromResult(
            person.Platform == PlatformName
            && (channel.ChannelId != PlaygroundChannels.Triage
                || PlaygroundChannels.IsTriageMember(person.PersonId)));

    public ValueTask<ChannelKind> KindOfAsync(ChannelReference channel, CancellationToken cancellationToken)
        => ValueTask.FromResult(channel.ChannelId.StartsWith(PlaygroundChannels.DirectPrefix, StringComparison.Ordinal) ? ChannelKind.Direct : ChannelKind.Team);

    private static DeliveryResult.Delivered Delivered(PlaygroundMessage message)
        => new(new MessageReference(PlaygroundChannels.Thread(message.Channel, message.Thread), message.Id));
}
