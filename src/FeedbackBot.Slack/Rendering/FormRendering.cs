using System.Text.Json;
using System.Text.Json.Serialization;
using FeedbackBot.Core.Messaging;

namespace FeedbackBot.Slack.Rendering;

/// <summary>What a modal remembers of the button that opened it, in its <c>private_metadata</c>.</summary>
internal sealed record FormOrigin(
    [property: JsonPropertyName("w")] string Workspace,
    [property: JsonPropertyName("c")] string Channel,
    [property: JsonPropertyName("t")] string Thread,
    [property: JsonPropertyName("o")] string OutboxId,
    [property: JsonPropertyName("a")] string Action,
    [property: JsonPropertyName("l")] string Label,
    [property: JsonPropertyName("b")] ButtonValue Button)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        MaxDepth = 4,
        Converters = { new JsonStringEnumConverter<SubjectKind>(namingPolicy: null, allowIntegerValues: false) },
    };

    /// <summary>Null where it does not fit.</summary>
    public string? Write() => JsonSerializer.Serialize(this, Json) is { Length: <= SlackLimits.PrivateMetadata } text ? text : null;

    public static FormOrigin? TryRead(string? text)
    {
        try
        {
            return text is { Length: <= SlackLimits.PrivateMetadata }
                && JsonSerializer.Deserialize<FormOrigin>(text, Json) is
                {
                    Workspace: not null, Channel: not null, Thread: not null, OutboxId: not null, Action: not null, Label: not null, Button.Id: not null,
                } origin
                    ? origin
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>
/// A form as a modal: one input block for each field that applies, named after it. A field on which others depend is sent as
/// soon as it is chosen, so that the modal can be shown anew.
/// </summary>
internal static class FormRendering
{
    public const string CallbackId = "feedbackbot_form";

    /// <summary>Every input's <c>action_id</c>; the block's id names the field.</summary>
    public const string InputId = "value";

    public static SlackView Render(IReadOnlyList<FormField> fields, FormValues values, FormOrigin origin, string metadata)
    {
        var shown = fields.Where(field => Applies(field, values)).Take(SlackLimits.ViewBlocks).ToList();
        var inputs = shown.Select(field => (Block)Input(field, values, IsAskedAbout(field, fields))).ToList();
        return new SlackView("modal", inputs.Count > 0 ? inputs : [Nothing])
        {
            Title = PlainText.Of(origin.Label.Length == 0 ? "FeedbackBot" : origin.Label, SlackLimits.ViewTitle),
            Submit = inputs.Count > 0 ? new PlainText("Send") : null,
            Close = new PlainText("Cancel"),
            CallbackId = CallbackId,
            PrivateMetadata = metadata,
        };
    }

    /// <summary>Whether a field is asked for while the others hold <paramref name="values"/>.</summary>
    public static bool Applies(FormField field, FormValues values)
        => field.When is not { } when || when.Values.Contains(values.Text(when.Field), StringComparer.Ordinal);

    private static Block.RichText Nothing { get; } =
        new([new RichTextPart.Section([new RichTextElement.Words("There is nothing here that a form could hold. Reply in the thread instead.")])]);

    private static bool IsAskedAbout(FormField field, IReadOnlyList<FormField> fields)
        => fields.Any(other => other.When?.Field == field.Name);

    private static Block.Input Input(FormField field, FormValues values, bool dispatches)
        => new(PlainText.Of(field.Label, SlackLimits.InputLabel), InputElement(field, values))
        {
            BlockId = SlackLimits.Cut(field.Name, SlackLimits.Id),
            Hint = field.Help is { Length: > 0 } help ? PlainText.Of(help, SlackLimits.InputLabel) : null,
            Optional = !field.Required,
            DispatchAction = dispatches,
        };

    private static Element InputElement(FormField field, FormValues values)
    {
        var given = values.All.TryGetValue(field.Name, out var found) ? found : field.Value is { } value ? [value] : [];
        var text = given is [{ Length: > 0 } first, ..] ? SlackLimits.Cut(first, Math.Min(field.MaxLength, SlackLimits.InputLength)) : null;
        var options = (field.Options ?? []).Take(SlackLimits.Options).Select(Option).ToList();
        var chosen = options.Where(option => given.Contains(option.Value, StringComparer.Ordinal)).ToList();
        return field.Type switch
        {
            FieldType.Text => new Element.TextInput(InputId, false, Math.Min(field.MaxLength, SlackLimits.InputLength), text),
            FieldType.TextArea => new Element.TextInput(InputId, true, Math.Min(field.MaxLength, SlackLimits.InputLength), text),
            FieldType.Url => new Element.UrlInput(InputId, text),
            FieldType.Select => new Element.Select(InputId, options, chosen.FirstOrDefault()),
            FieldType.MultiSelect => new Element.MultiSelect(InputId, options, chosen.Count > 0 ? chosen : null),
        };
    }

    private static SelectOption Option(FieldOption option)
        => new(PlainText.Of(option.Label, SlackLimits.OptionText), SlackLimits.Cut(option.Value, SlackLimits.OptionValue));
}
