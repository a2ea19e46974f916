using System.Globalization;
using System.Text;
using System.Text.Json;
using FeedbackBot.Core.Messaging;
using Shouldly;
using Xunit;

namespace FeedbackBot.Host.Tests.Flows;

/// <summary>Sellers who answer exactly what they are asked, in one host at the same time.</summary>
public sealed class PersonaTests
{
    private const int MostQuestions = 6;

    // What the card calls the constraints that the personas name.
    private static readonly Dictionary<string, string> Labels = new(StringComparer.Ordinal)
    {
        ["cost"] = "Cost",
        ["compliance"] = "Compliance",
        ["infrastructure"] = "Current infrastructure",
        ["people"] = "People and process",
    };

    [Fact]
    public async Task Every_persona_reaches_a_draft_in_few_questions_and_most_end_at_their_level_with_their_constraints()
    {
        await using var host = await RunningHost.StartAsync("--FeedbackBot:MinimumLevel=Level100");
        var personas = await ReadAsync();
        personas.Count.ShouldBe(40);

        // All drafts first: what was sent by one would be offered to the others.
        var played = await Task.WhenAll(personas.Select(persona => PlayAsync(host.Client, persona)));
        await Task.WhenAll(played.Select(run => SendAsync(host.Client, run)));

        var broken = played.Where(run => run.Broken.Count > 0).Select(run => $"{run.Persona.Id}: {string.Join("; ", run.Broken)}").ToList();
        broken.ShouldBeEmpty(string.Join('\n', broken));
        ShareOf(played, run => run.Level == run.Persona.Level, run => $"level {run.Level}, not {run.Persona.Level}", atLeast: 0.85);
        ShareOf(
            played,
            run => run.Constraints.SequenceEqual(run.Persona.Constraints, StringComparer.Ordinal),
            run => $"[{string.Join(", ", run.Constraints)}], not [{string.Join(", ", run.Persona.Constraints)}]",
            atLeast: 0.7);
    }

    private static void ShareOf(Run[] runs, Func<Run, bool> isAsExpected, Func<Run, string> difference, double atLeast)
    {
        var message = new StringBuilder();
        foreach (var run in runs.Where(run => !isAsExpected(run)))
        {
            message.Append(CultureInfo.InvariantCulture, $"\n{run.Persona.Id}: {difference(run)} (asked {string.Join(", ", run.Asked)})");
        }

        ((double)runs.Count(isAsExpected) / runs.Length).ShouldBeGreaterThanOrEqualTo(atLeast, message.ToString());
    }

    private static async Task<Run> PlayAsync(PlaygroundClient client, Persona persona)
    {
        var run = new Run(persona);
        var thread = await client.SayAsync(persona.Id, persona.Opening);
        var after = 0L;
        while (true)
        {
            var asked = await client.WaitAsync(message => message.Asks is not null, thread: thread, after: after);
            after = asked.Seq;
            if (asked.Asks == "Confirm")
            {
                run.Draft = asked;
                run.Check(run.Asked.Count <= MostQuestions, $"{run.Asked.Count} questions: {string.Join(", ", run.Asked)}");
                return run;
            }

            run.Take(asked);
            await client.SayAsync(persona.Id, persona.AnswerTo(asked.Asks!), thread);
        }
    }

    private static async Task SendAsync(PlaygroundClient client, Run run)
    {
        var card = await client.SendAsync(run.Persona.Id, run.Draft!);
        run.Level = card.Level;

        // "level 400 · Compliance, Cost" ends the second line.
        var line = card.Text.Split('\n')[1];
        var shown = line[(line.IndexOf("level ", StringComparison.Ordinal) + "level 400".Length)..];
        run.Constraints =
        [
            .. Labels.Where(label => shown.Contains(label.Value, StringComparison.Ordinal)).Select(label => label.Key).Order(StringComparer.Ordinal),
        ];
    }

    private static async Task<IReadOnlyList<Persona>> ReadAsync()
    {
        using var stream = typeof(PersonaTests).Assembly.GetManifestResourceStream("personas.jsonl")!;
        using var reader = new StreamReader(stream);
        var personas = new List<Persona>();
        while (await reader.ReadLineAsync() is { } line)
        {
            personas.Add(new Persona(JsonSerializer.Deserialize<JsonElement>(line)));
        }

        return personas;
    }

    private sealed record Persona(JsonElement Json)
    {
        public string Id => Text("id");

        public string Opening => Text("opening");

        public int Level => Json.GetProperty("expected_level_after").GetInt32();

        public IReadOnlyList<string> Constraints
            => [.. Json.GetProperty("constraints").EnumerateArray().Select(constraint => constraint.GetString()!).Order(StringComparer.Ordinal)];

        /// <summary>What they say to a question; only what the file gives an answer to may be asked.</summary>
        public string AnswerTo(string asks) => asks switch
        {
            "Customer" => Text("customer"),
            "ProductArea" => Text("product_area"),
            _ => Json.GetProperty("answers").GetProperty(asks).GetString()!,
        };

        private string Text(string name) => Json.GetProperty(name).GetString()!;
    }

    /// <summary>How one persona's conversation went.</summary>
    private sealed record Run(Persona Persona)
    {
        /// <summary>The slots that were asked for, without customer and product area.</summary>
        public List<string> Asked { get; } = [];

        public List<string> Broken { get; } = [];

        public Message? Draft { get; set; }

        public int? Level { get; set; }

        public IReadOnlyList<string> Constraints { get; set; } = [];

        public void Take(Message question)
        {
            if (question.Asks is "Customer" or "ProductArea")
            {
                return;
            }

            var times = Asked.Count(topic => topic == question.Asks);
            Check(times < 2, $"asked {question.Asks} {times + 1} times");
            Check(
                times != 1 || question.Text.Contains(PersonText.Quote(Persona.AnswerTo(question.Asks!)), StringComparison.Ordinal),
                $"asked {question.Asks} again without quoting the answer: {question.Text}");
            Asked.Add(question.Asks!);
        }

        public void Check(bool holds, string otherwise)
        {
            if (!holds)
            {
                Broken.Add(otherwise);
            }
        }
    }
}
