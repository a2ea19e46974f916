namespace FeedbackBot.Core.Messaging;

/// <summary>What kind of place a channel is.</summary>
public enum ChannelKind
{
    /// <summary>It cannot be told.</summary>
    Unknown,

    /// <summary>Of people of this company, and the bot hears what is said in it.</summary>
    Team,

    /// <summary>Between a few people, or one person and the bot.</summary>
    Direct,

    /// <summary>People of other companies read along.</summary>
    SharedWithOutsiders,

    /// <summary>The bot is no member.</summary>
    NotJoined,
}

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

    /// <summary>What kind of place <paramref name="channel"/> is.</summary>
    ValueTask<ChannelKind> KindOfAsync(ChannelReference channel, CancellationToken cancellationToken) => ValueTask.FromResult(ChannelKind.Unknown);
}
