using Microsoft.Extensions.DependencyInjection;

namespace FeedbackBot.Slack;

/// <summary>Registers Slack.</summary>
public static class SlackServices
{
    /// <summary>Adds Slack as it is configured, checked at the start.</summary>
    public static IServiceCollection AddSlack(this IServiceCollection services, Action<SlackOptions> configure)
    {
        // Who configures it must not wait for messages that never come.
        services.AddOptionsWithValidateOnStart<SlackOptions>()
            .Configure(configure)
            .Validate(
                static options => options is { SigningSecret: null, AppToken: null },
                "Slack: this version cannot talk to Slack yet. Remove the section 'Slack' from the settings and try the Playground.");
        return services;
    }
}
