using System.Reflection;
using FeedbackBot.Core.Conversations;
using Shouldly;
using Xunit;

namespace FeedbackBot.Core.Tests.Conversations;

/// <summary>Sellers of our own who answer just what they are asked, see <c>personas.jsonl</c>.</summary>
public sealed class PersonaTests
{
    [Fact]
    public void Most_personas_reach_what_they_should_by_few_questions()
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("personas.jsonl")!);

        var evaluation = PersonaEvaluation.Of(reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries));

        evaluation.Total.ShouldBe(40);
        evaluation.Flawless.ShouldBeGreaterThanOrEqualTo(26, evaluation.ToString());
        evaluation.MedianQuestions.ShouldBeLessThanOrEqualTo(4);
    }
}
