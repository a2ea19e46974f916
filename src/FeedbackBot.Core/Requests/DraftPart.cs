using FeedbackBot.Core.Conversations;

namespace FeedbackBot.Core.Requests;

/// <summary>One part of feedback in the article's shape: what it is about, and the seller's own words.</summary>
public sealed record DraftPart(Topic Topic, string Label, string Text);
