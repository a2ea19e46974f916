using FeedbackBot.Core.Conversations;

namespace FeedbackBot.Core.Requests;

/// <summary>
/// One part of feedback in the article's shape: what it is about, and the seller's own words. <paramref name="Serves"/> names
/// what the part is good for; <paramref name="Brief"/> stands for a text that is too long to be shown whole, null for others.
/// </summary>
public sealed record DraftPart(Topic Topic, string Label, string Text, string Serves = "", string? Brief = null)
{
    /// <summary>What a card or a draft shows.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public string Shown => Brief ?? Text;
}
