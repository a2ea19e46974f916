using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using FeedbackBot.Core.Requests;

namespace FeedbackBot.Core.Assessment;

/// <summary>
/// The command <c>evaluate levels</c>: how often the assessment agrees with labelled messages. A line holds <c>id</c>,
/// <c>text</c>, <c>level</c> and the flags <c>S</c>, <c>cost</c>, <c>compliance</c>, <c>infrastructure</c>,
/// <c>people</c>, <c>E</c> and <c>A</c>; other fields are passed over.
/// </summary>
public sealed class LevelEvaluation
{
    private static readonly string[] CriterionNames = ["S", "cost", "compliance", "infrastructure", "people", "E", "A"];
    private static readonly int[] Levels = [100, 200, 300, 400];

    private readonly Dictionary<string, Counts> _criteria = CriterionNames.ToDictionary(n => n, _ => new Counts(), StringComparer.Ordinal);
    private readonly int[][] _confusion = [new int[4], new int[4], new int[4], new int[4]];
    private readonly List<string> _misses = [];
    private readonly List<string> _errors = [];

    private readonly FittedWeights _weights;

    private LevelEvaluation(IEnumerable<string> lines, FittedWeights weights)
    {
        _weights = weights;
        foreach (var (number, label, error) in AssessmentLines.Read<LabelLine>(lines))
        {
            if (label is null)
            {
                _errors.Add($"line {number}: {error}");
            }
            else if (!Levels.Contains(label.Level))
            {
                _errors.Add($"line {number}: the level is {label.Level}, not 100, 200, 300 or 400.");
            }
            else
            {
                Add(label);
            }
        }
    }

    /// <summary>Messages that could be read.</summary>
    public int Total { get; private set; }

    /// <summary>Share of messages with exactly the labelled level, 0 to 1.</summary>
    public double ExactShare => Total == 0 ? 0 : (double)Levels.Select((_, i) => _confusion[i][i]).Sum() / Total;

    /// <summary>Share of messages that are two or more levels off, 0 to 1.</summary>
    public double FarOffShare { get; private set; }

    /// <summary>Runs the assessor over every labelled line.</summary>
    public static LevelEvaluation Of(IEnumerable<string> lines) => new(lines, FittedWeights.Shipped);

    internal static LevelEvaluation Of(IEnumerable<string> lines, FittedWeights weights) => new(lines, weights);

    /// <summary>F1 of one criterion by its short name (S, cost, …), 0 to 1.</summary>
    public double F1(string criterion) => _criteria[criterion].F1;

    /// <summary>The figures, the confusion matrix, and every miss with the words that led to it.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        var culture = CultureInfo.InvariantCulture;
        text.AppendLine(culture, $"messages {Total}, exact level {ExactShare:P1}, two or more levels off {FarOffShare:P1}");
        text.AppendLine("criterion        precision  recall  F1     labelled");
        foreach (var name in CriterionNames)
        {
            var c = _criteria[name];
            text.AppendLine(culture, $"{name,-16} {c.Precision,9:F3}  {c.Recall,6:F3}  {c.F1:F3}  {c.Labelled,7}");
        }

        text.AppendLine("labelled \\ found   100   200   300   400");
        for (var row = 0; row < Levels.Length; row++)
        {
            text.Append(culture, $"{Levels[row],16} ");
            text.AppendLine(string.Concat(Enumerable.Range(0, Levels.Length).Select(column => _confusion[row][column].ToString(culture).PadLeft(6))));
        }

        foreach (var line in _errors.Concat(_misses))
        {
            text.AppendLine(line);
        }

        return text.ToString();
    }

    private void Add(LabelLine label)
    {
        var found = Reading.Of(label.Text, _weights).Judge();
        (string Name, bool Labelled, bool Found)[] flags =
        [
            ("S", label.S, found.SpecificIssue),
            ("cost", label.Cost, found.Constraints.Contains(Constraint.Cost)),
            ("compliance", label.Compliance, found.Constraints.Contains(Constraint.Compliance)),
            ("infrastructure", label.Infrastructure, found.Constraints.Contains(Constraint.Infrastructure)),
            ("people", label.People, found.Constraints.Contains(Constraint.People)),
            ("E", label.E, found.Evidence),
            ("A", label.A, found.AlternativeOrImpact),
        ];
        foreach (var flag in flags)
        {
            _criteria[flag.Name].Add(flag.Labelled, flag.Found);
        }

        var farOff = FarOffShare * Total;
        Total++;
        FarOffShare = (farOff + (Math.Abs(label.Level - (int)found.Level) >= 200 ? 1 : 0)) / Total;
        _confusion[(label.Level / 100) - 1][((int)found.Level / 100) - 1]++;
        if (flags.Any(f => f.Labelled != f.Found))
        {
            var differences = flags.Where(f => f.Labelled != f.Found).Select(f => (f.Found ? "+" : "-") + f.Name);
            var because = found.Because.Select(r => $"{AssessmentLines.NameOf(r)}: {r.Text}");
            _misses.Add($"{label.Id} {label.Level} found {(int)found.Level} [{string.Join(' ', differences)}] because {string.Join(" | ", because)}");
        }
    }

    private sealed class Counts
    {
        private int _both;
        private int _labelled;
        private int _found;

        public int Labelled => _labelled;

        public double Precision => _found == 0 ? 0 : (double)_both / _found;

        public double Recall => _labelled == 0 ? 0 : (double)_both / _labelled;

        public double F1 => _both == 0 ? 0 : 2.0 * _both / (_labelled + _found);

        public void Add(bool labelled, bool found)
        {
            _both += labelled && found ? 1 : 0;
            _labelled += labelled ? 1 : 0;
            _found += found ? 1 : 0;
        }
    }

    /// <summary>A labelled line.</summary>
    private sealed record LabelLine : AssessmentLines.FeedbackLine
    {
        [JsonPropertyName("level")]
        public required int Level { get; init; }

        [JsonPropertyName("S")]
        public bool S { get; init; }

        [JsonPropertyName("cost")]
        public bool Cost { get; init; }

        [JsonPropertyName("compliance")]
        public bool Compliance { get; init; }

        [JsonPropertyName("infrastructure")]
        public bool Infrastructure { get; init; }

        [JsonPropertyName("people")]
        public bool People { get; init; }

        [JsonPropertyName("E")]
        public bool E { get; init; }

        [JsonPropertyName("A")]
        public bool A { get; init; }
    }
}
