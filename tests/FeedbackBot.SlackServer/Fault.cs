namespace FeedbackBot.SlackServer;

/// <summary>What goes wrong with a call.</summary>
internal abstract record Fault
{
    /// <summary>429, with how long to wait.</summary>
    public sealed record RateLimited(int Seconds) : Fault;

    /// <summary>All is well, after a while.</summary>
    public sealed record Slow(TimeSpan Wait) : Fault;

    /// <summary>Slack's error, in its usual 200.</summary>
    public sealed record Error(string Code) : Fault;

    /// <summary>A server error that says nothing; what was asked for is done, or not.</summary>
    public sealed record Broken(int Status, bool IsDone) : Fault;

    /// <summary>Done, and the connection closes instead of an answer.</summary>
    public sealed record Closed : Fault;

    /// <summary>Done, and no answer comes, ever.</summary>
    public sealed record Hanging : Fault;

    /// <summary>Done, and somebody on the way answers 200 with a page of their own.</summary>
    public sealed record Page : Fault;

    /// <summary>Done, and the answer ends in the middle.</summary>
    public sealed record CutOff : Fault;

    /// <summary>Whether the caller cannot know if it was done.</summary>
    public bool IsAmbiguous => this is Broken { IsDone: true } or Closed or Hanging or Page or CutOff;
}

/// <summary>The faults that are to come.</summary>
internal sealed class Faults
{
    private readonly List<(Fault Fault, Func<ApiCall, bool> Where)> _next = [];
    private readonly Lock _gate = new();

    /// <summary>The next calls that are meant get this one, each once.</summary>
    public void Add(Fault fault, Func<ApiCall, bool> where, int times = 1)
    {
        lock (_gate)
        {
            _next.AddRange(Enumerable.Repeat((fault, where), times));
        }
    }

    public void Add(Fault fault, string method, int times = 1) => Add(fault, call => call.Method == method, times);

    public Fault? Take(ApiCall call)
    {
        lock (_gate)
        {
            var index = _next.FindIndex(next => next.Where(call));
            if (index < 0)
            {
                return null;
            }

            var fault = _next[index].Fault;
            _next.RemoveAt(index);
            return fault;
        }
    }
}
