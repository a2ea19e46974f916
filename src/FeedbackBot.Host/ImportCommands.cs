using System.CommandLine;
using System.Text;
using CsvHelper;
using FeedbackBot.Core.Catalogue;
using FeedbackBot.Core.Roadmap;
using Microsoft.Extensions.Options;

namespace FeedbackBot.Host;

/// <summary><c>import features FILE.csv</c>, <c>import roadmap FILE.csv</c>.</summary>
internal static class ImportCommands
{
    private const int MostBadLinesShown = 20;

    // Far above any catalogue; a file beyond is some other file.
    private const long LargestFile = 64 * 1024 * 1024;

    private static readonly CsvReaderOptions CsvOptions = new()
    {
        TrackLineNumbers = true,
        TrimWhitespace = true,
        DetectSeparatorHint = true,
        MaxRecordSize = 256 * 1024,
    };

    /// <summary>A line of a file as an entry, or what is wrong with it.</summary>
    private delegate T? LineReader<T>(Func<string, string?> column, out string problem);

    public static Command Create(Option<string?> data) => new("import", "Stores data from files.")
    {
        Import<ExistingFeature>(
            data,
            "features",
            "Stores what the product can do already: a seller who asks for it is given the link. A feature of the same name is replaced.",
            ["name", "description", "link"],
            static (column, out problem) => ExistingFeature.TryRead(column("name"), column("description"), column("link"), out problem)),
        Import<RoadmapItem>(
            data,
            "roadmap",
            "Stores what is planned: a seller who asks for it hears when. An item of the same title is replaced. The status is considered, planned, started, shipped or dropped; the date a month, a quarter or a half, or empty.",
            ["title", "description", "area", "status", "date"],
            static (column, out problem) => RoadmapItem.TryRead(
                column("title"), column("description"), column("area"), column("status"), column("date"), out problem)),
    };

    private static Command Import<T>(Option<string?> data, string name, string description, string[] columns, LineReader<T> reader)
        where T : class, ICatalogueEntry
    {
        var file = new Argument<FileInfo>("file") { Description = $"CSV in UTF-8 with a first line that names the columns {string.Join(", ", columns)}." };
        var skip = new Option<bool>("--skip-bad-lines") { Description = "Load the good lines even if others are not." };
        var replace = new Option<bool>("--replace") { Description = "The file is all there is: remove what is stored and not in it." };
        var command = new Command(name, description) { file, skip, replace };
        command.Validators.Add(result =>
        {
            if (result.GetValue(skip) && result.GetValue(replace))
            {
                result.AddError("--replace with --skip-bad-lines would remove what the bad lines say. Use one of them.");
            }
        });
        command.SetAction((parsed, cancellationToken) => ImportAsync(
            parsed, data, parsed.GetRequiredValue(file), columns, reader, parsed.GetValue(skip), parsed.GetValue(replace), cancellationToken));
        return command;
    }

    private static async Task<int> ImportAsync<T>(
        ParseResult parsed, Option<string?> data, FileInfo file, string[] columns, LineReader<T> reader, bool skipsBadLines, bool replaceAll, CancellationToken cancellationToken)
        where T : class, ICatalogueEntry
    {
        if (await CommandLine.RefuseUnknownAsync(parsed))
        {
            return 2;
        }

        var problems = new List<string>();
        List<T> entries;
        try
        {
            entries = await ReadAsync(file, columns, reader, problems, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or DecoderFallbackException or CsvFormatException)
        {
            await Console.Error.WriteLineAsync(exception is DecoderFallbackException ? $"{file.Name} is not UTF-8: save it as \"CSV UTF-8\"." : exception.Message);
            return 1;
        }

        await ReportAsync(problems);
        if (problems.Count > 0 && (!skipsBadLines || entries.Count == 0))
        {
            await Console.Error.WriteLineAsync(
                entries.Count == 0 ? "Nothing was loaded."
                : $"Nothing was loaded. Mend these lines, or load the {(entries.Count == 1 ? "other one" : $"{entries.Count} others")} with --skip-bad-lines.");
            return 1;
        }

        if (replaceAll && entries.Count == 0)
        {
            await Console.Error.WriteLineAsync($"{file.Name} has no line, and with --replace everything would go. Nothing was changed.");
            return 1;
        }

        await using var services = HostBuilding.BuildForCommands(parsed.GetValue(data), [.. parsed.UnmatchedTokens]);
        services.GetRequiredService<IStartupValidator>().Validate();
        var change = await services.GetRequiredService<AnswerCatalogue>().ImportAsync(entries, replaceAll, cancellationToken);
        await Console.Out.WriteLineAsync(
            $"{change.Added} new, {change.Changed} changed, {change.Unchanged} as before{(replaceAll ? $", {change.Removed} removed" : "")}.");
        return 0;
    }

    /// <summary>The good lines; what is wrong with the others goes to <paramref name="problems"/>, with its line number.</summary>
    private static async Task<List<T>> ReadAsync<T>(
        FileInfo file, string[] columns, LineReader<T> line, List<string> problems, CancellationToken cancellationToken)
    {
        if (file.Exists && file.Length > LargestFile)
        {
            throw new IOException($"{file.Name} is larger than {LargestFile / 1024 / 1024} MB: that is no catalogue.");
        }

        var entries = new List<T>();
        using var reader = new StreamReader(file.FullName, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
        await using var csv = CsvReader.Create(reader, CsvOptions);
        await csv.ReadHeaderAsync(cancellationToken);
        if (columns.Any(column => !csv.Headers.Contains(column, StringComparer.OrdinalIgnoreCase)))
        {
            problems.Add($"line 1: the first line names the columns {string.Join(", ", columns)}.");
            return entries;
        }

        while (await csv.ReadAsync(cancellationToken))
        {
            if (line(csv.GetString, out var problem) is { } entry)
            {
                entries.Add(entry);
            }
            else
            {
                problems.Add($"line {csv.LineNumber}: {problem}.");
            }
        }

        return entries;
    }

    private static async Task ReportAsync(List<string> problems)
    {
        foreach (var problem in problems.Take(MostBadLinesShown))
        {
            await Console.Error.WriteLineAsync(problem);
        }

        if (problems.Count > MostBadLinesShown)
        {
            await Console.Error.WriteLineAsync($"… and {problems.Count - MostBadLinesShown} more.");
        }
    }
}
