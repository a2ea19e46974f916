using System.Net.Http.Json;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Outbox;

namespace FeedbackBot.Host.Tests.Crashes;

/// <summary>
/// The Playground behind a sink in another process, which takes everything it is given, as a real platform does: what was
/// sent twice is there twice.
/// </summary>
internal sealed class CrashingPlatform(IChatPlatform platform, HttpClient sink, CrashPoint crash) : IChatPlatform
{
    public string Name => platform.Name;

    public async Task<DeliveryResult> SendAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        var id = delivery.Id.Value;
        await crash.PassAsync(CrashStep.SendBefore, id);
        await crash.BeginSendAsync(id);

        // Never given up half way, whatever the machine is busy with: the only unknown outcomes are to be the kills.
        using var response = await sink.PostAsJsonAsync(
            new Uri("/arrivals", UriKind.Relative),
            new Arrival(id, TextOf(delivery.Destination), delivery.Message.GetType().Name, delivery.OutcomeUnknown),
            CancellationToken.None);
        response.EnsureSuccessStatusCode();
        await crash.PassAsync(CrashStep.SendAfter, id);
        return await platform.SendAsync(delivery, CancellationToken.None);
    }

    public ValueTask<bool> IsMemberAsync(ChannelReference channel, PersonReference person, CancellationToken cancellationToken)
        => platform.IsMemberAsync(channel, person, cancellationToken);

    private static string TextOf(Destination destination) => destination switch
    {
        Destination.NewThread(var channel) => channel.ChannelId,
        Destination.Reply(var thread) => $"{thread.ChannelId}/{thread.ThreadId}",
        Destination.Ephemeral(var thread, var to) => $"{thread.ChannelId}/{thread.ThreadId}/{to.PersonId}",
        Destination.Person(var person) => person.PersonId,
        Destination.Update(var original, _) => $"update of {original}",
        _ => throw new InvalidOperationException($"There is no {destination.GetType().Name}."),
    };
}
