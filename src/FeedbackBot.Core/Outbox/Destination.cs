using System.Text.Json.Serialization;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Storage;

namespace FeedbackBot.Core.Outbox;

/// <summary>
/// The id of a send, derived from what caused it, so that enqueueing twice adds once. It travels with the message.
/// </summary>
public readonly record struct OutboxId(string Value)
{
    /// <summary>The id of the send with this cause, purpose and target.</summary>
    /// <param name="cause">The inbox event (or other act) that caused the send.</param>
    /// <param name="purpose">What the send is for; with <paramref name="target"/> unique within the cause.</param>
    /// <param name="target">Where it goes.</param>
    public static OutboxId For(string cause, string purpose, string target) => new(KeyHash.Of("outbox", cause, purpose, target));

    public override string ToString() => Value;
}

/// <summary>Where a message goes.</summary>
[JsonDerivedType(typeof(NewThread), "new-thread")]
[JsonDerivedType(typeof(Reply), "reply")]
[JsonDerivedType(typeof(Person), "person")]
[JsonDerivedType(typeof(Ephemeral), "ephemeral")]
[JsonDerivedType(typeof(Home), "home")]
[JsonDerivedType(typeof(Update), "update")]
public abstract record Destination
{
    private Destination()
    {
    }

    /// <summary>The platform that delivers it.</summary>
    [JsonIgnore]
    public abstract string Platform { get; }

    /// <summary>
    /// The lane in which it keeps its order. An update is in the lane of the message it replaces, behind it.
    /// </summary>
    public abstract string Lane(OutboxId id);

    /// <summary>The root of a new thread; each is a lane of its own, since new threads have no order among them.</summary>
    public sealed record NewThread(ChannelReference Channel) : Destination
    {
        public override string Platform => Channel.Platform;

        public override string Lane(OutboxId id) => id.Value;
    }

    public sealed record Reply(ThreadReference Thread) : Destination
    {
        public override string Platform => Thread.Platform;

        public override string Lane(OutboxId id) => Thread.Hash();
    }

    /// <summary>A direct message.</summary>
    public sealed record Person(PersonReference To) : Destination
    {
        public override string Platform => To.Platform;

        public override string Lane(OutboxId id) => To.Hash();
    }

    /// <summary>Shown to one person only, in a thread. Platforms do not guarantee it: never the only record of anything.</summary>
    public sealed record Ephemeral(ThreadReference Thread, PersonReference To) : Destination
    {
        public override string Platform => Thread.Platform;

        public override string Lane(OutboxId id) => KeyHash.Of(Thread.Hash(), To.Hash());
    }

    /// <summary>The page that a person has with the bot; what is sent there replaces what was there.</summary>
    public sealed record Home(PersonReference Of) : Destination
    {
        public override string Platform => Of.Platform;

        public override string Lane(OutboxId id) => KeyHash.Of("home", Of.Hash());
    }

    /// <summary>Replaces an earlier message, once that one is delivered.</summary>
    public sealed record Update(OutboxId Original, Destination OriginalDestination) : Destination
    {
        public override string Platform => OriginalDestination.Platform;

        public override string Lane(OutboxId id) => OriginalDestination.Lane(Original);
    }
}
