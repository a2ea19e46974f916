using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FeedbackBot.Core.Deduplication;

/// <summary>
/// The command <c>match</c>: one JSON object <c>{"id","text"}</c> a line in, with optional <c>product</c> and <c>created</c>; one
/// line <c>{"query","candidates":[{"id","score","band","because"}]}</c> a query out. A line that cannot be read becomes a line
/// <c>{"line","error"}</c> in its place, and the rest goes on.
/// </summary>
public static class MatchLines
{
    // For people and files, never for a browser: "don't" stays readable.
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Matches each line against the corpus, at most <paramref name="top"/> candidates each. Lazy: memory does not grow with the queries.</summary>
    public static IEnumerable<string> Match(MatchCorpus corpus, IEnumerable<string> queries, int top)
    {
        foreach (var (number, query, error) in MatchCorpus.ReadTexts(queries))
        {
            var line = query is null
                ? new JsonObject { ["line"] = number, ["error"] = error }
                : ToJson(query.Id, corpus.Index.Find(corpus.QueryFor(query), top, MatchingWeights.Shipped));
            yield return line.ToJsonString(Readable);
        }
    }

    /// <summary>The same against the stored requests.</summary>
    public static IEnumerable<string> Match(RequestIndex requests, IEnumerable<string> queries, int top, DateTimeOffset now)
    {
        foreach (var (number, query, error) in MatchCorpus.ReadTexts(queries))
        {
            var line = query is null
                ? new JsonObject { ["line"] = number, ["error"] = error }
                : ToJson(query.Id, requests.Match(query.Text, query.Instant ?? now, top));
            yield return line.ToJsonString(Readable);
        }
    }

    internal static string NameOf(MatchBand band) => band switch
    {
        MatchBand.New => "new",
        MatchBand.Possible => "possible",
        MatchBand.Certain => "certain",
    };

    private static JsonObject ToJson(string query, IReadOnlyList<TextMatch> matches) => new()
    {
        ["query"] = query,
        ["candidates"] = new JsonArray([.. matches.Select(match => (JsonNode)new JsonObject
        {
            ["id"] = match.Id,
            ["score"] = Math.Round(match.Score, 4),
            ["band"] = NameOf(match.Band),
            ["because"] = new JsonArray([.. match.Because.Select(word => (JsonNode)word)]),
        })]),
    };
}
