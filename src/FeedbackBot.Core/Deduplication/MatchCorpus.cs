using System.Globalization;
using System.Text.Json.Serialization;
using FeedbackBot.Core.Assessment;

namespace FeedbackBot.Core.Deduplication;

/// <summary>Texts of a JSONL file in an index, for the commands <c>match</c> and <c>evaluate</c>.</summary>
public sealed class MatchCorpus : IDisposable
{
    private readonly Dictionary<string, (TextLine Line, long Order)> _lines = new(StringComparer.Ordinal);
    private readonly List<string> _errors = [];

    private MatchCorpus()
    {
    }

    /// <summary>Lines that could not be read, each with its number and why.</summary>
    public IReadOnlyList<string> Errors => _errors;

    /// <summary>Texts that could be read.</summary>
    public int Count => _lines.Count;

    internal TextIndex Index { get; } = new();

    internal IReadOnlyCollection<string> Ids => _lines.Keys;

    /// <summary>
    /// Reads lines of <c>{"id","text"}</c> with optional <c>product</c> and <c>created</c>; blank lines are passed over.
    /// Each line is held in memory.
    /// </summary>
    public static MatchCorpus Read(IEnumerable<string> lines)
    {
        var corpus = new MatchCorpus();
        foreach (var (number, value, error) in ReadTexts(lines))
        {
            if (value is null)
            {
                corpus._errors.Add($"line {number}: {error}");
            }
            else if (corpus._lines.TryAdd(value.Id, (value, number)))
            {
                corpus.Index.Put(new IndexedText(value.Id, TextTerms.Of(value.Text), value.Product, value.Instant, number));
            }
            else
            {
                corpus._errors.Add($"line {number}: there is a text with the id '{value.Id}' above.");
            }
        }

        return corpus;
    }

    /// <inheritdoc/>
    public void Dispose() => Index.Dispose();

    internal static IEnumerable<(int Number, TextLine? Value, string? Error)> ReadTexts(IEnumerable<string> lines)
    {
        foreach (var (number, value, error) in AssessmentLines.Read<TextLine>(lines))
        {
            yield return value is { Created: { } created } && value.Instant is null
                ? (number, null, $"'{created}' is not a time such as 2026-03-31 16:05.")
                : (number, value, error);
        }
    }

    internal TextLine? Find(string id) => _lines.TryGetValue(id, out var found) ? found.Line : null;

    internal long OrderOf(string id) => _lines[id].Order;

    /// <summary>
    /// The query a line stands for: itself left out, and where it has a product and a time, only what its product had before it;
    /// of two texts of the same minute the one that stands above came first.
    /// </summary>
    internal MatchQuery QueryFor(TextLine line)
    {
        var isBound = line.Product is not null && line.Instant is not null;
        var order = _lines.TryGetValue(line.Id, out var known) ? known.Order : long.MinValue;
        return new MatchQuery(
            TextTerms.Of(line.Text), isBound ? line.Product : null, line.Instant, isBound ? (line.Instant!.Value, order) : null, line.Id);
    }

    /// <summary>A line of input.</summary>
    internal sealed record TextLine : AssessmentLines.FeedbackLine
    {
        [JsonPropertyName("product")]
        public string? Product { get; init; }

        [JsonPropertyName("created")]
        public string? Created { get; init; }

        /// <summary>When it was created, UTC where it does not say; null if it has no time that can be read.</summary>
        [JsonIgnore]
        public DateTimeOffset? Instant => DateTimeOffset.TryParse(
            Created, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant) ? instant : null;
    }
}
