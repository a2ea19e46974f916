using FeedbackBot.Core.Inbox;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Storage;
using FeedbackBot.Slack.Outbound;
using FeedbackBot.Slack.Rendering;
using Microsoft.Extensions.Logging;

namespace FeedbackBot.Slack.Inbound;

/// <summary>
/// Buttons, modals and shortcuts (https://docs.slack.dev/interactivity/handling-user-interaction). Slack does not send them
/// again: what could not be stored is said to the person at once, and a modal stays open with what they typed.
/// </summary>
internal sealed partial class SlackInteractions(
    SlackActors actors,
    SlackForms forms,
    SlackClient client,
    SlackDirectory directory,
    SlackResponses responses,
    InboxIntake inbox,
    ILogger<SlackInteractions> logger)
{
    public const string RelayShortcut = "relay_feedback";

    private const string NotTaken = "This was not taken: I could not store it just now. Please try again in a moment.";
    private const string NotTakenForm = "This was not taken: I could not store it just now. Your text is still here; please try again in a moment.";
    private const string MovedOn = "This message has moved on and takes no more answers here. Please use the newest one.";
    private const string NotOpened = "Slack did not open the form. Please press the button again.";
    private const string UnknownForm = "I do not know this form any more, so nothing was taken. Copy what you need, close it, and open it again from the newest message.";

    public async Task<SlackReply> HandleAsync(SlackJson payload, CancellationToken cancellationToken)
    {
        if (payload["user"]["id"].Id is not { } user
            || actors.WorkspaceOf(
                payload["team"]["id"].Id,
                payload["enterprise"]["id"].Id,
                payload["view"]["app_installed_team_id"].Id,
                payload["view"]["team_id"].Id,
                payload["user"]["team_id"].Id) is not { } workspace)
        {
            // A 200 would close a form and lose what was typed.
            return payload["type"].Text == "view_submission" ? SlackForms.ErrorReply(payload["view"], UnknownForm) : Ignored("workspace");
        }

        var act = new Interaction(payload, workspace, user);
        return payload["type"].Text switch
        {
            "block_actions" when payload["view"].Exists => await ChangedFormAsync(act, cancellationToken),
            "block_actions" => await PressedAsync(act, cancellationToken),
            "view_submission" => await SubmittedAsync(act, cancellationToken),
            "message_action" when payload["callback_id"].Text == RelayShortcut => await RelayedAsync(act, cancellationToken),
            _ => Ignored("interaction"),
        };
    }

    private async Task<SlackReply> PressedAsync(Interaction act, CancellationToken cancellationToken)
    {
        var action = act.Payload["actions"].Items.FirstOrDefault();
        var container = act.Payload["container"];
        if (ButtonBlock.TryParse(action["block_id"].Text) is not { } block
            || ButtonValue.TryRead(action["value"].Text) is not { } button
            || action["action_id"].Text is not { } actionId
            || (container["channel_id"].Id ?? act.Payload["channel"]["id"].Id) is not { } channel
            || (container["message_ts"].Id ?? act.Payload["message"]["ts"].Id) is not { } messageTs)
        {
            // A button of an earlier version, or none of ours.
            return Ignored("action");
        }

        var thread = new ThreadReference(
            SlackPlatform.PlatformName,
            act.Workspace,
            channel,
            block.ThreadId ?? container["thread_ts"].Id ?? act.Payload["message"]["thread_ts"].Id ?? messageTs);
        var name = ButtonRendering.ActionOf(actionId);
        try
        {
            var actor = await ActorAsync(act, cancellationToken);
            if (button.OpensForm && !actor.IsTurnedAway && await MayFillInAsync(button, thread, act.User, cancellationToken))
            {
                var label = action["text"]["text"].Text ?? "";
                return await OpenAsync(
                    act, new FormOrigin(act.Workspace, channel, thread.ThreadId, block.OutboxId, name, label, button), cancellationToken);
            }

            await inbox.AcceptAsync(
                EventOf(actor, thread, new Subject(button.Kind, button.Id), name, button.Value, FormValues.Empty),
                [$"slack:action:{act.Workspace}:{channel}:{messageTs}:{actionId}:{act.User}:{action["action_ts"].Id}"],
                alongside: null,
                cancellationToken);
            return SlackReply.Ok;
        }
        catch (Exception exception) when (exception is StoreUnavailableException or OperationCanceledException)
        {
            LogNotStored(exception.GetType().Name);
            return await SayAsync(act, NotTaken, SlackReply.NotStored);
        }
    }

    /// <summary>Somebody who may not answer is not let fill in a form first: Core says no at once.</summary>
    private async Task<bool> MayFillInAsync(ButtonValue button, ThreadReference thread, string user, CancellationToken cancellationToken)
        => button.Kind != SubjectKind.Request || await directory.IsMemberAsync(thread.WorkspaceId, thread.ChannelId, user, cancellationToken);

    private async Task<SlackReply> OpenAsync(Interaction act, FormOrigin origin, CancellationToken cancellationToken)
    {
        if (await forms.FieldsAsync(origin.Action, origin.OutboxId, cancellationToken) is not { } fields || origin.Write() is not { } metadata)
        {
            return await SayAsync(act, MovedOn, SlackReply.NotTaken);
        }

        var given = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        if (origin is { Action: ActionNames.Answer, Button.Value: { Length: > 0 } category })
        {
            given[Core.Triage.ResponseForm.Category] = [category];
        }

        var result = await client.OpenViewAsync(
            act.Workspace, act.Payload["trigger_id"].Text ?? "", FormRendering.Render(fields, new FormValues(given), origin, metadata), cancellationToken);
        if (result.IsOk)
        {
            return SlackReply.Ok;
        }

        LogNotOpened("views.open", result.Error);
        return await SayAsync(act, NotOpened, SlackReply.NotTaken);
    }

    /// <summary>A choice on which other fields depend: the modal is shown anew, with what was typed.</summary>
    private async Task<SlackReply> ChangedFormAsync(Interaction act, CancellationToken cancellationToken)
    {
        var view = act.Payload["view"];
        if (view["id"].Id is not { } viewId || Origin(act) is not { } origin
            || await forms.FieldsAsync(origin.Action, origin.OutboxId, cancellationToken) is not { } fields)
        {
            return Ignored("view");
        }

        var shown = FormRendering.Render(fields, SlackForms.Values(view), origin, view["private_metadata"].Text!);
        var result = await client.UpdateViewAsync(act.Workspace, viewId, view["hash"].Id, shown, cancellationToken);
        if (!result.IsOk)
        {
            // A later change is on its way, or the person has closed it; sending the form says what is missing in any case.
            LogNotOpened("views.update", result.Error);
        }

        return SlackReply.Ok;
    }

    private async Task<SlackReply> SubmittedAsync(Interaction act, CancellationToken cancellationToken)
    {
        var view = act.Payload["view"];
        if (view["id"].Id is not { } viewId || Origin(act) is not { } origin)
        {
            return SlackForms.ErrorReply(view, UnknownForm);
        }

        try
        {
            if (await forms.FieldsAsync(origin.Action, origin.OutboxId, cancellationToken) is not { } fields)
            {
                return SlackForms.ErrorReply(view, MovedOn);
            }

            var values = SlackForms.Shown(fields, SlackForms.Values(view));
            if (SlackForms.Errors(origin.Action, fields, values) is { Count: > 0 } errors)
            {
                return SlackForms.ErrorReply(view, errors);
            }

            var actor = await ActorAsync(act, cancellationToken);
            var thread = new ThreadReference(SlackPlatform.PlatformName, act.Workspace, origin.Channel, origin.Thread);
            await inbox.AcceptAsync(
                EventOf(actor, thread, new Subject(origin.Button.Kind, origin.Button.Id), origin.Action, origin.Button.Value, values),
                [$"slack:view:{act.Workspace}:{viewId}"],
                alongside: null,
                cancellationToken);
            return SlackReply.Ok;
        }
        catch (Exception exception) when (exception is StoreUnavailableException or OperationCanceledException)
        {
            LogNotStored(exception.GetType().Name);
            return SlackForms.ErrorReply(view, NotTakenForm);
        }
    }

    /// <summary>"Relay as feedback" on a message: in its thread where the bot hears the answers, else in the direct channel.</summary>
    private async Task<SlackReply> RelayedAsync(Interaction act, CancellationToken cancellationToken)
    {
        var message = act.Payload["message"];
        if (act.Payload["channel"]["id"].Id is not { } channel || (message["ts"].Id ?? act.Payload["message_ts"].Id) is not { } ts)
        {
            return Ignored("shortcut");
        }

        try
        {
            var actor = await ActorAsync(act, cancellationToken);
            var isHere = !SlackPlatform.IsDirect(channel) && await actors.IsJoinedAsync(act.Workspace, channel, cancellationToken) == true;
            var cause = $"slack:shortcut:{act.Workspace}:{act.User}:{channel}:{ts}:{act.Payload["trigger_id"].Text ?? act.Payload["action_ts"].Text}";
            var thread = isHere
                ? new ThreadReference(SlackPlatform.PlatformName, act.Workspace, channel, message["thread_ts"].Id ?? ts)
                : await actors.DirectThreadAsync(act.Workspace, act.User, cause, cancellationToken);
            var text = await RelayedTextAsync(act, message, channel, ts, cancellationToken);
            if (thread is null || text.Length == 0)
            {
                return await SayAsync(act, thread is null ? NotTaken : "There is no text in this message that I could relay.", SlackReply.NotTaken);
            }

            InboxEvent.FromPerson happened = actor.IsTurnedAway
                ? new InboxEvent.TurnedAway(thread, actor.Person, actor.Name, SlackActors.TurnedAway)
                : new InboxEvent.TextPosted(thread, actor.Person, actor.Name, ts, text, Starts: true);
            await inbox.AcceptAsync(happened, [cause], isHere ? null : transaction => DirectThreads.Remember(transaction, thread), cancellationToken);
            if (!isHere)
            {
                await responses.SayAsync(act.Payload["response_url"].Text, "I took this up. Let us go on in our direct messages.");
            }

            return SlackReply.Ok;
        }
        catch (Exception exception) when (exception is StoreUnavailableException or OperationCanceledException)
        {
            LogNotStored(exception.GetType().Name);
            return await SayAsync(act, NotTaken, SlackReply.NotStored);
        }
    }

    /// <summary>The message, and whose it is and where it stands if it is somebody else's.</summary>
    private async Task<string> RelayedTextAsync(Interaction act, SlackJson message, string channel, string ts, CancellationToken cancellationToken)
    {
        var raw = message["text"].Text ?? "";
        var plain = SlackText.WithFiles(
            SlackText.ToPlain(raw, await actors.NamesInAsync(act.Workspace, raw, cancellationToken)), message["files"]);
        if (plain.Length == 0 || message["user"].Id is not { } author || author == act.User)
        {
            return plain;
        }

        var name = (await actors.ActorAsync(act.Workspace, author, default, cancellationToken)).Name;
        var link = await directory.LinkAsync(new ThreadReference(SlackPlatform.PlatformName, act.Workspace, channel, ts), cancellationToken);
        return link is null ? $"{plain}\n({name})" : $"{plain}\n({name}: {link.AbsoluteUri})";
    }

    private Task<SlackActor> ActorAsync(Interaction act, CancellationToken cancellationToken)
        => actors.ActorAsync(
            act.Workspace,
            act.User,
            new ActorHints(
                act.Payload["user"]["name"].Text ?? act.Payload["user"]["username"].Text,
                act.Payload["user"]["team_id"].Id,
                act.Payload["enterprise"]["id"].Id ?? act.Payload["team"]["enterprise_id"].Id,
                IsSharedChannel: false),
            cancellationToken);

    private static InboxEvent.FromPerson EventOf(
        SlackActor actor, ThreadReference thread, Subject subject, string action, string? value, FormValues form)
        => actor.IsTurnedAway
            ? new InboxEvent.TurnedAway(thread, actor.Person, actor.Name, SlackActors.TurnedAway)
            : new InboxEvent.ActionPressed(thread, actor.Person, actor.Name, subject, action, value, form.All);

    private static FormOrigin? Origin(Interaction act)
        => act.Payload["view"]["callback_id"].Text == FormRendering.CallbackId
            && FormOrigin.TryRead(act.Payload["view"]["private_metadata"].Text) is { } origin
            && origin.Workspace == act.Workspace
                ? origin
                : null;

    /// <summary>Says something to the person alone; where even that fails, Slack says that it went wrong.</summary>
    private async Task<SlackReply> SayAsync(Interaction act, string text, SlackReply otherwise)
        => await responses.SayAsync(act.Payload["response_url"].Text, text) ? SlackReply.Ok : otherwise;

    private static SlackReply Ignored(string what)
    {
        SlackTelemetry.Ignored.Add(1, new KeyValuePair<string, object?>("what", what));
        return SlackReply.Ok;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "An act of a person could not be stored in time and was not taken ({Why}); they were told.")]
    private partial void LogNotStored(string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Method} failed: {Error}.")]
    private partial void LogNotOpened(string method, string error);

    private readonly record struct Interaction(SlackJson Payload, string Workspace, string User);
}
