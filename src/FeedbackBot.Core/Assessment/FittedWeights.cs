using System.Globalization;
using System.Reflection;

namespace FeedbackBot.Core.Assessment;

/// <summary>What is judged with a probability of its own. <see cref="Constraint"/> is "any of the four kinds".</summary>
internal enum Judged
{
    Issue,
    Cost,
    Compliance,
    Infrastructure,
    People,
    Constraint,
    Evidence,
    Alternative,
}

/// <summary>
/// What each feature says for or against each criterion: a linear model, fitted on labelled messages by
/// <c>dotnet run --project tests/FeedbackBot.Benchmarks -c Release -- fit-levels</c> and kept in <c>weights.tsv</c>.
/// A line holds the feature (<c>w audit</c>, <c>p  reg</c>, <c>g named-regime</c>) and a weight in hundredths per
/// <see cref="Judged"/>; the line <c>bias</c> holds where each begins.
/// </summary>
internal sealed class FittedWeights
{
    /// <summary>What a group of the vocabulary counts against a text's whole words, or its whole pieces.</summary>
    public const float GroupValue = 0.15f;

    public static readonly int Criteria = Enum.GetValues<Judged>().Length;

    private const char Separator = '\t';
    private const float Hundredth = 0.01f;

    private readonly IReadOnlyList<(FeatureKind Kind, string Name)> _features;
    private readonly Dictionary<string, int> _words = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _groups = new(StringComparer.Ordinal);

    // Most look-ups by far are for pieces, and four letters fit into one number.
    private readonly Dictionary<ulong, int> _pieces = [];
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _wordsBySpan;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _groupsBySpan;
    private readonly float[] _weights;
    private readonly float[] _bias = new float[Criteria];

    /// <summary>Takes the weights over, <see cref="Criteria"/> for each feature.</summary>
    public FittedWeights(IReadOnlyList<(FeatureKind Kind, string Name)> features, float[] weights, float[] bias)
    {
        _features = features;
        for (var i = 0; i < features.Count; i++)
        {
            switch (features[i])
            {
                case (FeatureKind.Word, var name):
                    _words.Add(name, i);
                    break;
                case (FeatureKind.Group, var name):
                    _groups.Add(name, i);
                    break;
                case (FeatureKind.Piece, var name):
                    _pieces.Add(Pack(name), i);
                    break;
            }
        }

        _wordsBySpan = _words.GetAlternateLookup<ReadOnlySpan<char>>();
        _groupsBySpan = _groups.GetAlternateLookup<ReadOnlySpan<char>>();
        _weights = weights;
        bias.CopyTo(_bias, 0);
    }

    /// <summary>The weights that ship with the product.</summary>
    public static FittedWeights Shipped { get; } = ReadShipped();

    /// <summary>How many features have a weight.</summary>
    public int Count => _features.Count;

    /// <summary>The feature's id, or -1 if it has no weight.</summary>
    public int Find(in Feature feature)
    {
        var id = -1;
        var isKnown = feature.Kind switch
        {
            FeatureKind.Word => _wordsBySpan.TryGetValue(feature.Name, out id),
            FeatureKind.Piece => _pieces.TryGetValue(Pack(feature.Name), out id),
            FeatureKind.Group => _groupsBySpan.TryGetValue(feature.Name, out id),
        };
        return isKnown ? id : -1;
    }

    /// <summary>The same weights with another start: <paramref name="more"/> is added to each bias.</summary>
    public FittedWeights With(float[] more) => new(_features, _weights, [.. _bias.Zip(more, (bias, extra) => bias + extra)]);

    /// <summary>Log-odds of a text without any known feature.</summary>
    public float[] NewScores() => (float[])_bias.Clone();

    /// <summary>The feature's weights, one for each <see cref="Judged"/>.</summary>
    public ReadOnlySpan<float> Of(int feature) => _weights.AsSpan(feature * Criteria, Criteria);

    /// <summary>What one of <paramref name="count"/> features of a kind counts.</summary>
    public static float ValueOf(FeatureKind kind, int count) => kind == FeatureKind.Group ? GroupValue : 1 / MathF.Sqrt(count);

    public static FittedWeights Parse(TextReader reader)
    {
        var features = new List<(FeatureKind, string)>();
        var weights = new List<float>();
        var bias = new float[Criteria];
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith(';'))
            {
                continue;
            }

            var parts = line.Split(Separator);
            if (parts.Length != Criteria + 1)
            {
                throw new InvalidDataException($"weights.tsv: '{line}' has not {Criteria} weights.");
            }

            var values = parts.Skip(1).Select(part => int.Parse(part, CultureInfo.InvariantCulture) * Hundredth);
            if (parts[0] == "bias")
            {
                bias = [.. values];
            }
            else
            {
                features.Add((KindOf(parts[0][0]), parts[0][2..]));
                weights.AddRange(values);
            }
        }

        return new FittedWeights(features, [.. weights], bias);
    }

    /// <summary>Writes the weights, rounded to hundredths; a feature that says nothing then is left out.</summary>
    public void Write(TextWriter writer, string comment)
    {
        writer.WriteLine($"; {comment}");
        writer.WriteLine($"; feature{Separator}{string.Join(Separator, Enum.GetNames<Judged>())}");
        WriteLine(writer, "bias", _bias);
        for (var i = 0; i < Count; i++)
        {
            if (Of(i).ContainsAnyExceptInRange(-Hundredth / 2, Hundredth / 2))
            {
                WriteLine(writer, $"{MarkOf(_features[i].Kind)} {_features[i].Name}", Of(i));
            }
        }
    }

    private static void WriteLine(TextWriter writer, string name, ReadOnlySpan<float> weights)
    {
        writer.Write(name);
        foreach (var weight in weights)
        {
            writer.Write(Separator);
            writer.Write(((int)MathF.Round(weight / Hundredth)).ToString(CultureInfo.InvariantCulture));
        }

        writer.Write('\n');
    }

    private static ulong Pack(ReadOnlySpan<char> piece)
    {
        var packed = 0UL;
        foreach (var c in piece)
        {
            packed = (packed << 16) | c;
        }

        return packed;
    }

    private static char MarkOf(FeatureKind kind) => kind switch
    {
        FeatureKind.Word => 'w',
        FeatureKind.Piece => 'p',
        FeatureKind.Group => 'g',
    };

    private static FeatureKind KindOf(char mark) => Enum.GetValues<FeatureKind>().Single(kind => MarkOf(kind) == mark);

    private static FittedWeights ReadShipped()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var name = assembly.GetManifestResourceNames().Single(name => name.EndsWith("weights.tsv", StringComparison.Ordinal));
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return Parse(reader);
    }
}
