using FeedbackBot.Core.Storage;
using Microsoft.Extensions.Logging;

namespace FeedbackBot.Slack.Inbound;

/// <summary>
/// What Slack brings, by HTTP and by socket alike. Slack waits three seconds; the answer comes after two at the latest, and
/// says "taken" only for what is stored.
/// </summary>
internal sealed partial class SlackIntake(
    SlackEvents events, SlackInteractions interactions, SlackCommands commands, TimeProvider time, ILogger<SlackIntake> logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Does <paramref name="take"/> in time; else the answer says that it was not stored.</summary>
    public async Task<SlackReply> TakeAsync(Func<CancellationToken, Task<SlackReply>> take, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await take(either.Token);
        }
        catch (Exception exception) when (exception is StoreUnavailableException or OperationCanceledException)
        {
            SlackTelemetry.NotStored.Add(1);
            LogNotStored(exception.GetType().Name);
            return SlackReply.NotStored;
        }
    }

    public Task<SlackReply> EventAsync(SlackJson envelope, CancellationToken cancellationToken) => events.HandleAsync(envelope, cancellationToken);

    public Task<SlackReply> InteractionAsync(SlackJson payload, CancellationToken cancellationToken)
        => payload["type"].Text == "block_suggestion"
            ? Task.FromResult(SlackReply.NoOptions)
            : interactions.HandleAsync(payload, cancellationToken);

    public Task<SlackReply> CommandAsync(IReadOnlyDictionary<string, string> fields, CancellationToken cancellationToken)
        => commands.HandleAsync(fields, cancellationToken);

    [LoggerMessage(Level = LogLevel.Error, Message = "A request of Slack's could not be stored in time and was not acknowledged ({Why}).")]
    private partial void LogNotStored(string why);
}
