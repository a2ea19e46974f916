using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Shouldly;

namespace FeedbackBot.Testing;

/// <summary>
/// Compares what was made with what somebody looked at and approved: <c>name.verified.json</c> beside the tests. With
/// <c>FEEDBACKBOT_UPDATE_SNAPSHOTS=1</c> in the environment the files are written instead; look at the difference before
/// committing it.
/// </summary>
public static class Snapshot
{
    private const string UpdateVariable = "FEEDBACKBOT_UPDATE_SNAPSHOTS";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter() },
    };

    private static readonly string Tests = Path.Combine(Root(new DirectoryInfo(AppContext.BaseDirectory)), "tests");

    /// <summary>Fails with the first line that differs, or when nothing was approved yet.</summary>
    /// <param name="value">What was made; it is compared as JSON.</param>
    /// <param name="name">The file without its ending, from the directory of all tests: <c>Project.Tests/Folder/Name</c>.</param>
    public static void ShouldMatch(object value, string name)
    {
        var made = JsonSerializer.Serialize(value, Json) + "\n";
        var path = Path.Combine(Tests, $"{name}.verified.json");
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, made);
            return;
        }

        if (!File.Exists(path))
        {
            throw new ShouldAssertException($"There is no {name}.verified.json yet. With {UpdateVariable}=1 it is written:\n{made}");
        }

        var approved = File.ReadAllText(path).ReplaceLineEndings("\n");
        if (approved != made)
        {
            throw new ShouldAssertException($"{name}.verified.json differs. If that is meant, run with {UpdateVariable}=1.\n{Difference(approved, made)}");
        }
    }

    private static string Difference(string approved, string made)
    {
        var before = approved.Split('\n');
        var after = made.Split('\n');
        var line = before.Zip(after).TakeWhile(pair => pair.First == pair.Second).Count();
        return $"line {line + 1}\n- {before.ElementAtOrDefault(line)}\n+ {after.ElementAtOrDefault(line)}";
    }

    private static string Root(DirectoryInfo directory)
        => File.Exists(Path.Combine(directory.FullName, "FeedbackBot.sln"))
            ? directory.FullName
            : Root(directory.Parent ?? throw new InvalidOperationException("The tests do not run inside the checkout."));
}
