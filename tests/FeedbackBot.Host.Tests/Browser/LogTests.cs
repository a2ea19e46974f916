using System.Globalization;
using FeedbackBot.Host.Tests.Flows;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace FeedbackBot.Host.Tests.Browser;

/// <summary>What a pane shows of a channel in which much was said.</summary>
public sealed class LogTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const string Ids = "() => [...document.querySelectorAll('#pane-triage article')].map(article => article.dataset.id)";

    [Fact]
    public async Task A_deletion_leaves_the_order_and_the_focus_of_all_that_follows_as_they_were()
    {
        await using var host = await RunningHost.StartAsync();
        var said = new List<string>();
        for (var number = 0; number < 60; number++)
        {
            said.Add(await host.Client.SayAsync("sofia", string.Create(CultureInfo.InvariantCulture, $"Message {number}"), channel: "triage"));
        }

        await using var context = await chromium.OpenAsync(host.App.Urls.First(), Screen.Desktop, ColorScheme.Light);
        var page = await context.NewPageAsync();
        await page.GotoAsync("/playground#user=sam&channel=triage");
        var articles = page.Locator("#pane-triage article");
        await Assertions.Expect(articles).ToHaveCountAsync(60);

        // Wherever the page divides its log, one of them is the first behind the division.
        foreach (var focused in said.Skip(20).ToList())
        {
            var article = page.Locator($"[data-id='{focused}']");
            await article.FocusAsync();
            await DeleteAsync(host, said[0]);
            said.RemoveAt(0);
            await Assertions.Expect(articles).ToHaveCountAsync(said.Count);
            await Assertions.Expect(article).ToBeFocusedAsync();
            (await page.EvaluateAsync<string[]>(Ids)).ShouldBe(said);
        }
    }

    private static async Task DeleteAsync(RunningHost host, string message)
    {
        using var response = await host.Client.Http.DeleteAsync(new Uri($"/playground/api/messages/{message}?user=sofia", UriKind.Relative));
        response.EnsureSuccessStatusCode();
    }
}
