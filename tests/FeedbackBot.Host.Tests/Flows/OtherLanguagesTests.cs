using Shouldly;
using Xunit;

namespace FeedbackBot.Host.Tests.Flows;

/// <summary>Feedback in languages the rules do not know: the seller's word counts, and it says so.</summary>
public sealed class OtherLanguagesTests
{
    private static readonly Dictionary<string, string> German = new(StringComparer.Ordinal)
    {
        ["Opening"] = "Die Stadtwerke Musterstadt kaufen das Produkt nicht, solange die Anmeldung der Schichtleiter nicht funktioniert.",
        ["SpecificIssue"] = "Die Schichtleiter teilen sich einen Rechner im Leitstand und können sich nicht nacheinander anmelden, ohne alle Fenster zu schließen.",
        ["Compliance"] = "Die Betriebsordnung verlangt, dass jede Schaltung einer Person zugeordnet ist; das prüft die Aufsicht jedes Jahr im März.",
        ["Alternatives"] = "Ein gemeinsames Konto wurde vorgeschlagen, aber der Betriebsrat und die Aufsicht haben es abgelehnt.",
        ["Impact"] = "Davon sind alle vierzig Schichtleiter an sechs Standorten betroffen.",
        ["Customer"] = "Stadtwerke Musterstadt",
    };

    private static readonly Dictionary<string, string> Japanese = new(StringComparer.Ordinal)
    {
        ["Opening"] = "北浜製作所は、現場の端末で交代のたびに再ログインが必要なため、この製品を導入できません。",
        ["SpecificIssue"] = "共有端末で作業者が交代すると、開いている画面がすべて閉じられ、入力中の記録が失われます。",
        ["Compliance"] = "品質管理規程により、すべての記録に作業者本人の署名が必要です。監査は毎年三月に行われます。",
        ["Alternatives"] = "共有アカウントを提案しましたが、品質保証部に却下されました。",
        ["Impact"] = "六つの工場で四百人の作業者が影響を受けています。",
        ["Customer"] = "北浜製作所",
    };

    public static TheoryData<string> Languages => ["de", "ja"];

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task The_draft_is_in_the_sellers_words_says_that_its_level_is_self_assessed_and_can_be_sent(string language)
    {
        var answers = language == "de" ? German : Japanese;
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var thread = await client.SayAsync("sam", answers["Opening"]);
        var (asked, draft) = await PlayAsync(client, thread, answers);

        asked.ShouldContain("SpecificIssue", StringComparer.Ordinal);
        asked.ShouldContain("Compliance", StringComparer.Ordinal);
        asked.ShouldBeUnique(StringComparer.Ordinal, "nothing is asked again because the rules do not understand the answer");
        draft.Text.ShouldContain(", self-assessed.");
        draft.Text.ShouldContain($"Customer is blocked: {answers["Opening"]}");
        draft.Text.ShouldContain($"The specific issue: {answers["SpecificIssue"]}");
        draft.Text.ShouldContain(answers["Compliance"]);
        draft.Text.ShouldContain(answers["Alternatives"]);

        // What the seller confirmed is enough for the product team: no reason is asked for.
        var card = await client.SendAsync("sam", draft);
        card.Text.ShouldContain($"Sam for {answers["Customer"]}");
        card.Text.ShouldContain(answers["SpecificIssue"]);
        card.Text.ShouldNotContain("Sent early");
        await client.AnswerAsync("pm-ana", card, "TooCostly");
        await client.WaitAsync(message => message.Kind == "Answer", thread: thread);
    }

    [Fact]
    public async Task A_question_that_was_skipped_does_not_count_as_answered()
    {
        await using var host = await RunningHost.StartAsync();
        var client = host.Client;
        var thread = await client.SayAsync("sam", German["Opening"]);
        var draft = await client.ToDraftAsync("sam", thread, new Dictionary<string, string>(StringComparer.Ordinal));
        draft.Text.ShouldContain(", self-assessed.");
        draft.Text.ShouldContain("Still missing: the specific issue; the reason behind it");
        await client.PressAsync("sam", draft, "submit");
        await client.WaitAsync(message => message.Kind == "Refusal", thread: thread);
    }

    [Fact]
    public async Task English_is_not_called_self_assessed()
    {
        await using var host = await RunningHost.StartAsync();
        var thread = await host.Client.SayAsync("sam", Scenes.Opening);
        var draft = await host.Client.ToDraftAsync("sam", thread, Scenes.Article);
        draft.Text.ShouldNotContain("self-assessed");
    }

    private static async Task<(IReadOnlyList<string> Asked, Message Draft)> PlayAsync(
        PlaygroundClient client, string thread, Dictionary<string, string> answers)
    {
        var topics = new List<string>();
        var after = 0L;
        while (true)
        {
            var asked = await client.WaitAsync(message => message.Asks is not null, thread: thread, after: after);
            after = asked.Seq;
            switch (asked.Asks)
            {
                case "Confirm":
                    return (topics, asked);
                case "Cause":
                    await client.PressAsync("sam", asked, "choose", "Compliance");
                    break;
                default:
                    await client.SayAsync("sam", answers.GetValueOrDefault(asked.Asks!, "skip"), thread);
                    break;
            }

            topics.Add(asked.Asks!);
        }
    }
}
