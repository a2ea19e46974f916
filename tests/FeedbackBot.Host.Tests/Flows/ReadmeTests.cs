using System.Diagnostics;
using Shouldly;
using Xunit;

namespace FeedbackBot.Host.Tests.Flows;

public sealed class ReadmeTests
{
    [Fact]
    public async Task The_copy_and_paste_commands_of_the_readme_play_the_whole_loop()
    {
        await using var host = await RunningHost.StartAsync();
        var script = (await CopyAndPasteBlockAsync()).Replace(
            "http://localhost:5080", host.App.Urls.First(), StringComparison.Ordinal);
        using var bash = Process.Start(new ProcessStartInfo("bash", ["-c", script]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3), TimeProvider.System);
        var output = await bash.StandardOutput.ReadToEndAsync(patience.Token);
        await bash.WaitForExitAsync(patience.Token);

        output.ShouldContain("The product team has answered FR-1");
        output.ShouldContain("Q2 2027");
        var card = await host.Client.WaitAsync(
            message => message.Kind == "TriageCard" && message.Text.Contains("EUR 400,000", StringComparison.Ordinal), "triage");
        card.Text.ShouldContain("segregation of duties");
    }

    private static async Task<string> CopyAndPasteBlockAsync()
    {
        var readme = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md"));
        var section = readme[readme.IndexOf("### The same with copy and paste", StringComparison.Ordinal)..];
        var start = section.IndexOf("```bash\n", StringComparison.Ordinal) + "```bash\n".Length;
        return section[start..section.IndexOf("```", start, StringComparison.Ordinal)];
    }
}
