using System.Text.RegularExpressions;
using FeedbackBot.Core;
using FeedbackBot.SlackServer;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace FeedbackBot.Host.Tests.SlackFlows;

/// <summary>
/// The story while the process is killed again and again, just after Slack took something from it, while every event comes two
/// to four times, late and out of order, and while Slack's answers get lost: nothing is missing in any thread, and nothing is
/// there twice.
/// </summary>
public sealed partial class SlackChaosTests(ITestOutputHelper output)
{
    private const int Kills = 6;
    private const int Seed = 20_270_105;

    private static readonly string[] Labels = [.. SlackActs.CompleteAnswers.Keys];

    [Fact]
    public async Task Nothing_is_lost_and_nothing_is_there_twice()
    {
        var calm = await PlayAsync(isCalm: true);
        var stormy = await PlayAsync(isCalm: false);
        stormy.Except(calm, StringComparer.Ordinal).ShouldBeEmpty($"and not: {string.Join("\n", calm.Except(stormy, StringComparer.Ordinal))}");
        stormy.ShouldBe(calm);
    }

    [Fact]
    public async Task Where_the_thread_cannot_be_read_back_a_message_comes_once_more_and_says_so()
    {
        var scopes = SlackStage.ManifestScopes();
        scopes.Remove("channels:history").ShouldBeTrue();
        var stage = await SlackStage.SetAsync(new LoopbackSlackOptions { Scopes = scopes });
        stage.Slack.Faults.Add(new Fault.Closed(), "chat.postMessage");
        var seller = stage.Seller("Sam");
        var thread = seller.Person.Mention(seller.Channel, "Contoso will not buy").Ts;
        var repeat = await seller.Person.SeesAsync(post => post.ThreadTs == thread && post.Shown.Contains("You may see this twice", StringComparison.Ordinal), "a repeat that says so");
        var (id, times) = Repeats.In(stage.Slack).ShouldHaveSingleItem();
        times.ShouldBe(1);
        Repeats.Unknown(stage.Slack, id).ShouldBe(1);
        repeat.Metadata!["event_payload"]!["id"]!.ToString().ShouldBe(id);
        await stage.DisposeAsync();
    }

    /// <summary>
    /// Everything that people could read at the end, by thread, but for what is offered as the same: that depends on who came
    /// first.
    /// </summary>
    private async Task<IReadOnlyList<string>> PlayAsync(bool isCalm)
    {
        var stage = await SlackStage.SetAsync(new LoopbackSlackOptions { Scopes = SlackStage.ManifestScopes(), Minute = TimeSpan.FromMilliseconds(60) });
        try
        {
            if (!isCalm)
            {
                stage.Slack.Deliveries.Habits = new DeliveryHabits { FewestCopies = 2, MostCopies = 4, LongestDelay = TimeSpan.FromSeconds(2), Seed = Seed };
            }

            var playing = Task.WhenAll(Labels.Select((label, number) => PlayAsync(stage, number, label)));
            var killed = isCalm ? 0 : await DisturbAsync(stage, playing);
            var threads = await playing;
            await stage.Slack.Deliveries.SettledAsync();
            CheckRepeats(stage.Slack);
            output.WriteLine($"{killed} kills, {stage.Slack.Deliveries.Attempts.Count} deliveries, {stage.Slack.Deliveries.Attempts.Count(attempt => !attempt.IsTaken)} not taken, {stage.Slack.Calls.Count} calls, {stage.Slack.Calls.Count(call => call.Fault is not null)} with a fault, {stage.Slack.Rates.Violations} times too fast, {Repeats.In(stage.Slack).Count} repeats.");
            return [.. threads.SelectMany(thread => thread)];
        }
        finally
        {
            await stage.DisposeAsync();
        }
    }

    private static async Task<IEnumerable<string>> PlayAsync(SlackStage stage, int number, string label)
    {
        var name = $"Seller{number}";
        var seller = stage.Seller(name, Need.All[number]);
        var thread = await seller.RelayAsync();
        var card = await stage.CardAsync(seller.Need.Opening);
        await stage.AnswerAsync(stage.Managers[number], card, label);
        var answer = await seller.AnsweredAsync(thread, "The product team has answered");
        await seller.PressAsync(answer, "Customer accepts");
        await stage.Ana.SeesAsync(post => post.Ts == card.Ts && post.Shown.Contains("customer accepts: 1", StringComparison.Ordinal), $"the outcome on the card of {name}");
        await seller.Person.SeesAsync(post => post.ThreadTs == thread && post.Shown.Contains("the customer accepts it", StringComparison.Ordinal), $"a thank-you for {name}");
        return stage.Slack.Workspace.Posts
            .Where(post => post.VisibleTo is null && post.User == stage.Slack.Options.Bot && (post.Root == thread || post.Root == card.Ts))
            .OrderBy(post => post.Channel, StringComparer.Ordinal)
            .Where(post => SlackSeller.TopicOf(post) != "Duplicate")
            .Select(post => $"{post.Channel}: {RequestNumbers().Replace(post.Shown.Split(Wording.SimilarOnCard)[0], "FR-n").Trim()}");
    }

    /// <summary>
    /// Kills the process just after Slack took the third to ninth message from it since its start, and starts it again. In
    /// between, answers of Slack's get lost on their way.
    /// </summary>
    private static async Task<int> DisturbAsync(SlackStage stage, Task playing)
    {
        var random = new Random(Seed);
        Fault[] faults = [new Fault.Closed(), new Fault.Page(), new Fault.Broken(502, IsDone: true), new Fault.CutOff(), new Fault.RateLimited(1), new Fault.Broken(500, IsDone: false)];
        var killed = 0;
        while (killed < Kills && !playing.IsCompleted)
        {
            stage.Slack.Faults.Add(faults[killed % faults.Length], "chat.postMessage");
            var until = stage.Slack.Workspace.Posts.Count + random.Next(3, 10);
            var arrived = stage.Slack.Workspace.UntilAsync(workspace => workspace.Posts.Count >= until ? workspace : null, "as many messages");
            if (await Task.WhenAny(arrived, playing) == arrived)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(0, 30)), TimeProvider.System);
                await stage.KillAsync();
                killed++;
                await stage.StartAsync();
            }
        }

        return killed;
    }

    /// <summary>At most one for each time when nobody could know, and none without.</summary>
    private static void CheckRepeats(LoopbackSlack slack)
    {
        foreach (var (id, times) in Repeats.In(slack))
        {
            times.ShouldBeLessThanOrEqualTo(Repeats.Unknown(slack, id), id);
        }
    }

    [GeneratedRegex("FR-[0-9]+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RequestNumbers();
}
