using FeedbackBot.Core.Storage;

namespace FeedbackBot.Core.Lanes;

/// <summary>The two directions of work.</summary>
public enum LaneKind
{
    In,
    Out,
}

/// <summary>How soon a lane gets its turn. Lower goes first.</summary>
public enum LanePriority
{
    /// <summary>A person waits for it.</summary>
    Person = 0,

    /// <summary>Ordinary work.</summary>
    Normal = 1,

    /// <summary>News to many, timers.</summary>
    Bulk = 2,
}

/// <summary>
/// Row <c>lane|kind|lane</c>: who works on a lane and when it is due. It exists while the lane has items, together with
/// exactly one row <c>due|kind|priority|ticks|lane</c> at <see cref="Due"/>. Whoever changes a lane replaces this row by its
/// ETag, so a worker that lost its lease cannot write its result.
/// </summary>
public sealed record LaneState : IStoredRecord
{
    public static int Schema => 1;

    public LanePriority Priority { get; init; }

    /// <summary>When somebody should look at the lane again: the time of its first item, of the next try, or the lease's end.</summary>
    public DateTimeOffset Due { get; init; }

    /// <summary>The worker that holds the lane, null if none does.</summary>
    public string? Owner { get; init; }

    /// <summary>The fencing token: one more with each lease of this lane.</summary>
    public long Token { get; init; }

    /// <summary>A failed first item holds the lane until then, whatever comes in behind it.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>The item that is being worked on, by its sequence.</summary>
    public string? Current { get; init; }

    /// <summary>How often <see cref="Current"/> was begun, this time included.</summary>
    public int Attempts { get; init; }

    /// <summary>An earlier attempt at <see cref="Current"/> ended without anyone knowing how.</summary>
    public bool OutcomeUnknown { get; init; }
}

/// <summary>Row <c>in|lane|sequence</c> or <c>out|lane|sequence</c>: an item's place in its lane.</summary>
public sealed record LaneItem : IStoredRecord
{
    public static int Schema => 1;

    /// <summary>The id of the inbox or outbox row.</summary>
    public required string ItemId { get; init; }

    /// <summary>The outbox id that this item replaces, if it is an update.</summary>
    public string? Updates { get; init; }
}

/// <summary>An item to be put into its lane.</summary>
public sealed record LaneEntry(string Lane, string Sequence, LaneItem Item, LanePriority Priority, DateTimeOffset Due);

/// <summary>Row keys of the lanes.</summary>
public static class LaneKeys
{
    public static string Lane(LaneKind kind, string lane) => $"lane|{Name(kind)}|{lane}";

    public static string Items(LaneKind kind, string lane) => $"{Name(kind)}|{lane}|";

    public static string Item(LaneKind kind, string lane, string sequence) => $"{Name(kind)}|{lane}|{sequence}";

    public static string Due(LaneKind kind, LanePriority priority) => $"due|{Name(kind)}|{(int)priority}|";

    public static string Due(LaneKind kind, LanePriority priority, DateTimeOffset due)
        => $"due|{Name(kind)}|{(int)priority}|{due.UtcTicks:D19}|";

    public static string Due(LaneKind kind, LaneState state, string lane)
        => $"due|{Name(kind)}|{(int)state.Priority}|{state.Due.UtcTicks:D19}|{lane}";

    private static string Name(LaneKind kind) => kind switch
    {
        LaneKind.In => "in",
        LaneKind.Out => "out",
    };
}

/// <summary>Row <c>due|…</c>: empty; all it says is in its key.</summary>
public sealed record DueMark : IStoredRecord
{
    public static int Schema => 1;
}
