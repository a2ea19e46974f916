using Shouldly;
using Xunit;

namespace FeedbackBot.Host.Tests.Flows;

/// <summary>An owner chooses an area's triage channel in chat, and it stays chosen.</summary>
public sealed class TriageChannelTests
{
    private const string Words = "@feedbackbot use this channel for triage of general";

    [Fact]
    public async Task The_next_cards_go_to_the_chosen_channel_also_after_a_restart()
    {
        string[] settings = ["--FeedbackBot:Owners:0=playground:pm-ana", "--FeedbackBot:Areas:0:Name=General", "--FeedbackBot:Areas:0:TriagePlatform=playground", "--FeedbackBot:Areas:0:TriageWorkspace=playground", "--FeedbackBot:Areas:0:TriageChannel=triage"];
        await using var first = await RunningHost.StartAsync(settings);
        await first.Client.SayAsync("sam", Words, channel: "account-product");
        await first.Client.WaitAsync(message => message.Kind == "Refusal" && message.Text.Contains("Only those who look after me", StringComparison.Ordinal));
        await first.Client.SayAsync("pm-ana", Words, channel: "account-product");
        await first.Client.WaitAsync(message => message.Text.Contains("From now on, cards about General", StringComparison.Ordinal), channel: "account-product");
        await first.StopAsync();

        await using var second = await RunningHost.StartAsync(first.Data, null, settings);
        await second.Client.SubmitAsync("sam", Scenes.Opening, Scenes.Article);
        (await second.Client.WaitAsync(message => message.Kind == "TriageCard", channel: "account-product")).Text.ShouldContain("General");
        (await second.Client.ReadAsync(channel: "triage")).Messages.ShouldBeEmpty();
    }
}
