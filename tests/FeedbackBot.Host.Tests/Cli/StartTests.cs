using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using FeedbackBot.Host.Playground;
using FeedbackBot.Host.Tests.Flows;
using Microsoft.Extensions.Configuration;
using Shouldly;
using Xunit;

namespace FeedbackBot.Host.Tests.Cli;

/// <summary>What cannot work does not start, and says in plain words what to change.</summary>
public sealed class StartTests
{
    [Theory]
    [InlineData("FeedbackBot:Tenant takes 1 to 60 letters, digits and dashes.", "--FeedbackBot:Tenant=a/b")]
    [InlineData("FeedbackBot:Areas holds 'Billing' twice.", "--FeedbackBot:Areas:0:Name=Billing", "--FeedbackBot:Areas:0:TriagePlatform=playground", "--FeedbackBot:Areas:0:TriageChannel=triage", "--FeedbackBot:Areas:1:Name=billing", "--FeedbackBot:Areas:1:TriagePlatform=playground", "--FeedbackBot:Areas:1:TriageChannel=triage")]
    [InlineData("The area 'Billing' is triaged on 'slack', which is not configured. There is: playground.", "--FeedbackBot:Areas:0:Name=Billing", "--FeedbackBot:Areas:0:TriagePlatform=slack", "--FeedbackBot:Areas:0:TriageChannel=C1")]
    [InlineData("Every product area needs a TriageChannel", "--FeedbackBot:Areas:0:Name=Billing", "--FeedbackBot:Areas:0:TriagePlatform=playground")]
    [InlineData("FeedbackBot:MinimumLevel takes", "--FeedbackBot:MinimumLevel=250")]
    [InlineData("FeedbackBot:Owners takes a platform that is configured and a person's id there, such as slack:U0123ABCD; 'ana' is none.", "--FeedbackBot:Owners:0=ana")]
    [InlineData("FeedbackBot:ConversationDays takes 1 to 365.", "--FeedbackBot:ConversationDays=0")]
    [InlineData("'FeedbackBot:ConversationDays'", "--FeedbackBot:ConversationDays=two weeks")]
    [InlineData("'FeedbackBot:MinimumLevel'", "--FeedbackBot:MinimumLevel=high")]
    [InlineData("'Storage:BusyTimeout'", "--Storage:BusyTimeout=soon")]
    [InlineData("FeedbackBot:Work:Concurrency takes 1 to 256.", "--FeedbackBot:Work:Concurrency=0")]
    [InlineData("Storage: BusyTimeout must be", "--Storage:BusyTimeout=00:00:00")]
    [InlineData("Slack:Workspaces is empty.", "--Slack:SigningSecret=0123456789abcdef")]
    [InlineData("Slack:SigningSecret is missing.", "--Slack:Workspaces:0:TeamId=T1AB", "--Slack:Workspaces:0:BotToken=xoxb-1")]
    [InlineData("Slack:SigningSecret is missing.", "--Slack:SigningSecret=")]
    [InlineData("Slack:Workspaces:0:TeamId takes", "--Slack:SigningSecret=0123456789abcdef", "--Slack:Workspaces:0:TeamId=acme", "--Slack:Workspaces:0:BotToken=xoxb-1")]
    [InlineData("Slack:Workspaces:0:BotToken takes", "--Slack:SigningSecret=0123456789abcdef", "--Slack:Workspaces:0:TeamId=T1AB", "--Slack:Workspaces:0:BotToken=xoxp-1")]
    [InlineData("Slack:ApiBaseUrl takes", "--Slack:SigningSecret=0123456789abcdef", "--Slack:ApiBaseUrl=https://slack.example/api/")]
    [InlineData("Slack:AppToken takes the app-level token", "--Slack:AppToken=xoxb-1")]
    [InlineData("Slack:Workspaces is empty.", "--Slack:AppToken=xapp-1")]
    [InlineData("which is not in Slack:Workspaces.", "--Slack:SigningSecret=0123456789abcdef", "--Slack:Workspaces:0:TeamId=T1AB", "--Slack:Workspaces:0:BotToken=xoxb-1", "--FeedbackBot:Areas:0:Name=Billing", "--FeedbackBot:Areas:0:TriagePlatform=slack", "--FeedbackBot:Areas:0:TriageWorkspace=T2", "--FeedbackBot:Areas:0:TriageChannel=C1")]
    [InlineData("needs the id of its triage channel in Slack", "--Slack:SigningSecret=0123456789abcdef", "--Slack:Workspaces:0:TeamId=T1AB", "--Slack:Workspaces:0:BotToken=xoxb-1", "--FeedbackBot:Areas:0:Name=Billing", "--FeedbackBot:Areas:0:TriagePlatform=slack", "--FeedbackBot:Areas:0:TriageChannel=#triage")]
    [InlineData("Secrets:Directory: '/nowhere' cannot be read.", "--Secrets:Directory=/nowhere")]
    [InlineData("Secrets:KeyVault takes the address of a vault", "--Secrets:KeyVault=http://acme.vault.azure.net")]
    [InlineData("Secrets:KeyVault takes the address of a vault", "--Secrets:KeyVault=https://acme.vault.azure.net.example")]
    [InlineData("Secrets:KeyVault takes the address of a vault", "--Secrets:KeyVault=https://acme@evil.example/.vault.azure.net")]
    [InlineData("Teams: this version cannot talk to Teams yet", "--Teams:AppId=5b1a0f6e-0000-4000-8000-000000000001")]
    [InlineData("Playground:Enabled takes true or false.", "--Playground:Enabled=maybe")]
    [InlineData("only runs on loopback; 'http://0.0.0.0:5999' can be reached from outside", "--Playground:Enabled=true", "--urls", "http://0.0.0.0:5999")]
    [InlineData("only runs on loopback; 'http://*:5999'", "--Playground:Enabled=true", "--urls", "http://*:5999")]
    [InlineData("only runs on loopback; 'http_ports=5999'", "--Playground:Enabled=true", "--http_ports=5999")]
    [InlineData("No chat platform is configured.", "--urls", "http://0.0.0.0:5999")]
    [InlineData("'--bogus' is neither a command nor a setting", "--bogus")]
    [InlineData("'serve' is neither a command nor a setting", "serve")]
    public async Task A_setting_that_cannot_work_is_named_and_nothing_starts(string words, params string[] arguments)
    {
        using var data = new TempDirectory();
        var (code, output, errors) = await HostProcess.RunAsync(["--data", data.Data, .. arguments]);
        code.ShouldBe(2, errors);
        errors.ShouldContain(words);
        errors.ShouldNotContain("   at ");
        output.ShouldNotContain("   at ");
        Directory.Exists(data.Data).ShouldBeFalse();
    }

    [Fact]
    public async Task With_socket_mode_the_service_is_ready_only_while_it_is_connected()
    {
        using var data = new TempDirectory();
        await using var process = await HostProcess.ServeAsync(
            data.Data,
            "--Slack:AppToken=xapp-very-secret",
            "--Slack:ApiBaseUrl=http://127.0.0.1:1/api/",
            "--Slack:Workspaces:0:TeamId=T1AB",
            "--Slack:Workspaces:0:BotToken=xoxb-very-secret",
            "--FeedbackBot:Areas:0:Name=General",
            "--FeedbackBot:Areas:0:TriagePlatform=slack",
            "--FeedbackBot:Areas:0:TriageChannel=C1AB");
        using var answer = await process.Client.Http.GetAsync(new Uri("/health/ready", UriKind.Relative));
        var body = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable, body);
        JsonDocument.Parse(body).RootElement.GetProperty("connections")[0].GetProperty("connected").GetBoolean().ShouldBeFalse();
        (await process.StopAsync()).ShouldBe(0);
        (process.Output + process.Errors).ShouldNotContain("very-secret");
    }

    [Fact]
    public async Task Every_wrong_setting_is_named_at_once()
    {
        using var data = new TempDirectory();
        var (code, _, errors) = await HostProcess.RunAsync(
            "--data", data.Data, "--FeedbackBot:Tenant=", "--FeedbackBot:ConversationDays=0", "--Storage:BusyTimeout=-00:00:01");
        code.ShouldBe(2);
        errors.Split('\n').Length.ShouldBe(3, errors);
    }

    [Fact]
    public async Task A_port_in_use_is_said_so()
    {
        using var data = new TempDirectory();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var (code, _, errors) = await HostProcess.RunAsync("--data", data.Data, "--urls", $"http://{taken.LocalEndpoint}");
        code.ShouldBe(2, errors);
        errors.ShouldContain("already in use");
        errors.ShouldContain("--urls");
        errors.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task A_data_directory_that_cannot_be_is_said_so()
    {
        using var data = new TempDirectory();
        await File.WriteAllTextAsync(data.Data, "a file");
        foreach (var path in (string[])[data.Data, Path.Combine(data.Data, "below")])
        {
            var (code, _, errors) = await HostProcess.RunAsync("--data", path, "--urls", "http://127.0.0.1:0");
            code.ShouldBe(3, errors);
            errors.ShouldContain(path);
            errors.ShouldNotContain("   at ");
        }
    }

    [Fact]
    public async Task A_damaged_database_is_said_so_and_left_as_it_is()
    {
        using var data = new TempDirectory();
        Directory.CreateDirectory(data.Data);
        var file = Path.Combine(data.Data, "feedbackbot.db");
        var garbage = new byte[8192];
        new Random(7).NextBytes(garbage);
        await File.WriteAllBytesAsync(file, garbage);
        var (code, _, errors) = await HostProcess.RunAsync("--data", data.Data, "--urls", "http://127.0.0.1:0");
        code.ShouldBe(3, errors);
        errors.ShouldContain("is damaged or is no database");
        errors.ShouldNotContain("   at ");
        (await File.ReadAllBytesAsync(file)).ShouldBe(garbage);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("deadletters", "--help")]
    [InlineData("deadletters", "replay", "--help")]
    public async Task Help_is_there_and_ends_well(params string[] arguments)
    {
        var (code, output, errors) = await HostProcess.RunAsync(arguments);
        code.ShouldBe(0);
        errors.ShouldBeEmpty();
        output.ShouldContain("--data");
        output.ShouldContain(arguments.Contains("replay", StringComparer.Ordinal) ? "--all" : "deadletters");
    }

    [Theory]
    [InlineData("http://localhost:5080", null, true)]
    [InlineData("http://127.0.0.1:1;http://[::1]:1", null, true)]
    [InlineData("http://0.0.0.0:5080", null, false)]
    [InlineData("http://localhost:5080;http://10.0.0.1:80", null, false)]
    [InlineData("http://+:5080", null, false)]
    [InlineData("http://localhost.example:5080", null, false)]
    [InlineData("http://localhost:5080", "false", false)]
    [InlineData("http://localhost:5080", "true", true)]
    public void The_playground_is_there_on_loopback_only(string urls, string? enabled, bool isOn)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            new Dictionary<string, string?>(StringComparer.Ordinal) { ["Urls"] = urls, ["Playground:Enabled"] = enabled }).Build();
        PlaygroundSwitch.IsOn(configuration).ShouldBe(isOn);
    }

    [Theory]
    [InlineData("/health/live", "live")]
    [InlineData("/health/ready", "ready")]
    public async Task A_running_service_is_live_and_ready(string path, string status)
    {
        await using var host = await RunningHost.StartAsync();
        string body;
        do
        {
            // Ready is said once the stored requests are read, which may still be under way.
            using var response = await host.Client.Http.GetAsync(new Uri(path, UriKind.Relative));
            body = await response.Content.ReadAsStringAsync();
        }
        while (body.Contains("still being read", StringComparison.Ordinal));

        body.ShouldBe($$"""{"status":"{{status}}"}""");
    }
}
