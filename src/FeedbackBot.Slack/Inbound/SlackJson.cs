using System.Text.Json;

namespace FeedbackBot.Slack.Inbound;

/// <summary>
/// A value in what Slack (or somebody who is not Slack) sent: reading never fails. What is missing, of another kind or no
/// text at all reads as nothing.
/// </summary>
internal readonly struct SlackJson(JsonElement element)
{
    // Deeper than any block Slack sends; a parser that goes on for ever is a way to stop a service.
    private const int MaxDepth = 64;

    // Ids and timestamps; what is longer is none of Slack's.
    private const int MaxIdLength = 100;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = MaxDepth };

    public SlackJson this[string name]
    {
        get
        {
            try
            {
                return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? new SlackJson(value) : default;
            }
            catch (InvalidOperationException)
            {
                // One of the names is no text.
                return default;
            }
        }
    }

    /// <summary>Whether it is there and not null.</summary>
    public bool Exists => element.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    public bool IsTrue => element.ValueKind == JsonValueKind.True;

    /// <summary>The text, null if it is none.</summary>
    public string? Text
    {
        get
        {
            try
            {
                return element.ValueKind == JsonValueKind.String ? element.GetString() : null;
            }
            catch (InvalidOperationException)
            {
                // Half a surrogate pair, or bytes that are no UTF-8.
                return null;
            }
        }
    }

    /// <summary>The text where it can be an id: not empty, not long, nothing but printable ASCII. Else null.</summary>
    public string? Id
        => Text is { Length: > 0 and <= MaxIdLength } text && text.All(static character => character is > ' ' and <= '~') ? text : null;

    /// <summary>The items of a list; none if it is no list.</summary>
    public IEnumerable<SlackJson> Items
        => element.ValueKind == JsonValueKind.Array ? element.EnumerateArray().Select(static item => new SlackJson(item)) : [];

    /// <summary>The members of an object; none if it is no object.</summary>
    public IReadOnlyList<(string Name, SlackJson Value)> Members
    {
        get
        {
            try
            {
                return element.ValueKind == JsonValueKind.Object
                    ? [.. element.EnumerateObject().Select(static member => (member.Name, new SlackJson(member.Value)))]
                    : [];
            }
            catch (InvalidOperationException)
            {
                return [];
            }
        }
    }

    /// <summary>The document, null if it is no JSON object, or nested beyond reason.</summary>
    public static JsonDocument? Parse(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            var document = JsonDocument.Parse(utf8, Options);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
