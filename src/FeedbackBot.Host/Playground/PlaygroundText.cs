using System.Globalization;
using System.Text;
using FeedbackBot.Core;
using FeedbackBot.Core.Assessment;
using FeedbackBot.Core.Deduplication;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Requests;
using FeedbackBot.Core.Triage;

namespace FeedbackBot.Host.Playground;

/// <summary>Renders what the bot says as plain text for the Playground: lines, bullets, no markup.</summary>
internal static class PlaygroundText
{
    public const string Bot = "bot";

    // A card tells what a request is; who wants every word opens the seller's thread.
    private const int LongestPartOnCard = 1500;

    /// <summary>The message without its place in the room.</summary>
    public static PlaygroundMessage Of(OutboundMessage message)
    {
        var shown = new PlaygroundMessage
        {
            Seq = 0,
            Id = "",
            Channel = "",
            Thread = "",
            From = Bot,
            At = default,
            Kind = message.GetType().Name,
            Text = "",
            Subject = message.Subject,
            Choices = message.Choices.Count == 0
                ? null
                : [.. message.Choices.Select(choice => new PlaygroundChoice(choice.Action, choice.Value, choice.Label, choice.OpensForm, choice.Style))],
            Form = message.Form.Count == 0 ? null : message.Form,
        };
        return message switch
        {
            OutboundMessage.Question question => shown with
            {
                Text = question.Text,
                Asks = question.Asks.ToString(),
                Level = (int)question.Level,
            },
            OutboundMessage.Candidates candidates => shown with { Text = Candidates(candidates), Asks = "Duplicate" },
            OutboundMessage.Draft draft => shown with { Text = Draft(draft), Asks = "Confirm", Level = (int)draft.Level },
            OutboundMessage.Submitted submitted => shown with { Text = submitted.Text, Request = submitted.Request.Value },
            OutboundMessage.TriageCard card => shown with
            {
                Text = Card(card.Content),
                Links =
                [
                    .. card.Content.Latest.Select(submission => (submission.SellerName, submission.Thread))
                        .Where(from => from.Thread.Platform == PlaygroundPlatform.PlatformName)
                        .Select(from => new PlaygroundLink($"{from.SellerName}’s thread", from.Thread.ChannelId, from.Thread.ThreadId)),
                ],
                Level = (int)card.Content.Level,
                Request = card.Content.Request.Value,
            },
            OutboundMessage.Answer answer => shown with
            {
                Text = $"{Wording.Answered(answer.Request, answer.Title, answer.AskedAs)}\n\n{ResponseText.Of(answer.Response)}",
                Request = answer.Request.Value,
            },
            OutboundMessage.OwnFeedback own => shown with { Text = Own(own) },
            OutboundMessage.Notice notice => shown with { Text = notice.Text },
            OutboundMessage.Refusal refusal => shown with { Text = refusal.Text },
            _ => throw new InvalidOperationException($"The Playground cannot show {message.GetType().Name}."),
        };
    }

    private static string Candidates(OutboundMessage.Candidates candidates)
    {
        var text = new StringBuilder(candidates.Text).Append('\n');
        foreach (var candidate in candidates.Requests)
        {
            AppendCandidate(text, candidate);
        }

        return text.ToString();
    }

    private static void AppendCandidate(StringBuilder text, DuplicateCandidate candidate)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n• {Wording.CandidateTitle(candidate)}\n  {Wording.CandidateReason(candidate)}");
        if (candidate.Link is { } link)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  {link}");
        }
    }

    private static string Draft(OutboundMessage.Draft draft)
    {
        var text = new StringBuilder(draft.Text).Append('\n');
        AppendParts(text, draft.Parts, isCard: false);
        text.Append(CultureInfo.InvariantCulture, $"\nLevel {(int)draft.Level}{SelfAssessed(draft.SelfAssessed)}.");
        if (draft.Missing.Count > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $" Still missing: {string.Join("; ", draft.Missing)}.");
        }

        if (draft.ToBring.Count > 0)
        {
            text.Append("\nTo ask the customer:");
            foreach (var question in draft.ToBring)
            {
                text.Append(CultureInfo.InvariantCulture, $"\n• {question}");
            }
        }

        return text.ToString();
    }

    private static string Own(OutboundMessage.OwnFeedback own)
    {
        if (own.Items.Count == 0)
        {
            return Wording.NothingRelayed;
        }

        var text = new StringBuilder(Wording.OwnFeedback);
        foreach (var item in own.Items)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n• {item.Request}: {item.Title} ({Wording.StatusLabel(item.Status)})");
        }

        return own.More ? text.Append('\n').Append(Wording.OlderFeedback).ToString() : text.ToString();
    }

    private static string SelfAssessed(bool isSelfAssessed) => isSelfAssessed ? ", self-assessed" : "";

    private static string Card(TriageCardContent card)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{card.Request} · {card.Title}\n{card.Area} · {Status(card)} · level {(int)card.Level}");
        if (card.Constraints.Count > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $" · {string.Join(", ", card.Constraints.Select(Wording.ConstraintLabel))}");
        }

        text.Append(CultureInfo.InvariantCulture, $"\n{Wording.Count(card.Customers, "customer")}");
        if (card.AtStake.Count > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $" · at stake {string.Join(" + ", card.AtStake)}");
        }

        if (card.Parts.Count > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $" · with {string.Join(", ", card.Parts)}{(card.MoreParts ? ", …" : "")}");
        }

        text.Append('\n');
        if (card.ReopenedBecause is { } reopened)
        {
            text.Append(CultureInfo.InvariantCulture, $"\nOpened again: {reopened}\n");
        }

        foreach (var submission in card.Latest)
        {
            AppendSubmission(text, submission);
        }

        if (card.Submissions > card.Latest.Count)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n… and {card.Submissions - card.Latest.Count} more.\n");
        }

        if (card.Similar.Count > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{Wording.SimilarOnCard}");
            foreach (var candidate in card.Similar)
            {
                AppendCandidate(text, candidate);
            }
        }

        if (card.Response is { } response)
        {
            text.Append(CultureInfo.InvariantCulture, $"\nAnswered by {response.ByName}: {ResponseForm.Label(response.Answer.Category)}\n{ResponseText.Of(response.Answer)}\n");
            AppendOutcomes(text, card);
        }

        return text.ToString().TrimEnd();
    }

    private static string Status(TriageCardContent card)
        => card.PartOf is { } root ? Wording.PartOf(root) : Wording.StatusLabel(card.Status);

    private static void AppendSubmission(StringBuilder text, CardSubmission submission)
    {
        var customer = submission.Customer.Length == 0 ? "a customer" : PersonText.Shorten(submission.Customer, 120);
        text.Append(CultureInfo.InvariantCulture, $"\n{submission.SellerName} for {customer} (level {(int)submission.Level}{SelfAssessed(submission.SelfAssessed)})\n");
        AppendParts(text, submission.Parts, isCard: true);
        if (submission.Stake is { } stake)
        {
            text.Append(CultureInfo.InvariantCulture, $"• At stake: {PersonText.Shorten(stake.Text, LongestPartOnCard)}\n");
        }

        if (submission.EscalationReason is { } reason)
        {
            text.Append(CultureInfo.InvariantCulture, $"• Sent early, because: {PersonText.Shorten(reason, LongestPartOnCard)}\n");
        }

        foreach (var facts in submission.NewFacts)
        {
            text.Append(CultureInfo.InvariantCulture, $"• Still blocked: {PersonText.Shorten(facts, LongestPartOnCard)}\n");
        }
    }

    private static void AppendOutcomes(StringBuilder text, TriageCardContent card)
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
            text.Append(CultureInfo.InvariantCulture, $"Outcome: {string.Join(", ", outcomes)}\n");
        }
    }

    private static void AppendParts(StringBuilder text, IReadOnlyList<DraftPart> parts, bool isCard)
    {
        foreach (var part in parts)
        {
            // Further lines are set in, so that nobody's text can pass for a line of the card itself.
            var shown = (isCard && part.Shown.Length > LongestPartOnCard ? PersonText.Shorten(part.Shown, LongestPartOnCard) : part.Shown).Replace("\n", "\n  ", StringComparison.Ordinal);
            var serves = isCard || part.Serves.Length == 0 ? "" : $" ({part.Serves})";
            var whole = part.Brief is null ? "" : " (the whole text is in the thread)";
            text.Append(CultureInfo.InvariantCulture, $"• {part.Label}{serves}: {shown}{whole}\n");
        }
    }
}
