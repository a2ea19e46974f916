namespace FeedbackBot.Benchmarks.Matching;

/// <summary>What the matcher is measured beside: a search over the same texts with the same filters.</summary>
internal interface ISearch : IDisposable
{
    string Name { get; }

    /// <summary>From the texts to an index that can be asked.</summary>
    TimeSpan BuildTime { get; }

    /// <summary>The best five that came before the query, itself left out.</summary>
    IReadOnlyList<string> Find(BenchmarkTexts.Query query);

    /// <summary>Adds a text, in a transaction of its own.</summary>
    void Add(BenchmarkTexts.Item text);
}
