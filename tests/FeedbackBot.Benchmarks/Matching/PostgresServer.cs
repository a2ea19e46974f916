using System.Diagnostics;
using Npgsql;

namespace FeedbackBot.Benchmarks.Matching;

/// <summary>
/// A PostgreSQL server of our own, in a temporary directory and reached by a Unix socket in it, gone when disposed of. It is set
/// up for reading what fits into memory; what makes writes safe is switched off, so they are as quick as they can be.
/// </summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private const string User = "postgres";
    private const string Installations = "/usr/lib/postgresql";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private static readonly string[] Settings =
    [
        "listen_addresses=", "shared_buffers=1GB", "effective_cache_size=4GB", "work_mem=64MB", "maintenance_work_mem=512MB", "random_page_cost=1.1",
        "jit=off", "autovacuum=off", "fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0", "max_wal_size=8GB",
    ];

    private readonly string _programs;
    private readonly DirectoryInfo _directory;
    private readonly Process _server;

    private PostgresServer(string programs, DirectoryInfo directory)
    {
        _programs = programs;
        _directory = directory;
        _server = Begin(Path.Combine(programs, "postgres"), ["-D", Data(directory), "-k", directory.FullName, .. Settings.SelectMany(setting => (string[])["-c", setting])]);
        Source = NpgsqlDataSource.Create($"Host={directory.FullName};Username={User};Database=postgres;Pooling=false;Command Timeout=600");
    }

    public NpgsqlDataSource Source { get; }

    /// <summary>The directory of the newest server's programs; null, and what to do is said, if there is none.</summary>
    public static async Task<string?> FindProgramsAsync()
    {
        var newest = !Directory.Exists(Installations) ? [] : Directory.GetDirectories(Installations)
            .OrderByDescending(version => int.TryParse(Path.GetFileName(version), out var number) ? number : 0)
            .Select(version => Path.Combine(version, "bin"));
        var found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Concat(newest)
            .FirstOrDefault(directory => File.Exists(Path.Combine(directory, "initdb")) && File.Exists(Path.Combine(directory, "postgres")));
        if (found is null)
        {
            await Console.Error.WriteLineAsync(
                "PostgreSQL's initdb and postgres are needed for the comparison. Install them (Debian: apt-get install postgresql), or put their directory on the PATH.");
        }

        return found;
    }

    public static async Task<PostgresServer> StartAsync(string programs)
    {
        var directory = Directory.CreateTempSubdirectory("feedbackbot-pg-");
        try
        {
            if (Environment.IsPrivilegedProcess)
            {
                // The server refuses to run as root, so all it touches belongs to the user its package made.
                using var given = Process.Start("chown", [User, directory.FullName]);
                await given.WaitForExitAsync();
            }

            using (var create = Begin(Path.Combine(programs, "initdb"), ["-D", Data(directory), "-U", User, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]))
            {
                await create.WaitForExitAsync();
                if (create.ExitCode != 0)
                {
                    throw new InvalidOperationException($"initdb ended with {create.ExitCode}.");
                }
            }

            var server = new PostgresServer(programs, directory);
            await server.WaitAsync();
            return server;
        }
        catch
        {
            directory.Delete(recursive: true);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        using (var stop = Begin(Path.Combine(_programs, "pg_ctl"), ["stop", "-D", Data(_directory), "-m", "fast", "-s"]))
        {
            await stop.WaitForExitAsync();
        }

        await _server.WaitForExitAsync();
        _server.Dispose();
        _directory.Delete(recursive: true);
    }

    private static string Data(DirectoryInfo directory) => Path.Combine(directory.FullName, "data");

    private static Process Begin(string program, string[] arguments)
    {
        var start = Environment.IsPrivilegedProcess
            ? new ProcessStartInfo("runuser", ["-u", User, "--", program, .. arguments])
            : new ProcessStartInfo(program, arguments);

        // What it logs is of no interest; what goes wrong is told by the connection.
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private async Task WaitAsync()
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await using var connection = await Source.OpenConnectionAsync();
                return;
            }
            catch (NpgsqlException) when (Stopwatch.GetElapsedTime(start) < Patience && !_server.HasExited)
            {
                await Task.Delay(Pause, TimeProvider.System);
            }
        }
    }
}
