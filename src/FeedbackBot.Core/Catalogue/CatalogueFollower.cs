using FeedbackBot.Core.Deduplication;
using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FeedbackBot.Core.Catalogue;

/// <summary>Has the index know what an import beside this process has changed, some seconds later.</summary>
public sealed partial class CatalogueFollower(
    IStore store, LaneQueues lanes, RequestIndex index, TimeProvider time, ILogger<CatalogueFollower> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        string? known = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var version = (await store.FindAsync(lanes.Key(CatalogueVersion.Row), stoppingToken))?.ETag;
                if (version != known)
                {
                    await index.Answers.LoadAsync(stoppingToken);
                    known = version;
                }
            }
            catch (Exception exception) when (exception is StoreUnavailableException or InvalidDataException)
            {
                LogFailed(exception);
            }

            await Task.Delay(Pause, time, stoppingToken);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The catalogue of features and roadmap items could not be read; it is tried again.")]
    private partial void LogFailed(Exception exception);
}
