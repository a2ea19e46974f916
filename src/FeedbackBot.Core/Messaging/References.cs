using FeedbackBot.Core.Storage;

namespace FeedbackBot.Core.Messaging;

/// <summary>A channel on a platform. The parts are the platform's own ids, of any characters.</summary>
public sealed record ChannelReference(string Platform, string WorkspaceId, string ChannelId);

/// <summary>A thread: a root message with its replies. <paramref name="ThreadId"/> is the platform's id of the root.</summary>
public sealed record ThreadReference(string Platform, string WorkspaceId, string ChannelId, string ThreadId)
{
    [System.Text.Json.Serialization.JsonIgnore]
    public ChannelReference Channel => new(Platform, WorkspaceId, ChannelId);

    /// <summary>The thread's id in row keys.</summary>
    public string Hash() => KeyHash.Of("thread", Platform, WorkspaceId, ChannelId, ThreadId);
}

/// <summary>A person on a platform. Names change, so a name is no part of the identity.</summary>
public sealed record PersonReference(string Platform, string WorkspaceId, string PersonId)
{
    /// <summary>The person's id in row keys.</summary>
    public string Hash() => KeyHash.Of("person", Platform, WorkspaceId, PersonId);
}

/// <summary>A delivered message.</summary>
public sealed record MessageReference(ThreadReference Thread, string MessageId);
