using System.Globalization;
using System.Text;

namespace FeedbackBot.Core.Deduplication;

/// <summary>
/// The command <c>evaluate duplicates</c>: how the matcher does on pairs marked by people. A line of the pairs holds the query's id, a tab and
/// the id of an earlier duplicate; a line of the others the id of a text without one. All are texts of the corpus.
/// </summary>
public sealed class DuplicateEvaluation
{
    // As many as a person is shown.
    private const int Listed = 3;
    private const int Looked = 200;

    private readonly List<int> _ranks = [];
    private readonly List<string> _errors = [];
    private readonly Dictionary<MatchBand, (int Found, int Right)> _bands = [];
    private int _without;
    private int _alarms;

    private DuplicateEvaluation()
    {
    }

    /// <summary>Queries with a marked duplicate.</summary>
    public int Queries => _ranks.Count;

    /// <summary>What could not be read or is not in the corpus.</summary>
    public IReadOnlyList<string> Errors => _errors;

    /// <summary>The mean of one divided by the rank of the best marked duplicate; 0 where it is not among the first 200.</summary>
    public double MeanReciprocalRank => Queries == 0 ? 0 : _ranks.Sum(rank => 1.0 / rank) / Queries;

    /// <summary>Measures every query. <paramref name="progress"/> is told the share done, 0 to 1.</summary>
    public static DuplicateEvaluation Of(MatchCorpus corpus, IEnumerable<string> pairs, IEnumerable<string> none, IProgress<double>? progress = null)
    {
        var evaluation = new DuplicateEvaluation();
        evaluation._errors.AddRange(corpus.Errors);
        var duplicates = evaluation.ReadPairs(corpus, pairs);
        var without = evaluation.ReadNone(corpus, none).Where(id => !duplicates.ContainsKey(id)).ToList();
        var done = 0;
        foreach (var (id, marked) in duplicates.Select(pair => (pair.Key, pair.Value)).Concat(without.Select(id => (id, new HashSet<string>(StringComparer.Ordinal)))))
        {
            evaluation.Add(corpus.Index.Find(corpus.QueryFor(corpus.Find(id)!), Looked, MatchingWeights.Shipped), marked);
            progress?.Report(++done / (double)(duplicates.Count + without.Count));
        }

        return evaluation;
    }

    /// <summary>The share of queries with a marked duplicate among the first <paramref name="most"/>, 0 to 1.</summary>
    public double RecallAt(int most) => Queries == 0 ? 0 : _ranks.Count(rank => rank <= most) / (double)Queries;

    /// <summary>The share of candidates in a band that are marked, 0 to 1; of all queries, those without a marked duplicate too.</summary>
    public double Precision(MatchBand band) => Counts(band) is ( > 0 and var found, var right) ? (double)right / found : 0;

    /// <summary>The marked duplicates in the band to the queries that have one.</summary>
    public double Recall(MatchBand band) => Queries == 0 ? 0 : (double)Counts(band).Right / Queries;

    public override string ToString()
    {
        var text = new StringBuilder();
        var culture = CultureInfo.InvariantCulture;
        text.AppendLine(culture, $"queries {Queries} with a marked duplicate, {_without} without");
        text.AppendLine(culture, $"recall@1 {RecallAt(1):F3}  recall@5 {RecallAt(5):F3}  recall@10 {RecallAt(10):F3}  MRR {MeanReciprocalRank:F3}");
        text.AppendLine("band       candidates  precision  recall");
        foreach (var band in (MatchBand[])[MatchBand.Certain, MatchBand.Possible])
        {
            text.AppendLine(culture, $"{MatchLines.NameOf(band),-9} {Counts(band).Found,11}  {Precision(band),9:F3}  {Recall(band),6:F3}");
        }

        text.AppendLine(culture, $"certain for {_alarms} of the {_without} without a marked duplicate");
        foreach (var error in _errors)
        {
            text.AppendLine(error);
        }

        return text.ToString();
    }

    private (int Found, int Right) Counts(MatchBand band) => _bands.GetValueOrDefault(band);

    private Dictionary<string, HashSet<string>> ReadPairs(MatchCorpus corpus, IEnumerable<string> pairs)
    {
        var duplicates = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        var number = 0;
        foreach (var line in pairs)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            var ids = line.Split('\t');
            if (ids.Length != 2)
            {
                _errors.Add(string.Create(CultureInfo.InvariantCulture, $"pairs, line {number}: not two ids with a tab between them."));
            }
            else if (ids.FirstOrDefault(id => corpus.Find(id) is null) is { } unknown)
            {
                _errors.Add(string.Create(CultureInfo.InvariantCulture, $"pairs, line {number}: there is no text with the id '{unknown}'."));
            }
            else
            {
                duplicates.TryAdd(ids[0], new HashSet<string>(StringComparer.Ordinal));
                duplicates[ids[0]].Add(ids[1]);
            }
        }

        return duplicates;
    }

    private List<string> ReadNone(MatchCorpus corpus, IEnumerable<string> none)
    {
        var ids = new List<string>();
        foreach (var (line, index) in none.Select((line, index) => (line.Trim(), index)).Where(pair => pair.Item1.Length > 0))
        {
            if (corpus.Find(line) is null)
            {
                _errors.Add(string.Create(CultureInfo.InvariantCulture, $"none, line {index + 1}: there is no text with the id '{line}'."));
            }
            else
            {
                ids.Add(line);
            }
        }

        return ids;
    }

    private void Add(IReadOnlyList<TextMatch> matches, HashSet<string> marked)
    {
        var rank = matches.Select((match, place) => (match.Id, Rank: place + 1)).FirstOrDefault(one => marked.Contains(one.Id)).Rank;
        if (marked.Count > 0)
        {
            _ranks.Add(rank == 0 ? int.MaxValue : rank);
        }
        else
        {
            _without++;
            _alarms += matches.Any(match => match.Band == MatchBand.Certain) ? 1 : 0;
        }

        foreach (var band in (MatchBand[])[MatchBand.Certain, MatchBand.Possible])
        {
            var listed = matches.Take(Listed).Where(match => match.Band == band).ToList();
            var (found, right) = Counts(band);
            _bands[band] = (found + listed.Count, right + listed.Count(match => marked.Contains(match.Id)));
        }
    }
}
