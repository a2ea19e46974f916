using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Outbox;
using FeedbackBot.Host.Playground;

namespace FeedbackBot.Host.Tests.Cli;

/// <summary>The Playground with channels that are closed to the bot, until somebody opens them.</summary>
internal sealed class FailingPlatform(PlaygroundPlatform playground) : IChatPlatform
{
    private volatile bool _isOpen;

    public string Name => playground.Name;

    public void Open() => _isOpen = true;

    public Task<DeliveryResult> SendAsync(Delivery delivery, CancellationToken cancellationToken)
        => delivery.Destination is Destination.NewThread && !_isOpen
            ? Task.FromResult<DeliveryResult>(new DeliveryResult.Failed(DeliveryFailure.Refused, "The bot is not in the channel."))
            : playground.SendAsync(delivery, cancellationToken);

    public ValueTask<bool> IsMemberAsync(ChannelReference channel, PersonReference person, CancellationToken cancellationToken)
        => playground.IsMemberAsync(channel, person, cancellationToken);
}
