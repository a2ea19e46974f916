using System.ComponentModel.DataAnnotations;

namespace FeedbackBot.Core.Deduplication;

/// <summary>
/// A model that helps to order candidates, section <c>Matching:Embeddings</c>. Off unless <see cref="Model"/> is given. What sellers
/// write is then sent to <see cref="Endpoint"/>.
/// </summary>
public sealed class EmbeddingOptions
{
    /// <summary>The model's name; with Azure OpenAI, the deployment's. It must take <c>dimensions</c>, such as text-embedding-3-small.</summary>
    public string Model { get; set; } = "";

    /// <summary>
    /// Where the OpenAI API is spoken, such as <c>https://NAME.openai.azure.com/openai/v1/</c>
    /// (https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle). Encrypted, except on this machine.
    /// </summary>
    public string Endpoint { get; set; } = "https://api.openai.com/v1/";

    /// <summary>A secret: for the environment or a key store, not for a file.</summary>
    public string ApiKey { get; set; } = "";

    /// <summary>Numbers of a vector. Each takes 4 bytes in memory for each request: 256 of them a kilobyte.</summary>
    [Range(64, 3072, ErrorMessage = "Matching:Embeddings:Dimensions takes 64 to 3072.")]
    public int Dimensions { get; set; } = 256;

    /// <summary>
    /// What a cosine of 1 above the candidates' average adds to a candidate's score, 0 to 20; see <c>docs/matching.md</c>. It is not
    /// fitted: the default is what the rules give to the cosine of pieces of words, their strongest sign.
    /// </summary>
    [Range(0, 20, ErrorMessage = "Matching:Embeddings:Weight takes 0 to 20.")]
    public double Weight { get; set; } = 6;

    /// <summary>Whether a model is to be asked.</summary>
    public bool IsOn => Model.Length > 0;
}
