namespace FeedbackBot.Host.Tests;

/// <summary>The checkout the tests were built from.</summary>
internal static class Repository
{
    /// <summary>The directory that holds the solution.</summary>
    public static string Root { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    private static string Find(DirectoryInfo directory)
        => File.Exists(Path.Combine(directory.FullName, "FeedbackBot.sln"))
            ? directory.FullName
            : Find(directory.Parent ?? throw new InvalidOperationException("The tests do not run inside the checkout."));
}
