using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace FeedbackBot.Core;

/// <summary>The one activity source and the one meter of the service.</summary>
public static class Telemetry
{
    public const string Name = "FeedbackBot";

    public static ActivitySource Activities { get; } = new(Name);

    public static Meter Meter { get; } = new(Name);

    internal static readonly Counter<long> Accepted = Meter.CreateCounter<long>("feedbackbot.inbox.accepted", "{event}", "Events stored in the inbox");
    internal static readonly Counter<long> Duplicates = Meter.CreateCounter<long>("feedbackbot.inbox.duplicates", "{event}", "Events that had been stored before");
    internal static readonly Counter<long> Handled = Meter.CreateCounter<long>("feedbackbot.inbox.handled", "{event}", "Events handled");
    internal static readonly Histogram<double> HandlingTime = Meter.CreateHistogram<double>("feedbackbot.inbox.handling.duration", "s", "From receipt to committed turn");
    internal static readonly Counter<long> Delivered = Meter.CreateCounter<long>("feedbackbot.outbox.delivered", "{message}", "Messages delivered");
    internal static readonly Counter<long> Retried = Meter.CreateCounter<long>("feedbackbot.outbox.retried", "{message}", "Deliveries to be tried again");
    internal static readonly Counter<long> Repeated = Meter.CreateCounter<long>("feedbackbot.outbox.repeated", "{message}", "Sends after an unknown outcome, each a possible repeat");
    internal static readonly Histogram<double> DeliveryTime = Meter.CreateHistogram<double>("feedbackbot.outbox.delivery.duration", "s", "From enqueued to delivered");
    internal static readonly Counter<long> DeadLettered = Meter.CreateCounter<long>("feedbackbot.deadletters", "{item}", "Events set aside and messages given up");
}
