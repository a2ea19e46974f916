namespace FeedbackBot.Core.Conversations;

/// <summary>Puts the product areas whose names the text speaks of first, for the seller to confirm with one press.</summary>
public static class AreaGuess
{
    private const int ShortestWord = 4;

    public static IEnumerable<string> Order(IReadOnlyList<string> areas, string text)
        => areas.OrderByDescending(area => area
            .Split([' ', '-', '/', ','], StringSplitOptions.RemoveEmptyEntries)
            .Count(word => word.Length >= ShortestWord && text.Contains(word[..Math.Min(word.Length, 6)], StringComparison.OrdinalIgnoreCase)));
}
