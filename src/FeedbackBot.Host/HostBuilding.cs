using FeedbackBot.Core;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Host.Embeddings;
using FeedbackBot.Host.Playground;
using FeedbackBot.Slack;
using FeedbackBot.Storage;
using FeedbackBot.Teams;
using Microsoft.Extensions.Options;

namespace FeedbackBot.Host;

/// <summary>Puts the service together.</summary>
internal static partial class HostBuilding
{
    /// <summary>The service, ready to run.</summary>
    /// <param name="dataDirectory">Overrides <c>Storage:DataDirectory</c> if given.</param>
    /// <param name="urls">Overrides <c>Urls</c> if given.</param>
    /// <param name="settings">Settings as <c>--Section:Key=value</c>; they override files and environment.</param>
    /// <param name="configure">Last word on the services, for tests.</param>
    public static WebApplication Build(
        string? dataDirectory, string? urls, string[] settings, Action<IServiceCollection>? configure = null)
    {
        // Settings lie beside the program, whatever directory it is started from.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddEnvironmentVariables();
        builder.Configuration.AddCommandLine(settings);
        AddGiven(builder.Configuration, "Storage:DataDirectory", dataDirectory);
        AddGiven(builder.Configuration, "Urls", urls);
        builder.Configuration.AddSecrets(builder.Configuration);
        AddLogging(builder);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(30));
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        AddProduct(builder.Services, builder.Configuration);
        builder.Services.AddEmbeddings(builder.Configuration.GetSection("Matching:Embeddings"));
        var hasPlayground = PlaygroundSwitch.IsOn(builder.Configuration);
        if (hasPlayground)
        {
            builder.Services.AddSingleton(new PlatformName(PlaygroundPlatform.PlatformName));
            builder.Services.AddSingleton<PlaygroundClock>();
            builder.Services.AddSingleton<TimeProvider>(static services => services.GetRequiredService<PlaygroundClock>());
            builder.Services.AddSingleton<PlaygroundRoom>();
            builder.Services.AddSingleton<IChatPlatform, PlaygroundPlatform>();
            builder.Services.AddSingleton<PlaygroundDoor>();
            builder.Services.AddSingleton<PlaygroundClearing>();
            builder.Services.AddHostedService<PlaygroundLoading>();
        }

        builder.Services.AddSingleton<IValidateOptions<FeedbackBotOptions>, FeedbackBotOptionsValidation>();
        configure?.Invoke(builder.Services);
        var app = builder.Build();
        app.MapHealth();
        app.MapSlack();
        if (hasPlayground)
        {
            app.MapPlayground();
        }

        app.Lifetime.ApplicationStarted.Register(() =>
        {
            foreach (var url in app.Urls)
            {
                LogStarted(app.Logger, url, hasPlayground ? "/playground" : "/health/ready");
            }
        });

        return app;
    }

    /// <summary>What a command needs that works on the store beside a running service.</summary>
    public static ServiceProvider BuildForCommands(string? dataDirectory, string[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .SetBasePath(AppContext.BaseDirectory)
            .AddJsonFile("appsettings.json", optional: true)
            .AddEnvironmentVariables()
            .AddCommandLine(settings);
        AddGiven(configuration, "Storage:DataDirectory", dataDirectory);
        configuration.AddSecrets(configuration.Build());
        var services = new ServiceCollection();
        services.AddLogging();
        AddProduct(services, configuration.Build());
        return services.BuildServiceProvider();
    }

    private static void AddProduct(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddFeedbackBotCore();
        services.AddStorage(configuration.GetSection("Storage").Bind);
        services.AddSlack(configuration.GetSection("Slack").Bind);
        services.AddTeams(configuration.GetSection("Teams").Bind);
        services.AddOptionsWithValidateOnStart<FeedbackBotOptions>()
            .Bind(configuration.GetSection("FeedbackBot"))
            .PostConfigure(options => PlaygroundSwitch.AddDefaultAreas(options, configuration));
    }

    private static void AddLogging(WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders();
        if (Console.IsOutputRedirected)
        {
            // For machines: one JSON object a line.
            builder.Logging.AddJsonConsole(json =>
            {
                json.IncludeScopes = true;
                json.UseUtcTimestamp = true;
                json.TimestampFormat = "O";
            });
        }
        else
        {
            builder.Logging.AddSimpleConsole(simple => simple.SingleLine = true);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "FeedbackBot is running: {Url}{Path}. Ctrl+C stops it.")]
    private static partial void LogStarted(ILogger logger, string url, string path);

    private static void AddGiven(IConfigurationBuilder configuration, string key, string? value)
    {
        if (value is not null)
        {
            configuration.AddInMemoryCollection([new KeyValuePair<string, string?>(key, value)]);
        }
    }
}
