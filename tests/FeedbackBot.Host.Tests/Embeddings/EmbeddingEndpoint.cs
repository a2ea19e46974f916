using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace FeedbackBot.Host.Tests.Embeddings;

/// <summary>A server on this machine that answers as an OpenAI endpoint would, or as told, and keeps what it was sent.</summary>
internal sealed class EmbeddingEndpoint : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Lock _gate = new();
    private readonly List<(string Path, string Authorization, string Body)> _requests = [];

    private EmbeddingEndpoint(WebApplication app) => _app = app;

    /// <summary>What it answers to a request's body.</summary>
    public Func<string, HttpContext, Task> Answer { get; set; } = (_, _) => Task.CompletedTask;

    public string Address => $"{_app.Urls.Single()}/v1/";

    public IReadOnlyList<(string Path, string Authorization, string Body)> Requests
    {
        get
        {
            lock (_gate)
            {
                return [.. _requests];
            }
        }
    }

    public static async Task<EmbeddingEndpoint> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var endpoint = new EmbeddingEndpoint(app);
        app.Run(endpoint.HandleAsync);
        await app.StartAsync();
        return endpoint;
    }

    /// <summary>Answers with a status and a text.</summary>
    public static Func<string, HttpContext, Task> With(HttpStatusCode status, string text) => async (_, context) =>
    {
        context.Response.StatusCode = (int)status;
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), context.RequestAborted);
    };

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        lock (_gate)
        {
            _requests.Add((context.Request.Path, context.Request.Headers.Authorization.ToString(), body));
        }

        await Answer(body, context);
    }
}
