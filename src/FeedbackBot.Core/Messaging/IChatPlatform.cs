namespace FeedbackBot.Core.Messaging;

/// <summary>A chat platform, as Core sees it: it delivers messages and knows who is in a channel.</summary>
public interface IChatPlatform
{
    /// <summary>The platform's name in <see cref="ThreadReference.Platform"/>.</summary>
    string Name { get; }

    /// <summary>
    /// Delivers once. It never retries by itself (the outbox does), and gives up when <paramref name="cancellationToken"/>
    /// is cancelled: then the outcome is unknown.
    /// </summary>
    Task<DeliveryResult> SendAsync(Delivery delivery, CancellationToken cancellationToken);

    /// <summary>Whether <paramref name="person"/> is a member of <paramref name="channel"/>; false where that cannot be told.</summary>
    ValueTask<bool> IsMemberAsync(ChannelReference channel, PersonReference person, CancellationToken cancellationToken);
}
