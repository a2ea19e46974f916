using System.Net;
using FeedbackBot.Core;
using Microsoft.Extensions.Options;

namespace FeedbackBot.Host.Playground;

/// <summary>
/// When the Playground is there. It has no sign-in, so it exists only on loopback addresses: by itself where no real platform
/// is configured, or by <c>Playground:Enabled=true</c>.
/// </summary>
internal static class PlaygroundSwitch
{
    public static bool IsOn(IConfiguration configuration)
    {
        var asked = configuration["Playground:Enabled"];
        if (asked is not null && !bool.TryParse(asked, out _))
        {
            throw Invalid("Playground:Enabled takes true or false.");
        }

        var enabled = asked is null ? (bool?)null : bool.Parse(asked);
        var remote = Addresses(configuration).FirstOrDefault(address => !IsLoopback(address));
        return (enabled, remote) switch
        {
            (false, _) => false,
            (true, { } address) => throw Invalid(
                $"The Playground has no sign-in, so it only runs on loopback; '{address}' can be reached from outside. Use --urls http://localhost:5080 or switch it off."),
            (null, not null) => false,

            // Who has a platform may well have a tunnel to loopback, and the Playground lets everyone in.
            (null, null) => !HasPlatform(configuration),
            (true, null) => true,
        };
    }

    /// <summary>Where nothing else is configured, the Playground's own areas, so that the whole loop can be tried at once.</summary>
    public static void AddDefaultAreas(FeedbackBotOptions options, IConfiguration configuration)
    {
        if (options.Areas.Count == 0 && IsOn(configuration))
        {
            foreach (var name in (string[])["General", "Deployment and infrastructure", "Identity and security"])
            {
                options.Areas.Add(new ProductAreaOptions
                {
                    Name = name,
                    TriagePlatform = PlaygroundPlatform.PlatformName,
                    TriageWorkspace = PlaygroundPlatform.Workspace,
                    TriageChannel = PlaygroundChannels.Triage,
                });
            }
        }
    }

    private static bool HasPlatform(IConfiguration configuration)
        => ((string[])["Slack", "Teams"]).Any(platform => configuration.GetSection(platform).GetChildren().Any());

    private static IEnumerable<string> Addresses(IConfiguration configuration)
        => (configuration["Urls"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Concat(configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"] ?? "*"))
            .Concat(Ports(configuration, "http_ports"))
            .Concat(Ports(configuration, "https_ports"));

    // Ports without a host listen everywhere.
    private static IEnumerable<string> Ports(IConfiguration configuration, string key)
        => string.IsNullOrWhiteSpace(configuration[key]) ? [] : [$"{key}={configuration[key]}"];

    private static bool IsLoopback(string address)
        => Uri.TryCreate(address, UriKind.Absolute, out var uri)
            && (string.Equals(uri.Host, "localhost", StringComparison.OrdinalIgnoreCase)
                || (IPAddress.TryParse(uri.Host, out var ip) && IPAddress.IsLoopback(ip)));

    private static OptionsValidationException Invalid(string message) => new("Playground", typeof(FeedbackBotOptions), [message]);
}
