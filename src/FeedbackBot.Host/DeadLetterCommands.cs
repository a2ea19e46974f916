using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using FeedbackBot.Core.Outbox;
using FeedbackBot.Core.Storage;
using FeedbackBot.Storage;
using Microsoft.Extensions.Options;

namespace FeedbackBot.Host;

/// <summary><c>deadletters list | show | replay</c>.</summary>
internal static class DeadLetterCommands
{
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter() },
    };

    public static Command Create(Option<string?> data)
    {
        var id = new Argument<string>("id") { Description = "The dead letter's id, or its first characters." };
        var some = new Argument<string?>("id") { Description = "The dead letter's id, or its first characters.", Arity = ArgumentArity.ZeroOrOne };
        var all = new Option<bool>("--all") { Description = "Replay every one of them." };
        var list = new Command("list", "Shows all of them, the oldest first.");
        var show = new Command("show", "Shows one with all that is stored of it, people's text included.") { id };
        var replay = new Command("replay", "Puts one, or all, back to work. A running service takes them up by itself.") { some, all };
        list.SetAction((parsed, cancellationToken) => RunAsync(parsed, data, letters => ListAsync(letters, cancellationToken)));
        show.SetAction((parsed, cancellationToken) => RunAsync(
            parsed, data, letters => ShowAsync(letters, parsed.GetRequiredValue(id), cancellationToken)));
        replay.SetAction((parsed, cancellationToken) => RunAsync(
            parsed, data, letters => ReplayAsync(letters, parsed.GetValue(some), parsed.GetValue(all), cancellationToken)));
        return new Command("deadletters", "Messages that could not be delivered and events that could not be handled.") { list, show, replay };
    }

    private static async Task<int> RunAsync(ParseResult parsed, Option<string?> data, Func<DeadLetters, Task<int>> run)
    {
        if (await CommandLine.RefuseUnknownAsync(parsed))
        {
            return 2;
        }

        await using var services = HostBuilding.BuildForCommands(parsed.GetValue(data), [.. parsed.UnmatchedTokens]);
        services.GetRequiredService<IStartupValidator>().Validate();
        var directory = services.GetRequiredService<IOptions<StorageOptions>>().Value.DataDirectory;
        if (!Directory.Exists(directory))
        {
            // Opening the store would create it, and an empty list would hide the mistake.
            throw new StoreUnavailableException(
                $"There is no data directory '{Path.GetFullPath(directory)}'. Name the one of the service with --data.");
        }

        return await run(services.GetRequiredService<DeadLetters>());
    }

    private static async Task<int> ListAsync(DeadLetters letters, CancellationToken cancellationToken)
    {
        var count = 0;
        await foreach (var letter in letters.ListAsync(cancellationToken))
        {
            count++;
            var kind = letter.Value.Kind == Core.Lanes.LaneKind.Out ? "message" : "event  ";
            await Console.Out.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"{letter.Value.Id[..12]}  {letter.Value.At:yyyy-MM-dd HH:mm:ss}Z  {kind}  {letter.Value.Reason}"));
        }

        await Console.Out.WriteLineAsync(count == 0 ? "No dead letters." : $"{count} in all. 'show ID' tells more, 'replay ID' tries again.");
        return 0;
    }

    private static async Task<int> ShowAsync(DeadLetters letters, string id, CancellationToken cancellationToken)
    {
        if (await letters.FindAsync(id, cancellationToken) is not { } found)
        {
            return await NotFoundAsync(id);
        }

        var content = (object?)await letters.MessageAsync(found.Value, cancellationToken)
            ?? await letters.EventAsync(found.Value, cancellationToken);
        await Console.Out.WriteLineAsync(JsonSerializer.Serialize(new { letter = found.Value, content }, Indented));
        return 0;
    }

    private static async Task<int> ReplayAsync(DeadLetters letters, string? id, bool all, CancellationToken cancellationToken)
    {
        if (all == id is not null)
        {
            await Console.Error.WriteLineAsync("Give either an id or --all.");
            return 2;
        }

        if (id is not null)
        {
            return await letters.FindAsync(id, cancellationToken) is { } found
                ? await ReportAsync(await ReplayAsync(letters, [found], cancellationToken), 1)
                : await NotFoundAsync(id);
        }

        // Read to the end first: what is replayed now may come back as a dead letter while this still reads.
        var every = new List<Stored<DeadLetter>>();
        await foreach (var letter in letters.ListAsync(cancellationToken))
        {
            every.Add(letter);
        }

        return await ReportAsync(await ReplayAsync(letters, every, cancellationToken), every.Count);
    }

    private static async Task<int> ReplayAsync(
        DeadLetters letters, IReadOnlyList<Stored<DeadLetter>> replayed, CancellationToken cancellationToken)
    {
        var done = 0;
        foreach (var letter in replayed)
        {
            done += await letters.ReplayAsync(letter, cancellationToken) ? 1 : 0;
        }

        return done;
    }

    private static async Task<int> ReportAsync(int done, int asked)
    {
        await Console.Out.WriteLineAsync(
            done == asked ? $"{done} put back to work." : $"{done} of {asked} put back to work; the others were replayed by somebody else or erased.");
        return done == asked ? 0 : 1;
    }

    private static async Task<int> NotFoundAsync(string id)
    {
        await Console.Error.WriteLineAsync($"There is no dead letter '{id}', or there are several that begin so. See 'deadletters list'.");
        return 1;
    }
}
