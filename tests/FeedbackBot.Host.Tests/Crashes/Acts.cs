using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FeedbackBot.Host.Tests.Flows;
using Shouldly;

namespace FeedbackBot.Host.Tests.Crashes;

/// <summary>
/// Delivers acts to the service; if <paramref name="redeliver"/>, each two copies at the same time, one more at the very end,
/// and some again in between, while their conversations and others have moved on.
/// </summary>
internal sealed class Acts(PlaygroundClient client, bool redeliver)
{
    private readonly ConcurrentQueue<(string Path, object Body)> _done = [];
    private readonly ConcurrentQueue<Task> _late = [];

    public PlaygroundClient Client => client;

    public async Task<JsonElement> DoAsync(string path, object body)
    {
        var copies = await Task.WhenAll(Enumerable.Range(0, redeliver ? 2 : 1).Select(_ => PostAsync(path, body)));
        if (redeliver)
        {
            if (!_done.IsEmpty)
            {
                var (latePath, lateBody) = _done.ElementAt(Random.Shared.Next(_done.Count));
                _late.Enqueue(PostAsync(latePath, lateBody));
            }

            _done.Enqueue((path, body));
        }

        copies.Select(copy => copy.ToString()).Distinct(StringComparer.Ordinal).ShouldHaveSingleItem();
        return copies[0];
    }

    /// <summary>Delivers the last copies, the newest first.</summary>
    public async Task FinishAsync()
    {
        await Task.WhenAll(_late);
        await Parallel.ForEachAsync(_done.Reverse(), async (act, _) => await PostAsync(act.Path, act.Body));
    }

    private async Task<JsonElement> PostAsync(string path, object body)
    {
        var (status, answer) = await client.TryPostAsync(path, body);
        status.ShouldBe(202, $"{body}: {answer}");
        return answer;
    }
}

/// <summary>One conversation, from its opening to the product team's answer, whose acts have the same ids each time it is played.</summary>
internal sealed class Script(Acts acts, int number)
{
    // About twice as many as there are.
    private const int MostQuestions = 20;

    private string _thread = "";
    private int _acts;

    private string User => $"seller{number}";

    /// <summary>Plays it, and gives its thread.</summary>
    public async Task<string> PlayAsync()
    {
        var opening = SellerWords.Of(number, "Opening");
        await SayAsync(opening, null);
        var after = 0L;
        for (var question = 0; question < MostQuestions; question++)
        {
            var asked = await acts.Client.WaitAsync(message => message.Asks is not null, thread: _thread, after: after);
            after = asked.Seq;
            switch (asked.Asks)
            {
                case "Confirm":
                    await PressAsync(User, asked, "submit");
                    break;
                case "Stake":
                    await PressAsync(User, asked, "skip");
                    await AnswerAsync(opening, after);
                    return _thread;
                case "Cause":
                    await PressAsync(User, asked, "skip");
                    break;
                case "Duplicate":
                    throw new InvalidOperationException($"{asked.Text} was offered to {User}, who says nothing that anybody else says.");
                default:
                    // Nothing that another seller says: nothing is then offered as the same, whoever comes first.
                    await SayAsync(SellerWords.Of(number, asked.Asks!), _thread);
                    break;
            }
        }

        throw new InvalidOperationException($"{User} was asked {MostQuestions} questions and is not done.");
    }

    private async Task AnswerAsync(string word, long after)
    {
        var card = await acts.Client.WaitAsync(
            message => message.Kind == "TriageCard" && message.Text.Contains(word, StringComparison.Ordinal), "triage");
        await PressAsync("pm-ana", card, "answer", "OnRoadmap", new { date = "Q2 2027", planned = $"{word}.", workaround = "none known" });
        var answer = await acts.Client.WaitAsync(message => message.Kind == "Answer", thread: _thread, after: after);
        await PressAsync(User, answer, "accepts");
        await acts.Client.WaitAsync(message => message.Kind == "Notice", thread: _thread, after: answer.Seq);
        await acts.Client.WaitAsync(
            message => message.Id == card.Id && message.Text.Contains("customer accepts: 1", StringComparison.Ordinal), "triage", after: card.Seq);
    }

    private async Task SayAsync(string text, string? thread)
    {
        var answer = await acts.DoAsync("messages", new { eventId = NextId(), user = User, channel = "sellers", thread, text });
        _thread = answer.GetProperty("thread").GetString()!;
    }

    private Task<JsonElement> PressAsync(string user, Message message, string action, string? value = null, object? form = null)
        => acts.DoAsync("actions", new { eventId = NextId(), user, message = message.Id, action, value, form });

    private string NextId() => $"seller{number}-{++_acts}";
}

/// <summary>A word for each seller that no other has, so that no request is offered as the same.</summary>
internal static class SellerWords
{
    /// <summary>A word that shares not even pieces with those of others.</summary>
    public static string Of(int number, string about)
        => string.Concat(SHA256.HashData(Encoding.UTF8.GetBytes($"{number} {about}")).Take(12).Select(part => (char)('a' + (part % 26))));

    public static string Of(int number) => $"w{string.Concat($"{number:d4}".Select(digit => (char)('g' + digit - '0')))}x";
}
