using FeedbackBot.Host.Tests.Flows;
using Shouldly;
using Xunit;

namespace FeedbackBot.Host.Tests.Cli;

/// <summary><c>doctor</c> as the person who runs the service meets it.</summary>
public sealed class DoctorTests
{
    [Fact]
    public async Task Where_nothing_is_configured_all_is_well_and_nothing_is_made()
    {
        using var data = new TempDirectory();
        var (code, output, errors) = await HostProcess.RunAsync("doctor", "--data", data.Data);
        code.ShouldBe(0, errors);
        output.ShouldContain("All well.");
        Directory.Exists(data.Data).ShouldBeFalse();
    }

    [Fact]
    public async Task Wrong_settings_are_listed_and_what_is_behind_them_is_not_asked()
    {
        using var data = new TempDirectory();
        var (code, output, errors) = await HostProcess.RunAsync(
            "doctor", "--data", data.Data, "--Slack:Workspaces:0:TeamId=acme", "--Slack:Workspaces:0:BotToken=xoxp-very-secret");
        code.ShouldBe(1, errors);
        output.ShouldContain("mend  Slack:SigningSecret is missing.");
        output.ShouldContain("mend  Slack:Workspaces:0:BotToken takes");
        output.ShouldContain("3 things to mend.");
        (output + errors).ShouldNotContain("very-secret");
    }

    [Fact]
    public async Task Where_slack_does_not_answer_that_is_said_without_any_token()
    {
        using var data = new TempDirectory();
        var (code, output, errors) = await HostProcess.RunAsync(
            "doctor", "--data", data.Data, "--Slack:SigningSecret=very-secret-very-secret", "--Slack:ApiBaseUrl=http://127.0.0.1:1/api/", "--Slack:Workspaces:0:TeamId=T1AB", "--Slack:Workspaces:0:BotToken=xoxb-very-secret");
        code.ShouldBe(1, errors);
        output.ShouldContain("mend  T1AB: Slack gave no clear answer");
        output.ShouldContain("Slack:ApiBaseUrl leads to 127.0.0.1");
        (output + errors).ShouldNotContain("very-secret");
        output.ShouldNotContain("   at ");
    }
}
