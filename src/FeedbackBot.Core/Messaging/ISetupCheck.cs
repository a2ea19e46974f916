using FeedbackBot.Core.Triage;

namespace FeedbackBot.Core.Messaging;

/// <summary>One thing that was looked at: that it is right, or what to mend. Never a secret.</summary>
public sealed record SetupFinding(bool IsOk, string Text);

/// <summary>A platform's look at its own set-up, for whoever runs the service.</summary>
public interface ISetupCheck
{
    /// <summary>The findings as they are made. It changes nothing and says nothing to anybody.</summary>
    /// <param name="triage">Where each area is triaged now.</param>
    IAsyncEnumerable<SetupFinding> CheckAsync(IReadOnlyList<TriageChannel> triage, CancellationToken cancellationToken);
}
