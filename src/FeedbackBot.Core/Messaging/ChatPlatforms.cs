namespace FeedbackBot.Core.Messaging;

/// <summary>The platforms of this deployment, by name.</summary>
public sealed class ChatPlatforms(IEnumerable<IChatPlatform> platforms)
{
    private readonly Dictionary<string, IChatPlatform> _byName =
        platforms.ToDictionary(platform => platform.Name, StringComparer.Ordinal);

    /// <summary>The platform, null if this deployment does not have it (any more).</summary>
    public IChatPlatform? Find(string name) => _byName.GetValueOrDefault(name);
}

/// <summary>The name of a platform that this deployment has, known before the platform itself is made.</summary>
public sealed record PlatformName(string Value);
