using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using FeedbackBot.Core.Storage;
using FeedbackBot.Host;
using Microsoft.Extensions.DependencyInjection;

namespace FeedbackBot.Benchmarks;

/// <summary>
/// How long the service, a process of its own, takes from its start to <c>/health/ready</c>, and its memory then and a while
/// later, by how many requests are stored.
/// </summary>
internal static class StartBenchmark
{
    private const int Rounds = 5;
    private const double MiB = 1024 * 1024;
    private static readonly int[] Sizes = [0, 10_000, 100_000];
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);

    public static async Task<int> RunAsync(TextWriter output)
    {
        var directory = Directory.CreateTempSubdirectory("feedbackbot-benchmark-");
        try
        {
            var data = Sizes.ToDictionary(size => size, size => Path.Combine(directory.FullName, FormattableString.Invariant($"{size}")));
            foreach (var size in Sizes)
            {
                await using var product = SampleStore.OpenProduct(data[size]);
                await SampleStore.FillAsync(product.GetRequiredService<IStore>(), size);
            }

            var starts = Sizes.ToDictionary(size => size, _ => new List<Started>());
            for (var round = -1; round < Rounds; round++)
            {
                foreach (var size in Sizes)
                {
                    var started = await StartAsync(data[size]);

                    // The first start finds a cold disk cache.
                    if (round >= 0)
                    {
                        starts[size].Add(started);
                    }
                }
            }

            await output.WriteLineAsync("start, median         live ms   ready ms   CPU ms   MiB when ready   MiB 3 s later   highest MiB");
            foreach (var (size, all) in starts)
            {
                double Of(Func<Started, double> figure) => Figures.Median(all.Select(figure));
                await output.WriteLineAsync(FormattableString.Invariant(
                    $"  {size,7} requests  {Of(s => s.LiveMs),9:f0} {Of(s => s.ReadyMs),10:f0} {Of(s => s.CpuMs),8:f0} {Of(s => s.ReadyMiB),16:f0} {Of(s => s.LaterMiB),15:f0} {Of(s => s.PeakMiB),13:f0}"));
            }

            return 0;
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task<Started> StartAsync(string data)
    {
        var url = $"http://127.0.0.1:{FreePort()}";
        var start = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo("dotnet")
        {
            ArgumentList = { typeof(HostBuilding).Assembly.Location, "--data", data, "--urls", url, "--Logging:LogLevel:Default=Warning" },
        })!;
        try
        {
            using var handler = new SocketsHttpHandler();
            using var http = new HttpMessageInvoker(handler);
            await WaitAsync(http, new Uri($"{url}/health/live"), process);
            var live = Stopwatch.GetElapsedTime(start);
            await WaitAsync(http, new Uri($"{url}/health/ready"), process);
            var ready = Stopwatch.GetElapsedTime(start);
            process.Refresh();
            var (cpu, memory) = (process.TotalProcessorTime, process.WorkingSet64);
            await Task.Delay(Settling, TimeProvider.System);
            process.Refresh();
            return new Started(
                live.TotalMilliseconds, ready.TotalMilliseconds, cpu.TotalMilliseconds, memory / MiB, process.WorkingSet64 / MiB, process.PeakWorkingSet64 / MiB);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    private static async Task WaitAsync(HttpMessageInvoker http, Uri address, Process process)
    {
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < Patience && !process.HasExited)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, address);
                using var response = await http.SendAsync(request, CancellationToken.None);
                if (response.StatusCode == HttpStatusCode.OK)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await Task.Delay(Pause, TimeProvider.System);
        }

        throw new InvalidOperationException($"The service did not answer {address}.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed record Started(double LiveMs, double ReadyMs, double CpuMs, double ReadyMiB, double LaterMiB, double PeakMiB);
}
