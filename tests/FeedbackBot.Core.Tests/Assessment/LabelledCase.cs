using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FeedbackBot.Core.Tests.Assessment;

/// <summary>
/// A message of our own with its labels, see <c>Messages/README.md</c>. The weights of the assessor were fitted on all of
/// them but those of <c>unseen.jsonl</c>.
/// </summary>
public sealed record LabelledCase
{
    private const string Prefix = "Messages.";
    private const string UnseenFile = "unseen";

    /// <summary>The messages the weights were fitted on, a JSON object each.</summary>
    public static IReadOnlyList<string> FittedLines { get; } = [.. Files().Where(file => file != UnseenFile).SelectMany(Read)];

    /// <summary>Messages of an author and about products that the weights have never seen.</summary>
    public static IReadOnlyList<string> UnseenLines { get; } = [.. Read(UnseenFile)];

    public static IReadOnlyList<LabelledCase> All { get; } = [.. FittedLines.Concat(UnseenLines).Select(line => JsonSerializer.Deserialize<LabelledCase>(line)!)];

    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("text")]
    public required string Text { get; init; }

    private static IEnumerable<string> Files()
        => Assembly.GetExecutingAssembly().GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(name => name[Prefix.Length..]);

    private static string[] Read(string file)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Prefix + file)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
