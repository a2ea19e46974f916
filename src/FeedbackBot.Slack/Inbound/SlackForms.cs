using System.Buffers.Text;
using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Outbox;
using FeedbackBot.Core.Storage;
using FeedbackBot.Core.Triage;
using FeedbackBot.Slack.Rendering;

namespace FeedbackBot.Slack.Inbound;

/// <summary>The forms behind buttons: what they ask for, and what was typed into them.</summary>
internal sealed class SlackForms(IStore store, LaneQueues lanes)
{
    // A chosen option's value, or a text; what a form cannot hold is no form's.
    private const int MostValues = 100;

    /// <summary>
    /// The fields of the form that a button opens, as they stand in the message it belongs to; null where that is gone. The
    /// answer's form is always the same.
    /// </summary>
    public async Task<IReadOnlyList<FormField>?> FieldsAsync(string action, string outboxId, CancellationToken cancellationToken)
    {
        if (action == ActionNames.Answer)
        {
            return ResponseForm.Fields;
        }

        return Base64Url.IsValid(outboxId)
            && await store.FindAsync<OutboxMessage>(lanes.Key(OutboxMessage.Row(new OutboxId(outboxId))), cancellationToken) is { Value.Content.Message: { Form.Count: > 0 } message }
                ? message.Form
                : null;
    }

    /// <summary>What a view's inputs hold.</summary>
    public static FormValues Values(SlackJson view)
    {
        var values = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var (field, inputs) in view["state"]["values"].Members.Take(SlackLimits.ViewBlocks))
        {
            var input = inputs[FormRendering.InputId];
            string?[] given = input["value"].Text is { } text ? [text]
                : input["selected_option"].Exists ? [input["selected_option"]["value"].Text]
                : [.. input["selected_options"].Items.Take(MostValues).Select(option => option["value"].Text)];
            values[field] = [.. given.OfType<string>()];
        }

        return new FormValues(values);
    }

    /// <summary>What is wrong with a form, by field; it is Core that knows.</summary>
    public static IReadOnlyDictionary<string, string> Errors(string action, IReadOnlyList<FormField> fields, FormValues values)
    {
        if (action == ActionNames.Answer)
        {
            ResponseForm.TryRead(values, out _, out var errors);
            return errors;
        }

        return FormCheck.Errors(fields, values).AsReadOnly();
    }

    /// <summary>
    /// The values of the fields that apply: a modal remembers what was typed before another answer was chosen, which nobody
    /// sees any more.
    /// </summary>
    public static FormValues Shown(IReadOnlyList<FormField> fields, FormValues values)
        => new(values.All
            .Where(given => fields.FirstOrDefault(field => field.Name == given.Key) is not { } field || FormRendering.Applies(field, values))
            .ToDictionary(given => given.Key, given => given.Value, StringComparer.Ordinal));

    /// <summary>The errors at blocks that are there: Slack refuses others. What belongs to none is said at the first.</summary>
    public static SlackReply ErrorReply(SlackJson view, IReadOnlyDictionary<string, string> errors)
    {
        var shown = view["state"]["values"].Members.Select(member => member.Name).ToList();
        if (shown.Count == 0)
        {
            // Nothing that an error could stand at: Slack then says that something went wrong, and keeps the modal.
            return SlackReply.Malformed;
        }

        return SlackReply.Errors(errors
            .GroupBy(error => shown.Contains(error.Key, StringComparer.Ordinal) ? error.Key : shown[0], StringComparer.Ordinal)
            .ToDictionary(block => block.Key, block => string.Join(" ", block.Select(error => error.Value)), StringComparer.Ordinal));
    }

    /// <summary>One error, at the first block.</summary>
    public static SlackReply ErrorReply(SlackJson view, string error)
        => ErrorReply(view, new Dictionary<string, string>(StringComparer.Ordinal) { [""] = error });
}
