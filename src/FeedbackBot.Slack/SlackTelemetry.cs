using System.Diagnostics.Metrics;
using FeedbackBot.Core;

namespace FeedbackBot.Slack;

internal static class SlackTelemetry
{
    /// <summary>What was acknowledged and not handled, by its type.</summary>
    public static Counter<long> Ignored { get; } = Telemetry.Meter.CreateCounter<long>("feedbackbot.slack.ignored", "{request}", "Requests of Slack's that nothing here is for");

    public static Counter<long> NotStored { get; } = Telemetry.Meter.CreateCounter<long>("feedbackbot.slack.not_stored", "{request}", "Requests of Slack's that could not be stored in time");

    public static Counter<long> RateLimited { get; } = Telemetry.Meter.CreateCounter<long>("feedbackbot.slack.rate_limited", "{minute}", "Minutes in which Slack held events back");
}
