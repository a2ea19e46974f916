using FeedbackBot.Core.Requests;

namespace FeedbackBot.Core.Tests.Requests;

/// <summary>
/// What merges, answers and outcomes amount to, told in the simplest way: each request points to another or to none, and
/// everything else is asked of that anew.
/// </summary>
internal sealed class MergeModel
{
    public Dictionary<RequestId, RequestModel> Requests { get; } = [];

    public List<SubmissionModel> Submissions { get; } = [];

    public RequestId RootOf(RequestId id)
    {
        while (Requests[id].Into is { } target)
        {
            id = target;
        }

        return id;
    }

    public IEnumerable<SubmissionModel> UnderRoot(RequestId root)
        => Submissions.Where(submission => RootOf(submission.Asked.Request) == root);

    /// <summary>What a card counts: all that is under a root; a part counts its own.</summary>
    public IReadOnlyList<SubmissionModel> CountedBy(RequestId id)
        => [.. Requests[id].Into is null ? UnderRoot(id) : Submissions.Where(submission => submission.Asked.Request == id)];

    /// <summary>Whether it was allowed.</summary>
    public bool Merge(RequestId source, RequestId target)
    {
        if (Requests[source].Into is not null || RootOf(target) == source)
        {
            return false;
        }

        Requests[source].Into = RootOf(target);
        return true;
    }

    public void Unmerge(RequestId source) => Requests[source].Into = null;

    public void Answer(RequestId request, string answer)
    {
        var model = Requests[request];
        if (model is { Into: null, Answer: null })
        {
            model.Answer = answer;
        }
    }

    public void Say(SubmissionModel submission, string answer, Outcome outcome)
    {
        var root = Requests[RootOf(submission.Asked.Request)];
        if (root.Answer == answer)
        {
            submission.Outcomes[answer] = outcome;
            root.Answer = outcome == Outcome.StillBlocked ? null : answer;
        }
    }

    /// <summary>Notes for each submission which answer holds for it now.</summary>
    public void Hold()
    {
        foreach (var submission in Submissions)
        {
            if (Holding(submission) is { } answer)
            {
                submission.Held.Add(answer);
            }
        }
    }

    public string? Holding(SubmissionModel submission) => Requests[RootOf(submission.Asked.Request)].Answer;
}

internal sealed class RequestModel
{
    public RequestId? Into { get; set; }

    /// <summary>Its own answer, whatever it is part of.</summary>
    public string? Answer { get; set; }
}

internal sealed class SubmissionModel(Asked asked)
{
    public Asked Asked { get; } = asked;

    public Money? Stake { get; set; }

    public Dictionary<string, Outcome> Outcomes { get; } = new(StringComparer.Ordinal);

    /// <summary>The answers that held for it at some time.</summary>
    public HashSet<string> Held { get; } = new(StringComparer.Ordinal);
}
