namespace FeedbackBot.Core.Lanes;

/// <summary>Wakes the one worker loop that waits. Ringing twice before it wakes counts once.</summary>
public sealed class WorkBell : IDisposable
{
    private readonly SemaphoreSlim _rung = new(0, 1);

    public void Ring()
    {
        try
        {
            if (_rung.CurrentCount == 0)
            {
                _rung.Release();
            }
        }
        catch (SemaphoreFullException)
        {
            // Somebody rang at the same time: once is enough.
        }
        catch (ObjectDisposedException)
        {
            // The last commits of a process that stops: the next start finds the work by its due row.
        }
    }

    /// <summary>Waits for the bell, at most <paramref name="longest"/>.</summary>
    public async Task WaitAsync(TimeSpan longest, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await _rung.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Nobody rang: time to look anyway.
        }
    }

    public void Dispose() => _rung.Dispose();
}
