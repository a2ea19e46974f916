using FeedbackBot.Core.Lanes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace FeedbackBot.Host.Tests.Flows;

/// <summary>The whole service in this process, on a port and a database of its own.</summary>
internal sealed class RunningHost : IAsyncDisposable
{
    private readonly bool _ownsData;
    private bool _isStopped;

    private RunningHost(WebApplication app, string data, bool ownsData)
    {
        App = app;
        Data = data;
        _ownsData = ownsData;
        Client = new PlaygroundClient(app.Urls.First());
    }

    public WebApplication App { get; }

    /// <summary>The directory of the database.</summary>
    public string Data { get; }

    public PlaygroundClient Client { get; }

    public static Task<RunningHost> StartAsync(params string[] settings) => StartAsync(null, null, settings);

    /// <summary>A host on the data of an earlier one, which it leaves there.</summary>
    public static Task<RunningHost> OpenAsync(string data) => StartAsync(data, null, []);

    /// <summary>A host with services of the test's own.</summary>
    /// <param name="data">The database of an earlier host; a new one of its own if null.</param>
    public static async Task<RunningHost> StartAsync(string? data, Action<IServiceCollection>? configure, params string[] settings)
    {
        var directory = data ?? Directory.CreateTempSubdirectory("feedbackbot-test-").FullName;
        var app = HostBuilding.Build(
            directory,
            "http://127.0.0.1:0",
            ["--FeedbackBot:Work:PollSeconds=0.1", "--Logging:LogLevel:Default=Warning", .. settings],
            configure);
        await app.StartAsync();
        return new RunningHost(app, directory, ownsData: data is null);
    }

    /// <summary>Waits until everything that follows from what was taken in so far is done: what is left is due later.</summary>
    public async Task UntilQuietAsync()
    {
        var lanes = App.Services.GetRequiredService<LaneQueues>();
        var time = App.Services.GetRequiredService<TimeProvider>();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2), TimeProvider.System);
        while (await IsBusyAsync(lanes.In) || await IsBusyAsync(lanes.Out))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
        }

        // A lane in work is due when its lease ends.
        async Task<bool> IsBusyAsync(LaneQueue queue)
            => await queue.NextDueAsync(patience.Token) is { } due && due <= time.GetUtcNow() + queue.Lease;
    }

    /// <summary>Stops the service and leaves its database for the next one.</summary>
    public async Task StopAsync()
    {
        if (_isStopped)
        {
            return;
        }

        _isStopped = true;
        Client.Dispose();
        await App.StopAsync();
        await App.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (_ownsData)
        {
            Directory.Delete(Data, recursive: true);
        }
    }
}
