using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace FeedbackBot.Host.Tests.Crashes;

/// <summary>The steps of an event and of a send at which the service's process is killed.</summary>
internal enum CrashStep
{
    None,

    /// <summary>The commit that stores an event of a person, after which it is acknowledged.</summary>
    AcceptBefore,
    AcceptAfter,

    /// <summary>The commit that takes a lane's lease, inbound or outbound.</summary>
    ClaimBefore,
    ClaimAfter,

    /// <summary>Within the turn: the event is claimed and read, its result not committed.</summary>
    Handle,

    /// <summary>The commit of a turn: what it writes and says, and that its event is handled.</summary>
    CommitBefore,
    CommitAfter,

    /// <summary>The platform was not asked yet; or it took the message, and nobody heard so.</summary>
    SendBefore,
    SendAfter,

    /// <summary>The commit that marks a send delivered.</summary>
    MarkBefore,
    MarkAfter,
}

/// <summary>Where this process kills itself: at one step, at its <paramref name="occurrence"/>th time.</summary>
/// <remarks>
/// A kill hits whatever else the process does just then. For repeats to be counted exactly, nobody but the step's own send
/// may be between the platform and its mark: the kill waits until the others are through, and no new one comes in.
/// </remarks>
internal sealed class CrashPoint(CrashStep step, int occurrence)
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _betweenSendAndMark = new(StringComparer.Ordinal);
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _times;
    private string? _killing;

    /// <summary>What the dying process prints, before the step and what it was about.</summary>
    public const string Said = "killed at";

    public CrashStep Step => step;

    public static CrashPoint Parse(string step, string occurrence)
        => new(Enum.Parse<CrashStep>(step), int.Parse(occurrence, CultureInfo.InvariantCulture));

    /// <summary>The process is at <paramref name="here"/>, for <paramref name="what"/>. It may not return from here.</summary>
    public async Task PassAsync(CrashStep here, string what)
    {
        if (here != step)
        {
            return;
        }

        lock (_gate)
        {
            if (++_times != occurrence)
            {
                return;
            }

            _killing = what;
        }

        await UntilAsync(() => _betweenSendAndMark.All(send => send == what));

        // Straight to the pipe: nothing of it is left in a buffer of this process.
        await using (var output = Console.OpenStandardOutput())
        {
            await output.WriteAsync(Encoding.ASCII.GetBytes($"{Said} {step} {what}\n"));
            await output.FlushAsync();
        }

        // SIGKILL on Unix: no handler runs, nothing is closed.
        Process.GetCurrentProcess().Kill();
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System);
    }

    /// <summary>A send goes to the platform now.</summary>
    public Task BeginSendAsync(string send) => UntilAsync(() =>
    {
        var enters = _killing is null;
        if (enters)
        {
            _betweenSendAndMark.Add(send);
        }

        return enters;
    });

    /// <summary>What became of the send is committed.</summary>
    public void EndSend(string send)
    {
        lock (_gate)
        {
            _betweenSendAndMark.Remove(send);
            _changed.SetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private async Task UntilAsync(Func<bool> isSo)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (isSo())
                {
                    return;
                }

                changed = _changed.Task;
            }

            await changed;
        }
    }
}
