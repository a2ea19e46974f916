namespace FeedbackBot.Core.Deduplication;

/// <summary>
/// What is counted over all documents. Whole numbers only, so that adding and removing leaves what counting anew would give.
/// </summary>
internal sealed class CorpusFigures
{
    private static readonly float[] Logarithms = [.. Enumerable.Range(0, 1 << 16).Select(count => MathF.Log(Math.Max(count, 1) + 0.5f))];

    private readonly int[] _withPiece = new int[1 << 16];
    private readonly int[] _withTitlePiece = new int[1 << 16];
    private long _length;
    private long _titleLength;
    private float _logCount = MathF.Log(1);

    public int Count { get; private set; }

    /// <summary>The average number of a document's terms, the title counted twice.</summary>
    public float AverageWeighted => Average(_length + _titleLength);

    public float AverageLength => Average(_length);

    public float AverageTitle => Average(_titleLength);

    public void Add(IndexedDocument document, int sign)
    {
        Count += sign;
        _length += sign * document.Length;
        _titleLength += sign * document.TitleLength;
        _logCount = MathF.Log(Count + 1);
        CountPieces(document.Pieces, _withPiece, sign);
        CountPieces(document.TitlePieces, _withTitlePiece, sign);
    }

    /// <summary>How rare something is that so many documents have: the logarithm of documents in all to those; never below zero.</summary>
    public float Rarity(int documents)
        => Math.Max(0, _logCount - (documents < Logarithms.Length ? Logarithms[documents] : MathF.Log(documents + 0.5f)));

    public float PieceRarity(ushort piece) => Rarity(_withPiece[piece]);

    public float TitlePieceRarity(ushort piece) => Rarity(_withTitlePiece[piece]);

    private static void CountPieces(ushort[] pieces, int[] documents, int sign)
    {
        for (var i = 0; i < pieces.Length; i++)
        {
            if (i == 0 || pieces[i] != pieces[i - 1])
            {
                documents[pieces[i]] += sign;
            }
        }
    }

    // At least one, so that nothing is divided by zero.
    private float Average(long total) => Math.Max(1, Count == 0 ? 0 : (float)((double)total / Count));
}
