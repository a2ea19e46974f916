using System.Diagnostics;
using FeedbackBot.Host.Tests.Cli;
using Shouldly;
using Xunit;

namespace FeedbackBot.Host.Tests.Flows;

/// <summary>A disk that takes no more, made by a limit on the size of the service's files.</summary>
public sealed class FullDiskTests
{
    [Fact]
    public async Task On_a_full_disk_people_are_told_and_once_there_is_room_everything_goes_on()
    {
        using var data = new TempDirectory();
        await using var host = await HostProcess.ServeOnFullDiskAsync(data.Data, kibibytes: 1024);
        var client = host.Client;
        var thread = await client.SayAsync("sam", Scenes.Opening);
        await client.AskedAsync(thread, "SpecificIssue");
        var taken = new List<string>();
        (int Status, System.Text.Json.JsonElement Body) answer;
        do
        {
            var text = $"{taken.Count} {new string('x', 30_000)}";
            answer = await client.TryPostAsync("messages", new { eventId = $"e-{taken.Count}", user = "sam", channel = "triage", text });
            if (answer.Status == 202)
            {
                taken.Add(text);
            }
        }
        while (answer.Status == 202 && taken.Count < 200);

        answer.Status.ShouldBe(503);
        answer.Error().ShouldContain("was not taken");
        (await client.AllAsync("triage")).Select(message => message.Text).ShouldBe(taken);

        using (var lift = Process.Start("prlimit", ["--fsize=unlimited", "--pid", host.Id]))
        {
            await lift.WaitForExitAsync();
            lift.ExitCode.ShouldBe(0);
        }

        await client.SayAsync("sam", "There is room again.", channel: "triage", eventId: $"e-{taken.Count}");
        await client.SayAsync("sam", Scenes.Article["SpecificIssue"], thread);
        await client.AskedAsync(thread, "Cause");
        (await host.StopAsync()).ShouldBe(0);

        // What was said to be taken is there, what was not is not.
        await using var next = await HostProcess.ServeAsync(data.Data);
        (await next.Client.AllAsync("triage")).Select(message => message.Text).ShouldBe([.. taken, "There is room again."]);
    }
}
