using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FeedbackBot.Host.Tests.Crashes;

/// <summary>One message as it came in at the platform, repeats included.</summary>
internal sealed record Arrival(string Id, string Destination, string Kind, bool OutcomeUnknown);

/// <summary>The platform's end of the wire: a process of its own that outlives every kill and keeps what came in, in order.</summary>
internal static class SinkProcess
{
    public static async Task RunAsync()
    {
        var arrivals = new ConcurrentQueue<Arrival>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        app.MapPost("/arrivals", (Arrival arrival) => arrivals.Enqueue(arrival));
        app.MapGet("/arrivals", () => Results.Json(arrivals.ToArray()));
        await app.StartAsync();
        await Console.Out.WriteLineAsync(app.Urls.First());

        // Until the test says so, or is gone.
        await Console.In.ReadLineAsync();
    }
}
