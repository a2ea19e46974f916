using FeedbackBot.Core.Storage;

namespace FeedbackBot.Storage.Tests.Sqlite;

/// <summary>
/// A process that commits pairs of rows for ever, from several tasks, and prints each pair's number once its commit returned.
/// It is there to be killed.
/// </summary>
internal static class CommittingProcess
{
    public const string Partition = "tenant";

    public static async Task<int> RunAsync(string directory, int writers)
    {
        await using var store = DataDirectory.Store(directory);
        await Console.Out.WriteLineAsync("ready");
        await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(async () =>
        {
            for (var number = 0; ; number++)
            {
                var id = FormattableString.Invariant($"{Environment.ProcessId}-{writer}-{number}");
                var transaction = new StoreTransaction(Partition);
                foreach (var kind in (string[])["left", "right"])
                {
                    transaction.Insert(new Entity(
                        new EntityKey(Partition, $"{kind}|{id}"), 1, new Dictionary<string, string>(StringComparer.Ordinal) { ["Text"] = new('x', 700) }));
                }

                if (await store.CommitAsync(transaction, CancellationToken.None) is not CommitResult.Committed)
                {
                    throw new InvalidOperationException($"{id} was there already.");
                }

                await Console.Out.WriteLineAsync(id);
            }
        })));
        return 0;
    }
}
