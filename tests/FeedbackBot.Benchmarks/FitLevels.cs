using System.Globalization;
using System.Text.Json;
using FeedbackBot.Core.Assessment;

namespace FeedbackBot.Benchmarks;

/// <summary>
/// <c>fit-levels [other.jsonl …]</c>: fits the assessor's weights on the labelled messages of the tests and writes them to
/// <c>src/FeedbackBot.Core/Assessment/weights.tsv</c>. First it measures what to expect on messages of an author the weights
/// have not seen, by leaving out one file at a time; <c>unseen.jsonl</c> and further files given are only measured, never fitted.
/// </summary>
internal static class FitLevels
{
    private const string Messages = "tests/FeedbackBot.Core.Tests/Assessment/Messages";
    private const string Unseen = $"{Messages}/unseen.jsonl";
    private const string Weights = "src/FeedbackBot.Core/Assessment/weights.tsv";

    // How much a mistake weighs against large weights: the inverse of the L2 penalty. Chosen by leaving out files, as are
    // the two below; all three are flat around the value.
    private const double Trust = 7;

    // A feature of fewer messages is chance.
    private const int FewestWithWord = 3;
    private const int FewestWithPiece = 5;

    private const int Iterations = 400;

    private static readonly Judged[] AllJudged = Enum.GetValues<Judged>();
    private static readonly Judged[] Kinds = [Judged.Cost, Judged.Compliance, Judged.Infrastructure, Judged.People];

    public static async Task<int> RunAsync(TextWriter output, string[] others)
    {
        var files = new Dictionary<string, List<Message>>(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(Messages, "*.jsonl").Where(path => Path.GetFileName(path) != Path.GetFileName(Unseen)).Order(StringComparer.Ordinal))
        {
            files.Add(Path.GetFileNameWithoutExtension(path), await ReadAsync(path));
        }

        // Each message judged by weights that were fitted without its file.
        var unseen = new List<(string Name, List<Message> Messages, FittedWeights Weights)>();
        foreach (var (name, messages) in files)
        {
            unseen.Add((name, messages, Fit([.. files.Where(file => file.Key != name).SelectMany(file => file.Value)])));
        }

        var leniency = LeniencyOf([.. unseen.SelectMany(part => part.Messages.Select(message => (message, Reading.Of(message.Text, part.Weights).Scores())))]);
        await output.WriteLineAsync($"leniency {string.Join(' ', leniency)}");
        foreach (var (name, messages, weights) in unseen)
        {
            Report(output, $"left out: {name}", messages, weights.With(leniency));
        }

        List<Message> all = [.. files.Values.SelectMany(file => file)];
        var final = Fit(all).With(leniency);
        Report(output, "all, in sample", all, final);
        foreach (var path in others.Prepend(Unseen))
        {
            Report(output, path, await ReadAsync(path), final);
        }

        await using var writer = new StreamWriter(Weights);
        final.Write(writer, $"Fitted on {all.Count} messages by fit-levels; not to be edited by hand.");
        return 0;
    }

    /// <summary>
    /// How much to add to each kind of constraint: a rare kind is rarely more probable than not, but where there is a
    /// constraint its best F1 lies below even odds. Found on messages the weights have not seen.
    /// </summary>
    private static float[] LeniencyOf(List<(Message Message, float[] Scores)> judged)
    {
        var leniency = new float[AllJudged.Length];
        foreach (var kind in Kinds)
        {
            leniency[(int)kind] = Enumerable.Range(0, 31).Select(step => step / 10f).MaxBy(more =>
            {
                var found = judged.Where(one => one.Scores[(int)Judged.Constraint] > 0 && one.Scores[(int)kind] + more > 0).ToList();
                return 2.0 * found.Count(one => one.Message.Is(kind)) / (found.Count + judged.Count(one => one.Message.Is(kind)));
            });
        }

        return leniency;
    }

    private static async Task<List<Message>> ReadAsync(string path)
    {
        var lines = await File.ReadAllLinesAsync(path);
        return [.. lines.Where(line => line.Length > 0).Select(line => new Message(line))];
    }

    private static void Report(TextWriter output, string name, List<Message> messages, FittedWeights weights)
    {
        var evaluation = LevelEvaluation.Of(messages.Select(message => message.Line), weights);
        var criteria = string.Join(' ', ((string[])["S", "cost", "compliance", "infrastructure", "people", "E", "A"]).Select(
            criterion => string.Create(CultureInfo.InvariantCulture, $"{criterion} {evaluation.F1(criterion):F2}")));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-24} {messages.Count,5} messages, exact {evaluation.ExactShare:P1}, far off {evaluation.FarOffShare:P1}, F1 {criteria}, {weights.Count} features"));
    }

    private static FittedWeights Fit(List<Message> messages)
    {
        var features = Known(messages);
        var ids = features.Select((feature, id) => (feature, id)).ToDictionary(pair => pair.feature, pair => pair.id);
        var rows = messages.ConvertAll(message => Row.Of(message, ids));
        var weights = new float[features.Count * AllJudged.Length];
        var bias = new float[AllJudged.Length];
        Parallel.ForEach(AllJudged, judged =>
        {
            // Of which kind a constraint is, is asked only where there is one.
            var examples = rows.Zip(messages).Where(pair => !Kinds.Contains(judged) || pair.Second.Is(Judged.Constraint)).ToList();
            var fitted = LogisticRegression(
                examples.ConvertAll(pair => pair.First), examples.ConvertAll(pair => pair.Second.Is(judged) ? 1.0 : -1.0), features.Count);
            for (var i = 0; i < features.Count; i++)
            {
                weights[(i * AllJudged.Length) + (int)judged] = (float)fitted[i];
            }

            bias[(int)judged] = (float)fitted[features.Count];
        });
        return new FittedWeights(features, weights, bias);
    }

    /// <summary>The features that enough messages have.</summary>
    private static List<(FeatureKind Kind, string Name)> Known(List<Message> messages)
        => [.. messages.SelectMany(message => message.Features).GroupBy(feature => feature)
            .Where(group => group.Count() >= (group.Key.Kind == FeatureKind.Piece ? FewestWithPiece : FewestWithWord))
            .Select(group => group.Key)
            .OrderBy(feature => feature.Kind).ThenBy(feature => feature.Name, StringComparer.Ordinal)];

    /// <summary>
    /// L2-penalised logistic regression by Nesterov's accelerated gradient, the bias not penalised; the last number is the
    /// bias. Deterministic: no random order, no parallel sum.
    /// </summary>
    private static double[] LogisticRegression(List<Row> rows, List<double> labels, int features)
    {
        // The steepest the gradient can get: a quarter of the largest eigenvalue of XᵀX, and one for the penalty.
        var step = 1 / (1 + (Trust * 0.25 * LargestEigenvalue(rows, features)));
        var current = new double[features + 1];
        var ahead = new double[features + 1];
        var momentum = 1.0;
        for (var iteration = 0; iteration < Iterations; iteration++)
        {
            var gradient = new double[features + 1];
            for (var i = 0; i < rows.Count; i++)
            {
                var slope = -Trust * labels[i] / (1 + Math.Exp(labels[i] * rows[i].Times(ahead)));
                rows[i].AddTo(gradient, slope);
            }

            var nextMomentum = (1 + Math.Sqrt(1 + (4 * momentum * momentum))) / 2;
            for (var i = 0; i <= features; i++)
            {
                var next = ahead[i] - (step * (gradient[i] + (i < features ? ahead[i] : 0)));
                ahead[i] = next + ((momentum - 1) / nextMomentum * (next - current[i]));
                current[i] = next;
            }

            momentum = nextMomentum;
        }

        return current;
    }

    private static double LargestEigenvalue(List<Row> rows, int features)
    {
        var vector = new double[features + 1];
        Array.Fill(vector, 1);
        var size = 0.0;
        for (var i = 0; i < 30; i++)
        {
            var length = Math.Sqrt(vector.Sum(value => value * value));
            var unit = Array.ConvertAll(vector, value => value / length);
            vector = new double[features + 1];
            foreach (var row in rows)
            {
                row.AddTo(vector, row.Times(unit));
            }

            size = Math.Sqrt(vector.Sum(value => value * value));
        }

        return size * 1.05;
    }

    /// <summary>A message as numbers: its features' ids and what each counts; the bias counts one.</summary>
    private sealed record Row(int[] Ids, double[] Values)
    {
        public static Row Of(Message message, Dictionary<(FeatureKind Kind, string Name), int> ids)
        {
            var known = message.Features.Where(ids.ContainsKey).ToList();
            var counts = known.CountBy(feature => feature.Kind).ToDictionary();
            return new Row(
                [.. known.Select(feature => ids[feature]), ids.Count],
                [.. known.Select(feature => (double)FittedWeights.ValueOf(feature.Kind, counts[feature.Kind])), 1]);
        }

        public double Times(double[] vector)
        {
            var sum = 0.0;
            for (var i = 0; i < Ids.Length; i++)
            {
                sum += Values[i] * vector[Ids[i]];
            }

            return sum;
        }

        public void AddTo(double[] vector, double factor)
        {
            for (var i = 0; i < Ids.Length; i++)
            {
                vector[Ids[i]] += Values[i] * factor;
            }
        }
    }

    /// <summary>A labelled message and its features, each once.</summary>
    private sealed class Message
    {
        private readonly JsonElement _labels;

        public Message(string line)
        {
            Line = line;
            _labels = JsonElement.Parse(line);
            Text = _labels.GetProperty("text").GetString()!;
            Reading.Of(Text).Features.Visit(0, int.MaxValue, feature => Features.Add((feature.Kind, feature.Name.ToString())));
        }

        public string Line { get; }

        public string Text { get; }

        public HashSet<(FeatureKind Kind, string Name)> Features { get; } = [];

        public bool Is(Judged judged) => judged switch
        {
            Judged.Issue => Has("S"),
            Judged.Cost => Has("cost"),
            Judged.Compliance => Has("compliance"),
            Judged.Infrastructure => Has("infrastructure"),
            Judged.People => Has("people"),
            Judged.Constraint => Kinds.Any(Is),
            Judged.Evidence => Has("E"),
            Judged.Alternative => Has("A"),
        };

        private bool Has(string label) => _labels.GetProperty(label).GetBoolean();
    }
}
