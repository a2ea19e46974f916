using System.Globalization;
using FeedbackBot.Core;
using FeedbackBot.Core.Deduplication;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Requests;
using FeedbackBot.Core.Triage;

namespace FeedbackBot.Slack.Rendering;

/// <summary>What a message's buttons carry besides what they are about.</summary>
/// <param name="OutboxId">The send, by which the form that a button opens is found.</param>
/// <param name="ThreadId">The thread the message is in; null where the message becomes its root.</param>
/// <param name="Links">Where threads can be looked at.</param>
internal sealed record RenderingContext(string OutboxId, string? ThreadId, IReadOnlyDictionary<ThreadReference, Uri> Links)
{
    public static RenderingContext Of(string outboxId, string? threadId)
        => new(outboxId, threadId, new Dictionary<ThreadReference, Uri>());
}

/// <summary>
/// What the bot says as Block Kit: pure functions. All text goes into rich text or plain text, which Slack shows as it is, so
/// that nobody's words can mention, link or break anything; only the text for notifications is markup, and escaped.
/// </summary>
internal static class MessageRendering
{
    // A card tells what a request is; who wants every word opens the seller's thread.
    private const int LongestPartOnCard = 600;

    private const string LeftOut = "… It goes on, but is too long for one message.";

    public static SlackMessage Render(OutboundMessage message, RenderingContext context)
    {
        var writer = new RichTextWriter();
        Write(message, writer, context);
        var (text, plain) = writer.Done(LeftOut);
        var blocks = new List<Block> { text };
        var fallback = plain;
        if (message is { Subject: { } subject, Choices.Count: > 0 })
        {
            var actions = ButtonRendering.Render(message.Choices, subject, context);
            blocks.AddRange(actions);
            fallback = $"{plain}\n[{string.Join("] [", message.Choices.Select(choice => choice.Label))}]";
        }

        return new SlackMessage(SlackLimits.Escape(fallback, SlackLimits.FallbackText), [.. blocks.Take(SlackLimits.MessageBlocks)]);
    }

    /// <summary>The message as one that may have arrived before.</summary>
    public static SlackMessage AsRepeat(SlackMessage message, string outboxId)
        => message with
        {
            Blocks =
            [
                .. message.Blocks.Take(SlackLimits.MessageBlocks - 1),
                new Block.Context([new PlainText($"You may see this twice: I could not tell whether it had arrived. Reference {outboxId[..Math.Min(8, outboxId.Length)]}.")]),
            ],
        };

    /// <summary>The Home tab.</summary>
    public static SlackView RenderHome(OutboundMessage message)
    {
        var writer = new RichTextWriter().Say("FeedbackBot\n", Wording.Help, null).Say("\n");
        Write(message, writer, RenderingContext.Of("", null));
        return new SlackView("home", [writer.Done(LeftOut).Block]);
    }

    private static void Write(OutboundMessage message, RichTextWriter writer, RenderingContext context)
    {
        switch (message)
        {
            case OutboundMessage.Question question:
                writer.Say(question.Text);
                break;
            case OutboundMessage.Candidates candidates:
                writer.Say(candidates.Text).List(candidates.Requests.Select(Candidate));
                break;
            case OutboundMessage.Draft draft:
                WriteDraft(draft, writer);
                break;
            case OutboundMessage.Submitted submitted:
                writer.Say(submitted.Text);
                break;
            case OutboundMessage.TriageCard card:
                WriteCard(card.Content, writer, context);
                break;
            case OutboundMessage.Answer answer:
                writer.Say(Wording.Answered(answer.Request, answer.Title, answer.AskedAs));
                WriteResponse(answer.Response, writer);
                break;
            case OutboundMessage.OwnFeedback own:
                WriteOwn(own, writer);
                break;
            case OutboundMessage.Notice notice:
                writer.Say(notice.Text);
                break;
            case OutboundMessage.Refusal refusal:
                writer.Say(refusal.Text);
                break;
            default:
                throw new InvalidOperationException($"Slack cannot show {message.GetType().Name}.");
        }
    }

    private static RichTextItem Candidate(DuplicateCandidate candidate)
    {
        var isLink = Uri.TryCreate(candidate.Link, UriKind.Absolute, out var link) && link.Scheme is "https" or "http";
        return new(Wording.CandidateTitle(candidate), $"\n{Wording.CandidateReason(candidate)}{(isLink ? "\n" : "")}", isLink ? link : null);
    }

    private static void WriteDraft(OutboundMessage.Draft draft, RichTextWriter writer)
    {
        writer.Say(draft.Text);
        writer.List(draft.Parts.Select(part => new RichTextItem(
            part.Serves.Length == 0 ? part.Label : $"{part.Label} ({part.Serves})",
            $": {part.Shown}{(part.Brief is null ? "" : " (the whole text is in the thread)")}")));
        writer.Say(
            $"Level {(int)draft.Level}{SelfAssessed(draft.SelfAssessed)}.",
            draft.Missing.Count > 0 ? $" Still missing: {string.Join("; ", draft.Missing)}." : "",
            null);
        if (draft.ToBring.Count > 0)
        {
            writer.Say("To ask the customer:").List(draft.ToBring.Select(question => new RichTextItem(null, question)));
        }
    }

    private static void WriteCard(TriageCardContent card, RichTextWriter writer, RenderingContext context)
    {
        writer.Say($"{card.Request} · {card.Title}", $"\n{Facts(card)}", null);
        if (card.ReopenedBecause is { } reopened)
        {
            writer.Say("Opened again: ", reopened, null);
        }

        // The answer stands before what was asked: where a card is cut, it is not what is missing.
        if (card.Response is { } response)
        {
            writer.Say($"Answered by {response.ByName}: {ResponseForm.Label(response.Answer.Category)}", "", null);
            WriteResponse(response.Answer, writer);
            WriteOutcomes(card, writer);
        }

        foreach (var submission in card.Latest)
        {
            WriteSubmission(submission, writer, context);
        }

        if (card.Submissions > card.Latest.Count)
        {
            writer.Say($"… and {(card.Submissions - card.Latest.Count).ToString(CultureInfo.InvariantCulture)} more.");
        }

        if (card.Similar.Count > 0)
        {
            writer.Say(Wording.SimilarOnCard).List(card.Similar.Select(Candidate));
        }
    }

    private static string Facts(TriageCardContent card)
    {
        var facts = new List<string> { card.Area, card.PartOf is { } root ? Wording.PartOf(root) : Wording.StatusLabel(card.Status), $"level {(int)card.Level}" };
        if (card.Constraints.Count > 0)
        {
            facts.Add(string.Join(", ", card.Constraints.Select(Wording.ConstraintLabel)));
        }

        facts.Add(Wording.Count(card.Customers, "customer"));
        if (card.AtStake.Count > 0)
        {
            facts.Add($"at stake {string.Join(" + ", card.AtStake)}");
        }

        if (card.Parts.Count > 0)
        {
            facts.Add($"with {string.Join(", ", card.Parts)}{(card.MoreParts ? ", …" : "")}");
        }

        return string.Join(" · ", facts);
    }

    private static void WriteSubmission(CardSubmission submission, RichTextWriter writer, RenderingContext context)
    {
        var customer = submission.Customer.Length == 0 ? "a customer" : PersonText.Shorten(submission.Customer, 120);
        writer.Say(
            $"{submission.SellerName} for {customer}",
            $" (level {(int)submission.Level}{SelfAssessed(submission.SelfAssessed)}) ",
            context.Links.TryGetValue(submission.Thread, out var link) ? (link, "open the thread") : null);
        var parts = submission.Parts.Select(part => new RichTextItem(part.Label, $": {OnCard(part.Shown)}"));
        if (submission.Stake is { } stake)
        {
            parts = parts.Append(new RichTextItem("At stake", $": {OnCard(stake.Text)}"));
        }

        if (submission.EscalationReason is { } reason)
        {
            parts = parts.Append(new RichTextItem("Sent early, because", $": {OnCard(reason)}"));
        }

        writer.List(parts.Concat(submission.NewFacts.Select(facts => new RichTextItem("Still blocked", $": {OnCard(facts)}"))));
    }

    private static void WriteOutcomes(TriageCardContent card, RichTextWriter writer)
    {
        string[] outcomes =
        [
            .. from outcome in Enum.GetValues<Outcome>()
               let count = card.Outcomes.GetValueOrDefault(outcome)
               where outcome != Outcome.None && count > 0
               select $"{Wording.OutcomeLabel(outcome)}: {count}",
        ];
        if (outcomes.Length > 0)
        {
            writer.Say("Outcome: ", string.Join(", ", outcomes), null);
        }
    }

    /// <summary>Rich text links nothing by itself, so the answer's one address stands again as a link that reads as it is.</summary>
    private static void WriteResponse(Response response, RichTextWriter writer)
    {
        writer.Quote(ResponseText.Of(response));
        if (response is Response.AlreadyExists { Where: { } where })
        {
            writer.Say(null, "", (where, SlackLimits.Cut(where.AbsoluteUri, SlackLimits.TextObject)));
        }
    }

    private static void WriteOwn(OutboundMessage.OwnFeedback own, RichTextWriter writer)
    {
        if (own.Items.Count == 0)
        {
            writer.Say(Wording.NothingRelayed);
            return;
        }

        writer.Say(Wording.OwnFeedback);
        writer.List(own.Items.Select(OwnItem));
        if (own.More)
        {
            writer.Say(Wording.OlderFeedback);
        }
    }

    private static RichTextItem OwnItem(OwnFeedbackItem item)
    {
        var customer = item.Customer.Length == 0 ? "" : $" for {PersonText.Shorten(item.Customer, 120)}";
        var outcome = item.Outcome == Outcome.None ? "" : $", {Wording.OutcomeLabel(item.Outcome)}";
        var answer = item.Answer is null ? "" : $"\n{PersonText.Shorten(ResponseText.Of(item.Answer), LongestPartOnCard)}";
        return new(
            $"{item.Request}: {item.Title}",
            $"{customer}\n{item.SubmittedAt.ToString("d MMMM yyyy", CultureInfo.InvariantCulture)} · level {(int)item.Level} · {Wording.StatusLabel(item.Status)}{outcome}{answer}");
    }

    private static string OnCard(string text) => SlackLimits.Cut(text, LongestPartOnCard);

    private static string SelfAssessed(bool isSelfAssessed) => isSelfAssessed ? ", self-assessed" : "";
}
