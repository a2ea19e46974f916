using Microsoft.Extensions.AI;

namespace FeedbackBot.Testing;

/// <summary>
/// A model whose vectors say which of the given topics a text is about: a number for each topic, 1 where the text has one of its
/// words. It counts what it is asked, and can be made to answer otherwise.
/// </summary>
public sealed class FakeEmbeddingGenerator(params string[][] topics) : IEmbeddingGenerator<string, Embedding<float>>
{
    public const int Dimensions = 64;

    private readonly Lock _gate = new();
    private readonly List<string> _asked = [];

    /// <summary>All texts it was asked for.</summary>
    public IReadOnlyList<string> Asked
    {
        get
        {
            lock (_gate)
            {
                return [.. _asked];
            }
        }
    }

    /// <summary>What it does instead of answering.</summary>
    public Func<IReadOnlyList<string>, CancellationToken, Task<GeneratedEmbeddings<Embedding<float>>>>? Instead { get; set; }

    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        var texts = values.ToList();
        lock (_gate)
        {
            _asked.AddRange(texts);
        }

        return Instead?.Invoke(texts, cancellationToken) ?? Task.FromResult(Of(texts));
    }

    /// <summary>What it answers unless told otherwise.</summary>
    public GeneratedEmbeddings<Embedding<float>> Of(IEnumerable<string> texts) => [.. texts.Select(text => new Embedding<float>(VectorOf(text)))];

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
        // Nothing is held.
    }

    private float[] VectorOf(string text)
    {
        var vector = new float[Dimensions];

        // A little of something that all texts have, so that none is without direction.
        vector[^1] = 0.1f;
        for (var topic = 0; topic < topics.Length; topic++)
        {
            vector[topic] = topics[topic].Any(word => text.Contains(word, StringComparison.OrdinalIgnoreCase)) ? 1 : 0;
        }

        return vector;
    }
}
