using Microsoft.Extensions.DependencyInjection;

namespace FeedbackBot.Teams;

/// <summary>Registers Microsoft Teams.</summary>
public static class TeamsServices
{
    /// <summary>Adds Teams as it is configured, checked at the start.</summary>
    public static IServiceCollection AddTeams(this IServiceCollection services, Action<TeamsOptions> configure)
    {
        // Who configures it must not wait for messages that never come.
        services.AddOptionsWithValidateOnStart<TeamsOptions>()
            .Configure(configure)
            .Validate(
                static options => options is { AppId: null, TenantId: null },
                "Teams: this version cannot talk to Teams yet. Remove the section 'Teams' from the settings and try the Playground.");
        return services;
    }
}
