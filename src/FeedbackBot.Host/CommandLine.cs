using System.CommandLine;
using FeedbackBot.Core.Storage;
using Microsoft.Extensions.Options;

namespace FeedbackBot.Host;

/// <summary>The command line: without a command the service runs; the commands are for whoever runs it.</summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(string[] args)
    {
        var data = new Option<string?>("--data") { Description = "The directory of the database (default: ./feedbackbot-data).", Recursive = true };
        var urls = new Option<string?>("--urls") { Description = "Where to listen (default: http://localhost:5080)." };
        var root = new RootCommand(
            "FeedbackBot relays customer feedback between sellers and a product team.\n\n"
            + "Without a command it runs the service. Any setting can be given as --Section:Key=value, or as the environment variable Section__Key.")
        {
            data,
            urls,
            DeadLetterCommands.Create(data),
            DoctorCommand.Create(data),
            ImportCommands.Create(data),
            AssessmentCommands.Assess(),
            MatchCommands.WithDuplicates(AssessmentCommands.Evaluate(), data),
            MatchCommands.Match(data),
        };
        root.TreatUnmatchedTokensAsErrors = false;
        root.SetAction(async (parsed, cancellationToken) =>
        {
            if (await RefuseUnknownAsync(parsed))
            {
                return 2;
            }

            await using var app = HostBuilding.Build(parsed.GetValue(data), parsed.GetValue(urls), [.. parsed.UnmatchedTokens]);

            // Before anything starts: the host would log a stack trace around what the message says plainly.
            app.Services.GetRequiredService<IStartupValidator>().Validate();
            await app.RunAsync(cancellationToken);
            return 0;
        });

        try
        {
            return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (Exception exception) when (Failures(exception) is { } failures)
        {
            // What is wrong with the settings, each in a line of its own; a stack trace would only hide it.
            foreach (var failure in failures)
            {
                await Console.Error.WriteLineAsync(failure);
            }

            return 2;
        }
        catch (StoreUnavailableException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 3;
        }
        catch (IOException exception) when (exception.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            await Console.Error.WriteLineAsync($"{exception.Message} Stop what listens there, or choose another address with --urls.");
            return 2;
        }
    }

    /// <summary>Refuses what is neither an option nor a setting: a typing mistake must not pass for the default.</summary>
    public static async Task<bool> RefuseUnknownAsync(ParseResult parsed)
    {
        if (parsed.UnmatchedTokens.FirstOrDefault(token => !IsSetting(token)) is not { } unknown)
        {
            return false;
        }

        await Console.Error.WriteLineAsync($"'{unknown}' is neither a command nor a setting such as --Section:Key=value. See --help.");
        return true;
    }

    /// <summary>What is wrong with the settings, null if the error is about something else.</summary>
    public static IEnumerable<string>? Failures(Exception exception) => exception switch
    {
        OptionsValidationException invalid => invalid.Failures,
        AggregateException several when several.InnerExceptions.All(inner => Failures(inner) is not null)
            => several.InnerExceptions.SelectMany(inner => Failures(inner)!),

        // The configuration binder, for a value that is no number, time span or the like; its message names the setting.
        InvalidOperationException { Source: "Microsoft.Extensions.Configuration.Binder" } unreadable => [unreadable.Message],
        _ => null,
    };

    private static bool IsSetting(string token)
        => token.StartsWith("--", StringComparison.Ordinal) && token.IndexOf('=', StringComparison.Ordinal) is > 2;
}
