using System.Text.Json.Serialization;
using FeedbackBot.Core.Commands;
using FeedbackBot.Core.Conversations;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Outbox;
using FeedbackBot.Core.Requests;

namespace FeedbackBot.Core.Inbox;

/// <summary>Something that happened and is to be handled once: what a person did, a timer, or a step of longer work.</summary>
[JsonDerivedType(typeof(TextPosted), "text")]
[JsonDerivedType(typeof(TextEdited), "edited")]
[JsonDerivedType(typeof(TextDeleted), "deleted")]
[JsonDerivedType(typeof(HandedOver), "handed-over")]
[JsonDerivedType(typeof(ActionPressed), "action")]
[JsonDerivedType(typeof(CommandGiven), "command")]
[JsonDerivedType(typeof(HomeOpened), "home")]
[JsonDerivedType(typeof(Welcomed), "welcomed")]
[JsonDerivedType(typeof(TurnedAway), "turned-away")]
[JsonDerivedType(typeof(ConversationTimer), "conversation-timer")]
[JsonDerivedType(typeof(DraftReminder), "draft-reminder")]
[JsonDerivedType(typeof(ConversationMoved), "conversation-moved")]
[JsonDerivedType(typeof(RelayStep), "relay")]
[JsonDerivedType(typeof(RelayParts), "relay-parts")]
[JsonDerivedType(typeof(DeliveryGivenUp), "delivery-given-up")]
public abstract record InboxEvent
{
    private protected InboxEvent()
    {
    }

    /// <summary>An act of a person in a thread.</summary>
    public abstract record FromPerson(ThreadReference Thread, PersonReference Person, string PersonName) : InboxEvent;

    /// <summary>
    /// A person wrote in a thread. <paramref name="Starts"/>: an explicit act (a mention, a direct message, a command) that
    /// may begin a conversation. <paramref name="Text"/> was cleaned by <see cref="PersonText.Clean"/>.
    /// </summary>
    public sealed record TextPosted(
        ThreadReference Thread, PersonReference Person, string PersonName, string MessageId, string Text, bool Starts)
        : FromPerson(Thread, Person, PersonName)
    {
        /// <summary>
        /// It stands in a channel that people read as one stream, and not below a message of it: what it belongs to is a guess.
        /// </summary>
        public bool InStream { get; init; }

        /// <summary>Where they gave the command that it came by, if it may go on there.</summary>
        public CommandPlace? From { get; init; }
    }

    /// <summary>A person changed what they wrote in a message.</summary>
    public sealed record TextEdited(ThreadReference Thread, PersonReference Person, string PersonName, string MessageId, string Text)
        : FromPerson(Thread, Person, PersonName);

    /// <summary>A person deleted a message of theirs.</summary>
    public sealed record TextDeleted(ThreadReference Thread, PersonReference Person, string PersonName, string MessageId)
        : FromPerson(Thread, Person, PersonName);

    /// <summary>A person asked that a colleague goes on in their place.</summary>
    public sealed record HandedOver(
        ThreadReference Thread, PersonReference Person, string PersonName, PersonReference Colleague, string ColleagueName)
        : FromPerson(Thread, Person, PersonName);

    /// <summary>A person pressed a button or sent a form.</summary>
    public sealed record ActionPressed(
        ThreadReference Thread,
        PersonReference Person,
        string PersonName,
        Subject Subject,
        string Action,
        string? Value,
        IReadOnlyDictionary<string, IReadOnlyList<string>> Form)
        : FromPerson(Thread, Person, PersonName);

    /// <summary>A person asked for something by name.</summary>
    public sealed record CommandGiven(ThreadReference Thread, PersonReference Person, string PersonName, GivenCommand Command)
        : FromPerson(Thread, Person, PersonName);

    /// <summary>A person looks at the page that they have with the bot; <paramref name="Thread"/> is where they came from.</summary>
    public sealed record HomeOpened(ThreadReference Thread, PersonReference Person, string PersonName)
        : FromPerson(Thread, Person, PersonName);

    /// <summary>The bot was added to a channel by a person, or a person looks at it for the first time.</summary>
    public sealed record Welcomed(ThreadReference Thread, PersonReference Person, string PersonName, bool InChannel)
        : FromPerson(Thread, Person, PersonName);

    /// <summary>
    /// A person's act was not let in by the platform's rules: they hear so in words, and nobody else does.
    /// <paramref name="Text"/> holds nothing of what they wrote.
    /// </summary>
    public sealed record TurnedAway(ThreadReference Thread, PersonReference Person, string PersonName, string Text)
        : FromPerson(Thread, Person, PersonName);

    /// <summary>
    /// It is time to look whether the conversation that began at <paramref name="StartedTicks"/> fell silent.
    /// </summary>
    public sealed record ConversationTimer(ThreadReference Thread, long StartedTicks, int Number) : InboxEvent;

    /// <summary>
    /// It is time to remind the seller of the draft they kept in the conversation that began at <paramref name="StartedTicks"/>.
    /// </summary>
    public sealed record DraftReminder(ThreadReference Thread, long StartedTicks) : InboxEvent;

    /// <summary>The post was delivered under which the conversation of <paramref name="From"/> goes on.</summary>
    public sealed record ConversationMoved(OutboxId Post, ThreadReference From, ThreadReference To) : InboxEvent;

    /// <summary>
    /// Carry a request's answer to the threads of the submissions of <paramref name="Source"/>, which is part of it (null: to
    /// its own), from the one behind <paramref name="After"/> on (null: from the first). <paramref name="Run"/> is the event
    /// that has it done once more, null where the answer itself was the event.
    /// </summary>
    public sealed record RelayStep(RequestId Request, string Answer, string? After, RequestId? Source = null, string? Run = null) : InboxEvent;

    /// <summary>
    /// Begin to carry a request's answer to the parts of <paramref name="Source"/>, from the one behind
    /// <paramref name="After"/> on (null: from the first).
    /// </summary>
    public sealed record RelayParts(RequestId Request, string Answer, RequestId Source, string? After, string? Run) : InboxEvent;

    /// <summary>A send became a dead letter: whoever waits for it should know.</summary>
    public sealed record DeliveryGivenUp(OutboxId Message) : InboxEvent;
}
