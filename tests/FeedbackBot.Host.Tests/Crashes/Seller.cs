using System.Diagnostics;
using System.Net;
using System.Text.Json;
using FeedbackBot.Core.Assessment;
using FeedbackBot.Core.Conversations;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Requests;
using FeedbackBot.Host.Tests.Flows;

namespace FeedbackBot.Host.Tests.Crashes;

/// <summary>What became of a seller's conversation: what the bot should have said in its thread, in order.</summary>
internal sealed record Held(int Number, string Thread, string Request, bool IsAnswered, IReadOnlyList<string> Said);

/// <summary>
/// A seller (and the manager who answers) at a service that keeps dying: every act has an id of its own and is offered
/// until it is acknowledged; reading goes on where it stopped.
/// </summary>
internal sealed class Seller(PlaygroundClient client, int number, bool isAnswered)
{
    // Without any progress. A life ends after a few steps, whosever they are: where the machine is busy and lives are slow to
    // start, it takes minutes until it is somebody's turn.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly List<string> _acknowledged = [];
    private readonly List<string> _said = [];
    private int _acts;

    /// <summary>The ids of the acts that were acknowledged.</summary>
    public IReadOnlyList<string> Acknowledged => _acknowledged;

    private string User => $"seller{number}";

    public async Task<Held> HoldConversationAsync()
    {
        var word = SellerWords.Of(number);
        var thread = await SayAsync(Opening(word), null);
        var after = 0L;
        string? request = null;
        while (true)
        {
            var asked = await WaitAsync(message => message.Asks is not null || message.Kind == "Submitted", "sellers", thread, after);
            after = asked.Seq;
            _said.Add(asked.Asks ?? asked.Kind);
            switch (asked.Asks)
            {
                case null:
                    request = asked.Request;
                    break;
                case "Duplicate":
                    await PressAsync(User, asked, "new");
                    break;
                case "Confirm":
                    await PressAsync(User, asked, "submit");
                    break;
                case "Stake":
                    await PressAsync(User, asked, "skip");
                    var thanks = await WaitAsync(message => message.Kind == "Notice", "sellers", thread, after);
                    _said.Add(thanks.Kind);
                    await AnswerAsync(thread, request!, thanks.Seq);
                    return new Held(number, thread, request!, isAnswered, _said);
                default:
                    await SayAsync(AnswerTo(asked.Asks, word), thread);
                    break;
            }
        }
    }

    /// <summary>The questions that a seller of these words is asked, by the conversation alone: no store, no crash.</summary>
    public static IReadOnlyList<string> AskedOf(int number)
    {
        var word = SellerWords.Of(number);
        var facts = new TurnFacts(["General", "Deployment and infrastructure", "Identity and security"], FeedbackLevel.Level100, static (_, _) => [], RequestId.FromNumber(1));
        var step = Conversation.Begin(
            new ThreadReference("test", "", "", ""), new PersonReference("test", "", ""), "", new Statement(Topic.Opening, StatementKind.Said, Opening(word)), 1, facts, default);
        var asked = new List<string>();
        while (step.Next.State == ConversationState.Asking)
        {
            asked.Add(step.Next.Asked.ToString());
            step = step.Next.Apply(new ConversationInput.Said(AnswerTo(asked[^1], word)), facts, default);
        }

        return asked;
    }

    private static string Opening(string word) => $"The {word} rollout stops without {word} export";

    private static string AnswerTo(string topic, string word) => topic == "Cause" ? "Compliance" : $"{word} {topic} 42";

    private async Task AnswerAsync(string thread, string request, long after)
    {
        var card = await WaitAsync(message => message.Kind == "TriageCard" && message.Request == request, "triage", null, 0);
        if (isAnswered)
        {
            await PressAsync("pm-ana", card, "answer", "OnRoadmap", new { date = "Q2 2027", planned = $"{SellerWords.Of(number)}.", workaround = "none known" });
            var answer = await WaitAsync(message => message.Kind == "Answer", "sellers", thread, after);
            _said.Add(answer.Kind);
        }
    }

    private async Task<string> SayAsync(string text, string? thread)
    {
        var body = await ActAsync("messages", eventId => new { eventId, user = User, channel = "sellers", thread, text });
        return body.GetProperty("thread").GetString()!;
    }

    private Task<JsonElement> PressAsync(string user, Message message, string action, string? value = null, object? form = null)
        => ActAsync("actions", eventId => new { eventId, user, message = message.Id, action, value, form });

    private async Task<JsonElement> ActAsync(string path, Func<string, object> body)
    {
        var eventId = $"seller{number}-{++_acts}";
        var (status, answer) = await InsistAsync(async () => await client.TryPostAsync(path, body(eventId)));
        if (status != (int)HttpStatusCode.Accepted)
        {
            throw new InvalidOperationException($"{eventId} was answered {status}: {answer}");
        }

        _acknowledged.Add(eventId);
        return answer;
    }

    private async Task<Message> WaitAsync(Func<Message, bool> isIt, string channel, string? thread, long after)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var (messages, next) = await InsistAsync(() => client.ReadAsync(channel, thread, after, wait: 10));
            if (messages.FirstOrDefault(message => message.From == "bot" && isIt(message)) is { } found)
            {
                return found;
            }

            if (watch.Elapsed > Patience)
            {
                throw new TimeoutException($"{User}'s thread {thread} got no further than {string.Join(", ", _said)}.");
            }

            after = next;
        }
    }

    /// <summary>Does it again while nobody is there to answer, or the one who was there died over it.</summary>
    private static async Task<T> InsistAsync<T>(Func<Task<T>> request)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return await request();
            }
            // A process that dies as it accepts: the client throws the socket's own error before it has a response to blame.
            catch (Exception exception) when (exception is HttpRequestException or System.Net.Sockets.SocketException or IOException or JsonException && watch.Elapsed < Patience)
            {
                await Task.Delay(Pause, TimeProvider.System);
            }
        }
    }
}
