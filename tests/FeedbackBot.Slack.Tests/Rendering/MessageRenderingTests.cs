using System.Text.Json;
using System.Text.Json.Nodes;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Triage;
using FeedbackBot.Slack.Outbound;
using FeedbackBot.Slack.Rendering;
using FeedbackBot.Testing;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace FeedbackBot.Slack.Tests.Rendering;

public sealed class MessageRenderingTests
{
    private const string Hostile = "<!channel> <@U1> <https://evil.example|bank> & &lt;b&gt; *bold* _it_ `code` :smile:\n> quoted";

    private static readonly RenderingContext Context = new(
        new string('a', 43), Samples.Thread.ThreadId, new Dictionary<ThreadReference, Uri> { [Samples.Thread] = new("https://acme.slack.com/archives/C1/p1700000000000100") });

    public static TheoryData<string> MessageNames { get; } = [.. Samples.Messages("").Keys];

    public static TheoryData<string> ResponseNames { get; } = [.. Samples.Responses("").Keys];

    [Theory]
    [MemberData(nameof(MessageNames))]
    public void Every_message_is_rendered_as_it_was_approved(string name)
        => Approve(MessageRendering.Render(Samples.Messages("They need <roles> & audit")[name], Context), name);

    [Theory]
    [MemberData(nameof(ResponseNames))]
    public void Every_answer_is_rendered_as_it_was_approved(string name)
        => Approve(MessageRendering.Render(Samples.Answer(Samples.Responses("They need <roles> & audit")[name], "Roles"), Context), $"answer-{name}");

    [Fact]
    public void Every_kind_of_message_and_every_answer_is_among_the_samples()
    {
        Cases(typeof(OutboundMessage)).ShouldBeSubsetOf(Samples.Messages("x").Values.Append(Samples.Answer(Samples.Responses("x")["too-costly"], "x")).Select(message => message.GetType()));
        Cases(typeof(Response)).ShouldBeSubsetOf(Samples.Responses("x").Values.Select(response => response.GetType()));

        static IEnumerable<Type> Cases(Type hierarchy) => hierarchy.GetNestedTypes().Where(type => type.IsSubclassOf(hierarchy));
    }

    [Fact]
    public void The_home_tab_is_rendered_as_it_was_approved()
        => Approve(MessageRendering.RenderHome(Samples.Messages("They need roles")["own-feedback"]), "home");

    [Fact]
    public void A_possible_repeat_says_so()
        => Approve(MessageRendering.AsRepeat(MessageRendering.Render(new OutboundMessage.Notice("Noted."), Context), "abcdefghijkl"), "repeat");

    [Theory]
    [MemberData(nameof(ResponseNames))]
    public void The_form_of_an_answer_asks_for_what_that_answer_needs(string name)
    {
        var category = Samples.Responses("x")[name].Category.ToString();
        var values = new FormValues(new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { [ResponseForm.Category] = [category] });
        Approve(Form(ResponseForm.Fields, values), $"form-{name}");
    }

    [Theory]
    [InlineData("draft")]
    [InlineData("question")]
    public void The_form_of_a_message_is_rendered_as_it_was_approved(string name)
        => Approve(Form(Samples.Messages("They need <roles>")[name].Form, FormValues.Empty), $"form-{name}");

    [Fact]
    public void Nobodys_words_mention_link_or_format_anything()
    {
        foreach (var message in Samples.Messages(Hostile).Values.Concat(Samples.Responses(Hostile).Values.Select(response => Samples.Answer(response, Hostile))))
        {
            var rendered = Json(MessageRendering.Render(message, Context));
            BlockKit.Check(rendered);

            // The one text that Slack reads as markup.
            rendered["text"]!.GetValue<string>().ShouldNotContain('<');
            BlockKit.Strings(rendered["blocks"]!, "type").ShouldNotContain("mrkdwn", StringComparer.Ordinal);
            BlockKit.Strings(rendered["blocks"]!, "type").ShouldNotContain("user", StringComparer.Ordinal);
            BlockKit.Strings(rendered["blocks"]!, "type").ShouldNotContain("broadcast", StringComparer.Ordinal);
            BlockKit.Strings(rendered["blocks"]!, "url").ShouldAllBe(url => url.StartsWith("https://acme.slack.com/", StringComparison.Ordinal) || url == "https://docs.example.com/roles");
        }
    }

    [Fact]
    public void Text_is_escaped_once()
        => MessageRendering.Render(new OutboundMessage.Notice("a & <b> &amp;"), Context).Text.ShouldBe("a &amp; &lt;b&gt; &amp;amp;");

    [Fact]
    public void Whatever_people_write_stays_within_slacks_limits()
    {
        var words = from piece in Gen.Elements(Hostile, "x", "", " ", "😀", "\n", "&", "<", "\u05d0\u05d1", "https://a.example/" + new string('y', 300))
                    from times in Gen.Elements(1, 2, 7, 80, 1_000, 40_000)
                    select string.Concat(Enumerable.Repeat(piece, Math.Min(times, 40_000 / Math.Max(1, piece.Length))));
        Prop.ForAll(words.ToArbitrary(), static text =>
        {
            foreach (var message in Samples.Messages(text).Values.Concat(Samples.Responses(text).Values.Select(response => Samples.Answer(response, text))))
            {
                BlockKit.Check(Json(MessageRendering.Render(message, Context)));
                BlockKit.Check(Json(MessageRendering.AsRepeat(MessageRendering.Render(message, Context), Context.OutboxId)));
                BlockKit.CheckView(Json(Form(message.Form, FormValues.Empty)));
            }

            BlockKit.CheckView(Json(MessageRendering.RenderHome(Samples.Messages(text)["own-feedback"])));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));
    }

    [Fact]
    public void A_hundred_choices_and_as_many_fields_stay_within_slacks_limits()
    {
        var many = new OutboundMessage.Notice("Which one?")
        {
            Subject = new Subject(SubjectKind.Conversation, "s"),
            Choices = [.. Enumerable.Range(0, 2_000).Select(index => new Choice(ActionNames.Choose, $"Choice {index}", $"{index}"))],
            Form = [.. Enumerable.Range(0, 200).Select(index => new FormField($"field{index}", "Label", FieldType.Text))],
        };
        BlockKit.Check(Json(MessageRendering.Render(many, Context)));
        BlockKit.CheckView(Json(Form(many.Form, FormValues.Empty)));
    }

    [Fact]
    public void A_choice_whose_value_does_not_fit_is_left_out_rather_than_changed()
    {
        var message = new OutboundMessage.Notice("Which one?")
        {
            Subject = new Subject(SubjectKind.Conversation, "s"),
            Choices = [new Choice(ActionNames.Choose, "Long", new string('x', 3000)), new Choice(ActionNames.Choose, "Short", "x")],
        };
        var actions = MessageRendering.Render(message, Context).Blocks.OfType<Block.Actions>().ShouldHaveSingleItem();
        actions.Elements.OfType<Element.Button>().ShouldHaveSingleItem().Text.Text.ShouldBe("Short");
    }

    private static SlackView Form(IReadOnlyList<FormField> fields, FormValues values)
    {
        var origin = new FormOrigin("T1", "C1", Samples.Thread.ThreadId, Context.OutboxId, ActionNames.Answer, "Already exists", new ButtonValue(SubjectKind.Request, "FR-7", null, true));
        return FormRendering.Render(fields, values, origin, origin.Write()!);
    }

    private static void Approve<T>(T rendered, string name) => Snapshot.ShouldMatch(Json(rendered), $"FeedbackBot.Slack.Tests/Rendering/{name}");

    private static JsonNode Json<T>(T rendered) => JsonSerializer.SerializeToNode(rendered, SlackClient.Json)!;
}
