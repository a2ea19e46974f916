using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Storage;
using FeedbackBot.Host.Playground;
using FeedbackBot.Storage.Sqlite;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace FeedbackBot.Host.Tests.Crashes;

/// <summary>The process that is killed: the whole service, with its store and its platform watched.</summary>
internal static class CrashingHost
{
    public static async Task RunAsync(string data, string url, string sink, CrashPoint crash)
    {
#pragma warning disable RS0030 // One client for the life of a test's process; there is no factory to take it from.
        using var http = new HttpClient { BaseAddress = new Uri(sink) };
#pragma warning restore RS0030
        await using var app = HostBuilding.Build(
            data,
            url,
            [
                "--FeedbackBot:Work:LeaseSeconds=1.5",
                "--FeedbackBot:MinimumLevel=Level100",
                "--FeedbackBot:Work:PollSeconds=0.1",
                "--FeedbackBot:Work:LongestBackoffSeconds=1",
                // Kills count as attempts, also for those that only stood by; here there are more of them than in years.
                "--FeedbackBot:Work:EventAttempts=100",
                "--FeedbackBot:Work:SendAttempts=100",
                "--Logging:LogLevel:Default=Error",
            ],
            services =>
            {
                services.RemoveAll<IChatPlatform>();
                services.AddSingleton<PlaygroundPlatform>();
                services.AddSingleton<IChatPlatform>(
                    provider => new CrashingPlatform(provider.GetRequiredService<PlaygroundPlatform>(), http, crash));
                services.AddSingleton<IStore>(provider => new CrashingStore(provider.GetRequiredService<SqliteStore>(), crash));
            });

        // Put together while the one before it still lives, so that it follows at once.
        _ = app.Services.GetServices<IHostedService>().ToList();
        if (await Console.In.ReadLineAsync() is null)
        {
            return;
        }

        await app.StartAsync();

        // Until the test says so, or is gone.
        await Console.In.ReadLineAsync();
        await app.StopAsync();
    }
}
