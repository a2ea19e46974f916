using System.Collections.Concurrent;
using System.Diagnostics;
using Shouldly;

namespace FeedbackBot.Host.Tests.Crashes;

/// <summary>This test's program, started as a process of its own in one of its modes.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly Task _draining;
    private readonly ConcurrentQueue<string> _errors = [];

    private ChildProcess(Process process)
    {
        _process = process;
        _draining = DrainAsync(process.StandardError);
    }

    /// <summary>The last of what it wrote as errors, for a test that fails.</summary>
    public string Errors => string.Join('\n', _errors);

    public static ChildProcess Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var argument in (string[])["exec", typeof(ChildProcess).Assembly.Location, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        // It lives for a second or two: nothing of it is worth being optimised or kept apart by core.
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_gcServer"] = "0";
        return new ChildProcess(Process.Start(start).ShouldNotBeNull());
    }

    public Task WriteLineAsync() => _process.StandardInput.WriteLineAsync();

    public async Task<string?> ReadLineAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        return await _process.StandardOutput.ReadLineAsync(patience.Token);
    }

    /// <summary>Waits until it ends by itself, or by its own signal, and gives the exit code.</summary>
    public async Task<int> EndAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(patience.Token);
        await _draining;
        return _process.ExitCode;
    }

    /// <summary>Asks it to stop in good order.</summary>
    public Task<int> StopAsync()
    {
        _process.StandardInput.Close();
        return EndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task DrainAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            _errors.Enqueue(line);
            while (_errors.Count > 50)
            {
                _errors.TryDequeue(out _);
            }
        }
    }
}
