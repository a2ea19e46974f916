using FeedbackBot.Core.Messaging;

namespace FeedbackBot.Host.Playground;

/// <summary>A person of the Playground.</summary>
internal sealed record PlaygroundUser(string Id, string Name, string Role);

/// <summary>A channel of the Playground: what it is for, and what comes there while there is nothing yet.</summary>
internal sealed record PlaygroundChannel(string Id, string Name, string About, string Empty);

/// <summary>Who is there and where they talk.</summary>
internal static class PlaygroundChannels
{
    public const string Sellers = "sellers";
    public const string Triage = "triage";
    public const string AccountPrefix = "account-";
    public const string DirectPrefix = "dm-";
    private const int MaxIdLength = 40;

    public static IReadOnlyList<PlaygroundUser> Users { get; } =
    [
        new("sam", "Sam", "Seller"),
        new("sofia", "Sofia", "Seller"),
        new("pm-ana", "Ana", "Product manager, member of triage"),
        new("pm-ben", "Ben", "Product manager, member of triage"),
        new("alex", "Alex", "Account manager"),
    ];

    public static IReadOnlyList<PlaygroundChannel> Channels { get; } =
    [
        new(Sellers, "#sellers", "What customers need", "Post what a customer is blocked by, as vague as it comes. The bot asks for what makes it useful."),
        new(Triage, "#triage", "The product team: Ana and Ben", "Feedback that was sent to the product team comes here, one card for each need."),
        new(AccountPrefix + "contoso", "#account-contoso", "One customer’s account team", "A place for those who look after one customer."),
        .. Users.Select(user => new PlaygroundChannel(
            DirectPrefix + user.Id, "Direct messages", $"Between {user.Name} and the bot", "Write to the bot here, where nobody else reads it.")),
    ];

    /// <summary>Any well-formed name is somebody: those that are not listed are sellers of that name.</summary>
    public static PlaygroundUser? FindUser(string? id)
        => Users.FirstOrDefault(user => user.Id == id)
            ?? (IsId(id) && !id!.StartsWith("pm-", StringComparison.Ordinal) ? new PlaygroundUser(id, id, "Seller") : null);

    /// <summary>Whom somebody means who writes a name: "Sofia" is Sofia, and not another seller of that name.</summary>
    public static PlaygroundUser? FindColleague(string name)
        => Users.FirstOrDefault(user => string.Equals(user.Id, name, StringComparison.OrdinalIgnoreCase)
                || string.Equals(user.Name, name, StringComparison.OrdinalIgnoreCase))
            ?? FindUser(name);

    /// <summary>Whether the channel exists for <paramref name="user"/>: a direct channel is there only for its person.</summary>
    public static bool Exists(string? channel, string user)
        => channel is Sellers or Triage
            || (channel?.StartsWith(AccountPrefix, StringComparison.Ordinal) == true && IsId(channel[AccountPrefix.Length..]))
            || channel == DirectPrefix + user;

    public static bool IsTriageMember(string user)
        => user.StartsWith("pm-", StringComparison.Ordinal) && FindUser(user) is not null;

    public static PersonReference Person(string user) => new(PlaygroundPlatform.PlatformName, PlaygroundPlatform.Workspace, user);

    public static ThreadReference Thread(string channel, string thread)
        => new(PlaygroundPlatform.PlatformName, PlaygroundPlatform.Workspace, channel, thread);

    private static bool IsId(string? id)
        => id is { Length: > 0 and <= MaxIdLength } && id.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_');
}
