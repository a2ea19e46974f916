using System.Text;

namespace FeedbackBot.Slack.Rendering;

/// <summary>An item of a list: bold words, text, and a link that reads as the address it leads to.</summary>
internal readonly record struct RichTextItem(string? Bold, string Text, Uri? Link = null);

/// <summary>
/// Writes a message twice as it goes: as rich text, and as the plain text that notifications and screen readers get. It stays
/// within a message's length by cutting what comes last; what was left out is told at its end.
/// </summary>
internal sealed class RichTextWriter
{
    // For the line that says that something was left out.
    private const int Reserve = 200;

    private readonly List<RichTextPart> _parts = [];
    private readonly StringBuilder _plain = new();
    private int _left = SlackLimits.MessageText - Reserve;
    private bool _isCut;

    /// <summary>A paragraph.</summary>
    public RichTextWriter Say(string text) => Say(null, text, null);

    /// <summary>A paragraph that begins with bold words and may end with a link.</summary>
    public RichTextWriter Say(string? bold, string text, (Uri Url, string Label)? link)
    {
        var elements = Elements(bold, text, link);
        if (elements.Count > 0)
        {
            _parts.Add(new RichTextPart.Section(elements));
            _plain.Append('\n');
        }

        return this;
    }

    /// <summary>Somebody's words.</summary>
    public RichTextWriter Quote(string text)
    {
        var elements = Elements(null, text, null);
        if (elements.Count > 0)
        {
            _parts.Add(new RichTextPart.Quote(elements));
            _plain.Append('\n');
        }

        return this;
    }

    /// <summary>Items with bullets.</summary>
    public RichTextWriter List(IEnumerable<RichTextItem> items)
    {
        var sections = new List<RichTextPart>();
        foreach (var (bold, text, link) in items)
        {
            _plain.Append("• ");
            var elements = Elements(bold, text, link is null ? null : (link, SlackLimits.Cut(link.AbsoluteUri, SlackLimits.TextObject)));
            if (elements.Count > 0)
            {
                sections.Add(new RichTextPart.Section(elements));
            }

            _plain.Append('\n');
        }

        if (sections.Count > 0)
        {
            _parts.Add(new RichTextPart.List("bullet", sections));
        }

        return this;
    }

    /// <summary>All of it: the block, and the plain text.</summary>
    public (Block.RichText Block, string Plain) Done(string leftOut)
    {
        if (_isCut)
        {
            _parts.Add(new RichTextPart.Section([new RichTextElement.Words(leftOut)]));
        }

        if (_parts.Count == 0 || string.IsNullOrWhiteSpace(_plain.ToString()))
        {
            // Slack takes no empty text.
            _parts.Add(new RichTextPart.Section([new RichTextElement.Words("…")]));
            _plain.Append('…');
        }

        return (new Block.RichText(_parts), _plain.ToString().Trim());
    }

    private List<RichTextElement> Elements(string? bold, string text, (Uri Url, string Label)? link)
    {
        var elements = new List<RichTextElement>();
        Add(elements, bold, new TextStyle(Bold: true));
        Add(elements, text, null);
        if (link is { } target && target.Url.AbsoluteUri.Length <= SlackLimits.TextObject && _left > 0)
        {
            elements.Add(new RichTextElement.Link(target.Url, target.Label));
            _left -= target.Url.AbsoluteUri.Length + target.Label.Length;
        }

        return elements;
    }

    private void Add(List<RichTextElement> elements, string? text, TextStyle? style)
    {
        if (string.IsNullOrEmpty(text))
        {
            return;
        }

        _plain.Append(text);
        if (_left <= 0)
        {
            _isCut = true;
            return;
        }

        var shown = SlackLimits.Cut(text, Math.Min(_left, SlackLimits.TextObject));
        _isCut |= shown.Length < text.Length;
        _left -= shown.Length;
        elements.Add(new RichTextElement.Words(shown) { Style = style });
    }
}
