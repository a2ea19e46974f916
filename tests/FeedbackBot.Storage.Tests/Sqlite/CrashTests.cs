using System.Diagnostics;
using System.Globalization;
using FeedbackBot.Core.Storage;
using FeedbackBot.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using Shouldly;
using Xunit;

namespace FeedbackBot.Storage.Tests.Sqlite;

public sealed class CrashTests
{
    private const int PairsPerLife = 60;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public async Task What_a_killed_process_said_it_committed_is_there_and_nothing_is_there_by_half(int writers)
    {
        using var directory = new DataDirectory();
        var printed = new List<string>();
        for (var life = 0; life < 3; life++)
        {
            printed.AddRange(await CommitUntilKilledAsync(directory, writers));
            await CheckAsync(directory, printed);
        }
    }

    /// <summary>The pairs that the process printed before it was killed, in the middle of its work.</summary>
    private static async Task<List<string>> CommitUntilKilledAsync(DataDirectory directory, int writers)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet")
        {
            ArgumentList =
            {
                "exec", typeof(CommittingProcess).Assembly.Location, "commit", directory.DirectoryPath, writers.ToString(CultureInfo.InvariantCulture),
            },
            RedirectStandardOutput = true,
            UseShellExecute = false,
        }).ShouldNotBeNull();
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            (await process.StandardOutput.ReadLineAsync(patience.Token)).ShouldBe("ready");
            var printed = new List<string>();
            while (printed.Count < PairsPerLife)
            {
                printed.Add((await process.StandardOutput.ReadLineAsync(patience.Token)).ShouldNotBeNull());
            }

            // SIGKILL on Unix: no handler runs, nothing is closed.
            process.Kill();
            while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
            {
                printed.Add(line);
            }

            await process.WaitForExitAsync(patience.Token);
            process.ExitCode.ShouldNotBe(0);

            // The last line may have been cut.
            return printed[..^1];
        }
        finally
        {
            process.Kill();
        }
    }

    private static async Task CheckAsync(DataDirectory directory, List<string> printed)
    {
        await using var store = await directory.OpenAsync();
        var left = await IdsAsync(store, "left");
        var right = await IdsAsync(store, "right");
        left.SetEquals(right).ShouldBeTrue();
        printed.Where(id => !left.Contains(id)).ShouldBeEmpty();

        await using var connection = directory.Connect();
        await using var check = new SqliteCommand("PRAGMA integrity_check", connection);
        (await check.ExecuteScalarAsync()).ShouldBe("ok");
    }

    private static async Task<HashSet<string>> IdsAsync(SqliteStore store, string kind)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        string? continuation = null;
        do
        {
            var page = await store.QueryAsync(
                CommittingProcess.Partition, $"{kind}|", $"{kind}}}", IStore.MaxPageSize, continuation, CancellationToken.None);
            ids.UnionWith(page.Entities.Select(entity => entity.Key.Row[(kind.Length + 1)..]));
            continuation = page.Continuation;
        }
        while (continuation is not null);

        return ids;
    }
}
