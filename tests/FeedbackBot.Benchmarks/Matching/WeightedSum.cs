using FeedbackBot.Core.Deduplication;

namespace FeedbackBot.Benchmarks.Matching;

/// <summary>
/// What is to be beaten: .4 of the cosine of words, .3 of that of pieces of three to five characters, .3 of that of the title's
/// words; logarithmic counts, inverse document frequency, every document compared.
/// </summary>
internal sealed class WeightedSum
{
    private readonly List<MatchCorpus.TextLine> _lines;
    private readonly Dictionary<string, int> _places;
    private readonly CosineIndex _words;
    private readonly CosineIndex _pieces;
    private readonly CosineIndex _titles;

    public WeightedSum(MatchCorpus corpus)
    {
        _lines = [.. corpus.Ids.Select(id => corpus.Find(id)!)];
        _places = _lines.Select((line, place) => (line.Id, place)).ToDictionary(pair => pair.Id, pair => pair.place, StringComparer.Ordinal);
        _words = new CosineIndex(_lines.Select(line => Words(line.Text, 2)));
        _pieces = new CosineIndex(_lines.Select(line => Pieces(line.Text)));
        _titles = new CosineIndex(_lines.Select(line => Words(line.Text.Split('\n')[0], 2)));
    }

    /// <summary>The rank of the best duplicate, from 1, and the score of the first document with whether it is a duplicate.</summary>
    public (int Rank, double TopScore, bool IsTopRight) Find(MatchCorpus corpus, string id, IReadOnlySet<string> duplicates)
    {
        var place = _places[id];
        var scores = new float[_lines.Count];
        _words.Add(place, 0.4f, scores);
        _pieces.Add(place, 0.3f, scores);
        _titles.Add(place, 0.3f, scores);
        var query = _lines[place];
        var eligible = Enumerable.Range(0, place).Where(other => string.Equals(_lines[other].Product, query.Product, StringComparison.Ordinal)).ToList();
        var best = eligible.Where(other => duplicates.Contains(_lines[other].Id)).Select(other => scores[other]).DefaultIfEmpty(-1).Max();
        var top = eligible.Count == 0 ? -1 : eligible.MaxBy(other => scores[other]);
        var rank = best < 0 ? int.MaxValue : 1 + eligible.Count(other => scores[other] > best);
        return (rank, top < 0 ? 0 : scores[top], top >= 0 && duplicates.Contains(_lines[top].Id));
    }

    private static IEnumerable<string> Words(string text, int shortest)
    {
        var start = -1;
        for (var i = 0; i <= text.Length; i++)
        {
            var isInside = i < text.Length && (char.IsLetterOrDigit(text[i]) || text[i] == '_');
            if (isInside)
            {
                start = start < 0 ? i : start;
            }
            else if (start >= 0)
            {
                if (i - start >= shortest)
                {
                    yield return text[start..i].ToLowerInvariant();
                }

                start = -1;
            }
        }
    }

    private static IEnumerable<string> Pieces(string text)
    {
        foreach (var part in text.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            var word = $" {part} ";
            for (var length = 3; length <= 5; length++)
            {
                for (var i = 0; i + length <= word.Length; i++)
                {
                    yield return word.Substring(i, length);
                }
            }
        }
    }

    /// <summary>Vectors of unit length with an inverted list for each term.</summary>
    private sealed class CosineIndex
    {
        private readonly List<List<(int Place, float Weight)>> _lists = [];
        private readonly List<(int Term, float Weight)[]> _vectors = [];

        public CosineIndex(IEnumerable<IEnumerable<string>> documents)
        {
            var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
            var frequencies = new List<int>();
            var counted = new List<(int Term, int Count)[]>();
            foreach (var document in documents)
            {
                var counts = new Dictionary<int, int>();
                foreach (var term in document)
                {
                    if (!numbers.TryGetValue(term, out var number))
                    {
                        number = numbers.Count;
                        numbers.Add(term, number);
                        frequencies.Add(0);
                    }

                    counts[number] = counts.GetValueOrDefault(number) + 1;
                }

                foreach (var number in counts.Keys)
                {
                    frequencies[number]++;
                }

                counted.Add([.. counts.Select(pair => (pair.Key, pair.Value))]);
            }

            _lists.AddRange(frequencies.Select(frequency => new List<(int, float)>(frequency)));
            foreach (var counts in counted)
            {
                AddVector(counts, frequencies, counted.Count);
            }
        }

        public void Add(int place, float factor, float[] scores)
        {
            foreach (var (term, weight) in _vectors[place])
            {
                foreach (var (other, otherWeight) in _lists[term])
                {
                    if (other >= place)
                    {
                        break;
                    }

                    scores[other] += factor * weight * otherWeight;
                }
            }
        }

        private void AddVector((int Term, int Count)[] counts, List<int> frequencies, int documents)
        {
            var weighted = counts
                .Select(count => (count.Term, Weight: (1 + Math.Log(count.Count)) * (1 + Math.Log((1.0 + documents) / (1 + frequencies[count.Term])))))
                .ToList();
            var length = Math.Sqrt(weighted.Sum(one => one.Weight * one.Weight));
            _vectors.Add([.. weighted.Select(one => (one.Term, (float)(one.Weight / Math.Max(length, 1e-9))))]);
            foreach (var (term, weight) in _vectors[^1])
            {
                _lists[term].Add((_vectors.Count - 1, weight));
            }
        }
    }
}
