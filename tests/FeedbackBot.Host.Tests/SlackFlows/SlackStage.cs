using FeedbackBot.Host.Tests.Cli;
using FeedbackBot.SlackServer;
using Shouldly;
using Xunit;

namespace FeedbackBot.Host.Tests.SlackFlows;

/// <summary>
/// A workspace with a triage channel, and the service in a process of its own, set up for it with the scopes of the manifest
/// and nothing more. The process can be killed, and starts again on the same database.
/// </summary>
public sealed class SlackStage : IAsyncLifetime
{
    private readonly string _data = Directory.CreateTempSubdirectory("feedbackbot-slack-").FullName;
    private LoopbackSlack? _slack;
    private HostProcess? _host;
    private Channel? _triage;

    internal LoopbackSlack Slack => _slack.ShouldNotBeNull();

    /// <summary>The product managers: the members of the triage channel.</summary>
    internal IReadOnlyList<Person> Managers { get; private set; } = [];

    internal Person Ana => Managers[0];

    internal Channel Triage => _triage.ShouldNotBeNull();

    /// <summary>What the service wrote.</summary>
    internal string Output => $"{_host?.Output}\n{_host?.Errors}";

    internal static async Task<SlackStage> SetAsync(LoopbackSlackOptions options)
    {
        var stage = new SlackStage();
        await stage.OpenAsync(options);
        return stage;
    }

    public Task InitializeAsync() => OpenAsync(new LoopbackSlackOptions { Scopes = ManifestScopes() });

    public async Task DisposeAsync()
    {
        await KillAsync();
        if (_slack is not null)
        {
            await _slack.DisposeAsync();
        }

        Directory.Delete(_data, recursive: true);
    }

    /// <summary>The scopes that the manifest asks for.</summary>
    internal static HashSet<string> ManifestScopes()
    {
        var lines = File.ReadLines(Path.Combine(Repository.Root, "manifests", "slack", "manifest.yaml"));
        var scopes = lines.SkipWhile(line => line != "    bot:").Skip(1).TakeWhile(line => line.StartsWith("      - ", StringComparison.Ordinal)).Select(line => line.Trim()[2..]);
        return scopes.ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>A seller, with a channel of their own to write in.</summary>
    internal SlackSeller Seller(string name, Need? need = null)
    {
        var person = Slack.Person(name);
        return new SlackSeller(this, person, Slack.Channel($"account-{name}".ToLowerInvariant(), people: [person]), need ?? Need.All[0]);
    }

    /// <summary>SIGKILL.</summary>
    internal async Task KillAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
            _host = null;
        }
    }

    internal async Task StartAsync()
    {
        _host = await HostProcess.ServeAsync(
            _data,
            $"--Slack:SigningSecret={Slack.Options.SigningSecret}",
            $"--Slack:Workspaces:0:TeamId={Slack.Options.Team}",
            $"--Slack:Workspaces:0:BotToken={Slack.Options.BotToken}",
            $"--Slack:ApiBaseUrl={Slack.ApiBaseUrl}",
            "--FeedbackBot:Areas:0:Name=General",
            "--FeedbackBot:Areas:0:TriagePlatform=slack",
            $"--FeedbackBot:Areas:0:TriageChannel={Triage.Id}",
            "--FeedbackBot:Work:PollSeconds=0.1",
            "--FeedbackBot:Work:LeaseSeconds=4",
            "--FeedbackBot:Work:LongestBackoffSeconds=2",
            // Kills count as attempts, and here there are more of them than in years.
            "--FeedbackBot:Work:SendAttempts=100",
            "--FeedbackBot:Work:EventAttempts=100");
        Slack.Deliveries.Bot = _host.Client.Http.BaseAddress;
    }

    private async Task OpenAsync(LoopbackSlackOptions options)
    {
        _slack = await LoopbackSlack.StartAsync(options);
        Managers = [.. ((string[])["Ana", "Ben", "Cleo", "Dora", "Eli"]).Select(name => Slack.Person(name))];
        _triage = Slack.Channel("triage", isPrivate: true, people: Managers);
        await StartAsync();
    }
}
