using FeedbackBot.Core.Inbox;
using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Storage;
using FeedbackBot.Slack.Outbound;
using Microsoft.Extensions.Hosting;

namespace FeedbackBot.Slack.Inbound;

/// <summary>
/// Eyes on a message that was taken, until it is worked off. This is decoration and no send: nothing of it is stored, it is
/// never tried again, and what goes wrong is nobody's concern. Whoever took the message puts the eyes up and takes them down;
/// if that process ends meanwhile they stay, and the answer stands below them all the same.
/// </summary>
internal sealed class SlackReactions(
    SlackClient client, IStore store, LaneQueues lanes, IHostApplicationLifetime lifetime, TimeProvider time)
{
    private const string Eyes = "eyes";

    // So many messages wear eyes at a time; the others are answered without.
    private const int MostAtOnce = 50;

    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan LongestWork = TimeSpan.FromMinutes(2);

    // Where the app may not react, it is not tried for a while.
    private readonly ExpiringCache<string, bool> _refused = new(200, TimeSpan.FromHours(1), time);
    private int _worn;

    /// <summary>The message was taken as the event with this <paramref name="cause"/>. It returns at once.</summary>
    public void Taken(string workspace, string channel, string ts, string cause)
    {
        if (_refused.TryGet(workspace, out _))
        {
            return;
        }

        if (Interlocked.Increment(ref _worn) > MostAtOnce)
        {
            Interlocked.Decrement(ref _worn);
            return;
        }

        _ = WearAsync(workspace, channel, ts, InboxMessage.IdOf(cause), lifetime.ApplicationStopping);
    }

    private async Task WearAsync(string workspace, string channel, string ts, string inboxId, CancellationToken stopping)
    {
        await Task.Yield();
        try
        {
            var added = await client.AddReactionAsync(workspace, channel, ts, Eyes, stopping);
            if (added.IsOk || added.Failure == DeliveryFailure.OutcomeUnknown)
            {
                await UntilHandledAsync(inboxId, stopping);
                var removed = await client.RemoveReactionAsync(workspace, channel, ts, Eyes, stopping);
                if (removed.Failure == DeliveryFailure.RateLimited && removed.RetryAfter is { } wait && wait < LongestWork)
                {
                    await Task.Delay(wait, time, stopping);
                    await client.RemoveReactionAsync(workspace, channel, ts, Eyes, stopping);
                }
            }
            else if (added.Failure is DeliveryFailure.Refused or DeliveryFailure.Invalid && added.Error is "missing_scope" or "unknown_method")
            {
                _refused.Put(workspace, true);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or StoreUnavailableException)
        {
            // Nobody waits for it.
        }
        finally
        {
            Interlocked.Decrement(ref _worn);
        }
    }

    /// <summary>Until the event's own row says so: its answer is on its way then.</summary>
    private async Task UntilHandledAsync(string inboxId, CancellationToken stopping)
    {
        var began = time.GetTimestamp();
        for (var wait = FirstLook; time.GetElapsedTime(began) < LongestWork; wait *= 2)
        {
            await Task.Delay(wait, time, stopping);
            if (await store.FindAsync<InboxMessage>(lanes.Key(InboxMessage.Row(inboxId)), stopping) is not { Value.Status: InboxStatus.Pending })
            {
                return;
            }
        }
    }
}
