using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Outbox;

namespace FeedbackBot.Core.Tests.Lanes;

/// <summary>A platform that keeps what it is given and answers as a test says.</summary>
internal sealed class FakePlatform : IChatPlatform
{
    public const string PlatformName = "fake";

    private readonly Lock _gate = new();
    private readonly List<Delivery> _arrivals = [];

    public string Name => PlatformName;

    /// <summary>What it answers; null for "delivered".</summary>
    public Func<Delivery, Task<DeliveryResult?>> Answer { get; set; } = _ => Task.FromResult<DeliveryResult?>(null);

    /// <summary>Who is in which channel; by default everyone in all.</summary>
    public Func<ChannelReference, PersonReference, bool> IsMember { get; set; } = (_, _) => true;

    /// <summary>Everything that was sent, in order, failures included.</summary>
    public IReadOnlyList<Delivery> Arrivals
    {
        get
        {
            lock (_gate)
            {
                return [.. _arrivals];
            }
        }
    }

    /// <summary>The text of every notice that was sent, in order.</summary>
    public IEnumerable<string> Notices => Arrivals.Select(arrival => arrival.Message).OfType<OutboundMessage.Notice>().Select(notice => notice.Text);

    public static ThreadReference Thread(string id) => new(PlatformName, "w", "c", id);

    public void Fail(DeliveryFailure failure, TimeSpan? retryAfter = null)
        => Answer = _ => Task.FromResult<DeliveryResult?>(new DeliveryResult.Failed(failure, "as the test says", retryAfter));

    public void Recover() => Answer = _ => Task.FromResult<DeliveryResult?>(null);

    public async Task<DeliveryResult> SendAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _arrivals.Add(delivery);
        }

        return await Answer(delivery) ?? new DeliveryResult.Delivered(new MessageReference(
            delivery.Destination is Destination.Reply(var thread) ? thread : Thread($"root-{delivery.Id}"), $"message-{delivery.Id}"));
    }

    public ValueTask<bool> IsMemberAsync(ChannelReference channel, PersonReference person, CancellationToken cancellationToken)
        => ValueTask.FromResult(IsMember(channel, person));
}
