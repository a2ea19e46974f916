using System.Diagnostics;
using FeedbackBot.Core.Assessment;
using FeedbackBot.Core.Conversations;
using FeedbackBot.Core.Deduplication;
using FeedbackBot.Core.Inbox;
using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Requests;
using FeedbackBot.Core.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace FeedbackBot.Benchmarks;

/// <summary>
/// What a turn of a conversation costs with few and with many stored requests: from the claim of its lane to its commit, and
/// the thinking in it alone. The stores take turns, so that a slow moment of the machine hits all.
/// </summary>
internal static class TurnsBenchmark
{
    private const double HighestRatio = 1.5;
    private const int Rounds = 15;
    private const int ConversationsPerRound = 6;
    private static readonly int[] Sizes = [100, 10_000, 100_000];

    public static async Task<int> RunAsync(TextWriter output)
    {
        var directory = Directory.CreateTempSubdirectory("feedbackbot-benchmark-");
        var stages = new List<Stage>();
        try
        {
            foreach (var size in Sizes)
            {
                var stage = new Stage(Path.Combine(directory.FullName, FormattableString.Invariant($"{size}")), size);
                stages.Add(stage);
                await stage.FillAsync();
            }

            for (var round = -2; round < Rounds; round++)
            {
                foreach (var stage in stages)
                {
                    // The first rounds warm up.
                    await stage.RunAsync(round, isCounted: round >= 0);
                }
            }

            await output.WriteLineAsync("a turn, median          whole µs   CPU of it µs   Find + Apply µs");
            foreach (var stage in stages)
            {
                await output.WriteLineAsync(FormattableString.Invariant(
                    $"  {stage.Size,7} requests    {Figures.Median(stage.Whole),10:f0} {Figures.Median(stage.Cpu),14:f0} {Figures.Median(stage.Pure),17:f1}"));
            }

            return await GateAsync(output, "whole turn", stages, static stage => stage.Whole)
                | await GateAsync(output, "CPU of a turn", stages, static stage => stage.Cpu)
                | await GateAsync(output, "Find + Apply", stages, static stage => stage.Pure);
        }
        finally
        {
            foreach (var stage in stages)
            {
                await stage.DisposeAsync();
            }

            directory.Delete(recursive: true);
        }
    }

    private static Task<int> GateAsync(TextWriter output, string what, List<Stage> stages, Func<Stage, List<double>> figure)
    {
        var ratio = Figures.Median(figure(stages[^1])) / Figures.Median(figure(stages[0]));
        return Figures.GateAsync(
            output, FormattableString.Invariant($"{what}, {Sizes[^1]} to {Sizes[0]}"), ratio, ratio <= HighestRatio, $"at most {HighestRatio}");
    }

    /// <summary>The product on a store with a number of requests.</summary>
    private sealed class Stage : IAsyncDisposable
    {
        private readonly ServiceProvider _product;
        private readonly InboxIntake _inbox;
        private readonly InboxProcessor _processor;
        private readonly LaneQueues _lanes;

        public Stage(string directory, int size)
        {
            _product = SampleStore.OpenProduct(directory);
            _inbox = _product.GetRequiredService<InboxIntake>();
            _processor = _product.GetRequiredService<InboxProcessor>();
            _lanes = _product.GetRequiredService<LaneQueues>();
            Size = size;
        }

        public int Size { get; }

        /// <summary>Microseconds of each turn.</summary>
        public List<double> Whole { get; } = [];

        /// <summary>Microseconds of processor time a turn, for each round.</summary>
        public List<double> Cpu { get; } = [];

        /// <summary>Microseconds of each look-up with the step it is for.</summary>
        public List<double> Pure { get; } = [];

        public async Task FillAsync()
        {
            await SampleStore.FillAsync(_product.GetRequiredService<IStore>(), Size);
            await _product.GetRequiredService<RequestIndex>().LoadAsync(CancellationToken.None);
        }

        public async Task RunAsync(int round, bool isCounted)
        {
            // The same words for every size.
            var texts = new SampleTexts(1000 + round);
            var (whole, pure) = (new List<double>(), new List<double>());
            var cpu = TimeSpan.Zero;
            for (var conversation = 0; conversation < ConversationsPerRound; conversation++)
            {
                var thread = new ThreadReference(SampleStore.Platform, "w", "sellers", Guid.NewGuid().ToString("n"));
                string[] said = [texts.Opening(), .. texts.Answers()];
                Think(thread, said, pure);
                foreach (var text in said)
                {
                    var posted = new InboxEvent.TextPosted(thread, Seller, "Sam", Guid.NewGuid().ToString("n"), text, Starts: text == said[0]);
                    await AcceptBenchmark.AcceptAsync(_inbox, posted);
                    var cpuBefore = Environment.CpuUsage.TotalTime;
                    var start = Stopwatch.GetTimestamp();
                    await HandleAsync(thread.Hash());
                    whole.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
                    cpu += Environment.CpuUsage.TotalTime - cpuBefore;
                }
            }

            if (isCounted)
            {
                Whole.AddRange(whole);
                Cpu.Add(cpu.TotalMicroseconds / whole.Count);
                Pure.AddRange(pure);
            }
        }

        public ValueTask DisposeAsync() => _product.DisposeAsync();

        private static PersonReference Seller => new(SampleStore.Platform, "w", "sam");

        private async Task HandleAsync(string lane)
        {
            var lease = await _lanes.In.ClaimAsync(lane, CancellationToken.None);
            while (lease is not null)
            {
                lease = await _processor.HandleAsync(lease, CancellationToken.None);
            }
        }

        /// <summary>The same conversation without a store.</summary>
        private void Think(ThreadReference thread, string[] said, List<double> pure)
        {
            var now = TimeProvider.System.GetUtcNow();
            Conversation? conversation = null;
            foreach (var text in said)
            {
                var start = Stopwatch.GetTimestamp();
                var facts = new TurnFacts(
                    ["General", "Deployment and infrastructure", "Identity and security"],
                    FeedbackLevel.Level300,
                    (text, disputed) => _product.GetRequiredService<RequestIndex>().Find(text, now, disputed),
                    RequestId.FromNumber(1));
                conversation = conversation is null
                    ? Conversation.Begin(thread, Seller, "Sam", new Statement(Topic.Opening, StatementKind.Said, text), 1, facts, now).Next
                    : conversation.Apply(new ConversationInput.Said(text), facts, now).Next;
                pure.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            }
        }
    }
}
