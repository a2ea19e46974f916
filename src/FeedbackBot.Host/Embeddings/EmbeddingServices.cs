using System.ComponentModel.DataAnnotations;
using FeedbackBot.Core.Deduplication;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace FeedbackBot.Host.Embeddings;

/// <summary>Has a model help to order candidates where one is configured.</summary>
internal static class EmbeddingServices
{
    public static IServiceCollection AddEmbeddings(this IServiceCollection services, IConfiguration section)
    {
        services.AddOptionsWithValidateOnStart<EmbeddingOptions, EmbeddingOptionsValidation>().Bind(section);
        return string.IsNullOrEmpty(section[nameof(EmbeddingOptions.Model)])
            ? services
            : services
                .AddSingleton<IEmbeddingGenerator<string, Embedding<float>>, OpenAIEmbeddingGenerator>()
                .AddSingleton<DocumentVectors>()
                .AddHostedService(static provider => provider.GetRequiredService<DocumentVectors>());
    }
}

/// <summary>Refuses settings that could not work, at the start.</summary>
internal sealed class EmbeddingOptionsValidation : IValidateOptions<EmbeddingOptions>
{
    public ValidateOptionsResult Validate(string? name, EmbeddingOptions options)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        var failures = results.Select(result => result.ErrorMessage!).ToList();
        if (options.IsOn && string.IsNullOrWhiteSpace(options.ApiKey))
        {
            failures.Add("Matching:Embeddings:ApiKey is missing. Give the endpoint's key, or leave Matching:Embeddings:Model empty.");
        }

        if (!options.IsOn && options.ApiKey.Length > 0)
        {
            failures.Add("Matching:Embeddings:Model is missing. Give the model's name (with Azure OpenAI, the deployment's), or no ApiKey.");
        }

        if (!Uri.TryCreate(options.Endpoint, UriKind.Absolute, out var endpoint)
            || (endpoint.Scheme != Uri.UriSchemeHttps && !(endpoint.Scheme == Uri.UriSchemeHttp && endpoint.IsLoopback)))
        {
            failures.Add("Matching:Embeddings:Endpoint takes an https address, such as https://api.openai.com/v1/.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
