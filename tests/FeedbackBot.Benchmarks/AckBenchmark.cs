using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using FeedbackBot.Core.Inbox;
using FeedbackBot.Host;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace FeedbackBot.Benchmarks;

/// <summary>
/// How long an event waits for its acknowledgement at half of the load that can be taken: once at the inbox alone, once over
/// HTTP with everything behind it at work. Events arrive at random moments whether or not earlier ones are done (an open
/// loop), and the time runs from the moment an event was due, so a stall counts for all who came meanwhile.
/// </summary>
internal static class AckBenchmark
{
    private const int AtOnce = 64;
    private static readonly TimeSpan ProbeLength = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(10);

    public static async Task<int> RunAsync(TextWriter output)
    {
        var directory = Directory.CreateTempSubdirectory("feedbackbot-benchmark-");
        try
        {
            await output.WriteLineAsync("acknowledgement         takes/s   load/s   p50 ms   p99 ms   longest ms");
            await InboxAsync(directory.FullName, output);
            await HttpAsync(directory.FullName, output);
            return 0;
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task InboxAsync(string directory, TextWriter output)
    {
        await using var product = SampleStore.OpenProduct(Path.Combine(directory, "inbox"));
        await AcceptBenchmark.AcceptAsync(product, AtOnce, WarmUp);
        var (takes, _) = await AcceptBenchmark.AcceptAsync(product, AtOnce, ProbeLength);
        var inbox = product.GetRequiredService<InboxIntake>();
        var events = new SampleEvents(seed: 4711);
        await ReportAsync("inbox", takes, () =>
        {
            var posted = events.Next();
            return () => AcceptBenchmark.AcceptAsync(inbox, posted);
        }, output);
    }

    private static async Task HttpAsync(string directory, TextWriter output)
    {
        double takes;
        await using (var host = await StartHostAsync(Path.Combine(directory, "probe")))
        {
            using var client = new Client(host.Urls.First());
            await PostAsync(client, WarmUp);
            takes = await PostAsync(client, ProbeLength);
            await host.StopAsync();
        }

        // Another one: the first still has to handle what it took.
        await using (var host = await StartHostAsync(Path.Combine(directory, "http")))
        {
            using var client = new Client(host.Urls.First());
            var texts = new SampleTexts(seed: 4711);
            await ReportAsync("HTTP, with workers", takes, () =>
            {
                var text = texts.Opening();
                return () => client.PostAsync(text);
            }, output);
            await host.StopAsync();
        }
    }

    private static async Task<WebApplication> StartHostAsync(string directory)
    {
        var host = HostBuilding.Build(directory, "http://127.0.0.1:0", ["--Logging:LogLevel:Default=Warning"]);
        await host.StartAsync();
        return host;
    }

    /// <summary>Messages a second with <see cref="AtOnce"/> people who each wait for the answer.</summary>
    private static async Task<double> PostAsync(Client client, TimeSpan length)
    {
        var start = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(person => Task.Run(async () =>
        {
            var texts = new SampleTexts(person);
            var count = 0;
            for (; Stopwatch.GetElapsedTime(start) < length; count++)
            {
                await client.PostAsync(texts.Opening());
            }

            return count;
        })));
        return counts.Sum() / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task ReportAsync(string name, double takes, Func<Func<Task>> next, TextWriter output)
    {
        var load = takes / 2;
        await OpenLoopAsync(load, WarmUp, next);
        var waits = await OpenLoopAsync(load, Length, next);
        await output.WriteLineAsync(FormattableString.Invariant(
            $"  {name,-20} {takes,8:f0} {load,8:f0} {Figures.Median(waits),8:f2} {Figures.Percentile(waits, 0.99),8:f2} {waits.Max(),12:f1}"));
    }

    /// <summary>Milliseconds from when each act was due to its end.</summary>
    private static async Task<IReadOnlyCollection<double>> OpenLoopAsync(double perSecond, TimeSpan length, Func<Func<Task>> next)
    {
        var random = new Random(99);
        var waits = new ConcurrentBag<double>();
        var running = new List<Task>();
        var start = Stopwatch.GetTimestamp();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        for (var due = TimeSpan.Zero; due < length;)
        {
            await tick.WaitForNextTickAsync();

            // What fell due since the last tick begins at this one; a late tick counts from when it should have been.
            var now = Stopwatch.GetElapsedTime(start);
            for (; due < now; due += TimeSpan.FromSeconds(-Math.Log(1 - random.NextDouble()) / perSecond))
            {
                var (act, dueAt) = (next(), due);
                running.Add(Task.Run(async () =>
                {
                    await act();
                    waits.Add((Stopwatch.GetElapsedTime(start) - dueAt).TotalMilliseconds);
                }));
            }
        }

        await Task.WhenAll(running);
        return waits;
    }

    /// <summary>Posts messages to the Playground.</summary>
    private sealed class Client(string url) : IDisposable
    {
        private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 512 });
        private readonly Uri _address = new($"{url}/playground/api/messages");

        public async Task PostAsync(string text)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, _address)
            {
                Content = JsonContent.Create(new { eventId = Guid.NewGuid().ToString("n"), user = "sam", channel = "sellers", text }),
            };
            using var response = await _http.SendAsync(request, CancellationToken.None);
            if (response.StatusCode != HttpStatusCode.Accepted)
            {
                throw new InvalidOperationException($"The answer was {(int)response.StatusCode}.");
            }
        }

        public void Dispose() => _http.Dispose();
    }
}
