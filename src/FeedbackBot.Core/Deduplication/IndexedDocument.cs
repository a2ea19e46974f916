namespace FeedbackBot.Core.Deduplication;

/// <summary>A text as the index keeps it: numbers of terms with how often each occurs, and pieces of words.</summary>
internal sealed class IndexedDocument
{
    /// <summary>Different terms that are kept of one text, so that no text makes every query slow.</summary>
    public const int MostTerms = 400;

    /// <summary>More often than this counts as this often.</summary>
    public const int HighestCount = 15;

    public required Moment Moment { get; init; }

    public required bool HasDate { get; init; }

    public required string? Product { get; init; }

    /// <summary>Each term once, in the order of the text: sums over them come out the same whatever numbers the terms have.</summary>
    public required int[] Terms { get; init; }

    /// <summary>For each term how often it occurs: in the whole text in the low four bits, in the title in the high ones.</summary>
    public required byte[] Counts { get; init; }

    public required ushort[] Pieces { get; init; }

    public required ushort[] TitlePieces { get; init; }

    public required int Prefix { get; init; }

    /// <summary>Terms of the whole text, repeated ones counted.</summary>
    public required int Length { get; init; }

    public required int TitleLength { get; init; }

    public string Id => Moment.Id;

    public static int Count(byte counts) => counts & 15;

    public static int TitleCount(byte counts) => counts >> 4;

    public static IndexedDocument Of(IndexedText text, Func<TextTerms, Term, int> numberOf)
    {
        var most = Math.Min(text.Terms.Terms.Count, MostTerms);
        var terms = new List<int>(most);
        var counts = new List<byte>(most);
        var places = new Dictionary<int, int>(most);
        var (length, titleLength) = (0, 0);
        foreach (var term in text.Terms.Terms)
        {
            var number = numberOf(text.Terms, term);
            if (!places.TryGetValue(number, out var place))
            {
                if (places.Count == MostTerms)
                {
                    continue;
                }

                place = terms.Count;
                places.Add(number, place);
                terms.Add(number);
                counts.Add(0);
            }

            length++;
            titleLength += term.InTitle ? 1 : 0;
            counts[place] = Increased(counts[place], term.InTitle);
        }

        return new IndexedDocument
        {
            Moment = new Moment(text.Created?.UtcTicks ?? 0, text.Order, text.Id),
            HasDate = text.Created is not null,
            Product = text.Product,
            Terms = [.. terms],
            Counts = [.. counts],
            Pieces = [.. text.Terms.Pieces],
            TitlePieces = [.. text.Terms.TitlePieces],
            Prefix = text.Terms.Prefix,
            Length = length,
            TitleLength = titleLength,
        };
    }

    private static byte Increased(byte counts, bool inTitle)
    {
        var count = Math.Min(Count(counts) + 1, HighestCount);
        var titleCount = Math.Min(TitleCount(counts) + (inTitle ? 1 : 0), HighestCount);
        return (byte)(count | (titleCount << 4));
    }
}
