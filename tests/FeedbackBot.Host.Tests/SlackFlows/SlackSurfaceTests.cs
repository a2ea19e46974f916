using System.Text.Json.Nodes;
using FeedbackBot.SlackServer;
using Shouldly;
using Xunit;

namespace FeedbackBot.Host.Tests.SlackFlows;

/// <summary>Every way into the bot in Slack, and what a person finds there.</summary>
public sealed class SlackSurfaceTests(SlackStage stage) : IClassFixture<SlackStage>
{
    private const string Opening = "Contoso will not buy the product until feature X is added";

    private const string Hostile = "<!channel> <@UHOST> <https://evil.example|bank> & *bold*";

    [Fact]
    public async Task The_draft_is_edited_in_a_form_and_goes_out_as_edited()
    {
        var seller = stage.Seller("Ed");
        var (thread, draft) = await seller.ToDraftAsync(Opening);
        await seller.PressAsync(draft, "Edit");
        var modal = await seller.Person.OpenedAsync();
        modal.View["title"]!["text"]!.ToString().ShouldBe("Edit");
        modal.Inputs.First(input => input["block_id"]!.ToString() == "SpecificIssue")["element"]!["initial_value"]!.ToString().ShouldContain("production systems");
        (await seller.Person.SubmitAsync(modal, ("SpecificIssue", $"Deploying needs a production password. {Hostile}"))).Answer.ShouldBeNull();
        var edited = await seller.AskedAsync(seller.Channel.Id, thread, draft.Order, "Confirm");
        edited.Shown.ShouldContain($"Deploying needs a production password. {Hostile}");
        edited.Shown.ShouldNotContain("production systems");

        await seller.PressAsync(edited, "Send to the product team");
        var card = await stage.CardAsync("Deploying needs a production password.");

        // Where Slack reads markup, nobody's words are any.
        card.Text.ShouldNotContain('<');
        edited.Text.ShouldNotContain('<');
    }

    [Fact]
    public async Task What_a_seller_edits_and_takes_back_in_the_thread_changes_the_draft()
    {
        var seller = stage.Seller("Tom");
        var (thread, draft) = await seller.ToDraftAsync(Opening);
        var added = seller.Person.Write(seller.Channel, "Forty teams are waiting for it.", thread);
        var with = await seller.AskedAsync(seller.Channel.Id, thread, draft.Order, "Confirm");
        with.Shown.ShouldContain("Forty teams");
        seller.Person.Edit(added, "Fifty teams are waiting for it.");
        var changed = await seller.Person.SeesAsync(post => post.ThreadTs == thread && post.Shown.Contains("Fifty teams", StringComparison.Ordinal), "the draft with what was edited");
        seller.Person.Delete(added);
        var without = await seller.Person.SeesAsync(
            post => post.ThreadTs == thread && post.Order > changed.Order && !post.Shown.Contains("Fifty teams", StringComparison.Ordinal) && post.Shown.Contains("SOX", StringComparison.Ordinal), "the draft without it");
        without.Shown.ShouldContain("production systems");
    }

    [Fact]
    public async Task A_command_goes_on_in_the_direct_messages_to_the_card_and_back()
    {
        var seller = stage.Seller("Cora");
        var reaction = await seller.Person.CommandAsync(seller.Channel, "/feedback", "Initech is blocked by the audit export");
        reaction.Answer!["text"]!.ToString().ShouldContain("direct messages");
        var direct = stage.Slack.Workspace.Direct(seller.Person.Id, stage.Slack.Options.Bot);
        await seller.SendAsync(await seller.ToDraftAsync(direct.Id, null));
        var card = await stage.CardAsync("audit export");

        // Nobody is led into a direct channel that is not theirs.
        card.Blocks!.ToJsonString().ShouldNotContain(direct.Id);
        await stage.AnswerAsync(stage.Managers[1], card, "Too costly to build");
        await seller.Person.SeesAsync(post => post.Channel == direct.Id && post.Shown.Contains("second identity", StringComparison.Ordinal), "the answer in the direct channel");

        foreach (var word in (string[])["mine", "status"])
        {
            var before = stage.Slack.Workspace.Posts.Where(post => post.Channel == direct.Id).Max(post => post.Order);
            (await seller.Person.CommandAsync(seller.Channel, "/feedback", word)).Answer!["text"]!.ToString().ShouldContain("direct messages");
            var own = await seller.Person.SeesAsync(post => post.Channel == direct.Id && post.Order > before, $"what '{word}' gives");
            own.Shown.ShouldContain("The feedback you relayed");
            own.Shown.ShouldContain("audit export");
        }

        seller.Person.OpenHome();
        var home = await stage.Slack.Workspace.UntilAsync(workspace => workspace.Homes.GetValueOrDefault(seller.Person.Id), "a Home tab");
        string.Concat(BlockText.Of(home["blocks"])).ShouldContain("audit export");
    }

    [Fact]
    public async Task Help_comes_in_the_direct_messages_whichever_way_it_is_asked_for()
    {
        var seller = stage.Seller("Hal");
        seller.Person.Mention(seller.Channel, "help");
        var direct = stage.Slack.Workspace.Direct(seller.Person.Id, stage.Slack.Options.Bot);
        var first = await HelpAsync(0);
        await seller.Person.CommandAsync(seller.Channel, "/feedback", "help");
        await HelpAsync(first.Order);

        Task<Post> HelpAsync(long after)
            => seller.Person.SeesAsync(post => post.Channel == direct.Id && post.Order > after && post.Shown.Contains("Tell me what a customer is blocked by", StringComparison.Ordinal), "help");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_shortcut_takes_a_colleagues_message_with_its_link(bool isMember)
    {
        var seller = stage.Seller(isMember ? "Rita" : "Rob");
        var colleague = stage.Slack.Person("Olga");
        var channel = stage.Slack.Channel(isMember ? "near" : "far", withBot: isMember, people: [seller.Person, colleague]);
        var message = colleague.Write(channel, "Umbrella needs an air gapped installer", files: new JsonArray(new JsonObject { ["title"] = "Their plan", ["permalink"] = "https://acme.slack.com/files/F1" }));
        (await seller.Person.ShortcutAsync(message, "relay_feedback")).IsTaken.ShouldBeTrue();

        var place = isMember ? channel : stage.Slack.Workspace.Direct(seller.Person.Id, stage.Slack.Options.Bot);
        var thread = isMember ? message.Ts : null;
        if (isMember)
        {
            await seller.AskedAsync(place.Id, thread, after: 0);
            return;
        }

        stage.Slack.Workspace.Responses.ShouldContain(response => response.User == seller.Person.Id && !response.HadToken);

        // Who wrote it, and where: the product team can look it up.
        var draft = await seller.ToDraftAsync(place.Id, thread);
        draft.Shown.ShouldContain("Umbrella needs an air gapped installer");
        draft.Shown.ShouldContain("Their plan: https://acme.slack.com/files/F1");
        draft.Shown.ShouldContain($"(Olga: https://acme.slack.com/archives/{channel.Id}/p");
    }

    [Fact]
    public async Task A_name_that_slack_tells_too_late_for_the_first_message_is_on_the_card_all_the_same()
    {
        var seller = stage.Seller("Lana", Need.All[2]);
        stage.Slack.Faults.Add(new Fault.Slow(TimeSpan.FromSeconds(1.2)), call => call.Method == "users.info" && call["user"] == seller.Person.Id);
        await seller.RelayAsync();
        (await stage.CardAsync(seller.Need.Opening)).Shown.ShouldContain("Lana for Northwind");
    }

    [Fact]
    public async Task Who_is_no_member_of_the_triage_channel_is_refused_and_no_form_opens()
    {
        var seller = stage.Seller("Sid");
        var (_, draft) = await seller.ToDraftAsync("Globex is stuck without tape backups");
        await seller.PressAsync(draft, "Send to the product team");
        var card = await stage.CardAsync("tape backups");
        var mallory = stage.Slack.Person("Mallory");
        (await mallory.PressAsync(card, "Too costly to build")).IsTaken.ShouldBeTrue();

        // Not in the channel, so nothing can be shown to them there.
        await mallory.SeesAsync(post => post.Shown.Contains("Only members of this triage channel", StringComparison.Ordinal), "a refusal");
        stage.Slack.Workspace.Modals.Values.ShouldNotContain(modal => modal.User == mallory.Id);
        stage.Slack.Workspace.Find(card.Channel, card.Ts)!.Buttons.Count.ShouldBe(card.Buttons.Count);
    }

    [Fact]
    public async Task The_answers_form_changes_with_the_category_and_says_at_the_field_what_is_wrong()
    {
        var seller = stage.Seller("Flo");
        var (thread, draft) = await seller.ToDraftAsync("Hooli is stuck without calendar holidays");
        await seller.PressAsync(draft, "Send to the product team");
        var card = await stage.CardAsync("calendar holidays");
        var manager = stage.Managers[2];
        (await manager.PressAsync(card, "Already exists")).IsTaken.ShouldBeTrue();
        var modal = await manager.OpenedAsync();
        modal.Inputs.Select(input => input["block_id"]!.ToString()).ShouldBe(["category", "link", "how"]);
        await manager.ChooseAsync(modal, "category", "OnRoadmap");
        var changed = await stage.Slack.Workspace.UntilAsync(workspace => workspace.Modals[modal.Id] is var now && now.Order > modal.Order ? now : null, "the form shown anew");
        changed.Inputs.Select(input => input["block_id"]!.ToString()).ShouldBe(["category", "date", "planned", "workaround"]);
        var wrong = await manager.SubmitAsync(changed, ("date", "soon"), ("planned", "Calendars."), ("workaround", "none known"));
        wrong.Answer!["errors"]!["date"]!.ToString().ShouldContain("Q2 2027");
        (await manager.SubmitAsync(changed, ("date", "Q2 2027"), ("planned", $"Calendars. {Hostile}"), ("workaround", "none known"))).Answer.ShouldBeNull();
        var answer = await seller.AnsweredAsync(thread, "Calendars.");
        answer.Shown.ShouldContain(Hostile);
        answer.Text.ShouldNotContain('<');
    }
}
