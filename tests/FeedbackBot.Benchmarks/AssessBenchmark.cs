using System.Diagnostics;
using System.Text.Json;
using FeedbackBot.Core.Assessment;
using FeedbackBot.Core.Conversations;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Requests;

namespace FeedbackBot.Benchmarks;

/// <summary>
/// What one assessment of a message costs, what the thinking of one turn costs (<see cref="Conversation.Apply"/> alone, every
/// statement of the conversation assessed anew as after a read from the store), and whether a long text costs more a character.
/// </summary>
internal static class AssessBenchmark
{
    private const string Messages = "tests/FeedbackBot.Core.Tests/Assessment/Messages/cloud.jsonl";
    private const int Rounds = 12;

    // Until the compiler has taken a second look at what runs most.
    private const int WarmUps = 20;
    private const int Short = 4_000;
    private const double HighestRatio = 1.5;

    private static readonly string[] Answers =
    [
        "The collector opens a session to our cloud itself, it can't hand over to a broker in between.",
        "Compliance, and the way the network is built.",
        "Their OT standard, section 3: nothing below the DMZ may start a connection to the outside.",
        "A data diode at both plants, one way, UDP only.",
        "A relay was built as a trial. The collector wants a handshake and that doesn't go through a diode.",
        "Hartmann Chemie",
    ];

    public static async Task<int> RunAsync(TextWriter output)
    {
        var texts = (await File.ReadAllLinesAsync(Messages)).Select(line => JsonElement.Parse(line).GetProperty("text").GetString()!).ToList();
        var (messages, turns) = (new List<double>(), new List<double>());
        for (var round = -WarmUps; round < Rounds; round++)
        {
            var (message, turn) = (texts.ConvertAll(text => Time(() => FeedbackAssessor.Assess(text))), Think(texts).ToList());
            messages.AddRange(round < 0 ? [] : message);
            turns.AddRange(round < 0 ? [] : turn);
        }

        await output.WriteLineAsync(FormattableString.Invariant(
            $"one message ({texts.Average(text => text.Length):f0} characters): median {Figures.Median(messages):f0} µs, p90 {Figures.Percentile(messages, 0.9):f0} µs"));
        await output.WriteLineAsync(FormattableString.Invariant(
            $"thinking of one turn: median {Figures.Median(turns):f0} µs, p90 {Figures.Percentile(turns, 0.9):f0} µs"));
        var all = string.Join('\n', Enumerable.Repeat(string.Join('\n', texts), 4));
        var (few, many) = (all[..Short], all[..FeedbackAssessor.LongestText]);
        var ratios = Enumerable.Range(0, Rounds * 3)
            .Select(_ => Time(() => FeedbackAssessor.Assess(many)) * Short / FeedbackAssessor.LongestText / Time(() => FeedbackAssessor.Assess(few)))
            .ToList();
        var ratio = Figures.Median(ratios);
        return await Figures.GateAsync(
            output, FormattableString.Invariant($"a character of {FeedbackAssessor.LongestText} to one of {Short}"), ratio, ratio <= HighestRatio, $"at most {HighestRatio}");
    }

    /// <summary>Microseconds of each turn of conversations with the same answers.</summary>
    private static IEnumerable<double> Think(List<string> openings)
    {
        var facts = new TurnFacts(["Connectivity"], FeedbackLevel.Level100, static (_, _) => [], RequestId.FromNumber(1));
        foreach (var opening in openings.Take(20))
        {
            var conversation = Conversation.Begin(
                new ThreadReference("benchmark", "", "", opening),
                new PersonReference("benchmark", "", "sam"),
                "Sam",
                new Statement(Topic.Opening, StatementKind.Said, opening),
                1,
                facts,
                DateTimeOffset.UnixEpoch).Next;
            foreach (var answer in Answers)
            {
                // As it comes from the store: nothing is known of it any more.
                var read = conversation with { Statements = [.. conversation.Statements] };
                yield return Time(() => conversation = read.Apply(new ConversationInput.Said(answer), facts, DateTimeOffset.UnixEpoch).Next);
            }
        }
    }

    private static double Time(Action act)
    {
        var start = Stopwatch.GetTimestamp();
        act();
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
    }
}
