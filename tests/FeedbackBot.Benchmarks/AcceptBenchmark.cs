using System.Diagnostics;
using FeedbackBot.Core.Inbox;
using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace FeedbackBot.Benchmarks;

/// <summary>
/// Accepted events a second beside a bare SQLite that commits the same rows, made ready beforehand, at the same concurrency
/// and in groups as well. Each round first takes events in, then has the baseline write exactly what they wrote.
/// </summary>
internal static class AcceptBenchmark
{
    private const double LowestRatio = 0.6;
    private const int Rounds = 7;
    private static readonly TimeSpan RoundLength = TimeSpan.FromSeconds(1.5);

    public static async Task<int> RunAsync(TextWriter output)
    {
        var directory = Directory.CreateTempSubdirectory("feedbackbot-benchmark-");
        try
        {
            await using var product = SampleStore.OpenProduct(Path.Combine(directory.FullName, "store"));
            await using var baseline = new SqliteBaseline(Path.Combine(directory.FullName, "baseline.db"));
            await output.WriteLineAsync("accepted events/s   product  baseline  ratio   rows an event");
            var exitCode = 0;
            foreach (var concurrency in (int[])[1, 8, 64])
            {
                exitCode |= await CompareAsync(product, baseline, concurrency, output);
            }

            return exitCode;
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    /// <summary>Events a second at <paramref name="concurrency"/>, and what each worker wrote.</summary>
    public static async Task<(double PerSecond, List<StoreTransaction>[] Written)> AcceptAsync(
        IServiceProvider product, int concurrency, TimeSpan length)
    {
        var start = Stopwatch.GetTimestamp();
        var written = await Task.WhenAll(Enumerable.Range(0, concurrency).Select(worker => Task.Run(async () =>
        {
            var store = new RecordingStore(product.GetRequiredService<IStore>());
            var inbox = new InboxIntake(store, product.GetRequiredService<LaneQueues>(), TimeProvider.System);
            var events = new SampleEvents(worker);
            while (Stopwatch.GetElapsedTime(start) < length)
            {
                await AcceptAsync(inbox, events.Next());
            }

            return store.Committed;
        })));
        return (written.Sum(list => list.Count) / Stopwatch.GetElapsedTime(start).TotalSeconds, written);
    }

    public static async Task AcceptAsync(InboxIntake inbox, InboxEvent.TextPosted posted)
    {
        if (await inbox.AcceptAsync(posted, [$"bench:{posted.MessageId}"], alongside: null, CancellationToken.None) != AcceptResult.Accepted)
        {
            throw new InvalidOperationException("A new event cannot have been seen.");
        }
    }

    private static async Task<int> CompareAsync(
        IServiceProvider product, SqliteBaseline baseline, int concurrency, TextWriter output)
    {
        var (ours, theirs) = (new List<double>(), new List<double>());
        var rows = 0d;
        for (var round = -1; round < Rounds; round++)
        {
            var (our, written) = await AcceptAsync(product, concurrency, RoundLength);
            var prepared = written.Select(list => list.Select(SqliteBaseline.Prepare).ToArray()).ToArray();
            rows = written.Sum(list => list.Sum(transaction => transaction.Count)) / (double)written.Sum(list => list.Count);
            written = [];
            GC.Collect();
            var their = await CommitAsync(baseline, prepared);

            // The first round warms up.
            if (round >= 0)
            {
                ours.Add(our);
                theirs.Add(their);
            }
        }

        var ratio = Figures.Median(ours.Zip(theirs, static (our, their) => our / their));
        await output.WriteLineAsync(FormattableString.Invariant(
            $"  {concurrency,2} at once        {Figures.Median(ours),8:f0}  {Figures.Median(theirs),8:f0}  {ratio,5:f2}   {rows:f1}"));
        return await Figures.GateAsync(output, $"ratio at {concurrency}", ratio, ratio >= LowestRatio, $"at least {LowestRatio}");
    }

    private static async Task<double> CommitAsync(SqliteBaseline baseline, IReadOnlyList<BaselineWrite>[][] prepared)
    {
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(prepared.Select(commits => Task.Run(async () =>
        {
            foreach (var commit in commits)
            {
                await baseline.CommitAsync(commit, CancellationToken.None);
            }
        })));
        return prepared.Sum(commits => commits.Length) / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Keeps what was committed.</summary>
    private sealed class RecordingStore(IStore store) : IStore
    {
        public List<StoreTransaction> Committed { get; } = [];

        public ValueTask<Entity?> FindAsync(EntityKey key, CancellationToken cancellationToken) => store.FindAsync(key, cancellationToken);

        public ValueTask<EntityPage> QueryAsync(
            string partition, string fromRow, string toRow, int limit, string? continuation, CancellationToken cancellationToken)
            => store.QueryAsync(partition, fromRow, toRow, limit, continuation, cancellationToken);

        public async ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken)
        {
            var result = await store.CommitAsync(transaction, cancellationToken);
            if (result is CommitResult.Committed)
            {
                Committed.Add(transaction);
            }

            return result;
        }
    }
}

/// <summary>
/// What people write in many threads. Of four messages one begins a thread, two answer in a thread with nothing waiting, and
/// one in a thread whose last message still waits to be handled.
/// </summary>
internal sealed class SampleEvents(int seed)
{
    private readonly SampleTexts _texts = new(seed);
    private ThreadReference? _thread;
    private int _count;

    public InboxEvent.TextPosted Next()
    {
        var turn = _count++ % 4;
        var id = Guid.NewGuid().ToString("n");
        if (_thread is null || turn != 3)
        {
            _thread = new ThreadReference(SampleStore.Platform, "T0123456789", "C0123456789", $"{id[..10]}.{id[10..16]}");
        }

        return new InboxEvent.TextPosted(
            _thread,
            new PersonReference(SampleStore.Platform, "T0123456789", "U0123456789"),
            "Sam Seller",
            id,
            turn == 0 ? _texts.Opening() : _texts.Detail(),
            Starts: turn == 0);
    }
}
