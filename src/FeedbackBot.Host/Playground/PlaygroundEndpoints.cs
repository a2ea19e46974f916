using System.Text.Json;
using System.Text.Json.Serialization;
using FeedbackBot.Core.Commands;
using FeedbackBot.Core.Conversations;
using FeedbackBot.Core.Inbox;
using FeedbackBot.Core.Lanes;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Storage;
using FeedbackBot.Core.Triage;

namespace FeedbackBot.Host.Playground;

/// <summary>The page and its API. The page has no other way in, so what works there works for everyone who has the API.</summary>
internal static class PlaygroundEndpoints
{
    private const string Command = "/feedback ";
    private const string Mention = "@feedbackbot";
    private const string PagePrefix = "page/";
    private const int MaxEventIdLength = 200;

    // The longest text as JSON escapes, with room around it.
    private const long MaxBody = 512 * 1024;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        MaxDepth = 8,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
    };

    public static void MapPlayground(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", static () => Results.Redirect("/playground")).AddEndpointFilter<PlaygroundGuard>();
        var room = routes.MapGroup("/playground").AddEndpointFilter<PlaygroundGuard>();
        room.MapGet("", static () => Page("index.html"));
        foreach (var resource in typeof(PlaygroundEndpoints).Assembly.GetManifestResourceNames().Where(name => name.StartsWith(PagePrefix, StringComparison.Ordinal)))
        {
            var name = resource[PagePrefix.Length..];
            room.MapGet(name, () => Page(name));
        }

        room.MapGet("api/room", static () => Results.Json(new { users = PlaygroundChannels.Users, channels = PlaygroundChannels.Channels }, Json));
        room.MapGet("api/messages", ReadAsync);
        room.MapPost("api/start-over", StartOverAsync);
        room.MapGet("api/messages/{id}/behind", PlaygroundBehind.GetAsync);
        room.MapGet("api/clock", static (PlaygroundClock clock) => Answer(PlaygroundClock.Shown(clock)));

        var writes = room.MapGroup("").AddEndpointFilter(
            static (context, next) => context.HttpContext.RequestServices.GetRequiredService<PlaygroundDoor>().LetInAsync(context, next));
        writes.MapPost("api/messages", PostAsync);
        writes.MapPut("api/messages/{id}", EditAsync);
        writes.MapDelete("api/messages/{id}", DeleteAsync);
        writes.MapPost("api/actions", ActAsync);
        writes.MapPost("api/clock", SetClockAsync);
    }

    /// <summary>An error in words for the person who made the request.</summary>
    public static IResult Error(int status, string error, IReadOnlyDictionary<string, string>? fields = null)
        => Results.Json(new { error, fields }, Json, statusCode: status);

    /// <summary>What was asked for.</summary>
    public static IResult Answer(object value) => Results.Json(value, Json);

    private static async Task<IResult> ReadAsync(
        PlaygroundRoom room,
        TimeProvider time,
        IHostApplicationLifetime lifetime,
        CancellationToken cancellationToken,
        string? channel = null,
        string? thread = null,
        string? user = null,
        string? after = null,
        string? wait = null)
    {
        if (!TryNumber(after, out var from) || !TryNumber(wait, out var seconds))
        {
            return Error(StatusCodes.Status400BadRequest, "'after' and 'wait' take whole numbers from 0 on.");
        }

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(Math.Min(seconds, LongestWait.TotalSeconds)), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, lifetime.ApplicationStopping, cancellationToken);
        var (messages, next, since) = await room.ReadAsync(from, IsAsked, either.Token);
        return Results.Json(new { messages = messages.Select(Shown), next, since }, Json);

        bool IsAsked(PlaygroundMessage message)
            => (channel is null || message.Channel == channel)
                && (thread is null || message.Thread == thread)
                && (user is null || IsVisible(message, user));
    }

    private static async Task<IResult> PostAsync(
        HttpRequest request,
        PlaygroundRoom room,
        InboxIntake inbox,
        IStore store,
        LaneQueues lanes,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var (body, refused) = await BodyAsync<MessageBody>(request, cancellationToken);
        if (body is null)
        {
            return refused!;
        }

        if (MessageRefusal(body, room, out var user, out var text) is { } refusal)
        {
            return refusal;
        }

        var cause = $"playground:{body.EventId ?? Guid.NewGuid().ToString("n")}";
        var id = $"u{KeyHash.Of(cause)[..20]}";
        var thread = PlaygroundChannels.Thread(body.Channel!, body.Thread ?? id);
        var isAct = IsExplicitAct(body, text);
        var isForBot = isAct || await IsConversationAsync(store, lanes, thread, cancellationToken);
        return await StoredAsync(
            () => room.AddAsync(
                seq => new PlaygroundMessage
                {
                    Seq = seq,
                    Id = id,
                    Channel = body.Channel!,
                    Thread = thread.ThreadId,
                    From = user.Id,
                    Kind = PlaygroundMessage.OfPerson,
                    Text = text,
                    At = time.GetUtcNow(),
                    ForBot = isForBot,
                },
                message => isForBot
                    ? AcceptAsync(message)
                    : RememberAsync(message)),
            // A repeat of an event whose first copy named no thread is in the thread of the first copy.
            () => Results.Json(new { thread = room.Find(id)?.Thread ?? thread.ThreadId }, Json, statusCode: StatusCodes.Status202Accepted));

        async Task<bool> AcceptAsync(PlaygroundMessage message)
            => await inbox.AcceptAsync(
                !isAct && HandOverPhrase.NameIn(text) is { } name && PlaygroundChannels.FindColleague(name) is { } colleague
                    ? new InboxEvent.HandedOver(
                        thread, PlaygroundChannels.Person(user.Id), user.Name, PlaygroundChannels.Person(colleague.Id), colleague.Name)
                    : body.Thread is null
                        ? FeedbackCommand.ToEvent(thread, PlaygroundChannels.Person(user.Id), user.Name, id, WithoutMention(text))
                        : new InboxEvent.TextPosted(
                            thread, PlaygroundChannels.Person(user.Id), user.Name, id, WithoutMention(text), isAct),
                [cause],
                transaction => transaction.Insert(message.Row, message),
                cancellationToken) == AcceptResult.Accepted;

        // People among themselves: shown in the room, nothing for the bot.
        async Task<bool> RememberAsync(PlaygroundMessage message)
        {
            var transaction = new StoreTransaction(lanes.Tenant);
            transaction.Insert(InboxMessage.SeenRow(cause), new SeenMark { At = message.At });
            transaction.Insert(message.Row, message);
            return await store.CommitAsync(transaction, cancellationToken) is CommitResult.Committed;
        }
    }

    private static async Task<IResult> SetClockAsync(
        HttpRequest request, PlaygroundClock clock, IStore store, LaneQueues lanes, CancellationToken cancellationToken)
    {
        var (body, refused) = await BodyAsync<PlaygroundClock.ClockBody>(request, cancellationToken);
        if (body is null)
        {
            return refused!;
        }

        try
        {
            return await PlaygroundClock.SetForwardAsync(body, clock, store, lanes, cancellationToken);
        }
        catch (StoreUnavailableException)
        {
            return Error(StatusCodes.Status503ServiceUnavailable, "The clock was not moved: the store cannot write just now. Please try again in a moment.");
        }
    }

    private static async Task<IResult> StartOverAsync(HttpRequest request, PlaygroundClearing clearing, CancellationToken cancellationToken)
    {
        var hasBody = request.ContentLength != 0
            && request.HttpContext.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: false };
        var (body, refused) = hasBody ? await BodyAsync<NothingBody>(request, cancellationToken) : (new NothingBody(), null);
        return body is null ? refused! : await clearing.StartOverAsync(cancellationToken);
    }

    private static async Task<IResult> EditAsync(
        string id, HttpRequest request, PlaygroundRoom room, InboxIntake inbox, IStore store, LaneQueues lanes, CancellationToken cancellationToken)
    {
        var (body, refused) = await BodyAsync<MessageBody>(request, cancellationToken);
        var text = PersonText.Clean(body?.Text ?? "");
        if (body is null || text.Length is 0 or > PersonText.MaxLength)
        {
            return refused ?? Error(StatusCodes.Status400BadRequest, $"A message has 1 to {PersonText.MaxLength:N0} characters.");
        }

        return await ChangeAsync(
            id,
            body.User,
            room,
            message => message with { Text = text },
            (message, user) => new InboxEvent.TextEdited(
                PlaygroundChannels.Thread(message.Channel, message.Thread), PlaygroundChannels.Person(user.Id), user.Name, id, WithoutMention(text)),
            inbox,
            store,
            lanes,
            cancellationToken);
    }

    private static Task<IResult> DeleteAsync(
        string id, string? user, PlaygroundRoom room, InboxIntake inbox, IStore store, LaneQueues lanes, CancellationToken cancellationToken)
        => ChangeAsync(
            id,
            user,
            room,
            message => message with { Text = "", Deleted = true },
            (message, author) => new InboxEvent.TextDeleted(
                PlaygroundChannels.Thread(message.Channel, message.Thread), PlaygroundChannels.Person(author.Id), author.Name, id),
            inbox,
            store,
            lanes,
            cancellationToken);

    /// <summary>Changes a person's own message in the room, and tells the bot where it is part of a conversation.</summary>
    private static async Task<IResult> ChangeAsync(
        string id,
        string? userId,
        PlaygroundRoom room,
        Func<PlaygroundMessage, PlaygroundMessage> change,
        Func<PlaygroundMessage, PlaygroundUser, InboxEvent.FromPerson> happened,
        InboxIntake inbox,
        IStore store,
        LaneQueues lanes,
        CancellationToken cancellationToken)
    {
        if (Sender(userId, null, out var user) is { } unknown)
        {
            return unknown;
        }

        if (room.Find(id) is not { Deleted: false } earlier || earlier.From != user.Id)
        {
            return Error(StatusCodes.Status404NotFound, $"{user.Name} has no such message.");
        }

        var isForBot = await IsConversationAsync(store, lanes, PlaygroundChannels.Thread(earlier.Channel, earlier.Thread), cancellationToken);
        return await StoredAsync(
            () => room.AddAsync(
                seq => change(earlier) with { Seq = seq },
                async message =>
                {
                    if (isForBot)
                    {
                        return await inbox.AcceptAsync(
                            happened(message, user), [$"playground:change:{id}:{message.Seq}"], transaction => Stage(transaction, message), cancellationToken)
                            == AcceptResult.Accepted;
                    }

                    var transaction = new StoreTransaction(lanes.Tenant);
                    Stage(transaction, message);
                    return await store.CommitAsync(transaction, cancellationToken) is CommitResult.Committed;
                }),
            () => Results.Json(new { thread = earlier.Thread }, Json, statusCode: StatusCodes.Status202Accepted));

        void Stage(StoreTransaction transaction, PlaygroundMessage message)
        {
            transaction.Insert(message.Row, message);
            transaction.Delete(earlier.Row);
        }
    }

    private static async Task<IResult> ActAsync(
        HttpRequest request,
        PlaygroundRoom room,
        InboxIntake inbox,
        IStore store,
        LaneQueues lanes,
        CancellationToken cancellationToken)
    {
        var (body, refused) = await BodyAsync<ActionBody>(request, cancellationToken);
        if (body is null)
        {
            return refused!;
        }

        if (Sender(body.User, body.EventId, out var user) is { } unknown)
        {
            return unknown;
        }

        // First of all: what was taken once is answered so again, whatever has become of its message since.
        var cause = $"playground:{body.EventId ?? Guid.NewGuid().ToString("n")}";
        if (body.EventId is not null && await IsTakenAsync(store, lanes, cause, cancellationToken))
        {
            return Taken();
        }

        if (ActionRefusal(body, room, user, out var message, out var choice, out var form) is { } refusal)
        {
            return refusal;
        }

        return await StoredAsync(
            () => inbox.AcceptAsync(
                new InboxEvent.ActionPressed(
                    PlaygroundChannels.Thread(message.Channel, message.Thread),
                    PlaygroundChannels.Person(user.Id),
                    user.Name,
                    message.Subject!,
                    choice.Action,
                    body.Value ?? choice.Value,
                    form.All),
                [cause],
                alongside: null,
                cancellationToken),
            Taken);

        static IResult Taken() => Results.Json(new { }, Json, statusCode: StatusCodes.Status202Accepted);
    }

    private static async ValueTask<bool> IsTakenAsync(IStore store, LaneQueues lanes, string cause, CancellationToken cancellationToken)
    {
        try
        {
            return await store.FindAsync<SeenMark>(lanes.Key(InboxMessage.SeenRow(cause)), cancellationToken) is not null;
        }
        catch (StoreUnavailableException)
        {
            // Storing it fails just as well, and tells the person.
            return false;
        }
    }

    /// <summary>Does what stores the act; where the store cannot take it, the person hears that it was not taken.</summary>
    private static async Task<IResult> StoredAsync(Func<Task> store, Func<IResult> taken)
    {
        try
        {
            await store();
            return taken();
        }
        catch (StoreUnavailableException)
        {
            return Error(
                StatusCodes.Status503ServiceUnavailable,
                "This was not taken: the store cannot write just now. Your text is still here; please try again in a moment.");
        }
    }

    private static async Task<(T? Body, IResult? Refused)> BodyAsync<T>(HttpRequest request, CancellationToken cancellationToken)
        where T : class
    {
        if (!request.HasJsonContentType())
        {
            return (null, Error(StatusCodes.Status415UnsupportedMediaType, "Send JSON, with Content-Type: application/json."));
        }

        if (request.HttpContext.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = MaxBody;
        }

        try
        {
            return await request.ReadFromJsonAsync<T>(Json, cancellationToken) is { } body
                ? (body, null)
                : (null, Error(StatusCodes.Status400BadRequest, "The request is empty."));
        }
        catch (JsonException exception)
        {
            // The path names what the caller sent, not what a person wrote.
            return (null, Error(StatusCodes.Status400BadRequest, $"The request is not the JSON that is expected here (at {exception.Path ?? "its beginning"})."));
        }
        catch (InvalidOperationException)
        {
            return (null, Error(StatusCodes.Status415UnsupportedMediaType, "Send JSON in UTF-8."));
        }
        catch (BadHttpRequestException exception)
        {
            return (null, Error(exception.StatusCode, "The request is too large or was cut off."));
        }
    }

    private static IResult? Sender(string? id, string? eventId, out PlaygroundUser user)
    {
        user = PlaygroundChannels.FindUser(id)!;
        return user is null
            ? Error(StatusCodes.Status400BadRequest, $"There is no user '{id}'. See /playground/api/room.")
            : eventId is { Length: 0 or > MaxEventIdLength }
                ? Error(StatusCodes.Status400BadRequest, $"An eventId has 1 to {MaxEventIdLength} characters.")
                : null;
    }

    private static IResult? MessageRefusal(MessageBody body, PlaygroundRoom room, out PlaygroundUser user, out string text)
    {
        text = "";
        if (Sender(body.User, body.EventId, out user) is { } unknown)
        {
            return unknown;
        }

        if (body.Text is { Length: > PersonText.MaxLength })
        {
            return Error(
                StatusCodes.Status413PayloadTooLarge,
                $"That is {body.Text.Length:N0} characters; a message takes {PersonText.MaxLength:N0}. Please send it in parts.");
        }

        text = PersonText.Clean(body.Text ?? "");
        if (text.Length == 0)
        {
            return Error(StatusCodes.Status400BadRequest, "There is nothing in the message. Write something first.");
        }

        if (!PlaygroundChannels.Exists(body.Channel, user.Id))
        {
            return Error(StatusCodes.Status404NotFound, $"{user.Name} has no channel '{body.Channel}'.");
        }

        return body.Thread is not null && !(room.Find(body.Thread) is { } root && IsRootIn(root, body.Channel!))
            ? Error(StatusCodes.Status404NotFound, "There is no such thread in this channel.")
            : null;
    }

    /// <summary>Why the act cannot be taken, null if it can: then its message has a subject and the choice is one of its own.</summary>
    private static IResult? ActionRefusal(
        ActionBody body, PlaygroundRoom room, PlaygroundUser user, out PlaygroundMessage message, out PlaygroundChoice choice, out FormValues form)
    {
        form = FormValues.Empty;
        choice = null!;
        message = (body.Message is null ? null : room.Find(body.Message))!;
        if (message is null || !IsVisible(message, user.Id))
        {
            return Error(StatusCodes.Status404NotFound, "There is no such message.");
        }

        // Two may have no value: who sends a form means the one that has it.
        choice = message.Choices?.Where(offered => IsChosen(offered, body)).MaxBy(offered => offered.OpensForm == body.Form is { Count: > 0 })!;
        if (choice is null || message.Subject is null)
        {
            return message.Choices is null
                ? Error(StatusCodes.Status409Conflict, "This message has moved on and takes no more answers. What you typed was not sent.")
                : Error(StatusCodes.Status400BadRequest, $"This message has no action '{body.Action}' with that value.");
        }

        if (!TryReadForm(body, choice, out form))
        {
            return Error(StatusCodes.Status400BadRequest, "A form holds texts, or lists of texts, by field name.");
        }

        if (FormErrors(message, choice, form) is not { Count: > 0 } errors)
        {
            return null;
        }

        var labels = message.Form?.ToDictionary(field => field.Name, field => field.Label, StringComparer.Ordinal);
        return Error(
            StatusCodes.Status400BadRequest,
            "Not sent yet. " + string.Join(" ", errors.Select(error => $"{labels?.GetValueOrDefault(error.Key) ?? error.Key}: {error.Value}")),
            errors);
    }

    /// <summary>A new thread among the sellers, a direct message, or the bot's name anywhere.</summary>
    private static bool IsExplicitAct(MessageBody body, string text)
        => text.Contains(Mention, StringComparison.OrdinalIgnoreCase)
            || (body.Thread is null
                && (body.Channel is PlaygroundChannels.Sellers || body.Channel!.StartsWith(PlaygroundChannels.DirectPrefix, StringComparison.Ordinal)));

    /// <summary>What is said to the bot; "/feedback" is what people type elsewhere.</summary>
    private static string WithoutMention(string text)
    {
        var rest = text.Replace(Mention, "", StringComparison.OrdinalIgnoreCase).Trim();
        rest = rest.StartsWith(Command, StringComparison.OrdinalIgnoreCase) ? rest[Command.Length..].Trim() : rest;
        return rest.Length > 0 ? rest : text;
    }

    private static async ValueTask<bool> IsConversationAsync(
        IStore store, LaneQueues lanes, ThreadReference thread, CancellationToken cancellationToken)
    {
        try
        {
            return await store.FindAsync<KnownThread>(lanes.Key(KnownThread.Row(thread)), cancellationToken) is { Value.Card: null };
        }
        catch (StoreUnavailableException)
        {
            // Storing it fails just as well, and tells the person.
            return true;
        }
    }

    private static bool IsRootIn(PlaygroundMessage message, string channel)
        => message.Channel == channel
            && message.Thread == message.Id;

    /// <summary>Whether a person sees a message: not another's ephemeral one, nor what is in another's direct channel.</summary>
    public static bool IsVisible(PlaygroundMessage message, string user)
        => (message.To is null || message.To == user)
            && (!message.Channel.StartsWith(PlaygroundChannels.DirectPrefix, StringComparison.Ordinal)
                || message.Channel == PlaygroundChannels.DirectPrefix + user);

    private static bool IsChosen(PlaygroundChoice offered, ActionBody body)
        => offered.Action == body.Action
            && (string.IsNullOrEmpty(body.Value)
                ? string.IsNullOrEmpty(offered.Value) || offered.OpensForm
                : offered.Value == body.Value);

    private static bool TryReadForm(ActionBody body, PlaygroundChoice choice, out FormValues form)
    {
        var values = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var (name, value) in body.Form ?? [])
        {
            if (Texts(value) is not { } texts)
            {
                form = FormValues.Empty;
                return false;
            }

            values[name] = texts;
        }

        if (choice.Action is ActionNames.Answer && !string.IsNullOrEmpty(body.Value))
        {
            values.TryAdd(ResponseForm.Category, [body.Value]);
        }

        form = new FormValues(values);
        return true;
    }

    /// <summary>The text, or the texts of a list; null for anything else.</summary>
    private static IReadOnlyList<string>? Texts(JsonElement value)
    {
        try
        {
            return value.ValueKind switch
            {
                JsonValueKind.String => [value.GetString()!],
                JsonValueKind.Array when value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
                    => [.. value.EnumerateArray().Select(item => item.GetString()!)],
                _ => null,
            };
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, or bytes that are no UTF-8: no text.
            return null;
        }
    }

    private static IReadOnlyDictionary<string, string> FormErrors(PlaygroundMessage message, PlaygroundChoice choice, FormValues form)
    {
        if (choice.Action is ActionNames.Answer)
        {
            ResponseForm.TryRead(form, out _, out var errors);
            return errors;
        }

        // A draft's form belongs to sending it as well: what was changed there is not lost.
        var takesForm = choice.OpensForm || choice.Action is ActionNames.Submit;
        return FormCheck.Errors(takesForm ? message.Form ?? [] : [], form).AsReadOnly();
    }

    private static bool TryNumber(string? text, out long number)
    {
        number = 0;
        return text is null
            || long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out number);
    }

    private static PlaygroundMessage Shown(PlaygroundMessage message) => message with { Subject = null };

    private static IResult Page(string name)
        => Results.Stream(
            typeof(PlaygroundEndpoints).Assembly.GetManifestResourceStream(PagePrefix + name)!,
            Path.GetExtension(name) switch
            {
                ".html" => "text/html; charset=utf-8",
                ".css" => "text/css; charset=utf-8",
                _ => "text/javascript; charset=utf-8",
            });

    private sealed record MessageBody(string? EventId, string? User, string? Channel, string? Thread, string? Text);

    private sealed record NothingBody;

    private sealed record ActionBody(
        string? EventId, string? User, string? Message, string? Action, string? Value, Dictionary<string, JsonElement>? Form);
}
