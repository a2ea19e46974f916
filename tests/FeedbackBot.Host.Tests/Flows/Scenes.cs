using System.Text.Json;
using FeedbackBot.Core.Inbox;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Host.Playground;
using Microsoft.Extensions.DependencyInjection;

namespace FeedbackBot.Host.Tests.Flows;

/// <summary>What several tests begin with.</summary>
internal static class Scenes
{
    public const string Opening = "Contoso will not buy the product until feature X is added";

    /// <summary>The article's example, complete.</summary>
    public static IReadOnlyDictionary<string, string> Article { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["SpecificIssue"] = "The product currently requires giving access to production systems directly to their development teams.",
        ["Cause"] = "Compliance",
        ["Compliance"] = "It puts them in violation of their current implementation of SOX.",
        ["Alternatives"] = "SOX without segregation of duties was suggested, but rejected by the enterprise security team.",
        ["Customer"] = "Contoso",
        ["ProductArea"] = "Identity and security",
    };

    /// <summary>Another need, in other words.</summary>
    public static IReadOnlyDictionary<string, string> Printing { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["SpecificIssue"] = "Label printers in warehouses lose their queue whenever the wireless roams between halls.",
        ["Cause"] = "Infrastructure",
        ["Infrastructure"] = "Forty halls share one ageing wireless controller.",
        ["Customer"] = "Fabrikam",
    };

    /// <summary>What makes each of the five answers complete.</summary>
    public static IReadOnlyDictionary<string, string> CompleteAnswers { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["AlreadyExists"] = """{"link":"https://docs.example/roles","how":"Give the pipeline its own role."}""",
        ["OnRoadmap"] = """{"date":"Q2 2027","planned":"Deployment by role.","workaround":"A shared break-glass account."}""",
        ["NotAPriority"] = """{"why":"Two customers asked in three years.","threshold":"5 customers or EUR 500k","workaround":"none known"}""",
        ["TooCostly"] = """{"constraint":"Every agent would need a second identity.","workaround":"A jump host."}""",
        ["NotAligned"] = """{"kind":"WrongPath","why":"Shared accounts leave no trail.","workaround":"No workaround known."}""",
    };

    public static Dictionary<string, string> With(this IReadOnlyDictionary<string, string> answers, string topic, string text)
        => new(answers, StringComparer.Ordinal) { [topic] = text };

    public static JsonElement Json(string json) => JsonSerializer.Deserialize<JsonElement>(json);

    /// <summary>The article's example is with the product team; gives its thread, its request and its card.</summary>
    public static async Task<(string Thread, string Request, Message Card)> CardAsync(this PlaygroundClient client, string user = "sam")
    {
        var (thread, request) = await client.SubmitAsync(user, Opening, Article);
        return (thread, request, await client.WaitAsync(message => message.Kind == "TriageCard" && message.Request == request, "triage"));
    }

    /// <summary>Gives one of the five answers to a card.</summary>
    public static Task AnswerAsync(this PlaygroundClient client, string user, Message card, string category)
        => client.PressAsync(user, card, "answer", category, Json(CompleteAnswers[category]));

    /// <summary>Ana says that a card's request is the same as another. No card has a button for it yet, so this comes in beside the API.</summary>
    public static async Task MergeAsync(this RunningHost host, Message card, string target)
    {
        var pressed = new InboxEvent.ActionPressed(
            PlaygroundChannels.Thread(card.Channel, card.Thread),
            PlaygroundChannels.Person("pm-ana"),
            "Ana",
            new Subject(SubjectKind.Request, card.Request!),
            ActionNames.Merge,
            target,
            FormValues.Empty.All);
        await host.App.Services.GetRequiredService<InboxIntake>().AcceptAsync(
            pressed, [Guid.NewGuid().ToString()], alongside: null, CancellationToken.None);
    }

    /// <summary>The next state of a message that is updated in place.</summary>
    public static Task<Message> UpdateAsync(this PlaygroundClient client, Message message, string text)
        => client.WaitAsync(
            next => next.Id == message.Id && next.Text.Contains(text, StringComparison.Ordinal), message.Channel, after: message.Seq);

    /// <summary>The next question in a thread, or whatever <paramref name="asks"/> names.</summary>
    public static Task<Message> AskedAsync(this PlaygroundClient client, string thread, string asks, long after = 0)
        => client.WaitAsync(message => message.Asks == asks, thread: thread, after: after);

    /// <summary>Answers or skips every question until the draft stands there.</summary>
    public static async Task<Message> ToDraftAsync(
        this PlaygroundClient client, string user, string thread, IReadOnlyDictionary<string, string> answers, long after = 0)
    {
        while (true)
        {
            var asked = await client.WaitAsync(message => message.Asks is not null, thread: thread, after: after);
            after = asked.Seq;
            if (asked.Asks == "Confirm")
            {
                return asked;
            }

            if (asked.Asks == "Duplicate")
            {
                await client.PressAsync(user, asked, "new");
            }
            else
            {
                await client.SayAsync(user, answers.GetValueOrDefault(asked.Asks!, "skip"), thread);
            }
        }
    }

    public static async Task<IReadOnlyList<Message>> AllAsync(this PlaygroundClient client, string? channel = null, string? thread = null)
        => (await client.ReadAsync(channel, thread)).Messages;

    public static string Error(this (int Status, JsonElement Body) answer) => answer.Body.GetProperty("error").GetString()!;

    public static IReadOnlyList<string> Fields(this (int Status, JsonElement Body) answer)
        => answer.Body.TryGetProperty("fields", out var fields) ? [.. fields.EnumerateObject().Select(field => field.Name)] : [];
}
