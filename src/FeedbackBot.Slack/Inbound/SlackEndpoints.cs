using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FeedbackBot.Slack.Inbound;

/// <summary>
/// The four addresses that Slack calls. A request is read up to a limit, its signature is checked on the bytes as they came,
/// and only then anything in it is looked at.
/// </summary>
internal sealed partial class SlackEndpoints(SlackSignature signature, SlackIntake intake, ILogger<SlackEndpoints> logger)
{
    /// <summary>
    /// An edit of the longest message holds it four times (before and after, as text and as blocks), each character as an
    /// escape of six bytes: just under one million bytes. Twice that leaves room.
    /// </summary>
    public const int MaxBody = 2 * 1024 * 1024;

    public static void Map(IEndpointRouteBuilder routes)
    {
        Map(routes, "/slack/events", static (intake, body, token) => EventAsync(intake, body, token));
        Map(routes, "/slack/interactivity", static (intake, body, token) => InteractionAsync(intake, body, token));
        Map(routes, "/slack/commands", static (intake, body, token) => CommandAsync(intake, body, token));
        Map(routes, "/slack/options", static (_, _, _) => Task.FromResult(SlackReply.NoOptions));
    }

    private static void Map(
        IEndpointRouteBuilder routes, string path, Func<SlackIntake, ReadOnlyMemory<byte>, CancellationToken, Task<SlackReply>> handle)
        => routes.MapPost(path, (RequestDelegate)(context => context.RequestServices.GetRequiredService<SlackEndpoints>().HandleAsync(context, handle)));

    private async Task HandleAsync(
        HttpContext context, Func<SlackIntake, ReadOnlyMemory<byte>, CancellationToken, Task<SlackReply>> handle)
    {
        var reply = await intake.TakeAsync(token => ReplyAsync(context.Request, handle, token), context.RequestAborted);
        if (!context.RequestAborted.IsCancellationRequested)
        {
            await reply.WriteAsync(context.Response, context.RequestAborted);
        }
    }

    private async Task<SlackReply> ReplyAsync(
        HttpRequest request, Func<SlackIntake, ReadOnlyMemory<byte>, CancellationToken, Task<SlackReply>> handle, CancellationToken cancellationToken)
    {
        var timestamp = Only(request, SlackSignature.TimestampHeader);
        var signed = Only(request, SlackSignature.Header);
        if (signed is null || !signature.IsTimely(timestamp))
        {
            // Not worth reading.
            LogRefused("it has no signature of these minutes");
            return new SlackReply(StatusCodes.Status401Unauthorized);
        }

        try
        {
            if (await ReadAsync(request, cancellationToken) is not { } body)
            {
                LogRefused("it is too large");
                return new SlackReply(StatusCodes.Status413PayloadTooLarge, new { Error = $"A request has at most {MaxBody} bytes." });
            }

            if (!signature.IsValid(timestamp, signed, body.Span))
            {
                LogRefused("its signature is wrong");
                return new SlackReply(StatusCodes.Status401Unauthorized);
            }

            return await handle(intake, body, cancellationToken);
        }
        catch (BadHttpRequestException exception)
        {
            return new SlackReply(exception.StatusCode);
        }
    }

    private static async Task<SlackReply> EventAsync(SlackIntake intake, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        using var document = SlackJson.Parse(body);
        return document is null ? SlackReply.Malformed : await intake.EventAsync(new SlackJson(document.RootElement), cancellationToken);
    }

    private static async Task<SlackReply> InteractionAsync(SlackIntake intake, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (Form(body) is not { } form || !form.TryGetValue("payload", out var payload))
        {
            return SlackReply.Malformed;
        }

        using var document = SlackJson.Parse(Encoding.UTF8.GetBytes(payload));
        return document is null ? SlackReply.Malformed : await intake.InteractionAsync(new SlackJson(document.RootElement), cancellationToken);
    }

    private static async Task<SlackReply> CommandAsync(SlackIntake intake, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
        => Form(body) is { } form ? await intake.CommandAsync(form, cancellationToken) : SlackReply.Malformed;

    /// <summary>The fields of a form, null if it is none or holds a field twice: then nobody knows which one was meant.</summary>
    private static Dictionary<string, string>? Form(ReadOnlyMemory<byte> body)
    {
        try
        {
            var form = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var (name, values) in QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body.Span)))
            {
                if (values.Count != 1)
                {
                    return null;
                }

                form[name] = values[0] ?? "";
            }

            return form;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static string? Only(HttpRequest request, string header)
        => request.Headers.TryGetValue(header, out var values) && values.Count == 1 ? values[0] : null;

    /// <summary>The body, null if it is larger than it may be.</summary>
    private static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > MaxBody)
        {
            return null;
        }

        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = MaxBody + 1;
        }

        var body = new ArrayBufferWriter<byte>(request.ContentLength is { } length and > 0 ? (int)length : 4096);
        while (true)
        {
            var read = await request.Body.ReadAsync(body.GetMemory(4096), cancellationToken);
            if (read == 0)
            {
                return body.WrittenMemory;
            }

            body.Advance(read);
            if (body.WrittenCount > MaxBody)
            {
                return null;
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A request to Slack's endpoints was refused: {Why}.")]
    private partial void LogRefused(string why);
}
