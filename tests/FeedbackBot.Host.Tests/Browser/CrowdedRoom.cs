using System.Globalization;
using FeedbackBot.Host.Tests.Flows;
using Xunit;

namespace FeedbackBot.Host.Tests.Browser;

/// <summary>A host whose triage channel has 5,000 messages, threads beside them, and at its end the longest message there can be.</summary>
public sealed class CrowdedRoom : IAsyncLifetime
{
    public const int Roots = 5000;
    private const int Threads = 50;
    private const int Replies = 20;
    private const int Longest = 40_000;

    private RunningHost? _host;

    internal RunningHost Host => _host!;

    public async Task InitializeAsync()
    {
        _host = await RunningHost.StartAsync();
        var client = _host.Client;
        var roots = new string[Roots - 1];
        await Parallel.ForAsync(0, roots.Length, Busy, async (number, _) => roots[number] = await client.SayAsync(Person(number), Words(number), channel: "triage"));
        await Parallel.ForAsync(0, Threads * Replies, Busy, async (number, _)
            => await client.SayAsync(Person(number), Words(number), roots[roots.Length - 1 - (number % Threads)], "triage"));
        var paragraphs = string.Concat(Enumerable.Range(0, Longest / 100).Select(number => Words(number).PadRight(98, '.') + "\n\n"));
        await client.SayAsync("pm-ben", paragraphs[..(Longest - 1)] + "!", channel: "triage");
    }

    public async Task DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }
    }

    private static readonly ParallelOptions Busy = new() { MaxDegreeOfParallelism = 32 };

    private static string Person(int number) => (number % 4) switch { 0 => "pm-ana", 1 => "pm-ben", 2 => "sofia", _ => "alex" };

    private static string Words(int number)
        => string.Create(CultureInfo.InvariantCulture, $"Message {number}: {string.Concat(Enumerable.Repeat("what the customer said about it, ", number % 7))}and so on.");
}
