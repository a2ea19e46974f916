using FeedbackBot.Core;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Slack.Inbound;
using FeedbackBot.Slack.Outbound;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace FeedbackBot.Slack;

/// <summary>Registers Slack.</summary>
public static class SlackServices
{
    // An answer of Slack's; a page of a thread's messages is the largest.
    private const int MaxAnswer = 16 * 1024 * 1024;

    /// <summary>Adds Slack as it is configured, checked at the start; nothing where nothing is configured.</summary>
    public static IServiceCollection AddSlack(this IServiceCollection services, Action<SlackOptions> configure)
    {
        services.AddOptionsWithValidateOnStart<SlackOptions>().Configure(configure);
        services.AddSingleton<IValidateOptions<SlackOptions>, SlackOptionsValidation>();
        var options = new SlackOptions();
        configure(options);
        if (!options.IsConfigured)
        {
            return services;
        }

        services.AddSingleton(new PlatformName(SlackPlatform.PlatformName));
        services.AddSingleton<IChatPlatform, SlackPlatform>();
        var areas = new SlackAreas(options);
        services.AddSingleton<IPostConfigureOptions<FeedbackBotOptions>>(areas);
        services.AddSingleton<IValidateOptions<FeedbackBotOptions>>(areas);
        services.AddSingleton<SlackWorkspaces>();
        services.AddSingleton<SlackPace>();
        services.AddSingleton<SlackPipeline>();
        services.AddSingleton<SlackClient>();
        services.AddSingleton<SlackDirectory>();
        services.AddSingleton<SlackResponses>();
        services.AddSingleton<SlackActors>();
        services.AddSingleton<SlackForms>();
        services.AddSingleton<SlackReactions>();
        services.AddSingleton<SlackEvents>();
        services.AddSingleton<SlackInteractions>();
        services.AddSingleton<SlackCommands>();
        services.AddSingleton<SlackIntake>();
        services.AddSingleton<ISetupCheck, SlackSetupCheck>();
        if (options.AppToken is not null)
        {
            services.TryAddSingleton<SlackSocketTimes>();
            services.AddSingleton(static provider => new PlatformConnection("Slack's Socket Mode", provider.GetRequiredService<TimeProvider>()));
            services.AddHostedService<SlackSocket>();
        }

        if (options.SigningSecret is not null || options.AppToken is null)
        {
            services.AddSingleton<SlackEndpoints>();
            services.AddSingleton(static provider => new SlackSignature(
                provider.GetRequiredService<IOptions<SlackOptions>>().Value.SigningSecret, provider.GetRequiredService<TimeProvider>()));
        }

        AddHttp(services);
        return services;
    }

    /// <summary>Slack's endpoints, where Slack is configured and does not come by Socket Mode alone.</summary>
    public static void MapSlack(this IEndpointRouteBuilder routes)
    {
        if (routes.ServiceProvider.GetService<SlackEndpoints>() is not null)
        {
            SlackEndpoints.Map(routes);
        }
    }

    private static void AddHttp(IServiceCollection services)
    {
        services.TryAddTransient<SlackResilience>();

        // No loggers: they would write addresses and headers, and the one holds secrets as the other does.
        services.AddHttpClient(SlackClient.HttpClientName)
            .RemoveAllLoggers()
            .ConfigureHttpClient(static (provider, client) =>
            {
                var api = provider.GetRequiredService<IOptions<SlackOptions>>().Value.ApiBaseUrl.AbsoluteUri;
                client.BaseAddress = new Uri(api.EndsWith('/') ? api : api + "/");
                client.Timeout = TimeSpan.FromSeconds(10);
                client.MaxResponseContentBufferSize = MaxAnswer;
            })
            .ConfigurePrimaryHttpMessageHandler(static () => new SocketsHttpHandler
            {
                // A redirect would carry the token to wherever it points.
                AllowAutoRedirect = false,
                UseCookies = false,
                ConnectTimeout = TimeSpan.FromSeconds(5),
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            })
            .AddHttpMessageHandler<SlackResilience>();
        services.AddHttpClient(SlackResponses.HttpClientName)
            .RemoveAllLoggers()
            .ConfigureHttpClient(static client => client.MaxResponseContentBufferSize = 64 * 1024)
            .ConfigurePrimaryHttpMessageHandler(static () => new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    }
}
