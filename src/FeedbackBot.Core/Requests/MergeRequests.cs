using FeedbackBot.Core.Deduplication;
using FeedbackBot.Core.Inbox;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Storage;
using FeedbackBot.Core.Triage;

namespace FeedbackBot.Core.Requests;

/// <summary>
/// A product manager says that a request is the same as another, or that it is not after all. A merge writes a redirect, and
/// taking it away is all it takes to undo it: submissions, answers and history stay where they are, however many there are.
/// Each turn replaces the rows of the request and of the root it becomes or was part of, even where nothing else in them
/// changes: an answer, a new submission, or another merge that is made at the same moment then looks again.
/// </summary>
public sealed class MergeRequests(RequestIndex index, ChatPlatforms platforms)
{
    private static readonly IReadOnlySet<CandidateId> NoCandidates = new HashSet<CandidateId>();

    public async Task HandleAsync(InboxEvent.ActionPressed pressed, Turn turn, CancellationToken cancellationToken)
    {
        if (await FindAsync(pressed.Subject.Id, turn, cancellationToken) is not { } found)
        {
            turn.Refuse(pressed, Wording.NotNow);
        }
        else if (!await IsMemberAsync(found.Value, pressed.Person, cancellationToken))
        {
            turn.Refuse(pressed, Wording.TriageMembersOnly);
        }
        else if (pressed.Action == ActionNames.Merge)
        {
            await MergeAsync(pressed, found, turn, cancellationToken);
        }
        else
        {
            await UnmergeAsync(pressed, found, turn, cancellationToken);
        }
    }

    private async Task MergeAsync(
        InboxEvent.ActionPressed pressed, Stored<FeedbackRequest> found, Turn turn, CancellationToken cancellationToken)
    {
        var source = found.Value;
        if (await FindAsync(pressed.Value, turn, cancellationToken) is not { } named)
        {
            turn.Refuse(pressed, Wording.NoSuchRequest(PersonText.Clean(pressed.Value ?? "")));
            return;
        }

        var root = await turn.RootAsync(named.Value.Id, cancellationToken);
        if (RefusalOf(source, named.Value, root.Value) is { } refusal)
        {
            turn.Refuse(pressed, refusal);
            return;
        }

        if (!await IsMemberAsync(root.Value, pressed.Person, cancellationToken))
        {
            turn.Refuse(pressed, Wording.MembersOfBothOnly(root.Value.Id));
            return;
        }

        var merged = source with { MergedInto = root.Value.Id };
        var target = root.Value with { ChainBehind = Math.Max(root.Value.ChainBehind, source.ChainBehind + 1) };
        turn.Replace(found, merged);
        turn.Replace(root, target);
        turn.Insert(MergedRequest.Row(target.Id, merged.Id), new MergedRequest { Id = merged.Id });
        if (merged.Response is null)
        {
            turn.Delete(OpenRequest.Row(merged));
        }

        var band = index.FindLike(merged.Id, turn.Now, NoCandidates).FirstOrDefault(candidate => candidate.Id.Request == target.Id)?.Band;
        await MatchLabel.RememberAsync(merged.Id, target.Id, isSame: true, band, turn, cancellationToken);
        Remember(merged.Id, $"Merged into {target.Id}.", pressed, turn);
        Remember(target.Id, $"{merged.Id} was merged into it.", pressed, turn);
        Show([merged, target], turn);
        if (target.Response is { } answer)
        {
            // Nobody waits for an answer that is known.
            ResponseRelay.CatchUp(target, answer, merged.Id, turn);
        }
    }

    private static string? RefusalOf(FeedbackRequest source, FeedbackRequest named, FeedbackRequest root)
        => source.MergedInto is { } already ? Wording.AlreadyPartOf(source.Id, already)
            : named.Id == source.Id ? Wording.NotIntoItself(source.Id)
            : root.Id == source.Id ? Wording.NotIntoItsPart(source.Id, named.Id)
            : source.ChainBehind + 1 > MergedRequests.LongestChain ? Wording.TooManyMerged(source.Id)
            : null;

    private async Task UnmergeAsync(
        InboxEvent.ActionPressed pressed, Stored<FeedbackRequest> found, Turn turn, CancellationToken cancellationToken)
    {
        if (found.Value.MergedInto is not { } targetId)
        {
            turn.Refuse(pressed, Wording.NotMerged(found.Value.Id));
            return;
        }

        var root = await turn.RootAsync(targetId, cancellationToken);
        if (!await IsMemberAsync(root.Value, pressed.Person, cancellationToken))
        {
            turn.Refuse(pressed, Wording.MembersOfBothOnly(root.Value.Id));
            return;
        }

        var source = found.Value with { MergedInto = null };
        turn.Replace(found, source);
        turn.Delete(MergedRequest.Row(targetId, source.Id));
        var target = root;
        if (targetId != root.Value.Id)
        {
            target = await turn.GetAsync<FeedbackRequest>(FeedbackRequest.Row(targetId), cancellationToken);
            turn.Replace(root, root.Value);
            Remember(root.Value.Id, $"{source.Id} is no longer part of it.", pressed, turn);
        }

        var parts = await turn.PageAsync<MergedRequest>(MergedRequest.Prefix(targetId), null, 2, cancellationToken);
        var left = parts.Count > 1 ? target.Value : target.Value with { ChainBehind = 0 };
        turn.Replace(target, left);
        await MatchLabel.RememberAsync(source.Id, targetId, isSame: false, band: null, turn, cancellationToken);
        Remember(source.Id, $"No longer part of {targetId}.", pressed, turn);
        Remember(targetId, $"{source.Id} is no longer part of it.", pressed, turn);
        Show(targetId == root.Value.Id ? [source, left] : [source, left, root.Value], turn);
        if (source.Response is { } answer)
        {
            // Its own answer holds again: whoever had not heard it when it was merged hears it now.
            ResponseRelay.CatchUp(source, answer, source.Id, turn);
        }
        else
        {
            turn.Insert(OpenRequest.Row(source), new OpenRequest { Id = source.Id });
        }
    }

    private static async Task<Stored<FeedbackRequest>?> FindAsync(string? id, Turn turn, CancellationToken cancellationToken)
        => RequestId.TryParse(id) is { } request
            ? await turn.FindAsync<FeedbackRequest>(FeedbackRequest.Row(request), cancellationToken)
            : null;

    private async ValueTask<bool> IsMemberAsync(FeedbackRequest request, PersonReference person, CancellationToken cancellationToken)
        => platforms.Find(request.TriageChannel.Platform) is { } platform
            && await platform.IsMemberAsync(request.TriageChannel, person, cancellationToken);

    private static void Remember(RequestId request, string what, InboxEvent.ActionPressed pressed, Turn turn)
        => turn.Insert(
            HistoryEntry.Row(request, turn.Now, turn.Cause.Id),
            new HistoryEntry { At = turn.Now, By = pressed.Person, ByName = pressed.PersonName, What = what });

    private void Show(IReadOnlyList<FeedbackRequest> requests, Turn turn)
    {
        foreach (var request in requests)
        {
            SubmitFeedback.UpdateCard(request, turn);
        }

        turn.AfterCommit(() =>
        {
            foreach (var request in requests)
            {
                index.Put(request);
            }
        });
    }
}
