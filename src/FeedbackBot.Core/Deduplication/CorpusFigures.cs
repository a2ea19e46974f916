namespace FeedbackBot.Core.Deduplication;

/// <summary>
/// What is counted over all documents. Whole numbers only, so that adding and removing leaves what counting anew would give.
/// </summary>
internal sealed class CorpusFigures
{
    private static readonly float[] Logarithms = [.. Enumerable.Range(0, 1 << 16).Select(count => MathF.Log(Math.Max(count, 1) + 0.5f))];

    private readonly PieceCounts _pieces = new();
    private readonly PieceCounts _titlePieces = new();
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
        _pieces.Add(document.Pieces, sign);
        _titlePieces.Add(document.TitlePieces, sign);
    }

    /// <summary>How rare something is that so many documents have: the logarithm of documents in all to those; never below zero.</summary>
    public float Rarity(int documents) => Rarity(LogarithmOf(documents));

    /// <summary>For each piece the logarithm that <see cref="Rarity(float)"/> takes.</summary>
    public ReadOnlySpan<float> PieceLogarithms => _pieces.Logarithms;

    /// <summary>The same for pieces of titles.</summary>
    public ReadOnlySpan<float> TitlePieceLogarithms => _titlePieces.Logarithms;

    public float Rarity(float logarithm) => Math.Max(0, _logCount - logarithm);

    private static float LogarithmOf(int documents)
        => documents < Logarithms.Length ? Logarithms[documents] : MathF.Log(documents + 0.5f);

    // At least one, so that nothing is divided by zero.
    private float Average(long total) => Math.Max(1, Count == 0 ? 0 : (float)((double)total / Count));

    /// <summary>How many documents have each piece, and the logarithms of that.</summary>
    private sealed class PieceCounts
    {
        private readonly int[] _documents = new int[1 << 16];
        private readonly float[] _logarithms = new float[1 << 16];

        public PieceCounts() => Array.Fill(_logarithms, CorpusFigures.Logarithms[0]);

        public ReadOnlySpan<float> Logarithms => _logarithms;

        public void Add(ushort[] pieces, int sign)
        {
            for (var i = 0; i < pieces.Length; i++)
            {
                if (i == 0 || pieces[i] != pieces[i - 1])
                {
                    var count = _documents[pieces[i]] += sign;
                    _logarithms[pieces[i]] = LogarithmOf(count);
                }
            }
        }
    }
}
