using System.Text.RegularExpressions;
using FeedbackBot.Core;
using Microsoft.Extensions.Options;

namespace FeedbackBot.Slack;

/// <summary>Refuses to start with Slack settings that cannot work, in words that name the setting and never hold a secret.</summary>
internal sealed partial class SlackOptionsValidation : IValidateOptions<SlackOptions>
{
    private const int ShortestSecret = 16;

    public ValidateOptionsResult Validate(string? name, SlackOptions options)
    {
        if (!options.IsConfigured)
        {
            return ValidateOptionsResult.Skip;
        }

        var failures = new List<string>();
        if (options.AppToken is { } app && (!app.StartsWith("xapp-", StringComparison.Ordinal) || app.Any(char.IsWhiteSpace)))
        {
            failures.Add("Slack:AppToken takes the app-level token of Socket Mode, which begins with xapp-.");
        }

        if (options.SigningSecret is null && options.AppToken is not null)
        {
            // Socket Mode alone: nobody can send us requests.
        }
        else if (string.IsNullOrWhiteSpace(options.SigningSecret))
        {
            failures.Add("Slack:SigningSecret is missing. Without it nobody can tell Slack's requests from others; it stands under Basic Information in the app's settings. To try it out without a public address, give Slack:AppToken instead.");
        }
        else if (options.SigningSecret.Trim() != options.SigningSecret || options.SigningSecret.Length < ShortestSecret)
        {
            failures.Add("Slack:SigningSecret is no signing secret: it has at least 16 characters and no spaces around it.");
        }

        if (options.Workspaces.Count == 0)
        {
            failures.Add("Slack:Workspaces is empty. Give at least one, with its TeamId and BotToken.");
        }

        for (var index = 0; index < options.Workspaces.Count; index++)
        {
            Check(options.Workspaces[index], $"Slack:Workspaces:{index}", failures);
        }

        if (options.Workspaces.GroupBy(workspace => workspace.TeamId, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            failures.Add($"Slack:Workspaces holds '{twice.Key}' twice.");
        }

        if (!IsSlackOrLoopback(options.ApiBaseUrl))
        {
            failures.Add($"Slack:ApiBaseUrl takes {SlackOptions.SlackApi}, or an address on loopback for tests: tokens are sent there.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static void Check(SlackWorkspaceOptions workspace, string setting, List<string> failures)
    {
        if (!WorkspaceId().IsMatch(workspace.TeamId))
        {
            failures.Add($"{setting}:TeamId takes a workspace's id, which begins with T, or an organisation's, which begins with E.");
        }

        if (!workspace.BotToken.StartsWith("xoxb-", StringComparison.Ordinal) || workspace.BotToken.Any(char.IsWhiteSpace))
        {
            failures.Add($"{setting}:BotToken takes the bot token of the installation, which begins with xoxb-.");
        }
    }

    private static bool IsSlackOrLoopback(Uri address)
        => address == SlackOptions.SlackApi || (address is { IsAbsoluteUri: true, Scheme: "http" or "https", IsLoopback: true, UserInfo: "" });

    [GeneratedRegex("^[TE][A-Z0-9]{1,30}$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 100)]
    private static partial Regex WorkspaceId();
}

/// <summary>The areas that are triaged in Slack name channels of workspaces that are there.</summary>
internal sealed class SlackAreas(SlackOptions slack) : IPostConfigureOptions<FeedbackBotOptions>, IValidateOptions<FeedbackBotOptions>
{
    public void PostConfigure(string? name, FeedbackBotOptions options)
    {
        // Where there is one workspace only, nobody has to say which.
        foreach (var area in SlackAreasOf(options).Where(area => area.TriageWorkspace.Length == 0 && slack.Workspaces.Count == 1))
        {
            area.TriageWorkspace = slack.Workspaces[0].TeamId;
        }
    }

    public ValidateOptionsResult Validate(string? name, FeedbackBotOptions options)
    {
        var failures = new List<string>();
        foreach (var area in SlackAreasOf(options))
        {
            if (!slack.Workspaces.Any(workspace => workspace.TeamId == area.TriageWorkspace))
            {
                failures.Add($"The area '{area.Name}' is triaged in the Slack workspace '{area.TriageWorkspace}', which is not in Slack:Workspaces.");
            }

            if (area.TriageChannel is not (['C' or 'G', _, ..]) || !area.TriageChannel.All(char.IsAsciiLetterOrDigit))
            {
                failures.Add($"The area '{area.Name}' needs the id of its triage channel in Slack, which begins with C and stands at the end of the channel's About tab; '{area.TriageChannel}' is none.");
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IEnumerable<ProductAreaOptions> SlackAreasOf(FeedbackBotOptions options)
        => options.Areas.Where(area => area.TriagePlatform == SlackPlatform.PlatformName);
}
