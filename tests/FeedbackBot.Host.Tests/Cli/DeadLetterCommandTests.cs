using FeedbackBot.Core.Messaging;
using FeedbackBot.Host.Playground;
using FeedbackBot.Host.Tests.Flows;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Shouldly;
using Xunit;

namespace FeedbackBot.Host.Tests.Cli;

/// <summary><c>deadletters</c>, in a process of its own beside a running service.</summary>
public sealed class DeadLetterCommandTests
{
    [Fact]
    public async Task A_card_that_could_not_be_posted_is_listed_shown_and_replayed_while_the_service_runs()
    {
        await using var host = await StartAsync();
        var client = host.Client;
        var (thread, request) = await client.SubmitAsync("sam", Scenes.Opening, Scenes.Article);
        var told = await client.WaitAsync(IsGivenUp, thread: thread);
        told.Text.ShouldContain(request);
        told.Text.ShouldContain("You don't need to do anything");

        var (listed, list, _) = await HostProcess.RunAsync("deadletters", "list", "--data", host.Data);
        listed.ShouldBe(0);
        list.ShouldContain("Refused: The bot is not in the channel.");
        list.ShouldContain("1 in all.");
        list.ShouldNotContain("Contoso");
        var id = list.Split(' ')[0];

        var (shown, content, _) = await HostProcess.RunAsync("deadletters", "show", id, "--data", host.Data);
        shown.ShouldBe(0);
        content.ShouldContain(request);

        host.App.Services.GetRequiredService<FailingPlatform>().Open();
        var (replayed, done, _) = await HostProcess.RunAsync("deadletters", "replay", id, "--data", host.Data);
        replayed.ShouldBe(0);
        done.ShouldContain("1 put back to work.");
        var card = await client.WaitAsync(message => message.Kind == "TriageCard", "triage");
        card.Request.ShouldBe(request);

        (await HostProcess.RunAsync("deadletters", "list", "--data", host.Data)).Output.ShouldContain("No dead letters.");
        (await HostProcess.RunAsync("deadletters", "replay", id, "--data", host.Data)).Code.ShouldBe(1);
    }

    [Fact]
    public async Task All_are_replayed_at_once_and_what_still_cannot_be_delivered_comes_back()
    {
        await using var host = await StartAsync();
        var client = host.Client;
        foreach (var (user, answers) in ((string, IReadOnlyDictionary<string, string>)[])[("sam", Scenes.Article), ("sofia", Scenes.Printing)])
        {
            var (thread, _) = await client.SubmitAsync(user, Scenes.Opening, answers);
            await client.WaitAsync(IsGivenUp, thread: thread);
        }

        (await HostProcess.RunAsync("deadletters", "replay", "--all", "--data", host.Data)).Output.ShouldContain("2 put back to work.");
        string list;
        do
        {
            list = (await HostProcess.RunAsync("deadletters", "list", "--data", host.Data)).Output;
        }
        while (!list.Contains("2 in all", StringComparison.Ordinal));

        host.App.Services.GetRequiredService<FailingPlatform>().Open();
        (await HostProcess.RunAsync("deadletters", "replay", "--all", "--data", host.Data)).Code.ShouldBe(0);
        var first = await client.WaitAsync(message => message.Kind == "TriageCard", "triage");
        await client.WaitAsync(message => message.Kind == "TriageCard", "triage", after: first.Seq);
    }

    [Theory]
    [InlineData(1, "There is no dead letter 'abc'", "show", "abc")]
    [InlineData(1, "There is no dead letter 'abc'", "replay", "abc")]
    [InlineData(2, "either an id or --all", "replay")]
    [InlineData(2, "either an id or --all", "replay", "abc", "--all")]
    [InlineData(2, "'--bogus'", "list", "--bogus")]
    [InlineData(2, "'again'", "list", "again")]
    public async Task A_command_that_makes_no_sense_is_refused(int code, string words, params string[] arguments)
    {
        await using var host = await RunningHost.StartAsync();
        var (exit, output, errors) = await HostProcess.RunAsync(["deadletters", .. arguments, "--data", host.Data]);
        exit.ShouldBe(code, output);
        errors.ShouldContain(words);
    }

    [Fact]
    public async Task A_directory_without_a_database_is_a_mistake_and_not_an_empty_list()
    {
        using var data = new TempDirectory();
        var (code, output, errors) = await HostProcess.RunAsync("deadletters", "list", "--data", data.Data);
        code.ShouldBe(3);
        output.ShouldBeEmpty();
        errors.ShouldContain(data.Data);
        errors.ShouldContain("--data");
        Directory.Exists(data.Data).ShouldBeFalse();
    }

    [Fact]
    public async Task The_commands_take_the_settings_the_service_was_started_with()
    {
        await using var host = await StartAsync("--FeedbackBot:Tenant=acme");
        var (thread, _) = await host.Client.SubmitAsync("sam", Scenes.Opening, Scenes.Article);
        await host.Client.WaitAsync(IsGivenUp, thread: thread);
        var (code, output, _) = await HostProcess.RunAsync("deadletters", "list", "--data", host.Data, "--FeedbackBot:Tenant=acme");
        code.ShouldBe(0);
        output.ShouldContain("1 in all.");
    }

    private static bool IsGivenUp(Message message) => message.Text.Contains("can't reach", StringComparison.Ordinal);

    private static Task<RunningHost> StartAsync(params string[] settings) => RunningHost.StartAsync(
        null,
        static services => services
            .AddSingleton<PlaygroundPlatform>()
            .AddSingleton(static provider => new FailingPlatform(provider.GetRequiredService<PlaygroundPlatform>()))
            .Replace(ServiceDescriptor.Singleton<IChatPlatform>(static provider => provider.GetRequiredService<FailingPlatform>())),
        settings);
}
