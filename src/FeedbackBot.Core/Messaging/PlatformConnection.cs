namespace FeedbackBot.Core.Messaging;

/// <summary>Whether a platform is connected, and since when it is or is not.</summary>
public sealed record PlatformConnectionState(string Name, bool Connected, DateTimeOffset Since);

/// <summary>
/// A way to a platform that we keep open ourselves, for the health page: while it is away, nothing comes in. There may be two
/// at a time, while one takes the other's place.
/// </summary>
public sealed class PlatformConnection(string name, TimeProvider time)
{
    private readonly Lock _gate = new();
    private PlatformConnectionState _state = new(name, Connected: false, time.GetUtcNow());
    private int _open;

    public PlatformConnectionState State
    {
        get
        {
            lock (_gate)
            {
                return _state;
            }
        }
    }

    public void Opened() => Add(1);

    public void Closed() => Add(-1);

    private void Add(int connections)
    {
        lock (_gate)
        {
            _open += connections;
            if (_state.Connected != _open > 0)
            {
                _state = _state with { Connected = _open > 0, Since = time.GetUtcNow() };
            }
        }
    }
}
