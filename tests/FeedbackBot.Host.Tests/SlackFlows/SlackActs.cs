using FeedbackBot.SlackServer;
using Shouldly;

namespace FeedbackBot.Host.Tests.SlackFlows;

/// <summary>What product managers do in Slack, and patience.</summary>
internal static class SlackActs
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    /// <summary>What makes each of the five answers complete, by the label of its button.</summary>
    public static IReadOnlyDictionary<string, (string Field, string Value)[]> CompleteAnswers { get; } = new Dictionary<string, (string Field, string Value)[]>(StringComparer.Ordinal)
    {
        ["Already exists"] = [("link", "https://docs.example/roles"), ("how", "Give the pipeline its own role.")],
        ["On the roadmap"] = [("date", "Q2 2027"), ("planned", "Deployment by role."), ("workaround", "A shared break-glass account.")],
        ["Not a priority"] = [("why", "Two customers asked in three years."), ("threshold", "5 customers or EUR 500k"), ("workaround", "none known")],
        ["Too costly to build"] = [("constraint", "Every agent would need a second identity."), ("workaround", "A jump host.")],
        ["Not aligned"] = [("kind", "WrongPath"), ("why", "Shared accounts leave no trail."), ("workaround", "No workaround known.")],
    };

    /// <summary>The card on which something stands.</summary>
    public static Task<Post> CardAsync(this SlackStage stage, string words)
        => stage.Ana.SeesAsync(post => post.Channel == stage.Triage.Id && post.ThreadTs is null && post.Shown.Contains(words, StringComparison.Ordinal), $"a card with '{words}'");

    /// <summary>A product manager presses an answer's button, fills its form in and sends it.</summary>
    public static async Task AnswerAsync(this SlackStage stage, Person manager, Post card, string label)
    {
        await stage.UntilTakenAsync(() => manager.PressAsync(card, label));
        var modal = await manager.OpenedAsync($"the form '{label}'");
        await stage.UntilTakenAsync(() => manager.SubmitAsync(modal, CompleteAnswers[label]));
    }

    /// <summary>Does it again until it gets through, as somebody does whom Slack tells that it went wrong.</summary>
    public static async Task UntilTakenAsync(this SlackStage stage, Func<Task<Reaction>> act)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2), TimeProvider.System);
        while (await act() is var reaction && (!reaction.IsTaken || reaction.Answer is not null))
        {
            patience.IsCancellationRequested.ShouldBeFalse($"It never got through: {reaction.Answer}\n{stage.Output}");
            await Task.Delay(Pause, TimeProvider.System);
        }
    }
}
