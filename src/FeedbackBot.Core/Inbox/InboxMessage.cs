using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Storage;

namespace FeedbackBot.Core.Inbox;

public enum InboxStatus
{
    Pending,
    Handled,

    /// <summary>Tried as often as the options say and set aside, so that its lane goes on.</summary>
    SetAside,
}

/// <summary>Row <c>inbox|id</c>: an event, stored before it was acknowledged.</summary>
public sealed record InboxMessage : IStoredRecord
{
    public static int Schema => 1;

    public required string Id { get; init; }

    public required InboxEvent Event { get; init; }

    public required string Lane { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    public InboxStatus Status { get; init; }

    public DateTimeOffset? HandledAt { get; init; }

    /// <summary>Why it was set aside, for the operator.</summary>
    public string? Failure { get; init; }

    /// <summary>The W3C trace parent of the request that brought it.</summary>
    public string? TraceParent { get; init; }

    /// <summary>The id of the event with this cause, its first.</summary>
    public static string IdOf(string cause) => KeyHash.Of(cause);

    public static string Row(string id) => $"inbox|{id}";

    /// <summary>Row <c>seen|hash</c>: that a cause was taken in, and where it belongs. It outlives the event itself.</summary>
    public static string SeenRow(string cause) => $"seen|{KeyHash.Of(cause)}";
}

/// <summary>Row <c>seen|hash</c>.</summary>
public sealed record SeenMark : IStoredRecord
{
    public static int Schema => 1;

    public required DateTimeOffset At { get; init; }

    /// <summary>The thread that the event was put into; in a channel that is read as one stream nothing else tells.</summary>
    public ThreadReference? Thread { get; init; }
}

/// <summary>
/// Row <c>thread|hash</c>: a thread in which the bot takes part. Messages in any other thread are dropped before storage,
/// unless they are an explicit act.
/// </summary>
public sealed record KnownThread : IStoredRecord
{
    public static int Schema => 1;

    public required ThreadReference Thread { get; init; }

    /// <summary>The request whose card is the thread's root, null in a seller's thread.</summary>
    public Requests.RequestId? Card { get; init; }

    public static string Row(ThreadReference thread) => $"thread|{thread.Hash()}";
}
