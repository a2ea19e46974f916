using FeedbackBot.SlackServer;

namespace FeedbackBot.Host.Tests.SlackFlows;

/// <summary>
/// A seller in Slack, who goes by what they read: finds out by its words what a message asks, and answers it by writing or by
/// a button that it carries. What does not get through is done again, as people do.
/// </summary>
internal sealed class SlackSeller(SlackStage stage, Person person, Channel channel, Need need)
{
    // About twice as many as there are.
    private const int MostQuestions = 20;

    private static readonly (string Words, string Topic)[] Questions =
    [
        ("What exactly fails", "SpecificIssue"),
        ("What is behind it?", "Cause"),
        ("Is anything else behind it", "Cause"),
        ("Which rule, policy or control", "Compliance"),
        ("What makes it too expensive", "Cost"),
        ("What in their current setup", "Infrastructure"),
        ("Which team, skill", "People"),
        ("What was tried", "Alternatives"),
        ("How big is the impact", "Impact"),
        ("Which customer is this for", "Customer"),
        ("what is at stake", "Stake"),
        ("what I would send", "Confirm"),
        ("known already", "Duplicate"),
    ];

    public Person Person => person;

    public Channel Channel => channel;

    /// <summary>What they have to say.</summary>
    public Need Need { get; } = need;

    /// <summary>Mentions the bot, answers what it asks and sends the draft; gives the conversation's thread.</summary>
    public async Task<string> RelayAsync()
    {
        var (thread, draft) = await ToDraftAsync(Need.Opening);
        await SendAsync(draft);
        return thread;
    }

    /// <summary>Mentions the bot and answers what it asks, up to the draft.</summary>
    public async Task<(string Thread, Post Draft)> ToDraftAsync(string opening)
    {
        var root = person.Mention(channel, opening).Ts;
        return (root, await ToDraftAsync(channel.Id, root));
    }

    /// <summary>Answers what is asked in a thread, or in a direct channel, up to the draft.</summary>
    public async Task<Post> ToDraftAsync(string place, string? thread)
    {
        var after = 0L;
        for (var question = 0; question < MostQuestions; question++)
        {
            var asked = await AskedAsync(place, thread, after);
            after = asked.Order;
            switch (TopicOf(asked))
            {
                case "Confirm":
                    return asked;
                case "Cause":
                    await PressAsync(asked, asked.Buttons.First(label => label is "Compliance" or "Nothing else" or "Skip"));
                    break;
                case "Duplicate":
                    await PressAsync(asked, asked.Buttons.First(label => label is "None of these" or "No, it’s something else"));
                    break;
                case { } topic when Need.Answer(topic) is { } text:
                    person.Write(thread is null ? null : channel, text, thread);
                    break;
                default:
                    await PressAsync(asked, "Skip");
                    break;
            }
        }

        throw new InvalidOperationException($"{person.Name} was asked {MostQuestions} questions and has no draft yet.");
    }

    /// <summary>Sends a draft, and has nothing to say about what is at stake.</summary>
    public async Task SendAsync(Post draft)
    {
        await PressAsync(draft, "Send to the product team");
        var stake = await AskedAsync(draft.Channel, draft.ThreadTs, draft.Order, "Stake");
        await PressAsync(stake, "Skip");
        await person.SeesAsync(
            post => IsIn(post, draft.Channel, draft.ThreadTs) && post.Order > stake.Order && post.Shown.Contains("product team's answer right here", StringComparison.Ordinal), "the last word");
    }

    /// <summary>The next question in a thread.</summary>
    public Task<Post> AskedAsync(string place, string? thread, long after, string? topic = null) => person.SeesAsync(
        post => IsIn(post, place, thread) && post.VisibleTo is null && post.Order > after && (topic is null ? TopicOf(post) is not null : TopicOf(post) == topic),
        $"{topic ?? "a question"} after {after} in {place}/{thread}");

    /// <summary>Presses a button until it gets through.</summary>
    public Task PressAsync(Post post, string label) => stage.UntilTakenAsync(() => person.PressAsync(post, label));

    /// <summary>The product team's answer in a thread.</summary>
    public Task<Post> AnsweredAsync(string thread, string words)
        => person.SeesAsync(post => post.ThreadTs == thread && post.Shown.Contains(words, StringComparison.Ordinal), $"an answer that says '{words}'");

    public static string? TopicOf(Post post)
    {
        var shown = post.Shown;
        return Questions.FirstOrDefault(question => shown.Contains(question.Words, StringComparison.Ordinal)).Topic
            ?? (shown.StartsWith("You wrote", StringComparison.Ordinal) ? "FollowUp" : null);
    }

    private static bool IsIn(Post post, string place, string? thread) => post.Channel == place && post.ThreadTs == thread;
}
