namespace FeedbackBot.Host.Playground;

/// <summary>
/// What everyone passes who writes into the Playground. While it is cleared the door is closed: nobody is inside then, and
/// who comes hears so before anything of theirs is taken.
/// </summary>
internal sealed class PlaygroundDoor(TimeProvider time)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _inside;
    private bool _isClosed;

    /// <summary>The filter of every endpoint that writes.</summary>
    public async ValueTask<object?> LetInAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return PlaygroundEndpoints.Error(
                    StatusCodes.Status503ServiceUnavailable,
                    "This was not taken: the Playground starts over just now. Your text is still here; please try again in a moment.");
            }

            _inside++;
        }

        try
        {
            return await next(context);
        }
        finally
        {
            lock (_gate)
            {
                _inside--;
                _left.SetResult();
                _left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    /// <summary>Closes the door and waits until nobody is inside. Where that takes longer than <paramref name="patience"/>, it is open again.</summary>
    /// <returns>Whether it is closed and nobody is inside.</returns>
    public async Task<bool> CloseAsync(TimeSpan patience)
    {
        using var timeout = new CancellationTokenSource(patience, time);
        while (true)
        {
            Task left;
            lock (_gate)
            {
                _isClosed = true;
                if (_inside == 0)
                {
                    return true;
                }

                left = _left.Task;
            }

            try
            {
                await left.WaitAsync(timeout.Token);
            }
            catch (OperationCanceledException)
            {
                Open();
                return false;
            }
        }
    }

    public void Open()
    {
        lock (_gate)
        {
            _isClosed = false;
        }
    }
}
