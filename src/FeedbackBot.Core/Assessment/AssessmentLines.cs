using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using FeedbackBot.Core.Requests;

namespace FeedbackBot.Core.Assessment;

/// <summary>
/// The command <c>assess</c>: one JSON object <c>{"id","text"}</c> a line in, one assessment a line out. A line that
/// cannot be read becomes a line <c>{"line","error"}</c> in its place, and the rest goes on.
/// </summary>
public static class AssessmentLines
{
    // For people and files, never for a browser: "don't" stays readable.
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // A null where a text is due is a mistake of the line, not of ours.
    private static readonly JsonSerializerOptions Strict = new() { RespectNullableAnnotations = true };

    /// <summary>Assesses each line; blank lines are passed over. Lazy: memory does not grow with the file.</summary>
    public static IEnumerable<string> Assess(IEnumerable<string> lines) => Read<FeedbackLine>(lines).Select(line =>
        line.Value is { } feedback
            ? ToJson(feedback.Id, FeedbackAssessor.Assess(feedback.Text)).ToJsonString(Readable)
            : new JsonObject { ["line"] = line.Number, ["error"] = line.Error }.ToJsonString(Readable));

    /// <summary>What <c>because</c> calls a reason: S, cost, compliance, infrastructure, people, E or A.</summary>
    internal static string NameOf(AssessmentReason reason) => (reason.Criterion, reason.Constraint) switch
    {
        (Criterion.Constraint, { } constraint) => NameOf(constraint),
        _ => NameOf(reason.Criterion),
    };

    internal static string NameOf(Constraint constraint) => constraint switch
    {
        Constraint.Cost => "cost",
        Constraint.Compliance => "compliance",
        Constraint.Infrastructure => "infrastructure",
        Constraint.People => "people",
    };

    internal static string NameOf(Criterion criterion) => criterion switch
    {
        Criterion.SpecificIssue => "S",
        Criterion.Constraint => "C",
        Criterion.Evidence => "E",
        Criterion.AlternativeOrImpact => "A",
    };

    /// <summary>The objects of a JSONL file, each with its line number, or what is wrong with that line.</summary>
    internal static IEnumerable<(int Number, T? Value, string? Error)> Read<T>(IEnumerable<string> lines)
        where T : class
    {
        var number = 0;
        foreach (var line in lines)
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
            {
                var (value, error) = ReadOne<T>(line);
                yield return (number, value, error);
            }
        }
    }

    private static (T? Value, string? Error) ReadOne<T>(string line)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(line, Strict) is { } value ? (value, null) : (null, "The line is null, not an object.");
        }
        catch (JsonException exception)
        {
            return (null, $"Not the object that is expected: {exception.Message}");
        }
    }

    private static JsonObject ToJson(string id, FeedbackAssessment assessment) => new()
    {
        ["id"] = id,
        ["level"] = (int)assessment.Level,
        ["S"] = assessment.SpecificIssue,
        ["cost"] = assessment.Constraints.Contains(Constraint.Cost),
        ["compliance"] = assessment.Constraints.Contains(Constraint.Compliance),
        ["infrastructure"] = assessment.Constraints.Contains(Constraint.Infrastructure),
        ["people"] = assessment.Constraints.Contains(Constraint.People),
        ["E"] = assessment.Evidence,
        ["A"] = assessment.AlternativeOrImpact,
        ["languageKnown"] = assessment.LanguageKnown,
        ["missing"] = new JsonArray([.. assessment.Missing.Select(c => (JsonNode)NameOf(c))]),
        ["because"] = new JsonArray([.. assessment.Because.Select(r => (JsonNode)new JsonObject { ["criterion"] = NameOf(r), ["text"] = r.Text })]),
    };

    /// <summary>A line of input.</summary>
    internal record FeedbackLine
    {
        [JsonPropertyName("id")]
        public required string Id { get; init; }

        [JsonPropertyName("text")]
        public required string Text { get; init; }
    }
}
