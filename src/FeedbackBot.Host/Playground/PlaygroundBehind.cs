using FeedbackBot.Core;
using FeedbackBot.Core.Assessment;
using FeedbackBot.Core.Conversations;
using FeedbackBot.Core.Inbox;
using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Outbox;
using FeedbackBot.Core.Storage;

namespace FeedbackBot.Host.Playground;

/// <summary>
/// What lies behind a message of the Playground: of a person's, the stored event, how its text is judged and by which words,
/// and what the conversation amounts to; of the bot's, the stored send and its attempts.
/// </summary>
internal static class PlaygroundBehind
{
    private const string NotStored = "It was not for the bot, or it is not stored any more.";

    public static async Task<IResult> GetAsync(
        string id, PlaygroundRoom room, IStore store, LaneQueues lanes, CancellationToken cancellationToken, string? user = null)
    {
        if (room.Find(id) is not { Deleted: false } message || !PlaygroundEndpoints.IsVisible(message, user ?? ""))
        {
            return PlaygroundEndpoints.Error(StatusCodes.Status404NotFound, "There is no such message.");
        }

        return PlaygroundEndpoints.Answer(message.Kind == PlaygroundMessage.OfPerson
            ? await OfPersonAsync(message, store, lanes, cancellationToken)
            : await OfBotAsync(message, store, lanes, cancellationToken));
    }

    private static async Task<object> OfPersonAsync(PlaygroundMessage message, IStore store, LaneQueues lanes, CancellationToken cancellationToken)
    {
        var taken = await FirstAsync<InboxMessage>(store, lanes.Tenant, InboxMessage.Row(message.Id[1..]), cancellationToken);
        var found = await store.FindAsync<Conversation>(
            lanes.Key(Conversation.Row(PlaygroundChannels.Thread(message.Channel, message.Thread))), cancellationToken);
        var isPart = found?.Value.Statements.Any(statement => statement.MessageId == message.Id) == true;
        return new
        {
            @event = taken is null
                ? null
                : new { taken.Id, Kind = taken.Event.GetType().Name, taken.ReceivedAt, taken.HandledAt, taken.Status, taken.Failure },
            note = taken is null ? NotStored : null,
            assessment = taken is null ? null : Judged(FeedbackAssessor.Assess(message.Text)),
            conversation = isPart ? Understood(found!.Value) : null,
        };
    }

    private static object Judged(FeedbackAssessment assessment) => new
    {
        Level = (int)assessment.Level,
        assessment.LanguageKnown,
        Missing = Wording.Missing(assessment.Missing),
        Because = assessment.Because.Select(reason => new
        {
            For = reason.Constraint is { } constraint ? Wording.ConstraintLabel(constraint) : Wording.Missing([reason.Criterion])[0],
            reason.Text,
        }),
    };

    private static object Understood(Conversation conversation)
    {
        var understanding = Understanding.Of(conversation);
        return new
        {
            conversation.State,
            Level = (int)understanding.Level,
            SelfAssessed = understanding.IsSelfAssessed,
            Constraints = understanding.Constraints.Select(Wording.ConstraintLabel),
            Missing = Wording.Missing(understanding.Missing),
            conversation.Turn,
        };
    }

    private static async Task<object> OfBotAsync(PlaygroundMessage message, IStore store, LaneQueues lanes, CancellationToken cancellationToken)
    {
        var send = await FirstAsync<OutboxMessage>(store, lanes.Tenant, OutboxMessage.Row(new OutboxId(message.Id[1..])), cancellationToken);
        return new
        {
            send = send is null
                ? null
                : new
                {
                    Id = send.Id.Value,
                    Destination = send.Destination.GetType().Name,
                    send.Priority,
                    send.Status,
                    send.EnqueuedAt,
                    send.DeliveredAt,
                    Attempts = send.FailedAttempts + (send.Status == OutboxStatus.Delivered ? 1 : 0),
                    send.Failure,
                },
            note = send is null ? NotStored : null,
        };
    }

    /// <summary>The one row whose key begins so: the Playground's ids hold the beginning of the row's.</summary>
    private static async Task<T?> FirstAsync<T>(IStore store, string tenant, string prefix, CancellationToken cancellationToken)
        where T : class, IStoredRecord
        => await store.FirstAsync<T>(tenant, prefix, 1, cancellationToken) is [var stored, ..] ? stored.Value : null;
}
