using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using FeedbackBot.Core.Assessment;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Requests;

namespace FeedbackBot.Core.Conversations;

/// <summary>
/// The command <c>evaluate personas</c>: plays sellers who answer exactly what they are asked through the conversation itself.
/// A line holds <c>id</c>, <c>customer</c>, <c>product_area</c>, <c>opening</c>, <c>answers</c> by topic, <c>volunteered</c>
/// topics (must not be asked), <c>constraints</c> and <c>expected_level_after</c>; other fields are passed over.
/// </summary>
public sealed class PersonaEvaluation
{
    private const int MostTurns = 40;

    private readonly List<PersonaRun> _runs = [];
    private readonly List<string> _errors = [];

    private PersonaEvaluation(IEnumerable<string> lines)
    {
        foreach (var (number, persona, error) in AssessmentLines.Read<PersonaLine>(lines))
        {
            if (persona is null)
            {
                _errors.Add($"line {number}: {error}");
            }
            else
            {
                _runs.Add(Play(persona));
            }
        }
    }

    /// <summary>Personas whose level, constraints and questions were all as they should be.</summary>
    public int Flawless => _runs.Count(run => run.Flaws.Count == 0);

    public int Total => _runs.Count;

    /// <summary>The median number of questions, without customer, product area and stake.</summary>
    public double MedianQuestions => _runs.Count == 0 ? 0 : _runs.Select(run => run.Asked.Count).Order().ElementAt((_runs.Count - 1) / 2);

    public static PersonaEvaluation Of(IEnumerable<string> lines) => new(lines);

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var run in _runs)
        {
            text.Append(CultureInfo.InvariantCulture, $"{run.Id}  level {run.Level}  {run.Asked.Count} questions: {string.Join(", ", run.Asked)}");
            text.AppendLine(run.Flaws.Count == 0 ? "" : $"\n    {string.Join("\n    ", run.Flaws)}");
        }

        foreach (var error in _errors)
        {
            text.AppendLine(error);
        }

        return text.Append(CultureInfo.InvariantCulture, $"{Flawless} of {Total} as expected; median {MedianQuestions} questions").ToString();
    }

    private static PersonaRun Play(PersonaLine persona)
    {
        var facts = new TurnFacts([persona.ProductArea], FeedbackLevel.Level100, static (_, _) => [], RequestId.FromNumber(1));
        var seller = new PersonReference("evaluation", "", persona.Id);
        var step = Conversation.Begin(
            new ThreadReference("evaluation", "", "", persona.Id),
            seller,
            persona.Id,
            new Statement(Topic.Opening, StatementKind.Said, PersonText.Clean(persona.Opening)),
            1,
            facts,
            DateTimeOffset.UnixEpoch);
        var asked = new List<Topic>();
        var flaws = new List<string>();
        for (var turn = 0; turn < MostTurns && step.Say.OfType<OutboundMessage.Question>().LastOrDefault() is { } question; turn++)
        {
            if (question.Asks is not (Topic.Customer or Topic.ProductArea))
            {
                Check(question, asked, persona, flaws);
                asked.Add(question.Asks);
            }

            var answer = question.Asks switch
            {
                Topic.Customer => persona.Customer,
                Topic.ProductArea => persona.ProductArea,
                var topic => persona.Answers.GetValueOrDefault(topic.ToString(), "skip"),
            };
            step = step.Next.Apply(new ConversationInput.Said(PersonText.Clean(answer)), facts, DateTimeOffset.UnixEpoch);
        }

        var understanding = Understanding.Of(step.Next);
        Expect((int)understanding.Level == persona.ExpectedLevel, $"level {(int)understanding.Level}, not {persona.ExpectedLevel}; missing {string.Join(", ", understanding.Missing)}");
        var found = understanding.Constraints.Select(AssessmentLines.NameOf).Order(StringComparer.Ordinal).ToList();
        var expected = persona.Constraints.Order(StringComparer.Ordinal).ToList();
        Expect(found.SequenceEqual(expected, StringComparer.Ordinal), $"constraints [{string.Join(", ", found)}], not [{string.Join(", ", expected)}]");
        Expect(asked.Count <= 6, $"{asked.Count} questions");
        return new PersonaRun(persona.Id, (int)understanding.Level, asked, flaws);

        void Expect(bool holds, string otherwise)
        {
            if (!holds)
            {
                flaws.Add(otherwise);
            }
        }
    }

    private static void Check(OutboundMessage.Question question, List<Topic> asked, PersonaLine persona, List<string> flaws)
    {
        var topic = question.Asks.ToString();
        if (persona.Volunteered.Contains(topic, StringComparer.Ordinal))
        {
            flaws.Add($"asked {topic}, which the opening had said");
        }

        var before = asked.Count(each => each == question.Asks);
        if (before > 1)
        {
            flaws.Add($"asked {topic} {before + 1} times");
        }
        else if (before == 1 && !question.Text.Contains(PersonText.Quote(persona.Answers.GetValueOrDefault(topic, "")), StringComparison.Ordinal))
        {
            flaws.Add($"asked {topic} again without quoting the answer");
        }
    }

    private sealed record PersonaRun(string Id, int Level, IReadOnlyList<Topic> Asked, IReadOnlyList<string> Flaws);

    private sealed record PersonaLine
    {
        [JsonPropertyName("id")]
        public required string Id { get; init; }

        [JsonPropertyName("opening")]
        public required string Opening { get; init; }

        [JsonPropertyName("customer")]
        public string Customer { get; init; } = "";

        [JsonPropertyName("product_area")]
        public string ProductArea { get; init; } = "";

        [JsonPropertyName("answers")]
        public IReadOnlyDictionary<string, string> Answers { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

        [JsonPropertyName("volunteered")]
        public IReadOnlyList<string> Volunteered { get; init; } = [];

        [JsonPropertyName("constraints")]
        public IReadOnlyList<string> Constraints { get; init; } = [];

        [JsonPropertyName("expected_level_after")]
        public int ExpectedLevel { get; init; }
    }
}
