using System.Globalization;
using System.Reflection;

namespace FeedbackBot.Core.Deduplication;

/// <summary>
/// How much each <see cref="MatchSignal"/> counts: once for the order of the candidates, once for how sure a match is, and the two
/// cut-offs. Fitted by <c>dotnet run --project tests/FeedbackBot.Benchmarks -c Release -- fit-matching</c> and kept in
/// <c>matching.tsv</c>: a line holds the signal and both weights.
/// </summary>
internal sealed record MatchingWeights
{
    /// <summary>Signals in all.</summary>
    public static readonly int Signals = Enum.GetValues<MatchSignal>().Length;

    /// <summary>Signals that order the candidates: those before <see cref="MatchSignal.Lead"/>.</summary>
    public const int RankingSignals = (int)MatchSignal.Lead;

    // Not read before it is asked for: fitting must go on where the file is of an older list of signals.
    private static readonly Lazy<MatchingWeights> ShippedOnce = new(ReadShipped);

    private const char Separator = '\t';

    /// <summary>The weights that ship with the product.</summary>
    public static MatchingWeights Shipped => ShippedOnce.Value;

    /// <summary>One weight for each signal before <see cref="MatchSignal.Lead"/>.</summary>
    public required float[] Ranking { get; init; }

    /// <summary>One weight for each signal, and last the bias: log-odds that it is the same need.</summary>
    public required float[] Certainty { get; init; }

    /// <summary>The lowest probability of <see cref="MatchBand.Certain"/>.</summary>
    public required float CertainFrom { get; init; }

    /// <summary>The lowest probability of <see cref="MatchBand.Possible"/>.</summary>
    public required float PossibleFrom { get; init; }

    public static MatchingWeights Parse(TextReader reader)
    {
        var (ranking, certainty) = (new float[RankingSignals], new float[Signals + 1]);
        var (certainFrom, possibleFrom) = (1f, 1f);
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith(';'))
            {
                continue;
            }

            var parts = line.Split(Separator);
            if (parts.Length != 3)
            {
                throw new InvalidDataException($"matching.tsv: '{line}' has not two weights.");
            }

            var (order, sure) = (float.Parse(parts[1], CultureInfo.InvariantCulture), float.Parse(parts[2], CultureInfo.InvariantCulture));
            switch (parts[0])
            {
                case "bias":
                    certainty[Signals] = sure;
                    break;
                case "certain":
                    certainFrom = sure;
                    break;
                case "possible":
                    possibleFrom = sure;
                    break;
                default:
                    var signal = (int)Enum.Parse<MatchSignal>(parts[0]);
                    certainty[signal] = sure;
                    if (signal < RankingSignals)
                    {
                        ranking[signal] = order;
                    }

                    break;
            }
        }

        return new MatchingWeights { Ranking = ranking, Certainty = certainty, CertainFrom = certainFrom, PossibleFrom = possibleFrom };
    }

    /// <summary>Writes the weights, to five digits.</summary>
    public void Write(TextWriter writer, string comment)
    {
        writer.Write($"; {comment}\n; signal{Separator}order{Separator}certainty\n");
        foreach (var signal in Enum.GetValues<MatchSignal>())
        {
            WriteLine(writer, signal.ToString(), (int)signal < RankingSignals ? Ranking[(int)signal] : 0, Certainty[(int)signal]);
        }

        WriteLine(writer, "bias", 0, Certainty[Signals]);
        WriteLine(writer, "certain", 0, CertainFrom);
        WriteLine(writer, "possible", 0, PossibleFrom);
    }

    private static void WriteLine(TextWriter writer, string name, float order, float sure)
        => writer.Write(string.Create(CultureInfo.InvariantCulture, $"{name}{Separator}{order:G5}{Separator}{sure:G5}\n"));

    private static MatchingWeights ReadShipped()
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("matching.tsv")!);
        return Parse(reader);
    }
}
