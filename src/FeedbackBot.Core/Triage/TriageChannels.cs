using FeedbackBot.Core.Inbox;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Outbox;
using FeedbackBot.Core.Storage;
using Microsoft.Extensions.Options;

namespace FeedbackBot.Core.Triage;

/// <summary>An area and the channel in which it is triaged.</summary>
public sealed record TriageChannel(string Area, ChannelReference Channel)
{
    /// <summary>The channels that the options name.</summary>
    public static IReadOnlyList<TriageChannel> Of(FeedbackBotOptions options)
        => [.. options.Areas.Select(area => new TriageChannel(area.Name, new ChannelReference(area.TriagePlatform, area.TriageWorkspace, area.TriageChannel)))];
}

/// <summary>Row <c>triage|hash</c>: the channel that an owner chose for an area in chat. It takes the place of the options'.</summary>
public sealed record TriageChoice : IStoredRecord
{
    public static int Schema => 1;

    public required string Area { get; init; }

    public required ChannelReference Channel { get; init; }

    public required PersonReference By { get; init; }

    public required string ByName { get; init; }

    public required DateTimeOffset At { get; init; }

    public const string Prefix = "triage|";

    public static string Row(string area) => $"{Prefix}{KeyHash.Of("triage", area.ToUpperInvariant())}";
}

/// <summary><c>use this channel for triage of AREA</c>: an owner says where an area's cards go from now on.</summary>
public sealed class TriageChannels(ChatPlatforms platforms, IOptions<FeedbackBotOptions> options)
{
    private readonly FeedbackBotOptions _options = options.Value;

    public async Task ChooseAsync(InboxEvent.CommandGiven given, Turn turn, CancellationToken cancellationToken)
    {
        if (!_options.IsOwner(given.Person))
        {
            turn.Refuse(given, Wording.OwnersOnly);
            return;
        }

        if (_options.Areas.FirstOrDefault(area => string.Equals(area.Name, given.Command.About, StringComparison.OrdinalIgnoreCase)) is not { } area)
        {
            turn.Refuse(given, Wording.NoSuchArea(given.Command.About, [.. _options.Areas.Select(known => known.Name)]));
            return;
        }

        var channel = given.Thread.Channel;
        var kind = platforms.Find(channel.Platform) is { } platform ? await platform.KindOfAsync(channel, cancellationToken) : ChannelKind.Unknown;
        if (kind != ChannelKind.Team)
        {
            turn.Refuse(given, Wording.NoTriageHere(kind));
            return;
        }

        turn.Upsert(
            TriageChoice.Row(area.Name),
            new TriageChoice { Area = area.Name, Channel = channel, By = given.Person, ByName = given.PersonName, At = turn.Now });
        turn.Send("triage-channel", new Destination.Reply(given.Thread), new OutboundMessage.Notice(Wording.TriageHere(area.Name)));
    }

    /// <summary>Where the cards of an area go now.</summary>
    public static async Task<ChannelReference> OfAsync(ProductAreaOptions area, Turn turn, CancellationToken cancellationToken)
        => (await turn.FindAsync<TriageChoice>(TriageChoice.Row(area.Name), cancellationToken))?.Value.Channel
            ?? new ChannelReference(area.TriagePlatform, area.TriageWorkspace, area.TriageChannel);
}
