using System.Text.Json.Serialization;

namespace FeedbackBot.Slack.Rendering;

/// <summary>A message: blocks, and a text for notifications and screen readers.</summary>
internal sealed record SlackMessage(string Text, IReadOnlyList<Block> Blocks);

/// <summary>A modal or a Home tab (https://docs.slack.dev/surfaces/modals).</summary>
internal sealed record SlackView(string Type, IReadOnlyList<Block> Blocks)
{
    public PlainText? Title { get; init; }

    public PlainText? Submit { get; init; }

    public PlainText? Close { get; init; }

    public string? CallbackId { get; init; }

    public string? PrivateMetadata { get; init; }
}

/// <summary>The parts of Block Kit that are used here (https://docs.slack.dev/reference/block-kit/blocks).</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(RichText), "rich_text")]
[JsonDerivedType(typeof(Actions), "actions")]
[JsonDerivedType(typeof(Context), "context")]
[JsonDerivedType(typeof(Input), "input")]
internal abstract record Block
{
    public string? BlockId { get; init; }

    /// <summary>Text that Slack shows as it is: no markup, no mentions, nothing to escape.</summary>
    public sealed record RichText(IReadOnlyList<RichTextPart> Elements) : Block;

    public sealed record Actions(IReadOnlyList<Element> Elements) : Block;

    public sealed record Context(IReadOnlyList<PlainText> Elements) : Block;

    public sealed record Input(PlainText Label, Element Element) : Block
    {
        public PlainText? Hint { get; init; }

        public bool Optional { get; init; }

        public bool DispatchAction { get; init; }
    }
}

/// <summary>A text without markup.</summary>
internal sealed record PlainText(string Text)
{
    public string Type { get; } = "plain_text";

    public bool Emoji { get; }

    /// <summary>At most so many characters; Slack takes no empty text.</summary>
    public static PlainText Of(string text, int length) => new(text.Length == 0 ? "…" : SlackLimits.Cut(text, length));
}

[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Section), "rich_text_section")]
[JsonDerivedType(typeof(List), "rich_text_list")]
[JsonDerivedType(typeof(Quote), "rich_text_quote")]
internal abstract record RichTextPart
{
    public sealed record Section(IReadOnlyList<RichTextElement> Elements) : RichTextPart;

    public sealed record List(string Style, IReadOnlyList<RichTextPart> Elements) : RichTextPart;

    public sealed record Quote(IReadOnlyList<RichTextElement> Elements) : RichTextPart;
}

[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Words), "text")]
[JsonDerivedType(typeof(Link), "link")]
internal abstract record RichTextElement
{
    public sealed record Words(string Text) : RichTextElement
    {
        public TextStyle? Style { get; init; }
    }

    public sealed record Link(Uri Url, string Text) : RichTextElement;
}

internal sealed record TextStyle(bool Bold);

/// <summary>What a person presses or fills in (https://docs.slack.dev/reference/block-kit/block-elements).</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Button), "button")]
[JsonDerivedType(typeof(TextInput), "plain_text_input")]
[JsonDerivedType(typeof(UrlInput), "url_text_input")]
[JsonDerivedType(typeof(Select), "static_select")]
[JsonDerivedType(typeof(MultiSelect), "multi_static_select")]
internal abstract record Element(string ActionId)
{
    public sealed record Button(string ActionId, PlainText Text, string Value, string? Style) : Element(ActionId);

    public sealed record TextInput(string ActionId, bool Multiline, int MaxLength, string? InitialValue) : Element(ActionId);

    public sealed record UrlInput(string ActionId, string? InitialValue) : Element(ActionId);

    public sealed record Select(string ActionId, IReadOnlyList<SelectOption> Options, SelectOption? InitialOption) : Element(ActionId);

    public sealed record MultiSelect(string ActionId, IReadOnlyList<SelectOption> Options, IReadOnlyList<SelectOption>? InitialOptions) : Element(ActionId);
}

internal sealed record SelectOption(PlainText Text, string Value);
