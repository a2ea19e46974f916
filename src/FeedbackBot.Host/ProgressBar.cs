namespace FeedbackBot.Host;

/// <summary>How far a command is, in one line of the terminal; nothing where errors do not go to a terminal.</summary>
internal sealed class ProgressBar(string what) : IProgress<double>, IDisposable
{
    private const int Width = 40;

    private readonly bool _isShown = !Console.IsErrorRedirected;
    private int _shown = -1;

    /// <summary>Takes the share that is done, 0 to 1.</summary>
    public void Report(double value)
    {
        var percent = (int)(Math.Clamp(value, 0, 1) * 100);
        if (!_isShown || percent == _shown)
        {
            return;
        }

        _shown = percent;
        var filled = percent * Width / 100;
        Console.Error.Write($"\r{what} [{new string('#', filled)}{new string('.', Width - filled)}] {percent,3} %");
    }

    /// <summary>Takes the line away.</summary>
    public void Clear()
    {
        if (_isShown && _shown >= 0)
        {
            Console.Error.Write($"\r{new string(' ', Width + what.Length + 12)}\r");
            _shown = -1;
        }
    }

    public void Dispose() => Clear();
}
