namespace FeedbackBot.Core.Messaging;

/// <summary>How much a choice stands out.</summary>
public enum ChoiceStyle
{
    Default,
    Primary,
    Danger,
}

/// <summary>
/// A button. <paramref name="Action"/> is one of <see cref="ActionNames"/>; with <paramref name="OpensForm"/> it opens the
/// message's form first. Labels are at most 75 characters (Slack's limit, the lowest of the platforms).
/// </summary>
public sealed record Choice(
    string Action, string Label, string? Value = null, ChoiceStyle Style = ChoiceStyle.Default, bool OpensForm = false);

/// <summary>Every act a button can stand for.</summary>
public static class ActionNames
{
    public const string Choose = "choose";
    public const string Skip = "skip";
    public const string Back = "back";
    public const string Cancel = "cancel";
    public const string Save = "save";
    public const string ShowDraft = "draft";
    public const string Submit = "submit";
    public const string Edit = "edit";
    public const string SameRequest = "same";
    public const string NewRequest = "new";

    /// <summary>The conversation goes on in the channel that the value names.</summary>
    public const string Move = "move";

    /// <summary>What was written meanwhile belongs to the kept draft.</summary>
    public const string AddToDraft = "add";
    public const string StartAgain = "start";
    public const string Answer = "answer";
    public const string ToldCustomer = "told";
    public const string CustomerAccepts = "accepts";
    public const string StillBlocked = "blocked";

    /// <summary>A request is the same as the one the value names.</summary>
    public const string Merge = "merge";

    /// <summary>It is not the same after all.</summary>
    public const string Unmerge = "unmerge";
}
