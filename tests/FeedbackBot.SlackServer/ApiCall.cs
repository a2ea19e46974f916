using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace FeedbackBot.SlackServer;

/// <summary>A call of the Web API, its arguments as JSON whatever they came as.</summary>
internal sealed record ApiCall(string Method, JsonObject Arguments, string? Token, bool IsJson)
{
    /// <summary>When it came, by the clock of <see cref="Stopwatch"/>.</summary>
    public long At { get; } = Stopwatch.GetTimestamp();

    /// <summary>Slack's error, null if it went well; another word where it got no answer of Slack's.</summary>
    public string? Error { get; set; }

    /// <summary>The fault it met.</summary>
    public Fault? Fault { get; set; }

    /// <summary>The argument as text, null if it is missing, null or empty.</summary>
    public string? this[string name] => Arguments[name] is { } value && value.ToString() is { Length: > 0 } text ? text : null;

    public bool IsTrue(string name) => this[name] is "true" or "1";

    /// <summary>The object or list in an argument, which forms carry as JSON; null if it is none.</summary>
    public JsonNode? Structure(string name)
    {
        try
        {
            return Arguments[name] switch
            {
                JsonObject or JsonArray => Arguments[name]!.DeepClone(),
                JsonValue value when value.TryGetValue<string>(out var text) => JsonNode.Parse(text),
                _ => null,
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Reads a call, or says what Slack says to one that cannot be read.</summary>
    public static async Task<(ApiCall? Call, string? Error)> ReadAsync(HttpRequest request, string method)
    {
        using var reader = new StreamReader(request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync(request.HttpContext.RequestAborted);
        var bearer = request.Headers.Authorization.ToString() is { Length: > 7 } header && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            ? header["Bearer ".Length..].Trim()
            : null;
        var type = request.ContentType?.Split(';')[0].Trim();
        switch (type)
        {
            case "application/json":
                try
                {
                    return JsonNode.Parse(body) is JsonObject arguments ? (new ApiCall(method, arguments, bearer, true), null) : (null, "json_not_object");
                }
                catch (JsonException)
                {
                    return (null, "invalid_json");
                }

            case null when body.Length > 0:
                return (null, "missing_post_type");
            case null or "" or "application/x-www-form-urlencoded":
                var form = Pairs(body).Concat(Pairs(request.QueryString.Value ?? "")).DistinctBy(pair => pair.Key, StringComparer.Ordinal).ToList();
                return (new ApiCall(method, new JsonObject(form), bearer ?? form.FirstOrDefault(pair => pair.Key == "token").Value?.ToString(), false), null);
            default:
                return (null, "invalid_post_type");
        }
    }

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Pairs(string encoded)
        => QueryHelpers.ParseQuery(encoded).Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)JsonValue.Create(pair.Value.ToString())));
}
