using System.Collections.Frozen;
using FeedbackBot.Core.Deduplication;
using FeedbackBot.Core.Messaging;
using FeedbackBot.Core.Requests;

namespace FeedbackBot.Core.Conversations;

/// <summary>What can happen to a conversation: what the seller does, by words or by button, and what time does.</summary>
public abstract record ConversationInput
{
    private static readonly FrozenDictionary<string, ConversationInput> Words = new Dictionary<string, ConversationInput>(StringComparer.Ordinal)
    {
        ["skip"] = new Skip(),
        ["back"] = new Back(),
        ["cancel"] = new Cancel(),
        ["save"] = new Save(),
        ["submit"] = new Submit(DraftEdits.None),
        ["submit now"] = new Submit(DraftEdits.None),
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> Yes = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "yes", "y", "ok", "okay", "send", "send it", "confirm", "looks good");

    private static readonly FrozenSet<string> Thanks = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "thanks", "thank you", "many thanks", "thx", "great", "perfect", "cool", "nice", "that helps", "great, thanks", "perfect, thanks");

    private static readonly FrozenSet<string> TheSame = FrozenSet.Create(StringComparer.OrdinalIgnoreCase, "yes", "y", "same", "that");

    // Words beside a choice that change nothing of it: "yes, it's the second one", "FR-12 please".
    private static readonly FrozenSet<string> BesideAChoice = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, [.. TheSame, "it", "it's", "it’s", "its", "that's", "that’s", "is", "as", "the", "one", "thing", "number", "please"]);

    private static readonly FrozenDictionary<string, int> Places = new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["1"] = 0,
        ["1st"] = 0,
        ["first"] = 0,
        ["2"] = 1,
        ["2nd"] = 1,
        ["second"] = 1,
        ["3"] = 2,
        ["3rd"] = 2,
        ["third"] = 2,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> NoneOfThem = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "no", "new", "none", "none of these", "different", "not the same");

    private ConversationInput()
    {
    }

    /// <summary>False for what time does: it is no sign of life.</summary>
    public virtual bool IsOfSeller => true;

    public sealed record Said(string Text, string? MessageId = null) : ConversationInput;

    public sealed record Chose(IReadOnlyList<string> Values) : ConversationInput;

    public sealed record Skip : ConversationInput;

    public sealed record Back : ConversationInput;

    public sealed record Cancel : ConversationInput;

    public sealed record Save : ConversationInput;

    public sealed record ShowDraft : ConversationInput;

    public sealed record Submit(DraftEdits Edits) : ConversationInput;

    public sealed record Edit(DraftEdits Edits) : ConversationInput;

    public sealed record SameAs(CandidateId Candidate) : ConversationInput;

    /// <summary>Yes to "is it the same?", where more than one was offered; thanks where it was found.</summary>
    public sealed record Same : ConversationInput;

    public sealed record New : ConversationInput;

    public sealed record StartAgain : ConversationInput;

    /// <summary>A message of the seller now reads otherwise.</summary>
    public sealed record Edited(string MessageId, string Text) : ConversationInput;

    /// <summary>A message of the seller is gone.</summary>
    public sealed record Deleted(string MessageId) : ConversationInput;

    /// <summary>A colleague takes over.</summary>
    public sealed record HandOver(PersonReference Person, string Name) : ConversationInput;

    /// <summary>It is time to remind the seller of a kept draft.</summary>
    public sealed record Remind : ConversationInput
    {
        public override bool IsOfSeller => false;
    }

    /// <summary>Nobody went on for too long.</summary>
    public sealed record Expire : ConversationInput
    {
        public override bool IsOfSeller => false;
    }

    /// <summary>Text that is a command, or as good as a button, becomes what it stands for; any other text stays text.</summary>
    internal static ConversationInput Understood(ConversationInput input, Conversation conversation)
    {
        if (input is not Said(var text, _))
        {
            return input;
        }

        var plain = text.Trim().TrimEnd('.', '!');
        return Words.GetValueOrDefault(plain) ?? (conversation.State switch
        {
            ConversationState.Confirming or ConversationState.Saved when Yes.Contains(plain) => new Submit(DraftEdits.None),
            ConversationState.ChoosingRequest when ChosenBy(plain, conversation.Offered) is { } chosen => chosen,
            ConversationState.ChoosingRequest or ConversationState.Solved when NoneOfThem.Contains(plain) => new New(),
            ConversationState.Solved when Yes.Contains(plain) || Thanks.Contains(plain) => new Same(),
            _ => input,
        });
    }

    /// <summary>Which of the <paramref name="offered"/> a text chooses, by number, place or a plain yes; null if it says anything else.</summary>
    private static ConversationInput? ChosenBy(string text, IReadOnlyList<DuplicateCandidate> offered)
    {
        var words = text.Split([' ', ',', '.', '#', '(', ')'], StringSplitOptions.RemoveEmptyEntries);
        return words.Where(word => !BesideAChoice.Contains(word)).ToList() switch
        {
            [] when words.Any(TheSame.Contains) => offered is [var only] ? new SameAs(only.Id) : new Same(),
            [var word] when RequestId.TryParse(word) is { } id => new SameAs(new CandidateId(id)),
            [var word] when Places.TryGetValue(word, out var place) => place < offered.Count ? new SameAs(offered[place].Id) : new Same(),
            _ => null,
        };
    }
}

/// <summary>What the seller changed in the draft. An empty text takes a part out.</summary>
public sealed record DraftEdits(IReadOnlyDictionary<Topic, string> Parts, string? Reason)
{
    /// <summary>The form's field for the reason to send feedback below the minimum level.</summary>
    public const string ReasonField = "reason";

    public static DraftEdits None { get; } = new(new Dictionary<Topic, string>(), null);

    public static DraftEdits From(FormValues values)
    {
        var parts = new Dictionary<Topic, string>();
        foreach (var name in values.All.Keys)
        {
            if (Enum.TryParse<Topic>(name, out var topic))
            {
                parts[topic] = PersonText.Clean(values.Text(name));
            }
        }

        var reason = PersonText.Clean(values.Text(ReasonField));
        return new DraftEdits(parts, reason.Length == 0 ? null : reason);
    }
}
