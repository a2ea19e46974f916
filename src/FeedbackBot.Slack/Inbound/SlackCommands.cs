using FeedbackBot.Core.Commands;
using FeedbackBot.Core.Conversations;
using FeedbackBot.Core.Inbox;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Storage;
using Microsoft.Extensions.Logging;

namespace FeedbackBot.Slack.Inbound;

/// <summary>
/// <c>/feedback</c> (https://docs.slack.dev/interactivity/implementing-slash-commands). A slash command has no thread, so it
/// goes on in the direct channel. Slack does not send it again and shows what we answer to the person alone.
/// </summary>
internal sealed partial class SlackCommands(SlackActors actors, InboxIntake inbox, ILogger<SlackCommands> logger)
{
    private const string Command = "/feedback";

    // How much of what they typed is said back: it is in no channel, so here it can be copied from.
    private const int Quoted = 3000;

    public async Task<SlackReply> HandleAsync(IReadOnlyDictionary<string, string> form, CancellationToken cancellationToken)
    {
        if (form.ContainsKey("ssl_check"))
        {
            return SlackReply.Ok;
        }

        var typed = form.GetValueOrDefault("text", "");
        if (form.GetValueOrDefault("command") != Command)
        {
            return SlackReply.Say($"I only know {Command}. Nothing was taken.");
        }

        if (!IsId(form.GetValueOrDefault("user_id"), out var user)
            || actors.WorkspaceOf(form.GetValueOrDefault("team_id"), form.GetValueOrDefault("enterprise_id")) is not { } workspace)
        {
            return SlackReply.Say("I am not set up for this workspace. Nothing was taken; please tell the people who run me.");
        }

        try
        {
            return await TakeAsync(form, workspace, user, typed, cancellationToken);
        }
        catch (Exception exception) when (exception is StoreUnavailableException or OperationCanceledException)
        {
            LogNotStored(exception.GetType().Name);
            return NotTaken(typed);
        }
    }

    private async Task<SlackReply> TakeAsync(
        IReadOnlyDictionary<string, string> form, string workspace, string user, string typed, CancellationToken cancellationToken)
    {
        var hints = new ActorHints(form.GetValueOrDefault("user_name"), null, form.GetValueOrDefault("enterprise_id"), IsSharedChannel: false);
        var cause = form.GetValueOrDefault("trigger_id") is { Length: > 0 } trigger
            ? $"slack:command:{workspace}:{trigger}"
            : $"slack:command:{workspace}:{user}:{KeyHash.Of(typed)}";
        var actor = actors.ActorAsync(workspace, user, hints, cancellationToken);
        var names = actors.NamesInAsync(workspace, typed, cancellationToken);
        if (await actors.DirectThreadAsync(workspace, user, cause, cancellationToken) is not { } thread)
        {
            return NotTaken(typed);
        }

        var plain = SlackText.ToPlain(typed, await names);
        var (person, name, isTurnedAway) = await actor;
        if (isTurnedAway)
        {
            return SlackReply.Say(SlackActors.TurnedAway);
        }

        var happened = FeedbackCommand.ToEvent(thread, person, name, thread.ThreadId, plain);
        var begins = happened is InboxEvent.TextPosted;
        happened = happened is InboxEvent.TextPosted posted ? posted with { From = PlaceOf(form, workspace) } : happened;
        await inbox.AcceptAsync(happened, [cause], begins ? transaction => DirectThreads.Remember(transaction, thread) : null, cancellationToken);
        return SlackReply.Say(begins
            ? $"I took this up, let us go on in our direct messages: “{PersonText.Shorten(plain, Quoted)}”"
            : "You find it in our direct messages.");
    }

    /// <summary>The channel of the command, if it is one that others are in; Slack calls a private one "privategroup".</summary>
    private static CommandPlace? PlaceOf(IReadOnlyDictionary<string, string> form, string workspace)
    {
        var name = PersonText.Clean(form.GetValueOrDefault("channel_name", ""));
        return IsId(form.GetValueOrDefault("channel_id"), out var id) && id[0] is 'C' or 'G' && !name.StartsWith("mpdm-", StringComparison.Ordinal)
            ? new CommandPlace(
                new ChannelReference(SlackPlatform.PlatformName, workspace, id), name.Length == 0 || name == "privategroup" ? "the channel" : $"#{name}")
            : null;
    }

    private static SlackReply NotTaken(string typed)
        => SlackReply.Say($"This was not taken: something I need does not answer just now. Please try again in a moment. You wrote: {SlackText.Decode(typed)}");

    private static bool IsId(string? text, out string id)
    {
        id = text ?? "";
        return id.Length is > 0 and <= 100 && id.All(char.IsAsciiLetterOrDigit);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A slash command could not be stored in time and was not taken ({Why}); the person was told.")]
    private partial void LogNotStored(string why);
}
