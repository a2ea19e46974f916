using Microsoft.Playwright;
using Xunit;

namespace FeedbackBot.Host.Tests.Browser;

/// <summary>The machine's own Chromium, for all tests of a class. Where it is missing, the tests fail.</summary>
public sealed class Chromium : IAsyncLifetime
{
    // Milliseconds; what is waited for comes, or the test fails.
    private const float Patience = 90_000;

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async Task InitializeAsync()
    {
        // Playwright's own, five seconds, are little on a busy machine.
        Assertions.SetDefaultExpectTimeout(Patience);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Find(), Timeout = Patience });
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }

    internal async Task<Visitor> VisitAsync(string address, Screen screen, ColorScheme scheme)
        => await Visitor.OpenAsync(await OpenAsync(address, screen, scheme), $"{screen}-{scheme}".ToLowerInvariant());

    /// <summary>A browser as it comes, in which nothing was opened yet and nothing beside the page runs.</summary>
    internal async Task<IBrowserContext> OpenAsync(string address, Screen screen, ColorScheme scheme)
    {
        var context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = address,
            ColorScheme = scheme,
            Locale = "en-GB",
            ReducedMotion = ReducedMotion.Reduce,
            ViewportSize = screen == Screen.Phone ? new ViewportSize { Width = 390, Height = 844 } : new ViewportSize { Width = 1440, Height = 900 },
            DeviceScaleFactor = screen == Screen.Phone ? 2 : 1,
            HasTouch = screen == Screen.Phone,
            IsMobile = screen == Screen.Phone,
        });
        context.SetDefaultTimeout(Patience);
        return context;
    }

    private static string Find()
        => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .SelectMany(directory => new[] { "chromium", "chromium-browser" }.Select(name => Path.Combine(directory, name)))
            .FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException("The browser tests need Chromium: apt-get install chromium. tests/run.sh does it.");
}

/// <summary>What the page is looked at on.</summary>
public enum Screen
{
    Desktop,
    Phone,
}
