using FeedbackBot.Host.Tests.Flows;

namespace FeedbackBot.Host.Tests.Crashes;

/// <summary>Sellers who talk to the service, some at a time, at least <paramref name="least"/> and until the dying is over.</summary>
internal sealed class Crowd(PlaygroundClient client, int least, Task dying)
{
    private readonly Lock _gate = new();
    private readonly List<Seller> _sellers = [];
    private readonly List<Held> _held = [];

    public IReadOnlyList<Seller> Sellers => _sellers;

    /// <summary>The conversations that came to their end.</summary>
    public IReadOnlyList<Held> Held => _held;

    /// <summary>Talks until all is said, or fails as soon as one seller does.</summary>
    public async Task TalkAsync(int atATime)
    {
        await foreach (var talk in Task.WhenEach(Enumerable.Range(0, atATime).Select(_ => TalkAsync())))
        {
            await talk;
        }
    }

    private async Task TalkAsync()
    {
        while (Next() is { } seller)
        {
            var held = await seller.HoldConversationAsync();
            lock (_gate)
            {
                _held.Add(held);
            }
        }
    }

    private Seller? Next()
    {
        lock (_gate)
        {
            if (_sellers.Count >= least && dying.IsCompleted)
            {
                return null;
            }

            _sellers.Add(new Seller(client, _sellers.Count, isAnswered: _sellers.Count % 2 == 0));
            return _sellers[^1];
        }
    }
}
