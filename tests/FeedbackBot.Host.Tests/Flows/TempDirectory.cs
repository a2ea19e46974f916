namespace FeedbackBot.Host.Tests.Flows;

/// <summary>A directory that outlives the hosts of one test, removed with it.</summary>
internal sealed class TempDirectory : IDisposable
{
    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("feedbackbot-test-");

    /// <summary>The directory itself.</summary>
    public string Parent => _parent.FullName;

    /// <summary>A directory in it that does not exist yet.</summary>
    public string Data => Path.Combine(Parent, "data");

    public void Dispose() => _parent.Delete(recursive: true);
}
