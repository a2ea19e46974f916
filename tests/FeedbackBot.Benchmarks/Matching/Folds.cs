namespace FeedbackBot.Benchmarks.Matching;

/// <summary>Which part of the data a text belongs to: all duplicates of one another, across the sets, to the same one.</summary>
internal sealed class Folds
{
    public const int Count = 5;

    private readonly Dictionary<string, string> _parents = new(StringComparer.Ordinal);

    public Folds(IEnumerable<DuplicateSet> sets)
    {
        foreach (var (id, duplicates) in sets.SelectMany(set => set.Queries))
        {
            foreach (var duplicate in duplicates)
            {
                var (left, right) = (RootOf(id), RootOf(duplicate));

                // The smaller one leads, so that the order of the files does not matter.
                var (root, child) = string.CompareOrdinal(left, right) < 0 ? (left, right) : (right, left);
                _parents[child] = root;
            }
        }
    }

    public int Of(string id)
    {
        var hash = 2_166_136_261u;
        foreach (var c in RootOf(id))
        {
            hash = unchecked((hash ^ c) * 16_777_619);
        }

        return (int)((hash >> 8) % Count);
    }

    private string RootOf(string id)
    {
        while (_parents.TryGetValue(id, out var parent) && !string.Equals(parent, id, StringComparison.Ordinal))
        {
            id = parent;
        }

        return id;
    }
}
