using Microsoft.Extensions.Options;

namespace FeedbackBot.Storage;

/// <summary>Where the embedded store keeps its data, and how patient it is.</summary>
public sealed class StorageOptions
{
    /// <summary>
    /// The directory of the database, relative to the working directory or absolute; created if missing, for the owner
    /// only. It must be on a local disk: SQLite's write-ahead log needs shared memory, which network file systems lack
    /// (https://www.sqlite.org/wal.html).
    /// </summary>
    public string DataDirectory { get; set; } = "feedbackbot-data";

    /// <summary>
    /// How long a read, a write or the opening waits for another process that has the database locked, more than 0 and at
    /// most a minute. Then it fails with a <see cref="Core.Storage.StoreUnavailableException"/>.
    /// </summary>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(5);
}

/// <summary>Refuses settings that could not work, at the start.</summary>
internal sealed class StorageOptionsValidation : IValidateOptions<StorageOptions>
{
    private static readonly TimeSpan LongestBusyTimeout = TimeSpan.FromMinutes(1);

    public ValidateOptionsResult Validate(string? name, StorageOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.DataDirectory) || options.DataDirectory.Contains('\0', StringComparison.Ordinal))
        {
            return ValidateOptionsResult.Fail("Storage: DataDirectory must name a directory.");
        }

        return options.BusyTimeout > TimeSpan.Zero && options.BusyTimeout <= LongestBusyTimeout
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail("Storage: BusyTimeout must be more than 0 and at most a minute.");
    }
}
