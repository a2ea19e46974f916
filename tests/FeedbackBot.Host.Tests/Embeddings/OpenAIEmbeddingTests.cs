using System.ClientModel;
using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json;
using FeedbackBot.Core.Deduplication;
using FeedbackBot.Host.Embeddings;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace FeedbackBot.Host.Tests.Embeddings;

/// <summary>The client of an OpenAI endpoint, against a server that speaks the real wire shape.</summary>
public sealed class OpenAIEmbeddingTests
{
    private const string Key = "sk-test-0123456789";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_request_has_the_documented_shape_and_its_answer_is_read_by_its_indexes(bool isBase64)
    {
        await using var endpoint = await EmbeddingEndpoint.StartAsync();
        endpoint.Answer = EmbeddingEndpoint.With(HttpStatusCode.OK, AnswerOf(isBase64, [[3, 4], [1, 2]]));
        using var generator = For(endpoint);
        var made = await generator.GenerateAsync(["one", "two"], new EmbeddingGenerationOptions { Dimensions = 2 });
        made.Select(one => one.Vector.ToArray()).ShouldBe([[1f, 2f], [3f, 4f]]);
        var (path, authorization, body) = endpoint.Requests.ShouldHaveSingleItem();
        path.ShouldBe("/v1/embeddings");
        authorization.ShouldBe($"Bearer {Key}");
        using var sent = JsonDocument.Parse(body);
        sent.RootElement.GetProperty("model").GetString().ShouldBe("text-embedding-3-small");
        sent.RootElement.GetProperty("dimensions").GetInt32().ShouldBe(2);
        sent.RootElement.GetProperty("input").EnumerateArray().Select(one => one.GetString()).ShouldBe(["one", "two"]);
    }

    [Theory]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    [InlineData(HttpStatusCode.RequestTimeout)]
    [InlineData(HttpStatusCode.Unauthorized)]
    public async Task What_is_refused_is_sent_once(HttpStatusCode status)
    {
        await using var endpoint = await EmbeddingEndpoint.StartAsync();
        endpoint.Answer = async (body, context) =>
        {
            context.Response.Headers.RetryAfter = "0";
            await EmbeddingEndpoint.With(status, """{"error":{"message":"no","type":"x","code":null}}""")(body, context);
        };
        using var generator = For(endpoint);
        await Should.ThrowAsync<ClientResultException>(() => generator.GenerateAsync(["one"]));
        endpoint.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"data":null}""")]
    [InlineData("""{"data":[{"index":0,"embedding":"not base64!"}],"usage":{"prompt_tokens":1,"total_tokens":1}}""")]
    [InlineData("""{"data":[{"index":0,"embedding":["a"]}],"usage":{"prompt_tokens":1,"total_tokens":1}}""")]
    public async Task What_is_no_answer_gives_no_vector_and_is_sent_once(string answer)
    {
        await using var endpoint = await EmbeddingEndpoint.StartAsync();
        endpoint.Answer = EmbeddingEndpoint.With(HttpStatusCode.OK, answer);
        using var generator = For(endpoint);
        var made = new List<Embedding<float>>();
        var failure = await Record.ExceptionAsync(async () => made.AddRange(await generator.GenerateAsync(["one"])));
        (failure is not null || made.Count == 0).ShouldBeTrue();
        endpoint.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_call_ends_when_its_caller_waits_no_longer_and_is_not_sent_again()
    {
        await using var endpoint = await EmbeddingEndpoint.StartAsync();
        using var patience = new CancellationTokenSource();
        endpoint.Answer = async (_, context) =>
        {
            await patience.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ContinueWith(static _ => { }, TaskScheduler.Default);
        };
        using var generator = For(endpoint);
        await Should.ThrowAsync<OperationCanceledException>(() => generator.GenerateAsync(["one"], null, patience.Token));
        endpoint.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("Matching:Embeddings:ApiKey is missing.", "m", "", "https://api.openai.com/v1/", 256)]
    [InlineData("Matching:Embeddings:Model is missing.", "", Key, "https://api.openai.com/v1/", 256)]
    [InlineData("Matching:Embeddings:Endpoint takes an https address", "m", Key, "http://example.com/v1/", 256)]
    [InlineData("Matching:Embeddings:Endpoint takes an https address", "m", Key, "api.openai.com", 256)]
    [InlineData("Matching:Embeddings:Dimensions takes 64 to 3072.", "m", Key, "https://api.openai.com/v1/", 10_000)]
    [InlineData(null, "m", Key, "http://127.0.0.1:8080/v1/", 1_536)]
    [InlineData(null, "", "", "https://api.openai.com/v1/", 256)]
    public void Settings_that_cannot_work_are_named_without_the_key(string? words, string model, string key, string endpoint, int dimensions)
    {
        var result = new EmbeddingOptionsValidation().Validate(null, new EmbeddingOptions { Model = model, ApiKey = key, Endpoint = endpoint, Dimensions = dimensions });
        result.Failed.ShouldBe(words is not null);
        (result.FailureMessage ?? "").ShouldContain(words ?? "");
        (result.FailureMessage ?? "").ShouldNotContain(Key);
    }

    private static OpenAIEmbeddingGenerator For(EmbeddingEndpoint endpoint)
        => new(Options.Create(new EmbeddingOptions { Model = "text-embedding-3-small", ApiKey = Key, Endpoint = endpoint.Address }));

    /// <summary>What https://platform.openai.com/docs/api-reference/embeddings/create shows, the last one first.</summary>
    private static string AnswerOf(bool isBase64, float[][] lastFirst)
    {
        var data = lastFirst.Select((vector, i) => new
        {
            @object = "embedding",
            index = lastFirst.Length - 1 - i,
            embedding = isBase64 ? (object)Convert.ToBase64String(MemoryMarshal.AsBytes<float>(vector)) : vector,
        });
        return JsonSerializer.Serialize(new { @object = "list", data, model = "text-embedding-3-small", usage = new { prompt_tokens = 8, total_tokens = 8 } });
    }
}
