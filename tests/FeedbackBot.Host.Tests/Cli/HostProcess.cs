using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using FeedbackBot.Host.Tests.Flows;
using Shouldly;

namespace FeedbackBot.Host.Tests.Cli;

/// <summary>The program as somebody starts it: a process of its own.</summary>
internal sealed partial class HostProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = [];
    private readonly ConcurrentQueue<string> _errors = [];
    private readonly TaskCompletionSource<string> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PlaygroundClient? _client;

    private HostProcess(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => KeepOutput(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(_errors, line.Data);
        _process.Exited += (_, _) => _address.TrySetException(new InvalidOperationException("It ended."));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public static string Program { get; } = typeof(HostBuilding).Assembly.Location;

    public string Id => _process.Id.ToString(CultureInfo.InvariantCulture);

    public string Output => string.Join('\n', _output);

    public string Errors => string.Join('\n', _errors);

    public PlaygroundClient Client => _client ?? throw new InvalidOperationException("It does not listen yet.");

    /// <summary>Runs to the end.</summary>
    public static async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        await using var process = new HostProcess(StartInfo("dotnet", ["exec", Program, .. arguments]));
        var code = await process.ExitAsync();
        return (code, process.Output, process.Errors);
    }

    /// <summary>Starts the service, on a free port, and waits until it says where it listens.</summary>
    public static Task<HostProcess> ServeAsync(string data, params string[] arguments)
        => ServeAsync(StartInfo("dotnet", ["exec", Program, "--data", data, "--urls", "http://127.0.0.1:0", .. arguments]));

    /// <summary>The same, on a disk that is full after <paramref name="kibibytes"/>: no file grows beyond it.</summary>
    public static Task<HostProcess> ServeOnFullDiskAsync(string data, int kibibytes)
    {
        // The signal, ignored, becomes an error of the write. A soft limit can be lifted from outside.
        var limit = string.Create(CultureInfo.InvariantCulture, $"trap '' XFSZ; ulimit -S -f {kibibytes}");
        var start = StartInfo("bash", ["-c", $"{limit}; exec dotnet exec \"$0\" --data \"$1\" --urls http://127.0.0.1:0", Program, data]);

        // The runtime keeps its code in a file otherwise, which would run into the same limit.
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        return ServeAsync(start);
    }

    /// <summary>Asks it to stop, as Ctrl+C or a service manager does, and waits until it did.</summary>
    public async Task<int> StopAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", Id]))
        {
            await kill.WaitForExitAsync();
        }

        return await ExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        // Nobody asks for the address of a program that ran to its end.
        _ = _address.Task.Exception;
        _process.Dispose();
    }

    private static ProcessStartInfo StartInfo(string program, IEnumerable<string> arguments) => new(program, arguments)
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        UseShellExecute = false,
    };

    private static async Task<HostProcess> ServeAsync(ProcessStartInfo start)
    {
        var process = new HostProcess(start);
        try
        {
            process._client = new PlaygroundClient(await process._address.Task.WaitAsync(Patience, TimeProvider.System));
            return process;
        }
        catch (Exception exception) when (exception is InvalidOperationException or TimeoutException)
        {
            var said = $"It did not start: {process.Errors}\n{process.Output}";
            await process.DisposeAsync();
            throw new InvalidOperationException(said, exception);
        }
    }

    private static void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (line is not null)
        {
            lines.Enqueue(line);
        }
    }

    private static string Message(string line)
    {
        using var json = JsonDocument.Parse(line);
        return json.RootElement.TryGetProperty("Message", out var message) ? message.GetString() ?? "" : "";
    }

    [GeneratedRegex("FeedbackBot is running: (?<address>http://[^/]+)/", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Running();

    private void KeepOutput(string? line)
    {
        Keep(_output, line);
        if (line?.Contains("FeedbackBot is running", StringComparison.Ordinal) == true && Running().Match(Message(line)) is { Success: true } running)
        {
            _address.TrySetResult(running.Groups["address"].Value);
        }
    }

    private async Task<int> ExitAsync()
    {
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException exception)
        {
            throw new ShouldAssertException($"It did not end: {Errors}\n{Output}", exception);
        }

        return _process.ExitCode;
    }
}
