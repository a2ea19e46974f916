using FeedbackBot.Core.Deduplication;

namespace FeedbackBot.Benchmarks.Matching;

/// <summary>
/// The same queries against stores of a few texts, as a new deployment has them: texts of the query's product drawn from those
/// before it, with its duplicates for every other query that has some. Rare words are not rare there, and nothing may look
/// certain because of it.
/// </summary>
internal static class SmallStores
{
    /// <summary>Texts in the stores.</summary>
    public static readonly int[] Sizes = [20, 200, 2_000];

    // Queries that follow one another share a store, each with its own duplicates put in and taken out.
    private const int QueriesPerStore = 40;

    public static IEnumerable<MeasuredQuery> Measure(DuplicateSet set, Folds folds, int size, Func<string, bool> include)
    {
        var random = new Random(size);
        var corpus = set.Corpus;
        var byProduct = corpus.Ids.GroupBy(id => corpus.Find(id)!.Product, StringComparer.Ordinal);
        var queries = set.Queries.Where(query => include(query.Id)).ToDictionary(query => query.Id, query => query.Duplicates, StringComparer.Ordinal);
        foreach (var product in byProduct)
        {
            var ids = product.ToArray();
            var places = Enumerable.Range(0, ids.Length).Where(place => place >= size && queries.ContainsKey(ids[place])).ToList();
            foreach (var chunk in places.Chunk(QueriesPerStore))
            {
                using var index = new TextIndex();
                var drawn = new HashSet<string>(StringComparer.Ordinal);
                while (drawn.Count < size)
                {
                    drawn.Add(ids[random.Next(chunk[0])]);
                }

                foreach (var id in drawn)
                {
                    index.Put(TextOf(corpus, id));
                }

                foreach (var place in chunk)
                {
                    yield return MeasureOne(set, index, drawn, ids[place], queries[ids[place]], folds);
                }
            }
        }
    }

    private static MeasuredQuery MeasureOne(
        DuplicateSet set, TextIndex index, HashSet<string> drawn, string id, IReadOnlySet<string> duplicates, Folds folds)
    {
        var isKept = id[^1] % 2 == 0;
        var removed = isKept ? [] : duplicates.Where(drawn.Contains).ToList();
        var added = isKept ? duplicates.Where(duplicate => !drawn.Contains(duplicate)).ToList() : [];
        removed.ForEach(duplicate => index.Remove(duplicate));
        added.ForEach(duplicate => index.Put(TextOf(set.Corpus, duplicate)));
        var line = set.Corpus.Find(id)!;
        var query = new MatchQuery(TextTerms.Of(line.Text), null, line.Instant, null, id);
        var stored = isKept ? duplicates : new HashSet<string>(StringComparer.Ordinal);
        var measured = MeasuredQuery.Of(index, query, id, folds.Of(id), stored);
        added.ForEach(duplicate => index.Remove(duplicate));
        removed.ForEach(duplicate => index.Put(TextOf(set.Corpus, duplicate)));
        return measured;
    }

    private static IndexedText TextOf(MatchCorpus corpus, string id)
    {
        var line = corpus.Find(id)!;
        return new IndexedText(id, TextTerms.Of(line.Text), line.Product, line.Instant, corpus.OrderOf(id));
    }
}
