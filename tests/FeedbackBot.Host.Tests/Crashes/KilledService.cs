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
    public async Task LiveAndDieAsync(IReadOnlyList<(CrashStep Step, int Occurrence)> plan)
    {
        var lives = new Queue<(ChildProcess Process, CrashStep Step)>();
        try
        {
            lives.Enqueue((Start(plan[0]), plan[0].Step));
            for (var life = 0; life < plan.Count; life++)
            {
                var (process, step) = lives.Peek();
                await process.WriteLineAsync();
                if (life + 1 < plan.Count)
                {
                    lives.Enqueue((Start(plan[life + 1]), plan[life + 1].Step));
                }

                await SeeItDieAsync(process, step);
                await lives.Dequeue().Process.DisposeAsync();
            }
        }
        finally
        {
            // Left only where the test failed.
            foreach (var (process, _) in lives)
            {
                await process.DisposeAsync();
            }
        }
    }

    /// <summary>A life that is not killed.</summary>
    public async Task<ChildProcess> LiveAsync()
    {
        var process = Start((CrashStep.None, 0));
        await process.WriteLineAsync();
        return process;
    }

    private async Task SeeItDieAsync(ChildProcess process, CrashStep step)
    {
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

    /// <summary>A process that waits for a line before it opens the database.</summary>
    private ChildProcess Start((CrashStep Step, int Occurrence) crash) => ChildProcess.Start(
        "crash-host", data, Url, sink, crash.Step.ToString(), crash.Occurrence.ToString(CultureInfo.InvariantCulture));

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
