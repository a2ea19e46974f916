using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace FeedbackBot.Slack.Inbound;

/// <summary>What Slack gets as an answer to its request.</summary>
internal sealed record SlackReply(int Status, object? Body = null)
{
    public static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Taken, or nothing that we do anything with. It closes a modal.</summary>
    public static SlackReply Ok { get; } = new(StatusCodes.Status200OK);

    /// <summary>Not stored: Slack sends an event again. Never with x-slack-no-retry.</summary>
    public static SlackReply NotStored { get; } = new(StatusCodes.Status503ServiceUnavailable);

    /// <summary>Nothing came of it, and no words reached the person: for anything but 2xx Slack says that something went wrong.</summary>
    public static SlackReply NotTaken { get; } = new(StatusCodes.Status422UnprocessableEntity);

    /// <summary>No menu of ours is filled while it is open; one of an earlier version gets nothing to choose from, and no error.</summary>
    public static SlackReply NoOptions { get; } = new(StatusCodes.Status200OK, new { Options = Array.Empty<object>() });

    public static SlackReply Malformed { get; } = new(StatusCodes.Status400BadRequest);

    /// <summary>Whether Slack is told that it was taken.</summary>
    public bool IsOk => Status == StatusCodes.Status200OK;

    /// <summary>A line for the person who gave a slash command, which nobody else sees.</summary>
    public static SlackReply Say(string text)
        => new(StatusCodes.Status200OK, new { ResponseType = "ephemeral", Text = Rendering.SlackLimits.Escape(text, Rendering.SlackLimits.FallbackText) });

    /// <summary>The modal stays open, with a message at each of these input blocks.</summary>
    public static SlackReply Errors(IReadOnlyDictionary<string, string> errors)
        => new(StatusCodes.Status200OK, new { ResponseAction = "errors", Errors = errors });

    public async Task WriteAsync(HttpResponse response, CancellationToken cancellationToken)
    {
        response.StatusCode = Status;
        if (Body is not null)
        {
            await response.WriteAsJsonAsync(Body, Body.GetType(), Json, cancellationToken);
        }
    }
}
