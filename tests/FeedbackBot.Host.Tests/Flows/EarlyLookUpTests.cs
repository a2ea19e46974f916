using FeedbackBot.Core.Deduplication;
using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Storage;
using FeedbackBot.Host.Tests.Cli;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace FeedbackBot.Host.Tests.Flows;

/// <summary>Before the first question: what is known already is offered.</summary>
public sealed class EarlyLookUpTests
{
    private const string Need = "Their development teams would need access to production systems, which SOX forbids.";

    [Fact]
    public async Task Somebody_with_the_same_need_says_only_for_whom()
    {
        await using var host = await RunningHost.StartAsync("--FeedbackBot:MinimumLevel=Level400");
        var client = host.Client;
        var (_, request, card) = await client.CardAsync();

        var thread = await client.SayAsync("sofia", Need);
        var offered = await client.AskedAsync(thread, "Duplicate");
        offered.Text.ShouldContain("access to production systems");
        offered.Text.ShouldContain("1 customer; waiting for the product team.");
        await client.PressAsync("sofia", offered, "same", request);
        await client.SayAsync("sofia", "Northwind", thread);
        var draft = await client.AskedAsync(thread, "Confirm", offered.Seq);
        draft.Text.ShouldContain($"add to {request}");
        await client.SendAsync("sofia", draft);

        (await client.UpdateAsync(card, "2 customers")).Text.ShouldContain("Sofia for Northwind");
        (await client.AllAsync(thread: thread)).Where(message => message.Asks is not null).Select(message => message.Asks)
            .ShouldBe(["Duplicate", "Customer", "Confirm", "Stake"]);
        (await LabelsAsync(host)).ShouldBe([(request, true)]);
    }

    [Fact]
    public async Task What_the_seller_said_it_is_not_is_remembered_and_not_offered_again()
    {
        using var data = new TempDirectory();
        await using (var host = await RunningHost.OpenAsync(data.Data))
        {
            var client = host.Client;
            var (_, request, _) = await client.CardAsync();
            var thread = await client.SayAsync("sofia", Need);
            await client.PressAsync("sofia", await client.AskedAsync(thread, "Duplicate"), "new");
            await client.ToDraftAsync("sofia", thread, Scenes.Article.With("Customer", "Northwind"));
            (await client.AllAsync(thread: thread)).Count(message => message.Asks == "Duplicate").ShouldBe(1);
            (await LabelsAsync(host)).ShouldBe([(request, false)]);
        }

        var (code, output, _) = await HostProcess.RunAsync("evaluate", "--data", data.Data);
        code.ShouldBe(0);
        output.ShouldContain("0.000", customMessage: "none of those that were offered was the same");
    }

    [Fact]
    public async Task A_step_back_takes_the_label_back()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        await client.CardAsync();
        var thread = await client.SayAsync("sofia", Need);
        var offered = await client.AskedAsync(thread, "Duplicate");
        await client.PressAsync("sofia", offered, "new");
        await client.WaitAsync(message => message.Kind == "Question", thread: thread, after: offered.Seq);
        await client.SayAsync("sofia", "back", thread);
        await client.AskedAsync(thread, "Duplicate", offered.Seq);
        (await LabelsAsync(host)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_feature_that_is_imported_while_the_service_runs_answers_the_next_seller_with_its_link()
    {
        using var data = new TempDirectory();
        await using var host = await RunningHost.OpenAsync(data.Data);
        var client = host.Client;
        await ImportAsync(data, "features", "name,description,link\nRoles for pipelines,A pipeline deploys to production with a role of its own,https://docs.example/roles\n");
        var thread = await OfferedAsync(client, "Contoso's pipelines need a role of their own to deploy to production");
        var offered = await client.AskedAsync(thread, "Duplicate");
        offered.Text.ShouldContain("The product may do this already.");
        offered.Text.ShouldContain("https://docs.example/roles");

        await client.SayAsync("sofia", "yes", thread);
        var solved = await client.NoticeAsync(thread, "Good news");
        solved.Text.ShouldContain("https://docs.example/roles");
        await client.PressAsync("sofia", solved, "new");
        (await client.WaitAsync(message => message.Asks is not null, thread: thread, after: solved.Seq)).Kind.ShouldBe("Question");
    }

    [Fact]
    public async Task Who_asks_first_for_what_is_planned_makes_it_a_request_and_the_next_one_joins_that()
    {
        using var data = new TempDirectory();
        await using var host = await RunningHost.OpenAsync(data.Data);
        var client = host.Client;
        await ImportAsync(data, "roadmap", "title,description,area,status,date\nPrivate networking,Build agents without a public address,Deployment and infrastructure,planned,Q2 2027\n");
        var thread = await OfferedAsync(client, "Contoso's build agents may not have a public address, so private networking is a must");
        var offered = await client.AskedAsync(thread, "Duplicate");
        offered.Text.ShouldContain("planned for Q2 2027");
        await client.SayAsync("sofia", "yes", thread);
        await client.SayAsync("sofia", "Contoso", thread);
        var card = await client.SendAsync("sofia", await client.AskedAsync(thread, "Confirm", offered.Seq));
        card.Text.ShouldContain("Private networking\nDeployment and infrastructure");

        var second = await client.SayAsync("riley", "Northwind wants private networking: no public address for build agents");
        var known = await client.AskedAsync(second, "Duplicate");
        known.Text.ShouldContain($"{card.Request}: Private networking");
        known.Text.ShouldContain("1 customer; planned for Q2 2027");
        known.Choices.Count.ShouldBe(2, "the item and its request are one");
    }

    [Fact]
    public async Task A_card_shows_what_may_be_the_same_and_says_so_no_more_once_it_is_not()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var (_, first, card) = await client.CardAsync();
        var (_, second) = await client.SubmitAsync("sofia", Need, Scenes.Article.With("Customer", "Northwind"));
        var other = await client.WaitAsync(message => message.Request == second && message.Text.Contains("May be the same as:", StringComparison.Ordinal), "triage");
        other.Text.ShouldContain($"• {first}: ");

        await client.PressAsync("pm-ana", other, "merge", first);
        await client.UpdateAsync(card, "2 customers");
        var merged = await client.UpdateAsync(other, $"part of {first}");
        await client.PressAsync("pm-ana", merged, "unmerge");
        var apart = await client.WaitAsync(
            message => message.Id == other.Id && !message.Text.Contains("part of", StringComparison.Ordinal), "triage", after: merged.Seq);
        apart.Text.ShouldNotContain("May be the same as:");
        apart.Actions().ShouldNotContain(action => action == "merge");
    }

    [Theory]
    [InlineData("search production access", "sellers")]
    [InlineData("@feedbackbot search production access", "triage")]
    [InlineData("/feedback search production access", "dm-riley")]
    public async Task What_is_known_can_be_searched_for_and_begins_no_conversation(string text, string channel)
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var (_, request, _) = await client.CardAsync();
        var who = channel == "triage" ? "pm-ben" : "riley";
        var thread = await client.SayAsync(who, text, channel: channel);
        var found = await client.WaitAsync(message => message.From == "bot", channel, thread);
        found.Text.ShouldContain($"{request}: The product currently requires giving access to production systems");
        found.Text.ShouldNotContain("Contoso");
        found.Choices.ShouldBeEmpty();

        var nothing = await client.SayAsync("riley", "search quantum ducks", channel: "sellers");
        (await client.WaitAsync(message => message.From == "bot", thread: nothing)).Text.ShouldContain("I know nothing about “quantum ducks” yet");
    }

    /// <summary>Opens threads until one is offered something: what was imported is taken up some seconds later.</summary>
    private static async Task<string> OfferedAsync(PlaygroundClient client, string opening)
    {
        while (true)
        {
            var thread = await client.SayAsync("sofia", opening);
            if ((await client.WaitAsync(message => message.Asks is not null, thread: thread)).Asks == "Duplicate")
            {
                return thread;
            }

            await client.SayAsync("sofia", "cancel", thread);
            await client.NoticeAsync(thread, "Dropped");
        }
    }

    private static async Task ImportAsync(TempDirectory data, string what, string csv)
    {
        var file = Path.Combine(data.Parent, $"{what}.csv");
        await File.WriteAllTextAsync(file, csv);
        var (code, _, errors) = await HostProcess.RunAsync("import", what, file, "--data", data.Data);
        code.ShouldBe(0, errors);
    }

    private static async Task<List<(string Candidate, bool IsSame)>> LabelsAsync(RunningHost host)
    {
        var labels = new List<(string, bool)>();
        var tenant = host.App.Services.GetRequiredService<LaneQueues>().Tenant;
        await foreach (var label in host.App.Services.GetRequiredService<IStore>().ScanAsync<MatchLabel>(tenant, MatchLabel.Prefix, 100, CancellationToken.None))
        {
            if (label.Value.IsSame is { } isSame)
            {
                labels.Add((label.Value.Candidate.Value, isSame));
            }
        }

        return labels;
    }
}
