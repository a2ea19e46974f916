using System.CommandLine;
using FeedbackBot.Core.Deduplication;
using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Storage;
using FeedbackBot.Storage;
using Microsoft.Extensions.Options;

namespace FeedbackBot.Host;

/// <summary><c>match</c> and <c>evaluate --pairs</c>: the matcher, on anybody's texts or on the stored requests.</summary>
internal static class MatchCommands
{
    public static Command Match(Option<string?> data)
    {
        var corpus = new Option<FileInfo?>("--corpus") { Description = "JSONL with id and text, optionally product and created; the stored requests if not given." };
        var queries = new Option<FileInfo?>("--queries") { Description = "JSONL of the same fields; standard input if not given." };
        var top = new Option<int>("--top") { Description = "Candidates a query at most (default: 10).", DefaultValueFactory = _ => 10 };
        top.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && (!int.TryParse(result.Tokens[0].Value, out var value) || value is < 1 or > 200))
            {
                result.AddError("--top is a number from 1 to 200.");
            }
        });
        var command = new Command(
            "match",
            "Finds for each query the texts about the same need. A query with product and created finds only what its product had before it.")
        {
            corpus, queries, top,
        };
        command.SetAction((parsed, cancellationToken) => GuardAsync(async () =>
        {
            var (corpusFile, queryFile) = (parsed.GetValue(corpus), parsed.GetValue(queries));
            var lines = LinesOf(queryFile);
            if (corpusFile is null)
            {
                return await OnStoreAsync(
                    parsed, data, (services, token) => MatchStoreAsync(services, lines, parsed.GetValue(top), token), cancellationToken);
            }

            using var texts = Read(corpusFile);
            Report(texts.Errors);
            Write(MatchLines.Match(texts, lines, parsed.GetValue(top)), queryFile);
            return texts.Errors.Count == 0 ? 0 : 1;
        }));
        return command;
    }

    /// <summary>Makes <c>evaluate --corpus --pairs</c> of the command that has other measurements as its subcommands.</summary>
    public static Command WithDuplicates(Command evaluate, Option<string?> data)
    {
        var corpus = new Option<FileInfo?>("--corpus") { Description = "JSONL with id and text, optionally product and created." };
        var pairs = new Option<FileInfo?>("--pairs") { Description = "A query's id, a tab and the id of an earlier duplicate a line." };
        var none = new Option<FileInfo?>("--none") { Description = "Ids of texts without a duplicate, one a line." };
        evaluate.Add(corpus);
        evaluate.Add(pairs);
        evaluate.Add(none);
        evaluate.SetAction((parsed, cancellationToken) => GuardAsync(() => parsed.GetValue(corpus) is null && parsed.GetValue(pairs) is null && parsed.GetValue(none) is null
            ? OnStoreAsync(parsed, data, EvaluateStoreAsync, cancellationToken)
            : EvaluateAsync(parsed.GetValue(corpus), parsed.GetValue(pairs), parsed.GetValue(none))));
        return evaluate;
    }

    private static async Task<int> EvaluateAsync(FileInfo? corpus, FileInfo? pairs, FileInfo? none)
    {
        if (corpus is null || pairs is null)
        {
            await Console.Error.WriteLineAsync("Give both --corpus and --pairs, or neither to see what people said of what they were offered.");
            return 2;
        }

        using var texts = Read(corpus);
        using var bar = new ProgressBar("matching");
        var evaluation = DuplicateEvaluation.Of(
            texts, LinesOf(pairs), none is null ? [] : LinesOf(none), bar);
        bar.Clear();
        await Console.Out.WriteAsync(evaluation.ToString());
        return evaluation.Errors.Count == 0 ? 0 : 1;
    }

    /// <summary>Does <paramref name="run"/> on the store of the service.</summary>
    private static async Task<int> OnStoreAsync(
        ParseResult parsed, Option<string?> data, Func<ServiceProvider, CancellationToken, Task> run, CancellationToken cancellationToken)
    {
        await using var services = HostBuilding.BuildForCommands(parsed.GetValue(data), [.. parsed.UnmatchedTokens]);
        services.GetRequiredService<IStartupValidator>().Validate();
        var directory = services.GetRequiredService<IOptions<StorageOptions>>().Value.DataDirectory;
        if (!Directory.Exists(directory))
        {
            await Console.Error.WriteLineAsync(
                $"There is no data directory '{Path.GetFullPath(directory)}'. Name the one of the service with --data, or texts with --corpus.");
            return 2;
        }

        await run(services, cancellationToken);
        return 0;
    }

    private static async Task MatchStoreAsync(ServiceProvider services, IEnumerable<string> lines, int top, CancellationToken cancellationToken)
    {
        var index = services.GetRequiredService<RequestIndex>();
        await index.LoadAsync(cancellationToken);
        Write(MatchLines.Match(index, lines, top, services.GetRequiredService<TimeProvider>().GetUtcNow()), null);
    }

    private static async Task EvaluateStoreAsync(ServiceProvider services, CancellationToken cancellationToken)
        => await Console.Out.WriteAsync(
            (await LivePrecision.OfAsync(services.GetRequiredService<IStore>(), services.GetRequiredService<LaneQueues>(), cancellationToken)).ToString());

    private static MatchCorpus Read(FileInfo file)
    {
        using var bar = new ProgressBar("reading");
        var corpus = MatchCorpus.Read(WithProgress(file, bar));
        bar.Clear();
        return corpus;
    }

    private static void Write(IEnumerable<string> lines, FileInfo? queries)
    {
        using var bar = new ProgressBar("matching");
        var total = queries is null || Console.IsErrorRedirected ? 0 : File.ReadLines(queries.FullName).Count(line => !string.IsNullOrWhiteSpace(line));
        using var output = new StreamWriter(Console.OpenStandardOutput());
        var done = 0;
        foreach (var line in lines)
        {
            output.WriteLine(line);
            done++;
            if (total > 0)
            {
                bar.Report(done / (double)total);
            }
        }

        bar.Clear();
    }

    private static IEnumerable<string> WithProgress(FileInfo file, ProgressBar bar)
    {
        var read = 0L;
        foreach (var line in File.ReadLines(file.FullName))
        {
            read += line.Length + 1;
            bar.Report(Math.Min(1, read / (double)Math.Max(1, file.Length)));
            yield return line;
        }
    }

    private static void Report(IReadOnlyList<string> errors)
    {
        foreach (var error in errors)
        {
            Console.Error.WriteLine(error);
        }
    }

    private static async Task<int> GuardAsync(Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 1;
        }
    }

    /// <summary>The lines of a file, or of standard input.</summary>
    private static IEnumerable<string> LinesOf(FileInfo? file) => file is null ? ReadLines(Console.In) : File.ReadLines(file.FullName);

    private static IEnumerable<string> ReadLines(TextReader reader)
    {
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }
}
