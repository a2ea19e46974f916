using System.CommandLine;
using System.Text;
using CsvHelper;
using FeedbackBot.Core.Catalogue;
using Microsoft.Extensions.Options;

namespace FeedbackBot.Host;

/// <summary><c>import features FILE.csv</c>.</summary>
internal static class ImportCommands
{
    private const int MostBadLinesShown = 20;

    // Far above any catalogue; a file beyond is some other file.
    private const long LargestFile = 64 * 1024 * 1024;

    private static readonly string[] Columns = ["name", "description", "link"];

    private static readonly CsvReaderOptions CsvOptions = new()
    {
        TrackLineNumbers = true,
        TrimWhitespace = true,
        DetectSeparatorHint = true,
        MaxRecordSize = 256 * 1024,
    };

    public static Command Create(Option<string?> data)
    {
        var file = new Argument<FileInfo>("file") { Description = "CSV in UTF-8 with a first line that names the columns name, description and link." };
        var skip = new Option<bool>("--skip-bad-lines") { Description = "Load the good lines even if others are not." };
        var features = new Command(
            "features", "Stores what the product can do already; conversations do not use it yet. A feature of the same name is replaced.")
        {
            file,
            skip,
        };
        features.SetAction((parsed, cancellationToken) => ImportFeaturesAsync(
            parsed, data, parsed.GetRequiredValue(file), parsed.GetValue(skip), cancellationToken));
        return new Command("import", "Stores data from files.") { features };
    }

    private static async Task<int> ImportFeaturesAsync(
        ParseResult parsed, Option<string?> data, FileInfo file, bool skipsBadLines, CancellationToken cancellationToken)
    {
        if (await CommandLine.RefuseUnknownAsync(parsed))
        {
            return 2;
        }

        var problems = new List<string>();
        List<ExistingFeature> features;
        try
        {
            features = await ReadAsync(file, problems, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or DecoderFallbackException or CsvFormatException)
        {
            await Console.Error.WriteLineAsync(exception is DecoderFallbackException ? $"{file.Name} is not UTF-8: save it as \"CSV UTF-8\"." : exception.Message);
            return 1;
        }

        await ReportAsync(problems);
        if (problems.Count > 0 && (!skipsBadLines || features.Count == 0))
        {
            await Console.Error.WriteLineAsync(
                features.Count == 0 ? "Nothing was loaded." : $"Nothing was loaded. Mend these lines, or load the {features.Count} others with --skip-bad-lines.");
            return 1;
        }

        await using var services = HostBuilding.BuildForCommands(parsed.GetValue(data), [.. parsed.UnmatchedTokens]);
        services.GetRequiredService<IStartupValidator>().Validate();
        var change = await services.GetRequiredService<FeatureCatalogue>().ImportAsync(features, cancellationToken);
        await Console.Out.WriteLineAsync($"{change.Added} new, {change.Changed} changed, {change.Unchanged} as before.");
        return 0;
    }

    /// <summary>The good lines; what is wrong with the others goes to <paramref name="problems"/>, with its line number.</summary>
    private static async Task<List<ExistingFeature>> ReadAsync(FileInfo file, List<string> problems, CancellationToken cancellationToken)
    {
        if (file.Exists && file.Length > LargestFile)
        {
            throw new IOException($"{file.Name} is larger than {LargestFile / 1024 / 1024} MB: that is no catalogue.");
        }

        var features = new List<ExistingFeature>();
        using var reader = new StreamReader(file.FullName, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
        await using var csv = CsvReader.Create(reader, CsvOptions);
        await csv.ReadHeaderAsync(cancellationToken);
        if (Columns.Any(column => !csv.Headers.Contains(column, StringComparer.OrdinalIgnoreCase)))
        {
            problems.Add($"line 1: the first line names the columns {string.Join(", ", Columns)}.");
            return features;
        }

        while (await csv.ReadAsync(cancellationToken))
        {
            if (ExistingFeature.TryRead(csv.GetString("name"), csv.GetString("description"), csv.GetString("link"), out var problem) is { } feature)
            {
                features.Add(feature);
            }
            else
            {
                problems.Add($"line {csv.LineNumber}: {problem}.");
            }
        }

        return features;
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
