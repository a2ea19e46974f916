using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Shouldly;

namespace FeedbackBot.Host.Tests.Crashes;

/// <summary>A kill that happened: at which step, and the event, lane or send it was about.</summary>
internal sealed record Kill(CrashStep Step, string About);

/// <summary>The service on one address and one database, however often its process is killed and started again.</summary>
internal sealed class KilledService(string data, string sink)
{
    // 128 and the number of SIGKILL.
    private const int KilledExitCode = 137;

    private readonly ConcurrentQueue<Kill> _kills = [];

    public string Url { get; } = $"http://127.0.0.1:{FreePort()}";

    public IReadOnlyCollection<Kill> Kills => _kills;

    /// <summary>Lives and dies once for each of <paramref name="plan"/>, each time on what the last life left.</summary>
    public async Task LiveAndDieAsync(IEnumerable<(CrashStep Step, int Occurrence)> plan)
    {
        foreach (var (step, occurrence) in plan)
        {
            await using var process = Start(step, occurrence);
            var said = "";
            var logged = "";
            while (await process.ReadLineAsync() is { } line)
            {
                (said, logged) = line.StartsWith(CrashPoint.Said, StringComparison.Ordinal) ? (line, logged) : (said, $"{logged}\n{line}");
            }

            (await process.EndAsync()).ShouldBe(KilledExitCode, $"{step}: {said}{logged}\n{process.Errors}");
            var words = said[CrashPoint.Said.Length..].Trim().Split(' ');
            words[0].ShouldBe(step.ToString());
            _kills.Enqueue(new Kill(step, words[1]));
        }
    }

    /// <summary>A life that is not killed.</summary>
    public ChildProcess Live() => Start(CrashStep.None, 0);

    private ChildProcess Start(CrashStep step, int occurrence) => ChildProcess.Start(
        "crash-host", data, Url, sink, step.ToString(), occurrence.ToString(CultureInfo.InvariantCulture));

    /// <summary>A port that nobody is given by chance while the service is down: below those for outgoing connections.</summary>
    private static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(20_000, 30_000);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken: try another.
            }
        }
    }
}
