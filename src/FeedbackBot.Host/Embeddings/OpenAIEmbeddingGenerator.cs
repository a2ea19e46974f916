using System.ClientModel;
using System.ClientModel.Primitives;
using FeedbackBot.Core.Deduplication;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using OpenAI;
using OpenAI.Embeddings;

namespace FeedbackBot.Host.Embeddings;

/// <summary>
/// Embeddings of an endpoint that speaks the OpenAI API (https://platform.openai.com/docs/api-reference/embeddings). Each call is one
/// request: whoever asks has a deadline and decides about another try.
/// </summary>
internal sealed class OpenAIEmbeddingGenerator(IOptions<EmbeddingOptions> options) : IEmbeddingGenerator<string, Embedding<float>>
{
    // Longer than anybody waits; the token ends a call sooner.
    private static readonly TimeSpan NetworkTimeout = TimeSpan.FromMinutes(1);

    private readonly EmbeddingClient _client = new(
        options.Value.Model,
        new ApiKeyCredential(options.Value.ApiKey),
        new OpenAIClientOptions
        {
            Endpoint = new Uri(options.Value.Endpoint),
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            NetworkTimeout = NetworkTimeout,
        });

    /// <inheritdoc/>
    /// <exception cref="ClientResultException">The endpoint refused, or gave what is no answer.</exception>
    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, Microsoft.Extensions.AI.EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        var asked = new OpenAI.Embeddings.EmbeddingGenerationOptions { Dimensions = options?.Dimensions };
        var made = await _client.GenerateEmbeddingsAsync(values, asked, cancellationToken);
        return [.. made.Value.OrderBy(one => one.Index).Select(one => new Embedding<float>(one.ToFloats()))];
    }

    public object? GetService(Type serviceType, object? serviceKey = null)
        => serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
        // The client holds nothing of its own: connections are the process's.
    }
}
