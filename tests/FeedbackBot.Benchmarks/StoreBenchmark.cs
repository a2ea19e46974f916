using System.Diagnostics;
using FeedbackBot.Core.Storage;
using FeedbackBot.Storage;
using FeedbackBot.Storage.Sqlite;
using Microsoft.Extensions.Options;

namespace FeedbackBot.Benchmarks;

/// <summary>
/// Durable commits a second, and microseconds a read, of the store beside those of the plainest code that does the same with
/// Microsoft.Data.Sqlite: same pragmas, table, rows, concurrency and group commit. Both run in turns in the same directory,
/// and the medians are compared: a disk's speed changes by the minute.
/// </summary>
internal static class StoreBenchmark
{
    private const string Partition = "tenant-0123456789abcdef";
    private const int Rounds = 7;
    private const int Reads = 20_000;
    private static readonly TimeSpan RoundLength = TimeSpan.FromSeconds(1);
    private static readonly string Text = string.Concat(Enumerable.Repeat("Feedback that a seller typed, with \"quotes\" in it. ", 12));

    public static async Task<int> RunAsync(TextWriter output)
    {
        var directory = Directory.CreateTempSubdirectory("feedbackbot-benchmark-");
        try
        {
            var options = Options.Create(new StorageOptions { DataDirectory = Path.Combine(directory.FullName, "store") });
            await using var store = new SqliteStore(options, TimeProvider.System);
            await store.OpenAsync(CancellationToken.None);
            await using var baseline = new SqliteBaseline(Path.Combine(directory.FullName, "baseline.db"));

            // Three rows each, as a turn of a conversation has: its state, its mark and what is to be said.
            await output.WriteLineAsync("commits/s (3 rows each)   store  baseline  ratio   commits a flush");
            foreach (var concurrency in (int[])[1, 8, 64])
            {
                await CompareCommitsAsync(store, baseline, concurrency, output);
            }

            await CompareReadsAsync(store, baseline, output);
            return 0;
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task CompareCommitsAsync(SqliteStore store, SqliteBaseline baseline, int concurrency, TextWriter output)
    {
        var (ours, theirs) = (new List<double>(), new List<double>());
        var (groups, commits) = (store.Writer!.Groups, 0L);
        for (var round = -1; round < Rounds; round++)
        {
            var (our, count) = await CommitsPerSecondAsync(concurrency, store.CommitAsync);
            var (their, _) = await CommitsPerSecondAsync(concurrency, baseline.CommitAsync);
            commits += count;

            // The first round warms up.
            if (round >= 0)
            {
                ours.Add(our);
                theirs.Add(their);
            }
        }

        var share = (double)commits / (store.Writer.Groups - groups);
        await output.WriteLineAsync(FormattableString.Invariant(
            $"  {concurrency,2} at once             {Median(ours),8:f0}  {Median(theirs),8:f0}  {Median(ours) / Median(theirs),5:f2}   {share:f1}"));
    }

    private static async Task CompareReadsAsync(SqliteStore store, SqliteBaseline baseline, TextWriter output)
    {
        var keys = Enumerable.Range(0, 1000).Select(index => new EntityKey(Partition, $"read|{index}")).ToArray();
        foreach (var chunk in keys.Chunk(100))
        {
            var transaction = new StoreTransaction(Partition);
            foreach (var key in chunk)
            {
                transaction.Insert(Row(key.Row));
            }

            await store.CommitAsync(transaction, CancellationToken.None);
            await baseline.CommitAsync(transaction, CancellationToken.None);
        }

        var (ours, theirs) = (new List<double>(), new List<double>());
        var bytes = 0L;
        for (var round = -1; round < Rounds; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var our = await MicrosecondsPerReadAsync(keys, key => store.FindAsync(key, CancellationToken.None));
            bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            var their = await MicrosecondsPerReadAsync(keys, key => ValueTask.FromResult(baseline.Find(key)));
            if (round >= 0)
            {
                ours.Add(our);
                theirs.Add(their);
            }
        }

        await output.WriteLineAsync(FormattableString.Invariant(
            $"µs a read                {Median(ours),8:f2}  {Median(theirs),8:f2}  {Median(theirs) / Median(ours),5:f2}   {bytes / Reads} bytes allocated"));
    }

    private static async Task<(double PerSecond, long Count)> CommitsPerSecondAsync(
        int concurrency, Func<StoreTransaction, CancellationToken, ValueTask<CommitResult>> commit)
    {
        var count = 0L;
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, concurrency).Select(_ => Task.Run(async () =>
        {
            while (Stopwatch.GetElapsedTime(start) < RoundLength)
            {
                var id = Guid.NewGuid().ToString("N");
                var transaction = new StoreTransaction(Partition);
                transaction.Insert(Row($"conversation|{id}"));
                transaction.Insert(Row($"in|{id}"));
                transaction.Insert(Row($"out|{id}"));
                if (await commit(transaction, CancellationToken.None) is not CommitResult.Committed)
                {
                    throw new InvalidOperationException("A new row cannot be in conflict.");
                }

                Interlocked.Increment(ref count);
            }
        })));
        return (count / Stopwatch.GetElapsedTime(start).TotalSeconds, count);
    }

    private static async Task<double> MicrosecondsPerReadAsync(EntityKey[] keys, Func<EntityKey, ValueTask<Entity?>> find)
    {
        var start = Stopwatch.GetTimestamp();
        for (var read = 0; read < Reads; read++)
        {
            if (await find(keys[(read * 617) % keys.Length]) is not { Properties.Count: 1 })
            {
                throw new InvalidOperationException("The row is there.");
            }
        }

        return Stopwatch.GetElapsedTime(start).TotalMicroseconds / Reads;
    }

    private static Entity Row(string row)
        => new(new EntityKey(Partition, row), 1, new Dictionary<string, string>(StringComparer.Ordinal) { ["json"] = Text });

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
