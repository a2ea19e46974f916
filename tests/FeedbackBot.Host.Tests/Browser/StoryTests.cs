using FeedbackBot.Host.Tests.Flows;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace FeedbackBot.Host.Tests.Browser;

/// <summary>The page in a browser: its guided stories, by mouse, finger and keyboard, in light and dark.</summary>
public sealed class StoryTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Theory]
    [InlineData(Screen.Desktop, ColorScheme.Light)]
    [InlineData(Screen.Desktop, ColorScheme.Dark)]
    [InlineData(Screen.Phone, ColorScheme.Light)]
    [InlineData(Screen.Phone, ColorScheme.Dark)]
    public async Task The_first_story_plays_from_the_vague_blocker_to_the_answer_and_nothing_is_in_anybodys_way(Screen screen, ColorScheme scheme)
    {
        await using var host = await RunningHost.StartAsync();
        await using var visitor = await chromium.VisitAsync(host.App.Urls.First(), screen, scheme);
        await visitor.LookAsync("00-start");
        await visitor.Page.Locator("#open-stories").ClickAsync();
        await visitor.LookAsync("01-stories");
        await visitor.Page.Locator("#stories button[data-story]").First.ClickAsync();

        var looks = 2;
        var steps = await visitor.PlayAsync(host, async count =>
        {
            var step = count.Split(' ')[1];
            await visitor.LookAsync($"{looks++:00}-{step}");
            if ((screen, scheme, step) is (Screen.Desktop, ColorScheme.Light, "11"))
            {
                await visitor.PictureAsync("playground");
            }
            else if ((screen, scheme, step) is (Screen.Phone, ColorScheme.Dark, "8"))
            {
                await visitor.PictureAsync("playground-phone");
            }
        });
        steps.ShouldBe(11);
        await visitor.LookAsync($"{looks:00}-end");

        var card = await host.Client.WaitAsync(message => message.Kind == "TriageCard" && message.Text.Contains("customer accepts: 1", StringComparison.Ordinal), "triage");
        card.Level.ShouldBe(400);
        card.Text.ShouldContain("Contoso");
        card.Text.ShouldContain("EUR 400,000");
    }

    [Theory]
    [InlineData(Screen.Desktop, ColorScheme.Light)]
    [InlineData(Screen.Desktop, ColorScheme.Dark)]
    [InlineData(Screen.Phone, ColorScheme.Light)]
    [InlineData(Screen.Phone, ColorScheme.Dark)]
    public async Task Every_story_plays_to_its_end_one_after_the_other_in_the_same_room(Screen screen, ColorScheme scheme)
    {
        await using var host = await RunningHost.StartAsync();
        await using var visitor = await chromium.VisitAsync(host.App.Urls.First(), screen, scheme);
        var buttons = await visitor.Page.Locator("#stories [data-story]").AllAsync();
        var stories = await Task.WhenAll(buttons.Select(button => button.GetAttributeAsync("data-story")));
        stories.Length.ShouldBe(10);
        foreach (var story in stories)
        {
            await visitor.BeginAsync(story!);
            await visitor.PlayAsync(host);
            await visitor.LookAsync($"story-{story}");
        }

        await host.UntilQuietAsync();

        // Both duplicates were joined, and each of the five answers was given.
        var cards = (await host.Client.AllAsync("triage")).Where(message => message.Kind == "TriageCard").ToList();
        cards.Count.ShouldBe(10);
        cards.Count(card => card.Text.Contains("2 customers", StringComparison.Ordinal)).ShouldBe(2);
        foreach (var label in (string[])["Already exists", "On the roadmap", "Not a priority", "Too costly to build", "Not aligned"])
        {
            cards.ShouldContain(card => card.Text.Contains($"Answered by Ana: {label}", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task The_first_story_can_be_played_with_the_keyboard_alone()
    {
        await using var host = await RunningHost.StartAsync();
        await using var visitor = await chromium.VisitAsync(host.App.Urls.First(), Screen.Desktop, ColorScheme.Light);
        var keyboard = visitor.Page.Keyboard;
        await TabToAsync(visitor, "#open-stories");
        await keyboard.PressAsync("Enter");
        await TabToAsync(visitor, "[data-story='access']");
        await keyboard.PressAsync("Enter");
        await Assertions.Expect(visitor.Page.Locator("#story-title")).ToBeFocusedAsync();

        // The shortcut is a convenience: the button is a Tab away.
        await TabToAsync(visitor, "#story-next");
        var steps = await visitor.PlayAsync(host, byKeyboard: true);
        steps.ShouldBe(11);
        await host.Client.WaitAsync(message => message.Text.Contains("customer accepts: 1", StringComparison.Ordinal), "triage");
    }

    [Fact]
    public async Task A_story_that_was_played_before_keeps_to_itself()
    {
        await using var host = await RunningHost.StartAsync();
        await using var visitor = await chromium.VisitAsync(host.App.Urls.First(), Screen.Desktop, ColorScheme.Light);
        await visitor.BeginAsync("access");
        (await visitor.PlayAsync(host)).ShouldBe(11);
        await visitor.BeginAsync("access");
        (await visitor.PlayAsync(host)).ShouldBe(12, "The bot offers the request of the first round.");
        (await host.Client.AllAsync("triage")).Count(message => message.Kind == "TriageCard").ShouldBe(2);
    }

    [Fact]
    public async Task A_story_outlives_a_reload_and_is_left_at_any_time_with_everything_as_it_is()
    {
        await using var host = await RunningHost.StartAsync();
        await using var visitor = await chromium.VisitAsync(host.App.Urls.First(), Screen.Desktop, ColorScheme.Light);
        var page = visitor.Page;
        await visitor.BeginAsync("access");
        await visitor.Next.ClickAsync();
        var composer = page.Locator("#pane-sellers .composer textarea");
        await Assertions.Expect(composer).ToHaveValueAsync("Contoso will not buy the product until feature X is added");

        // Nothing is sent for the person, and what they change is what is sent.
        (await host.Client.AllAsync("sellers")).ShouldBeEmpty();
        await composer.FillAsync("Contoso will not buy the product until feature Y is added");
        await composer.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#story-count")).ToContainTextAsync("Step 2 of 11");

        await page.ReloadAsync();
        await Assertions.Expect(page.Locator("#story-count")).ToContainTextAsync("Step 2 of 11");
        await Assertions.Expect(visitor.Next).ToHaveTextAsync("Fill in");
        await page.Locator("#story-leave").ClickAsync();
        await Assertions.Expect(page.Locator("#story")).ToBeHiddenAsync();
        await Assertions.Expect(page.Locator("#open-stories")).ToBeFocusedAsync();
        await page.ReloadAsync();
        await Assertions.Expect(page.Locator("#pane-sellers .log")).ToContainTextAsync("Contoso will not buy the product until feature Y is added");
        await Assertions.Expect(page.Locator("#story")).ToBeHiddenAsync();
    }

    private static async Task TabToAsync(Visitor visitor, string selector)
    {
        for (var presses = 0; await visitor.Page.Locator($"{selector}:focus").CountAsync() == 0; presses++)
        {
            presses.ShouldBeLessThan(40, $"Tab does not reach {selector}.");
            await visitor.Page.Keyboard.PressAsync("Tab");
        }
    }
}
