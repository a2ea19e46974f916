using FeedbackBot.Core.Conversations;
using FeedbackBot.Core.Deduplication;
using FeedbackBot.Core.Inbox;
using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Outbox;
using FeedbackBot.Core.Requests;
using FeedbackBot.Core.Roadmap;
using FeedbackBot.Core.Storage;
using FeedbackBot.Core.Triage;

namespace FeedbackBot.Host.Playground;

/// <summary>
/// Deletes what came from the Playground, and nothing that came from another platform in the same store. It may be ended
/// anywhere and begun again: what a step goes by is deleted by a later one.
/// </summary>
/// <remarks>
/// Two kinds of rows stay though they came from here, since ids are made from them. Marks (<c>seen|</c>) outlive every repeat
/// of their cause: what a page posts once more after the room started over would else be taken as new. The request counter
/// goes on: the number of a request that is gone still stands in messages elsewhere and in ids that were derived from it.
/// </remarks>
internal sealed class PlaygroundErasure(IStore store, LaneQueues lanes, TimeProvider time)
{
    private const int PageSize = 200;

    // Each takes four rows of a transaction; the update of a card takes five, and there are two at most.
    private const int SubmissionsAtATime = 20;

    /// <summary>Deletes it all. Nobody may work on it meanwhile.</summary>
    public async Task EraseAsync(CancellationToken cancellationToken)
    {
        // Whether a request goes decides about all that names it, so requests are first. A place in a lane goes before what it
        // stands for, as a worker expects it, and events go before the sends that they name.
        await EraseRequestsAsync(cancellationToken);
        await EraseLanesAsync(LaneKind.In, cancellationToken);
        await EraseAsync<DeadLetter>(
            DeadLetter.Prefix, async letter => await GoesAsync(letter.Kind, letter.Id, cancellationToken) == true, cancellationToken);
        await EraseAsync<InboxMessage>(InboxMessage.Row(""), message => GoesAsync(message.Event, cancellationToken), cancellationToken);
        await EraseLanesAsync(LaneKind.Out, cancellationToken);
        await EraseAsync<OutboxMessage>(OutboxMessage.Row(new OutboxId("")), send => GoesAsync(send, cancellationToken), cancellationToken);
        await EraseAsync<Conversation>("conversation|", conversation => ValueTask.FromResult(IsHere(conversation.Thread)), cancellationToken);
        await EraseAsync<MatchLabel>(
            MatchLabel.Prefix,
            async label => label.Thread is { } thread ? IsHere(thread) : label.Source is { } source && !await ExistsAsync(source, cancellationToken),
            cancellationToken);
        await EraseAsync<TriageChoice>(
            TriageChoice.Prefix,
            choice => ValueTask.FromResult(IsHere(choice.By) || choice.Channel.Platform == PlaygroundPlatform.PlatformName),
            cancellationToken);
        await EraseAsync<KnownThread>(
            "thread|",
            async thread => thread.Card is { } card ? !await ExistsAsync(card, cancellationToken) : IsHere(thread.Thread),
            cancellationToken);
        await EraseAsync<PlaygroundMessage>(
            PlaygroundMessage.Prefix,
            async message => !(message is { Kind: nameof(OutboundMessage.TriageCard), Request: { } card }
                && await ExistsAsync(new RequestId(card), cancellationToken)),
            cancellationToken);
    }

    private static bool IsHere(ThreadReference thread) => thread.Platform == PlaygroundPlatform.PlatformName;

    private static bool IsHere(PersonReference person) => person.Platform == PlaygroundPlatform.PlatformName;

    private async Task EraseRequestsAsync(CancellationToken cancellationToken)
    {
        var staying = await StayingAsync(cancellationToken);
        await foreach (var request in store.ScanAsync<FeedbackRequest>(lanes.Tenant, FeedbackRequest.Prefix, PageSize, cancellationToken))
        {
            var stays = staying.Contains(request.Value.Id);
            var root = await RootAsync(request.Value, cancellationToken);
            await EraseSubmissionsAsync(
                request.Value.Id,
                [.. new[] { request.Value, root }.DistinctBy(counting => counting.Id).Where(counting => staying.Contains(counting.Id))],
                cancellationToken);

            // The answer that another platform's seller was given keeps the line that says who gave it.
            await EraseAsync<HistoryEntry>(
                HistoryEntry.Prefix(request.Value.Id),
                entry => ValueTask.FromResult(!stays || (IsHere(entry.By) && entry.Response?.At != entry.At)),
                cancellationToken);
            if (!stays)
            {
                string[] redirect = request.Value.MergedInto is { } target ? [MergedRequest.Row(target, request.Value.Id)] : [];
                string[] askedFor = request.Value.RoadmapItem is { } item ? [RoadmapRequest.Row(item)] : [];
                await DeleteAsync([request.Key.Row, OpenRequest.Row(request.Value), .. redirect, .. askedFor], cancellationToken);
            }
        }
    }

    /// <summary>Requests that somebody on another platform asked for or may still submit to, and all that those are part of.</summary>
    private async Task<HashSet<RequestId>> StayingAsync(CancellationToken cancellationToken)
    {
        var staying = await NamedElsewhereAsync(cancellationToken);
        var redirects = new Dictionary<RequestId, RequestId>();
        await foreach (var request in store.ScanAsync<FeedbackRequest>(lanes.Tenant, FeedbackRequest.Prefix, PageSize, cancellationToken))
        {
            if (request.Value.MergedInto is { } target)
            {
                redirects.Add(request.Value.Id, target);
            }

            if (!staying.Contains(request.Value.Id) && await HasSubmissionElsewhereAsync(request.Value.Id, cancellationToken))
            {
                staying.Add(request.Value.Id);
            }
        }

        foreach (var id in staying.ToList())
        {
            for (var next = id; redirects.TryGetValue(next, out var target) && staying.Add(target);)
            {
                next = target;
            }
        }

        return staying;
    }

    /// <summary>The request that <paramref name="request"/> is part of, as far as it is still there.</summary>
    private async Task<FeedbackRequest> RootAsync(FeedbackRequest request, CancellationToken cancellationToken)
    {
        while (request.MergedInto is { } target
            && await store.FindAsync<FeedbackRequest>(lanes.Key(FeedbackRequest.Row(target)), cancellationToken) is { } found)
        {
            request = found.Value;
        }

        return request;
    }

    /// <summary>Requests that a seller on another platform was offered, or said to be theirs, and may still submit to.</summary>
    private async Task<HashSet<RequestId>> NamedElsewhereAsync(CancellationToken cancellationToken)
    {
        var named = new HashSet<RequestId>();
        await foreach (var found in store.ScanAsync<Conversation>(lanes.Tenant, "conversation|", PageSize, cancellationToken))
        {
            var conversation = found.Value;
            if (IsHere(conversation.Thread) || conversation.State is ConversationState.Submitted or ConversationState.Cancelled)
            {
                continue;
            }

            if (conversation.State == ConversationState.ChoosingRequest)
            {
                named.UnionWith(conversation.Offered.Select(candidate => candidate.Id.Request).OfType<RequestId>());
            }

            if (conversation.Joins is { } joined)
            {
                named.Add(joined);
            }
        }

        return named;
    }

    private async Task<bool> HasSubmissionElsewhereAsync(RequestId request, CancellationToken cancellationToken)
    {
        await foreach (var entry in store.ScanAsync<SubmissionEntry>(lanes.Tenant, SubmissionEntry.Prefix(request), PageSize, cancellationToken))
        {
            if (await FindAsync(entry.Value.Id, cancellationToken) is { } submission && !IsHere(submission.Thread))
            {
                return true;
            }
        }

        return false;
    }

    private async Task EraseSubmissionsAsync(RequestId request, IReadOnlyList<FeedbackRequest> counting, CancellationToken cancellationToken)
    {
        var batch = new List<Submission>();
        await foreach (var entry in store.ScanAsync<SubmissionEntry>(lanes.Tenant, SubmissionEntry.Prefix(request), PageSize, cancellationToken))
        {
            if (await FindAsync(entry.Value.Id, cancellationToken) is { } submission && IsHere(submission.Thread))
            {
                batch.Add(submission);
            }

            if (batch.Count == SubmissionsAtATime)
            {
                await EraseAsync(batch, counting, cancellationToken);
                batch.Clear();
            }
        }

        await EraseAsync(batch, counting, cancellationToken);
    }

    /// <summary>Deletes submissions with their index rows, and has the cards that count them and stay show their new counts.</summary>
    private async Task EraseAsync(List<Submission> submissions, IReadOnlyList<FeedbackRequest> counting, CancellationToken cancellationToken)
    {
        var rows = submissions.SelectMany(RowsOf).ToHashSet(StringComparer.Ordinal);
        if (counting.Count == 0 || submissions.Count == 0)
        {
            await DeleteAsync(rows, cancellationToken);
            return;
        }

        var sends = counting.Select(request => CardUpdate(request, submissions[0].Id)).ToList();
        var isWritten = false;
        while (!isWritten)
        {
            var transaction = Deletes(rows);
            await lanes.StageSendsAsync(transaction, sends, cancellationToken);
            var result = await store.CommitAsync(transaction, cancellationToken);
            isWritten = result is CommitResult.Committed;
            if (result is CommitResult.Conflict(var missing))
            {
                // Any other row than these is of the card's lane, which changed under us.
                rows.Remove(missing);
            }
        }
    }

    /// <summary>Has the request's card show it as it is when it is sent.</summary>
    /// <param name="erased">One that goes in the same transaction, so that this is never enqueued again.</param>
    private OutboxMessage CardUpdate(FeedbackRequest request, SubmissionId erased)
    {
        var update = new Destination.Update(request.Card, new Destination.NewThread(request.TriageChannel));
        return new OutboxMessage
        {
            Id = OutboxId.For($"start-over:{erased}", "card", update.ToString()),
            Destination = update,
            Content = new OutboxContent(null, request.Id),
            Priority = LanePriority.Normal,
            EnqueuedAt = time.GetUtcNow(),
        };
    }

    private static IEnumerable<string> RowsOf(Submission submission)
    {
        yield return Submission.Row(submission.Id);
        yield return SubmissionEntry.Row(submission.Request, submission.Id);
        yield return SubmissionLink.SellerRow(submission.Seller, submission.Id);
        if (submission.Customer.Length > 0)
        {
            yield return SubmissionLink.CustomerRow(submission.Customer, submission.Id);
        }
    }

    private async Task EraseLanesAsync(LaneKind kind, CancellationToken cancellationToken)
    {
        var prefix = LaneKeys.Lane(kind, "");
        await foreach (var state in store.ScanAsync<LaneState>(lanes.Tenant, prefix, PageSize, cancellationToken))
        {
            await EraseLaneAsync(kind, state.Key.Row[prefix.Length..], cancellationToken);
        }
    }

    /// <summary>A lane is the Playground's with all its items, or not at all.</summary>
    private async Task EraseLaneAsync(LaneKind kind, string lane, CancellationToken cancellationToken)
    {
        var rows = new List<string>();
        await foreach (var item in store.ScanAsync<LaneItem>(lanes.Tenant, LaneKeys.Items(kind, lane), PageSize, cancellationToken))
        {
            // What stands for nothing any more is left to the worker, who skips it.
            if (await GoesAsync(kind, item.Value.ItemId, cancellationToken) != true)
            {
                return;
            }

            rows.Add(item.Key.Row);
            await DeleteIfFullAsync(rows, cancellationToken);
        }

        await DeleteAsync(rows, cancellationToken);
        while (await store.FindAsync<LaneState>(lanes.Key(LaneKeys.Lane(kind, lane)), cancellationToken) is { } state
            && (await store.FirstAsync<LaneItem>(lanes.Tenant, LaneKeys.Items(kind, lane), 1, cancellationToken)).Count == 0)
        {
            var transaction = new StoreTransaction(lanes.Tenant);
            transaction.Delete(state.Key.Row, state.ETag);
            transaction.Delete(LaneKeys.Due(kind, state.Value, lane));
            await store.CommitAsync(transaction, cancellationToken);
        }
    }

    /// <summary>Whether an event or a send goes; null if it does not exist.</summary>
    private async ValueTask<bool?> GoesAsync(LaneKind kind, string id, CancellationToken cancellationToken)
    {
        if (kind == LaneKind.In)
        {
            var message = await store.FindAsync<InboxMessage>(lanes.Key(InboxMessage.Row(id)), cancellationToken);
            return message is null ? null : await GoesAsync(message.Value.Event, cancellationToken);
        }

        var send = await store.FindAsync<OutboxMessage>(lanes.Key(OutboxMessage.Row(new OutboxId(id))), cancellationToken);
        return send is null ? null : await GoesAsync(send.Value, cancellationToken);
    }

    private async ValueTask<bool> GoesAsync(InboxEvent happened, CancellationToken cancellationToken) => happened switch
    {
        InboxEvent.FromPerson act => IsHere(act.Thread) || IsHere(act.Person),
        InboxEvent.ConversationTimer timer => IsHere(timer.Thread),
        InboxEvent.DraftReminder reminder => IsHere(reminder.Thread),
        InboxEvent.ConversationMoved moved => IsHere(moved.From),
        InboxEvent.RelayStep step => !await ExistsAsync(step.Request, cancellationToken)
            || (step.Source is { } source && !await ExistsAsync(source, cancellationToken)),
        InboxEvent.RelayParts step => !await ExistsAsync(step.Request, cancellationToken) || !await ExistsAsync(step.Source, cancellationToken),
        InboxEvent.DeliveryGivenUp lost => await GoesAsync(LaneKind.Out, lost.Message.Value, cancellationToken) == true,
        _ => throw new InvalidOperationException($"Nobody said where {happened.GetType().Name} comes from."),
    };

    /// <summary>A card is its request's, whatever platform shows it; anything else is the platform's it goes to.</summary>
    private async ValueTask<bool> GoesAsync(OutboxMessage send, CancellationToken cancellationToken)
        => send.Content.Card is { } card
            ? !await ExistsAsync(card, cancellationToken)
            : send.Destination.Platform == PlaygroundPlatform.PlatformName;

    private async ValueTask<bool> ExistsAsync(RequestId request, CancellationToken cancellationToken)
        => await store.FindAsync(lanes.Key(FeedbackRequest.Row(request)), cancellationToken) is not null;

    private async ValueTask<Submission?> FindAsync(SubmissionId id, CancellationToken cancellationToken)
        => (await store.FindAsync<Submission>(lanes.Key(Submission.Row(id)), cancellationToken))?.Value;

    /// <summary>Deletes the rows with <paramref name="prefix"/> that <paramref name="goes"/> says.</summary>
    private async Task EraseAsync<T>(string prefix, Func<T, ValueTask<bool>> goes, CancellationToken cancellationToken)
        where T : class, IStoredRecord
    {
        var rows = new List<string>();
        await foreach (var stored in store.ScanAsync<T>(lanes.Tenant, prefix, PageSize, cancellationToken))
        {
            if (await goes(stored.Value))
            {
                rows.Add(stored.Key.Row);
                await DeleteIfFullAsync(rows, cancellationToken);
            }
        }

        await DeleteAsync(rows, cancellationToken);
    }

    private async Task DeleteIfFullAsync(List<string> rows, CancellationToken cancellationToken)
    {
        if (rows.Count == StoreTransaction.MaxWrites)
        {
            await DeleteAsync(rows, cancellationToken);
            rows.Clear();
        }
    }

    /// <summary>Deletes the rows in one transaction; one that is gone is gone.</summary>
    private async Task DeleteAsync(IReadOnlyCollection<string> rows, CancellationToken cancellationToken)
    {
        var left = rows.ToHashSet(StringComparer.Ordinal);
        while (left.Count > 0 && await store.CommitAsync(Deletes(left), cancellationToken) is CommitResult.Conflict(var missing))
        {
            left.Remove(missing);
        }
    }

    private StoreTransaction Deletes(IEnumerable<string> rows)
    {
        var transaction = new StoreTransaction(lanes.Tenant);
        foreach (var row in rows)
        {
            transaction.Delete(row);
        }

        return transaction;
    }
}
