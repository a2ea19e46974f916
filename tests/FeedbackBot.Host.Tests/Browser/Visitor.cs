using FeedbackBot.Host.Tests.Flows;
using Microsoft.Playwright;
using Shouldly;

namespace FeedbackBot.Host.Tests.Browser;

/// <summary>A person in front of the page, who sees it, hears it through axe, and keeps screenshots of it.</summary>
internal sealed class Visitor : IAsyncDisposable
{
    private const string Violations = """
        () => axe.run(document).then(found => found.violations.map(
          rule => `${rule.id}: ${rule.nodes.map(node => `${node.target} ${node.failureSummary}`).join(' | ')}`))
        """;

    // How far the page has come in the room, from the page's own module.
    private const string Position = "async () => (await import('/playground/room.js')).position";

    private readonly IBrowserContext _context;
    private readonly string _name;
    private readonly List<string> _errors = [];

    private Visitor(IBrowserContext context, IPage page, string name)
    {
        _context = context;
        _name = name;
        Page = page;
    }

    public IPage Page { get; }

    /// <summary>"Fill in", "Show the button" or whatever takes the story on.</summary>
    public ILocator Next => Page.Locator("#story-next");

    private static string Axe => Path.Combine(
        Repository.Root, "tests", "FeedbackBot.Host.Tests", "Browser", "node_modules", "axe-core", "axe.min.js");

    public static async Task<Visitor> OpenAsync(IBrowserContext context, string name)
    {
        File.Exists(Axe).ShouldBeTrue("The browser tests need axe-core: npm ci in tests/FeedbackBot.Host.Tests/Browser. tests/run.sh does it.");
        await context.AddInitScriptAsync(scriptPath: Axe);
        var visitor = new Visitor(context, await context.NewPageAsync(), name);
        visitor.Page.PageError += (_, error) => visitor._errors.Add(error);
        visitor.Page.Console += (_, message) =>
        {
            // A browser asks for an icon by itself.
            if (message.Type == "error" && !message.Location.Contains("favicon", StringComparison.Ordinal))
            {
                visitor._errors.Add(message.Text);
            }
        };
        await visitor.Page.GotoAsync("/playground");
        await visitor.Page.GetByText("Live", new PageGetByTextOptions { Exact = true }).WaitForAsync();
        return visitor;
    }

    /// <summary>A channel's place on the page.</summary>
    public ILocator Pane(string channel) => Page.Locator($"#pane-{channel}");

    public ILocator MessageIn(string channel, string id) => Pane(channel).Locator($"article[data-id='{id}']");

    /// <summary>Writes at the bottom of a channel or of the thread that is open in it.</summary>
    public async Task SayAsync(string channel, string text)
    {
        await Pane(channel).Locator(".composer textarea").FillAsync(text);
        await Pane(channel).Locator(".composer button").ClickAsync();
        await Assertions.Expect(Pane(channel).Locator(".composer textarea")).ToHaveValueAsync("");
    }

    /// <summary>Does what is behind the "more" of a message.</summary>
    public static async Task ActAsync(ILocator message, string act)
    {
        await message.Locator(".more").ClickAsync();
        await message.Locator(".acts").GetByText(act, new LocatorGetByTextOptions { Exact = true }).ClickAsync();
    }

    /// <summary>Goes on as another person.</summary>
    public async Task BecomeAsync(string user)
    {
        await Page.Locator("#user").SelectOptionAsync(user);

        // The choice is in the address first; the page is theirs when it says in whose name one writes, and has their messages.
        var role = await Page.Locator("#user option:checked").TextContentAsync() ?? "";
        await Assertions.Expect(Page.Locator(".composer label:visible").First).ToContainTextAsync($" as {role.Split(' ')[0]}");
        await Assertions.Expect(Page.Locator(".empty:visible", new PageLocatorOptions { HasText = "Loading" })).ToHaveCountAsync(0);
    }

    /// <summary>
    /// Waits, as people who read before they press, until everything is on the page that follows from what was said so far:
    /// what arrives between a button's going down and coming up moves it away under the finger.
    /// </summary>
    public async Task CatchUpAsync(RunningHost host)
    {
        await host.UntilQuietAsync();
        var (_, next) = await host.Client.ReadAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2), TimeProvider.System);
        while (await Page.EvaluateAsync<long>(Position) < next)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
        }
    }

    /// <summary>Opens the thread of a message in its channel's place.</summary>
    public async Task OpenThreadAsync(string channel, ILocator message)
    {
        await message.Locator(".replies").ClickAsync();
        await Assertions.Expect(Pane(channel)).ToHaveAttributeAsync("data-view", "thread");
    }

    /// <summary>Goes from a thread back to its channel.</summary>
    public async Task LeaveThreadAsync(string channel)
    {
        await Pane(channel).Locator(".back").ClickAsync();
        await Assertions.Expect(Pane(channel)).ToHaveAttributeAsync("data-view", "channel");
    }

    /// <summary>Chooses a story from the list, which it opens.</summary>
    public async Task BeginAsync(string story)
    {
        await Page.Locator("#open-stories").ClickAsync();
        await Page.Locator($"[data-story='{story}']").ClickAsync();
        await Page.Locator("#story").WaitForAsync();
    }

    /// <summary>Plays the story to its end and gives the number of steps that were asked for.</summary>
    public async Task<int> PlayAsync(RunningHost host, Func<string, Task>? seen = null, bool byKeyboard = false)
    {
        for (var steps = 0; ; steps++)
        {
            steps.ShouldBeLessThan(60, "The story does not come to its end.");
            await Page.Locator("#story-next:not([aria-disabled])").WaitForAsync();
            var count = await Page.Locator("#story-count").InnerTextAsync();
            if (count == "The end")
            {
                return steps;
            }

            var look = await Page.Locator("#story-look").InnerTextAsync();
            await StepAsync(byKeyboard, async () =>
            {
                await CatchUpAsync(host);
                await (seen?.Invoke(count) ?? Task.CompletedTask);
            });

            // The next step, or what the bot asks beside the story.
            await Assertions.Expect(Page.Locator("#story-look")).Not.ToHaveTextAsync(look);
        }
    }

    /// <summary>Lets the page fill in the step, and does by hand what is left to the person.</summary>
    private async Task StepAsync(bool byKeyboard, Func<Task> beforeSending)
    {
        var isShow = await Next.InnerTextAsync() is "Show me" or "Finish";
        await GoOnAsync(byKeyboard);
        if (isShow)
        {
            await Assertions.Expect(Next).ToHaveTextAsync("Finish");
            await Page.Locator("article.marked").WaitForAsync();
            await beforeSending();
            await GoOnAsync(byKeyboard);
            return;
        }

        var ready = Page.Locator("button.marked:focus, .choice-form button[type=submit]:focus, .composer textarea:focus, .composer button:focus");
        await ready.WaitForAsync();
        await beforeSending();
        if (byKeyboard)
        {
            await Page.Keyboard.PressAsync("Enter");
        }
        else if (await Page.Locator(".composer:focus-within").CountAsync() > 0)
        {
            await Page.Locator(".composer:focus-within button").ClickAsync();
        }
        else
        {
            await ready.ClickAsync();
        }
    }

    private async Task GoOnAsync(bool byKeyboard)
    {
        if (byKeyboard)
        {
            await Page.Keyboard.PressAsync("Alt+KeyN");
        }
        else
        {
            await Next.ClickAsync();
        }
    }

    /// <summary>Keeps a picture; there is nothing to scroll sideways for, and axe finds no violation.</summary>
    public async Task LookAsync(string what)
    {
        var directory = Path.Combine(Repository.Root, "artifacts", "test-results", "screenshots");
        await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(directory, $"{_name}-{what}.png") });
        (await Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")).ShouldBe(0, $"{_name}, {what}");
        (await Page.EvaluateAsync<string[]>(Violations)).ShouldBeEmpty($"{_name}, {what}");
        _errors.ShouldBeEmpty($"{_name}, {what}");
    }

    /// <summary>Takes one of the README's pictures; as with snapshots, the one that is kept is written when told to.</summary>
    public async Task PictureAsync(string name)
    {
        var picture = await Page.ScreenshotAsync();
        var kept = Path.Combine(Repository.Root, "docs", $"{name}.png");
        if (Environment.GetEnvironmentVariable("FEEDBACKBOT_UPDATE_SNAPSHOTS") == "1")
        {
            await File.WriteAllBytesAsync(kept, picture);
        }

        File.Exists(kept).ShouldBeTrue($"{kept} is missing: run with FEEDBACKBOT_UPDATE_SNAPSHOTS=1.");
        (await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md"))).ShouldContain($"docs/{name}.png");
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
