namespace FeedbackBot.Core.Deduplication;

/// <summary>
/// The documents that have a term, the oldest first, each with a byte that says how often (low bits) and how long the document
/// is (high bits).
/// </summary>
internal sealed class Postings
{
    private int[] _slots = [0];
    private byte[] _codes = [0];

    public int Count { get; private set; }

    public ReadOnlySpan<int> Slots => _slots.AsSpan(0, Count);

    public ReadOnlySpan<byte> Codes => _codes.AsSpan(0, Count);

    public void Add(int slot, byte code, in Moment moment, IndexedDocument?[] documents)
    {
        // The newest comes last nearly always.
        var place = Count == 0 || documents[_slots[Count - 1]]!.Moment < moment ? Count : FirstFrom(moment, documents);
        if (Count == _slots.Length)
        {
            var capacity = Count + Math.Max(1, Count / 2);
            Array.Resize(ref _slots, capacity);
            Array.Resize(ref _codes, capacity);
        }

        _slots.AsSpan(place, Count - place).CopyTo(_slots.AsSpan(place + 1));
        _codes.AsSpan(place, Count - place).CopyTo(_codes.AsSpan(place + 1));
        (_slots[place], _codes[place]) = (slot, code);
        Count++;
    }

    public void Remove(in Moment moment, IndexedDocument?[] documents)
    {
        var place = FirstFrom(moment, documents);
        _slots.AsSpan(place + 1, Count - place - 1).CopyTo(_slots.AsSpan(place));
        _codes.AsSpan(place + 1, Count - place - 1).CopyTo(_codes.AsSpan(place));
        Count--;
    }

    /// <summary>The place of the first document that is not older than <paramref name="moment"/>; the count if all are.</summary>
    public int FirstFrom(in Moment moment, IndexedDocument?[] documents)
    {
        var (low, high) = (0, Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = documents[_slots[middle]]!.Moment < moment ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
