using System.CommandLine;
using FeedbackBot.Core.Assessment;
using FeedbackBot.Core.Conversations;

namespace FeedbackBot.Host;

/// <summary><c>assess</c> and <c>evaluate levels | personas</c>: the rules and the conversation, measured on anybody's data.</summary>
internal static class AssessmentCommands
{
    public static Command Assess()
    {
        var file = new Argument<FileInfo?>("file")
        {
            Description = "JSONL with id and text; standard input if not given.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command("assess", "Says for each line of text which level it has, and because of which words.") { file };
        command.SetAction(parsed => WithLines(parsed.GetValue(file), lines =>
        {
            using var output = new StreamWriter(Console.OpenStandardOutput());
            foreach (var line in AssessmentLines.Assess(lines))
            {
                output.WriteLine(line);
            }
        }));
        return command;
    }

    public static Command Evaluate()
    {
        var file = new Option<FileInfo>("--file") { Description = "JSONL; see the command's own help for its fields.", Required = true };
        var levels = new Command(
            "levels", "Compares the rules with labelled messages: id, text, level, S, cost, compliance, infrastructure, people, E, A.") { file };
        levels.SetAction(parsed => WithLines(parsed.GetRequiredValue(file), lines => Console.WriteLine(LevelEvaluation.Of(lines))));
        var personas = new Command(
            "personas", "Plays sellers through the conversation: id, customer, product_area, opening, answers, volunteered, constraints, expected_level_after.") { file };
        personas.SetAction(parsed => WithLines(parsed.GetRequiredValue(file), lines => Console.WriteLine(PersonaEvaluation.Of(lines))));
        return new Command("evaluate", "Measures the matcher (--corpus, --pairs; without them by what people said of what they were offered), the assessment and the conversation.") { levels, personas };
    }

    private static int WithLines(FileInfo? file, Action<IEnumerable<string>> run)
    {
        try
        {
            run(file is null ? ReadLines(Console.In) : File.ReadLines(file.FullName));
            return 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(exception.Message);
            return 1;
        }
    }

    private static IEnumerable<string> ReadLines(TextReader reader)
    {
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }
}
