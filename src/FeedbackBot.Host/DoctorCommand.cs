using System.CommandLine;
using FeedbackBot.Core;
using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Storage;
using FeedbackBot.Core.Triage;
using FeedbackBot.Storage;
using Microsoft.Extensions.Options;

namespace FeedbackBot.Host;

/// <summary><c>doctor</c>: looks at the set-up and says what is right and what to mend, a line each as it is found.</summary>
internal static class DoctorCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public static Command Create(Option<string?> data)
    {
        var doctor = new Command("doctor", "Looks whether the settings, the tokens, the channels and the store work, and says what to mend. It changes nothing.");
        doctor.SetAction((parsed, cancellationToken) => RunAsync(parsed, data, cancellationToken));
        return doctor;
    }

    private static async Task<int> RunAsync(ParseResult parsed, Option<string?> data, CancellationToken cancellationToken)
    {
        if (await CommandLine.RefuseUnknownAsync(parsed))
        {
            return 2;
        }

        await using var services = HostBuilding.BuildForCommands(parsed.GetValue(data), [.. parsed.UnmatchedTokens]);
        using var patience = new CancellationTokenSource(Patience, services.GetRequiredService<TimeProvider>());
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        var wrong = 0;
        try
        {
            await foreach (var finding in FindingsAsync(services, either.Token).WithCancellation(either.Token))
            {
                wrong += finding.IsOk ? 0 : 1;
                await Console.Out.WriteLineAsync($"{(finding.IsOk ? "ok  " : "mend")}  {finding.Text}");
            }
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            wrong++;
            await Console.Out.WriteLineAsync("mend  This takes too long, so I stopped here. Something does not answer; try again in a while.");
        }

        await Console.Out.WriteLineAsync(wrong switch
        {
            0 => "All well.",
            1 => "One thing to mend.",
            _ => $"{wrong} things to mend.",
        });
        return wrong == 0 ? 0 : 1;
    }

    private static async IAsyncEnumerable<SetupFinding> FindingsAsync(
        IServiceProvider services, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var isConfigured = true;
        foreach (var wrong in WrongSettings(services))
        {
            isConfigured = false;
            yield return new(false, wrong);
        }

        if (!isConfigured)
        {
            // What is behind the settings cannot be asked with wrong ones.
            yield break;
        }

        yield return new(true, "The settings can be read.");
        var (store, triage) = await StoreAsync(services, cancellationToken);
        yield return store;
        var checks = services.GetServices<ISetupCheck>().ToList();
        if (checks.Count == 0)
        {
            yield return new(true, "No chat platform is configured: on a loopback address there is the Playground.");
        }

        foreach (var check in checks)
        {
            await foreach (var finding in check.CheckAsync(triage, cancellationToken))
            {
                yield return finding;
            }
        }
    }

    private static List<string> WrongSettings(IServiceProvider services)
    {
        try
        {
            services.GetRequiredService<IStartupValidator>().Validate();
            return [];
        }
        catch (Exception exception) when (CommandLine.Failures(exception) is { } failures)
        {
            return [.. failures];
        }
    }

    /// <summary>Whether the store can be opened, and the triage channels as they are with what was chosen in chat.</summary>
    private static async Task<(SetupFinding Finding, IReadOnlyList<TriageChannel> Triage)> StoreAsync(
        IServiceProvider services, CancellationToken cancellationToken)
    {
        var triage = TriageChannel.Of(services.GetRequiredService<IOptions<FeedbackBotOptions>>().Value);
        var directory = Path.GetFullPath(services.GetRequiredService<IOptions<StorageOptions>>().Value.DataDirectory);
        if (!Directory.Exists(directory))
        {
            // Opening the store would create it.
            return (new(true, $"There is no data directory {directory} yet; the service makes it when it starts."), triage);
        }

        try
        {
            var (store, lanes) = (services.GetRequiredService<IStore>(), services.GetRequiredService<LaneQueues>());
            var chosen = new List<TriageChannel>();
            foreach (var area in triage)
            {
                var choice = await store.FindAsync<TriageChoice>(lanes.Key(TriageChoice.Row(area.Area)), cancellationToken);
                chosen.Add(choice is null ? area : area with { Channel = choice.Value.Channel });
            }

            return (new(true, $"The store in {directory} can be opened."), chosen);
        }
        catch (StoreUnavailableException exception)
        {
            return (new(false, exception.Message), triage);
        }
    }
}
