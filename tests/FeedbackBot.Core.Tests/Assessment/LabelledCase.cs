using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FeedbackBot.Core.Tests.Assessment;

/// <summary>
/// A message of our own with its labels, see <c>cases.jsonl</c>. The held-out ones were written and labelled before any
/// rule and no rule was changed for them; a missed one gets another level from the rules and is kept as a measure.
/// </summary>
public sealed record LabelledCase
{
    public static IReadOnlyList<string> Lines { get; } = ReadLines();

    public static IReadOnlyList<LabelledCase> All { get; } = [.. Lines.Select(l => JsonSerializer.Deserialize<LabelledCase>(l)!)];

    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("text")]
    public required string Text { get; init; }

    [JsonPropertyName("level")]
    public required int Level { get; init; }

    [JsonPropertyName("why")]
    public required string Why { get; init; }

    [JsonPropertyName("missed")]
    public bool Missed { get; init; }

    private static string[] ReadLines()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("Assessment.cases.jsonl")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
