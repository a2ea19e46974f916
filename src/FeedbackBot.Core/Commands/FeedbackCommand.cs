using System.Buffers;
using System.Collections.Frozen;
using FeedbackBot.Core.Inbox;
using FeedbackBot.Core.Messaging;

namespace FeedbackBot.Core.Commands;

/// <summary>What a person can ask the bot for by name, besides giving feedback.</summary>
public enum CommandName
{
    /// <summary>What the bot does and how to talk to it.</summary>
    Help,

    /// <summary>What became of the feedback the person relayed.</summary>
    Mine,

    /// <summary>What is known of some words: requests, what exists already, what is planned.</summary>
    Search,

    /// <summary>The channel becomes the triage channel of an area; for owners.</summary>
    TriageHere,
}

/// <summary>A command with what it is about, empty where it takes nothing.</summary>
public readonly record struct GivenCommand(CommandName Name, string About = "");

/// <summary>Tells a command from feedback, alike on every platform: <c>/feedback mine</c>, <c>@feedbackbot help</c>.</summary>
public static class FeedbackCommand
{
    private static readonly FrozenDictionary<string, CommandName> Names = new Dictionary<string, CommandName>(StringComparer.Ordinal)
    {
        [""] = CommandName.Help,
        ["help"] = CommandName.Help,
        ["?"] = CommandName.Help,
        ["mine"] = CommandName.Mine,
        ["status"] = CommandName.Mine,
        ["search"] = CommandName.Search,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private const string SearchWord = "search ";
    private const string TriageHerePhrase = "use this channel for triage of ";
    private const int MostWords = 6;

    private static readonly SearchValues<char> Punctuation = SearchValues.Create(",.;:!?\n");

    /// <summary>The command that <paramref name="text"/> is; null where it is feedback. Nothing at all asks for help.</summary>
    public static GivenCommand? TryParse(string text)
    {
        var plain = text.Trim();
        return plain.StartsWith(SearchWord, StringComparison.OrdinalIgnoreCase) && IsFewWords(plain) ? new GivenCommand(CommandName.Search, plain[SearchWord.Length..].Trim())
            : plain.StartsWith(TriageHerePhrase, StringComparison.OrdinalIgnoreCase) ? new GivenCommand(CommandName.TriageHere, plain[TriageHerePhrase.Length..].Trim(' ', '.', '!', '"', '“', '”'))
            : Names.TryGetValue(plain.TrimEnd('.', '!'), out var command) ? new GivenCommand(command)
            : null;
    }

    /// <summary>"Search results time out for Fabrikam, they will not renew" is no search.</summary>
    private static bool IsFewWords(string text)
        => text.AsSpan().Count(' ') <= MostWords && !text.TrimEnd('.', '!', '?').AsSpan().ContainsAny(Punctuation);

    /// <summary>The event for an explicit act with <paramref name="text"/>: a command, or the beginning of feedback.</summary>
    public static InboxEvent.FromPerson ToEvent(
        ThreadReference thread, PersonReference person, string personName, string messageId, string text)
        => TryParse(text) is { } command
            ? new InboxEvent.CommandGiven(thread, person, personName, command)
            : new InboxEvent.TextPosted(thread, person, personName, messageId, text, Starts: true);
}
