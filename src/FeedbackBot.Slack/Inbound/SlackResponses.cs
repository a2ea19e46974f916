using System.Net.Http.Json;
using FeedbackBot.Slack.Rendering;
using Microsoft.Extensions.Options;

namespace FeedbackBot.Slack.Inbound;

/// <summary>
/// Tells a person at once that something was not taken, by the <c>response_url</c> of what they did. Never used for anything
/// that comes later, and never with a token: the address comes with the request
/// (https://docs.slack.dev/interactivity/handling-user-interaction#message_responses).
/// </summary>
internal sealed class SlackResponses(IHttpClientFactory clients, IOptions<SlackOptions> options, TimeProvider time)
{
    public const string HttpClientName = "slack-responses";

    // What is left of Slack's three seconds once the store had its two.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(700);

    private readonly Uri _api = options.Value.ApiBaseUrl;

    /// <summary>False if it could not be told.</summary>
    public async Task<bool> SayAsync(string? responseUrl, string text)
    {
        if (!Uri.TryCreate(responseUrl, UriKind.Absolute, out var address) || !IsSlack(address))
        {
            return false;
        }

        using var patience = new CancellationTokenSource(Patience, time);
        try
        {
            using var client = clients.CreateClient(HttpClientName);
            using var response = await client.PostAsJsonAsync(
                address,
                new Dictionary<string, object>(StringComparer.Ordinal)
                {
                    ["response_type"] = "ephemeral",
                    ["replace_original"] = false,
                    ["text"] = SlackLimits.Escape(text, SlackLimits.FallbackText),
                },
                patience.Token);
            return response.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Slack's own host for these, or the loopback server that stands for all of Slack in tests.</summary>
    private bool IsSlack(Uri address)
        => address is { Scheme: "https", Host: "hooks.slack.com", IsDefaultPort: true }
            || (_api.IsLoopback && address.IsLoopback && address.Port == _api.Port && address.Scheme == _api.Scheme);
}
