using System.ComponentModel.DataAnnotations;
using FeedbackBot.Core;
using FeedbackBot.Core.Messaging;
using Microsoft.Extensions.Options;

namespace FeedbackBot.Host;

/// <summary>Refuses to start with settings that cannot work, and says in plain words what to change.</summary>
/// <param name="names">The names of the configured platforms.</param>
internal sealed class FeedbackBotOptionsValidation(IEnumerable<PlatformName> names) : IValidateOptions<FeedbackBotOptions>
{
    public ValidateOptionsResult Validate(string? name, FeedbackBotOptions options)
    {
        var platforms = names.Select(platform => platform.Value).ToList();
        var failures = new List<string>();
        Check(options, failures);
        Check(options.Work, failures);
        foreach (var area in options.Areas)
        {
            Check(area, failures);
        }

        if (!Enum.IsDefined(options.MinimumLevel))
        {
            failures.Add("FeedbackBot:MinimumLevel takes Level100, Level200, Level300 or Level400.");
        }

        if (options.Areas.Count == 0)
        {
            failures.Add("FeedbackBot:Areas is empty. Give at least one product area, with its Name, TriagePlatform and TriageChannel.");
        }

        failures.AddRange(options.Owners
            .Where(owner => owner.Split(':', 2) is not [var platform, { Length: > 0 }] || !platforms.Contains(platform, StringComparer.Ordinal))
            .Select(owner => $"FeedbackBot:Owners takes a platform that is configured and a person's id there, such as slack:U0123ABCD; '{owner}' is none."));
        if (options.Areas.GroupBy(area => area.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            failures.Add($"FeedbackBot:Areas holds '{twice.Key}' twice.");
        }

        if (platforms.Count == 0)
        {
            failures.Add("No chat platform is configured. On a loopback address the Playground is on by itself; see the README.");
        }

        failures.AddRange(options.Areas
            .Where(area => area.TriagePlatform.Length > 0 && platforms.Count > 0 && !platforms.Contains(area.TriagePlatform, StringComparer.Ordinal))
            .Select(area => $"The area '{area.Name}' is triaged on '{area.TriagePlatform}', which is not configured. There is: {string.Join(", ", platforms)}."));
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static void Check(object options, List<string> failures)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        failures.AddRange(results.Select(result => result.ErrorMessage).OfType<string>());
    }
}
