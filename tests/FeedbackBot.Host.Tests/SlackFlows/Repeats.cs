using FeedbackBot.SlackServer;

namespace FeedbackBot.Host.Tests.SlackFlows;

/// <summary>Messages that the loopback Slack was given more than once, known by the id in their metadata.</summary>
internal static class Repeats
{
    /// <summary>The sends that arrived more than once, with how many times too often.</summary>
    public static IReadOnlyDictionary<string, int> In(LoopbackSlack slack)
        => Arrived(slack).Where(send => send.Value > 1).ToDictionary(send => send.Key, send => send.Value - 1, StringComparer.Ordinal);

    /// <summary>How often the caller could not know what had become of a send.</summary>
    public static int Unknown(LoopbackSlack slack, string id)
        => slack.Calls.Count(call => call.Method == "chat.postMessage" && call.Fault?.IsAmbiguous == true && Id(call.Structure("metadata")) == id);

    private static Dictionary<string, int> Arrived(LoopbackSlack slack)
        => slack.Workspace.Posts.Select(post => Id(post.Metadata)).OfType<string>().CountBy(id => id, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);

    private static string? Id(System.Text.Json.Nodes.JsonNode? metadata) => metadata?["event_payload"]?["id"]?.ToString();
}
