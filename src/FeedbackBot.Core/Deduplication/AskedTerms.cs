using System.Numerics;

namespace FeedbackBot.Core.Deduplication;

/// <summary>The different terms of a query, each with its number in the index, how often it occurs and how rare it is.</summary>
internal sealed class AskedTerms
{
    /// <summary>Different terms of a query that are looked at: the rarest ones of a long text.</summary>
    public const int MostTerms = 128;

    private readonly int[] _table;
    private readonly int _shift;

    public AskedTerms(TextTerms text, Func<TextTerms, Term, int> numberOf, Func<int, float> rarityOf)
    {
        Asked = Collect(text, numberOf, rarityOf);
        _shift = 32 - BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)Math.Max(Asked.Length * 4, 16)));
        _table = new int[1 << (32 - _shift)];
        Array.Fill(_table, -1);
        for (var i = 0; i < Asked.Length; i++)
        {
            ref readonly var asked = ref Asked[i];
            if (asked.Number >= 0)
            {
                Insert(asked.Number, i);
            }

            Mass += asked.Rarity;
            Norm += asked.CosineWeight * asked.CosineWeight;
            TitleMass += asked.TitleCount > 0 ? asked.Rarity : 0;
            TitleNorm += asked.TitleCosineWeight * asked.TitleCosineWeight;
        }
    }

    public Item[] Asked { get; }

    public float Mass { get; }

    public float TitleMass { get; }

    /// <summary>The squared length of the weights for the cosine.</summary>
    public float Norm { get; }

    public float TitleNorm { get; }

    /// <summary>The place in <see cref="Asked"/> of the index's term, -1 if it is not asked for.</summary>
    public int Find(int number)
    {
        for (var i = Hash(number); _table[i] >= 0; i = (i + 1) & (_table.Length - 1))
        {
            if (Asked[_table[i]].Number == number)
            {
                return _table[i];
            }
        }

        return -1;
    }

    private void Insert(int number, int place)
    {
        var i = Hash(number);
        while (_table[i] >= 0)
        {
            i = (i + 1) & (_table.Length - 1);
        }

        _table[i] = place;
    }

    private int Hash(int number) => (int)(unchecked((uint)number * 0x9E3779B1) >> _shift);

    private static Item[] Collect(TextTerms text, Func<TextTerms, Term, int> numberOf, Func<int, float> rarityOf)
    {
        var counts = new Dictionary<string, (int Number, int Count, int TitleCount, Term First, int Place)>(StringComparer.Ordinal);
        var bySpan = counts.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var term in text.Terms)
        {
            var form = text.FormOf(term);
            var known = bySpan.TryGetValue(form, out var old) ? old : (numberOf(text, term), 0, 0, term, counts.Count);
            bySpan[form] = (known.Item1, known.Item2 + 1, known.Item3 + (term.InTitle ? 1 : 0), known.Item4, known.Item5);
        }

        return
        [
            .. counts.Values
                .Select(term => new Item(term.Number, term.Count, term.TitleCount, rarityOf(term.Number), term.First, term.Place))
                .OrderByDescending(item => item.Rarity)
                .ThenBy(item => item.Place)
                .Take(MostTerms),
        ];
    }

    /// <summary>One term. <paramref name="Number"/> is -1 if no document has it.</summary>
    internal readonly record struct Item(int Number, int Count, int TitleCount, float Rarity, Term First, int Place)
    {
        /// <summary>For the whole query with its title counted twice: a term said often counts at most twice.</summary>
        public float Weight { get; } = Math.Min(LogCounts.Of(Count + TitleCount), 2) * Rarity;

        public float PlainWeight { get; } = Math.Min(LogCounts.Of(Count), 2) * Rarity;

        public float TitleWeight { get; } = Math.Min(LogCounts.Of(TitleCount), 2) * Rarity;

        public float CosineWeight { get; } = LogCounts.Of(Count + TitleCount) * Rarity;

        public float TitleCosineWeight { get; } = LogCounts.Of(TitleCount) * Rarity;
    }
}
