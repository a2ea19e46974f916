using FeedbackBot.Core.Messaging;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace FeedbackBot.Slack.Tests;

/// <summary>What is wrong with the set-up is said with what to mend, and never with a secret.</summary>
public sealed class SetupCheckTests
{
    [Fact]
    public async Task All_is_well_where_it_is()
    {
        var findings = await FindingsAsync(call => call.Method == "auth.test" ? Identity() : null);
        findings.ShouldAllBe(finding => finding.IsOk);
        findings.Select(finding => finding.Text).ShouldContain("General: #triage is there and I am in it.", StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("invalid_auth", "Slack does not take the bot token (invalid_auth). Install the app again")]
    [InlineData("token_revoked", "Slack does not take the bot token")]
    [InlineData("internal_error", "Slack gave no clear answer")]
    public async Task A_token_that_does_not_work_is_said_so(string error, string words)
    {
        var findings = await FindingsAsync(call => call.Method == "auth.test" ? FakeSlackApi.Error(error) : null);
        findings.Where(finding => !finding.IsOk).ShouldHaveSingleItem().Text.ShouldContain(words);
    }

    [Fact]
    public async Task A_token_of_another_workspace_is_said_so()
        => (await FindingsAsync(call => call.Method == "auth.test" ? Identity(team: "T9") : null))
            .Where(finding => !finding.IsOk).ShouldHaveSingleItem().Text.ShouldContain("the bot token is one of T9");

    [Fact]
    public async Task Missing_scopes_are_named()
        => (await FindingsAsync(call => call.Method == "auth.test" ? Identity(SlackSetupCheck.Scopes.Except(["users:read", "im:write"], StringComparer.Ordinal)) : null))
            .Where(finding => !finding.IsOk).ShouldHaveSingleItem().Text.ShouldContain("missing im:write, users:read.");

    [Fact]
    public async Task An_answer_that_names_no_scopes_is_said_so()
        => (await FindingsAsync(call => call.Method == "auth.test" ? Identity([]) : null))
            .Where(finding => !finding.IsOk).ShouldHaveSingleItem().Text.ShouldContain("did not say what the token may do");

    [Theory]
    [InlineData(true, true, "#triage is archived")]
    [InlineData(false, false, "Write /invite @FeedbackBot there")]
    public async Task A_triage_channel_that_takes_no_cards_is_said_so(bool isArchived, bool isMember, string words)
        => (await FindingsAsync(call => call.Method switch
        {
            "auth.test" => Identity(),
            "conversations.info" => FakeSlackApi.Json(new { ok = true, channel = new { id = call["channel"], name = "triage", is_archived = isArchived, is_member = isMember } }),
            _ => null,
        })).Where(finding => !finding.IsOk).ShouldHaveSingleItem().Text.ShouldContain(words);

    [Fact]
    public async Task A_triage_channel_that_is_not_there_is_said_so()
        => (await FindingsAsync(call => call.Method switch
        {
            "auth.test" => Identity(),
            "conversations.info" => FakeSlackApi.Error("channel_not_found"),
            _ => null,
        })).Where(finding => !finding.IsOk).ShouldHaveSingleItem().Text.ShouldContain($"I see no channel {SlackHost.Triage}");

    [Theory]
    [InlineData("invalid_auth", "Slack does not take Slack:AppToken")]
    [InlineData("missing_scope", "lacks the scope connections:write")]
    [InlineData("ok", null)]
    public async Task The_token_of_socket_mode_is_tried(string answer, string? words)
    {
        var findings = await FindingsAsync(
            call => call.Method switch
            {
                "auth.test" => Identity(),
                "apps.connections.open" => answer == "ok" ? FakeSlackApi.Json(new { ok = true, url = "wss://wss.slack.com/link" }) : FakeSlackApi.Error(answer),
                _ => null,
            },
            options => options.AppToken = "xapp-very-secret");
        var wrong = findings.Where(finding => !finding.IsOk).ToList();
        if (words is null)
        {
            wrong.ShouldBeEmpty();
            findings.ShouldContain(finding => finding.Text.Contains("Socket Mode works", StringComparison.Ordinal));
        }
        else
        {
            wrong.ShouldHaveSingleItem().Text.ShouldContain(words);
        }
    }

    [Fact]
    public async Task The_manifest_asks_for_the_scopes_that_are_checked()
    {
        var lines = await File.ReadAllLinesAsync(Path.Combine(Root(), "manifests", "slack", "manifest.yaml"));
        var scopes = lines.SkipWhile(line => line.Trim() != "bot:").Skip(1).TakeWhile(line => line.TrimStart().StartsWith("- ", StringComparison.Ordinal)).Select(line => line.Trim()[2..]);
        scopes.ShouldBe(SlackSetupCheck.Scopes);
        var document = await File.ReadAllTextAsync(Path.Combine(Root(), "docs", "slack.md"));
        SlackSetupCheck.Scopes.ShouldAllBe(scope => document.Contains($"`{scope}`", StringComparison.Ordinal));
    }

    private static async Task<List<SetupFinding>> FindingsAsync(Func<ApiCall, HttpResponseMessage?> answer, Action<SlackOptions>? configure = null)
    {
        var services = new ServiceCollection();
        using var api = new FakeSlackApi();
        api.Answer = call => answer(call) ?? (call.Method == "conversations.info"
            ? FakeSlackApi.Json(new { ok = true, channel = new { id = call["channel"], name = "triage", is_member = true } })
            : null);
        SlackHost.AddProduct(services, api, configure);
        await using var provider = services.BuildServiceProvider();
        var findings = await provider.GetRequiredService<ISetupCheck>().CheckAsync([new("General", new("slack", SlackHost.Team, SlackHost.Triage))], CancellationToken.None).ToListAsync();
        findings.ShouldAllBe(finding => !finding.Text.Contains("very-secret", StringComparison.Ordinal) && !finding.Text.Contains(SlackHost.Secret, StringComparison.Ordinal));
        return findings;
    }

    private static HttpResponseMessage Identity(IEnumerable<string>? scopes = null, string team = SlackHost.Team)
    {
        var answer = FakeSlackApi.Json(new { ok = true, user_id = SlackHost.Bot, team_id = team });
        answer.Headers.Add("x-oauth-scopes", string.Join(",", scopes ?? SlackSetupCheck.Scopes));
        return answer;
    }

    private static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "FeedbackBot.sln")))
        {
            directory = directory.Parent ?? throw new InvalidOperationException("The repository is not around the tests.");
        }

        return directory.FullName;
    }
}
