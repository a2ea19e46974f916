using FeedbackBot.Core.Storage;
using FeedbackBot.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace FeedbackBot.Storage;

/// <summary>Registers the store.</summary>
public static class StorageServices
{
    /// <summary>
    /// Adds <see cref="IStore"/>, one for the process. It opens before any other hosted service starts, so that a database
    /// that cannot be opened stops the start with a <see cref="StoreUnavailableException"/> whose message is for the
    /// operator; without a started host it opens at its first use. The provider must be disposed asynchronously: that
    /// writes what is queued and closes the files.
    /// </summary>
    public static IServiceCollection AddStorage(this IServiceCollection services, Action<StorageOptions>? configure = null)
    {
        var options = services.AddOptionsWithValidateOnStart<StorageOptions, StorageOptionsValidation>();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<SqliteStore>();
        services.AddSingleton<IStore>(static provider => provider.GetRequiredService<SqliteStore>());
        services.AddHostedService<StoreOpening>();
        return services;
    }

    /// <summary>Opens the store in the "starting" round, which ends before any service's own start begins.</summary>
    private sealed class StoreOpening(SqliteStore store) : IHostedLifecycleService
    {
        public Task StartingAsync(CancellationToken cancellationToken) => store.OpenAsync(cancellationToken).AsTask();

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
