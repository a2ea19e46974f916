using System.Globalization;
using FeedbackBot.Core.Deduplication;

namespace FeedbackBot.Benchmarks.Matching;

/// <summary>The texts of the sets, and more of them made of their parts: the title of one and half of the words of another.</summary>
internal sealed class BenchmarkTexts
{
    private const int FewestWords = 40;
    private const int MostWords = 80;

    private readonly List<Item> _real;
    private readonly List<Query> _queries;

    private BenchmarkTexts(List<Item> real, List<Query> queries)
    {
        _real = real;
        _queries = queries;
    }

    public static BenchmarkTexts Of(List<DuplicateSet> sets)
    {
        var real = sets.SelectMany(set => set.Corpus.Ids.Select(id => set.Corpus.Find(id)!))
            .DistinctBy(line => line.Id, StringComparer.Ordinal)

            // PostgreSQL stores no zeros.
            .Select(line => new Item(line.Id, line.Text.Replace('\0', ' '), line.Instant!.Value))
            .ToList();
        var byId = real.ToDictionary(item => item.Id, StringComparer.Ordinal);
        var queries = sets.SelectMany(set => set.Queries).Where(query => query.Duplicates.Count > 0)
            .DistinctBy(query => query.Id, StringComparer.Ordinal)
            .Select(query => new Query(query.Id, byId[query.Id].Text, byId[query.Id].Created, query.Duplicates))
            .Where(query => query.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length is >= FewestWords and <= MostWords)
            .ToList();
        return new BenchmarkTexts(real, queries);
    }

    public List<Query> Queries(int count) => [.. _queries.Where((_, i) => i % Math.Max(1, _queries.Count / count) == 0).Take(count)];

    /// <summary>The first <paramref name="count"/> texts, the oldest first; always the same ones.</summary>
    public List<Item> Take(int count)
    {
        var random = new Random(7);
        var items = _real.Take(count).ToList();
        while (items.Count < count)
        {
            var (first, second) = (_real[random.Next(_real.Count)], _real[random.Next(_real.Count)]);
            var words = second.Text.Split(' ');
            var from = random.Next(Math.Max(1, words.Length / 2));
            var text = $"{first.Title}\n{string.Join(' ', words.Skip(from).Take(55))}";
            items.Add(new Item(string.Create(CultureInfo.InvariantCulture, $"made:{items.Count}"), text, second.Created.AddMinutes(random.Next(1000))));
        }

        return [.. items.OrderBy(item => item.Created)];
    }

    internal sealed record Item(string Id, string Text, DateTimeOffset Created)
    {
        public string Title => Text.Split('\n')[0];

        public string Body => Text[Title.Length..];

        public IndexedText Indexed() => new(Id, TextTerms.Of(Text), null, Created);
    }

    internal sealed record Query(string Id, string Text, DateTimeOffset Created, IReadOnlySet<string> Duplicates)
    {
        /// <summary>Its different words, in lower case, for searches that want them one by one.</summary>
        public IReadOnlyList<string> Words =>
        [
            .. Text.Split([.. Text.Where(c => !char.IsLetterOrDigit(c)).Distinct()], StringSplitOptions.RemoveEmptyEntries)
                .Select(word => word.ToLowerInvariant())
                .Distinct(StringComparer.Ordinal),
        ];
    }
}
