using System.Diagnostics;
using System.Text.Json.Nodes;
using Shouldly;

namespace FeedbackBot.Slack.Tests.Peers;

/// <summary>A script of <c>tests/peers/slack</c>, which runs on Slack's own packages.</summary>
internal sealed class Peer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly Task<string> _errors;

    private Peer(string script, IEnumerable<string> arguments)
    {
        var directory = Path.Combine(Root, "tests", "peers", "slack");
        Directory.Exists(Path.Combine(directory, "node_modules")).ShouldBeTrue("Run 'npm ci --prefix tests/peers/slack --ignore-scripts' first, as tests/run.sh does.");
        var start = new ProcessStartInfo("node", [Path.Combine(directory, script), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        _process = Process.Start(start).ShouldNotBeNull();
        _errors = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>The directory that holds the solution.</summary>
    public static string Root { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    /// <summary>Where a server listens.</summary>
    public Uri? Address { get; private set; }

    /// <summary>Runs to the end, and gives what it wrote.</summary>
    public static async Task<JsonArray> RunAsync(string script, JsonNode? input, params string[] arguments)
    {
        await using var peer = new Peer(script, arguments);
        if (input is not null)
        {
            await peer._process.StandardInput.WriteAsync(input.ToJsonString());
        }

        peer._process.StandardInput.Close();
        using var patience = new CancellationTokenSource(Patience);
        var output = await peer._process.StandardOutput.ReadToEndAsync(patience.Token);
        await peer._process.WaitForExitAsync(patience.Token);
        peer._process.ExitCode.ShouldBe(0, $"{await peer._errors}\n{output}");
        return JsonNode.Parse(output).ShouldBeOfType<JsonArray>();
    }

    /// <summary>Starts a server, which writes its port and runs until it is disposed of.</summary>
    public static async Task<Peer> ServeAsync(string script, params string[] arguments)
    {
        var peer = new Peer(script, arguments);
        try
        {
            using var patience = new CancellationTokenSource(Patience);
            peer.Address = new Uri($"http://127.0.0.1:{await peer._process.StandardOutput.ReadLineAsync(patience.Token)}");
            return peer;
        }
        catch (Exception exception) when (exception is UriFormatException or OperationCanceledException)
        {
            await peer.DisposeAsync();
            throw new InvalidOperationException($"{script} did not start: {await peer._errors}", exception);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static string Find(DirectoryInfo directory)
        => File.Exists(Path.Combine(directory.FullName, "FeedbackBot.sln"))
            ? directory.FullName
            : Find(directory.Parent ?? throw new InvalidOperationException("The tests do not run inside the checkout."));
}
