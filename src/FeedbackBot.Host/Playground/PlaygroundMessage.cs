using System.Text.Json.Serialization;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Storage;

namespace FeedbackBot.Host.Playground;

/// <summary>Row <c>playground|seq</c>, and at the same time what the page gets: one message of the room.</summary>
internal sealed record PlaygroundMessage : IStoredRecord
{
    public static int Schema => 1;

    /// <summary>Its place in the room; an updated message comes again with a new one.</summary>
    public required long Seq { get; init; }

    public required string Id { get; init; }

    public required string Channel { get; init; }

    /// <summary>The id of the thread's root message, its own id for a root.</summary>
    public required string Thread { get; init; }

    public required string From { get; init; }

    public required string Kind { get; init; }

    public required string Text { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Its author took it back; the text is empty.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Deleted { get; init; }

    /// <summary>The bot was told, so an answer of it can be expected.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ForBot { get; init; }

    /// <summary>The only person who sees it, null if everyone does.</summary>
    public string? To { get; init; }

    public string? Asks { get; init; }

    public int? Level { get; init; }

    public string? Request { get; init; }

    public IReadOnlyList<PlaygroundChoice>? Choices { get; init; }

    public IReadOnlyList<FormField>? Form { get; init; }

    /// <summary>The threads that it came from.</summary>
    public IReadOnlyList<PlaygroundLink>? Links { get; init; }

    /// <summary>What its buttons are about.</summary>
    public Subject? Subject { get; init; }

    public const string Prefix = "playground|";

    /// <summary>The kind of what people write; the bot's messages name what they are.</summary>
    public const string OfPerson = "User";

    [JsonIgnore]
    public string Row => $"{Prefix}{Seq:D19}";
}

/// <summary>A button as the page gets it.</summary>
internal sealed record PlaygroundChoice(string Action, string? Value, string Label, bool OpensForm, ChoiceStyle Style);

/// <summary>A thread elsewhere in the room.</summary>
internal sealed record PlaygroundLink(string Label, string Channel, string Thread);
