using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using FeedbackBot.Core.Messaging;

namespace FeedbackBot.Slack.Rendering;

/// <summary>What a button gives back when it is pressed: what it is about, and its choice's value.</summary>
internal sealed record ButtonValue(
    [property: JsonPropertyName("k")] SubjectKind Kind,
    [property: JsonPropertyName("i")] string Id,
    [property: JsonPropertyName("v")] string? Value,
    [property: JsonPropertyName("f")] bool OpensForm)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        MaxDepth = 4,

        // By name: a button outlives the version that made it.
        Converters = { new JsonStringEnumConverter<SubjectKind>(namingPolicy: null, allowIntegerValues: false) },
    };

    public string Write() => JsonSerializer.Serialize(this, Json);

    /// <summary>Null if the text is no button of ours.</summary>
    public static ButtonValue? TryRead(string? text)
    {
        try
        {
            return text is { Length: <= SlackLimits.ButtonValue }
                && JsonSerializer.Deserialize<ButtonValue>(text, Json) is { Id: not null } value
                    ? value
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>
/// The id of a block of buttons, <c>fb:send:number:thread</c>. A direct channel is one stream for its reader, so which of its
/// threads a button belongs to is said here and not by where it stands.
/// </summary>
internal readonly record struct ButtonBlock(string OutboxId, string? ThreadId)
{
    private const string Prefix = "fb";

    public string Id(int number)
        => SlackLimits.Cut($"{Prefix}:{OutboxId}:{number.ToString(CultureInfo.InvariantCulture)}:{ThreadId}", SlackLimits.Id);

    public static ButtonBlock? TryParse(string? id)
        => id?.Split(':', 4) is [Prefix, var outbox, _, var thread] ? new ButtonBlock(outbox, thread.Length == 0 ? null : thread) : null;
}

/// <summary>Choices as buttons.</summary>
internal static class ButtonRendering
{
    public static IEnumerable<Block> Render(IReadOnlyList<Choice> choices, Subject subject, RenderingContext context)
    {
        var block = new ButtonBlock(context.OutboxId, context.ThreadId);
        return choices
            .Select((choice, index) => Button(choice, index, subject))
            .OfType<Element>()
            .Chunk(SlackLimits.ActionsElements)
            .Select((elements, number) => new Block.Actions(elements) { BlockId = block.Id(number) });
    }

    /// <summary>The act behind an <c>action_id</c>.</summary>
    public static string ActionOf(string actionId) => actionId.Split(':')[0];

    /// <summary>Null where the value does not fit: half a value would be another one, and words do what the button does.</summary>
    private static Element.Button? Button(Choice choice, int index, Subject subject)
    {
        var value = new ButtonValue(subject.Kind, subject.Id, choice.Value, choice.OpensForm).Write();
        return value.Length > SlackLimits.ButtonValue
            ? null
            : new Element.Button(
                $"{choice.Action}:{index.ToString(CultureInfo.InvariantCulture)}",
                PlainText.Of(choice.Label, SlackLimits.ButtonText),
                value,
                choice.Style switch
                {
                    ChoiceStyle.Default => null,
                    ChoiceStyle.Primary => "primary",
                    ChoiceStyle.Danger => "danger",
                });
    }
}
