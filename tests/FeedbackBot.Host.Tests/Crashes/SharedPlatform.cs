using System.Collections.Concurrent;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Outbox;

namespace FeedbackBot.Host.Tests.Crashes;

/// <summary>What came in at the platform, and from which instance.</summary>
internal sealed record Sent(string Instance, Delivery Delivery);

/// <summary>A platform that takes everything from every instance, repeats included.</summary>
internal sealed class SharedPlatform
{
    public const string PlatformName = "shared";

    private readonly ConcurrentQueue<Sent> _arrivals = [];

    public IReadOnlyList<Sent> Arrivals => [.. _arrivals];

    /// <summary>What an instance hears of a message that was taken; null for "delivered". It may take its time.</summary>
    public Func<Sent, Task<DeliveryResult?>> Answer { get; set; } = _ => Task.FromResult<DeliveryResult?>(null);

    public static ThreadReference Thread(int number) => new(PlatformName, "w", "c", $"thread-{number}");

    /// <summary>The platform as one instance has it.</summary>
    public IChatPlatform For(string instance) => new Connection(this, instance);

    private sealed class Connection(SharedPlatform shared, string instance) : IChatPlatform
    {
        public string Name => PlatformName;

        public async Task<DeliveryResult> SendAsync(Delivery delivery, CancellationToken cancellationToken)
        {
            var sent = new Sent(instance, delivery);
            shared._arrivals.Enqueue(sent);
            return await shared.Answer(sent) ?? new DeliveryResult.Delivered(
                new MessageReference(((Destination.Reply)delivery.Destination).Thread, delivery.Id.Value));
        }

        public ValueTask<bool> IsMemberAsync(ChannelReference channel, PersonReference person, CancellationToken cancellationToken)
            => ValueTask.FromResult(true);
    }
}
