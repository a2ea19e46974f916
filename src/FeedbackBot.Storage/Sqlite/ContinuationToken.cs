using System.Buffers.Text;
using System.Text;
using FeedbackBot.Core.Storage;

namespace FeedbackBot.Storage.Sqlite;

/// <summary>Where a page ended: the key of its last row, in a form that nobody is tempted to build by hand.</summary>
internal static class ContinuationToken
{
    // Base64url without padding of the longest key.
    private const int MaxLength = ((EntityKey.MaxLength * 4) + 2) / 3;

    public static string After(string lastRow) => Base64Url.EncodeToString(Encoding.ASCII.GetBytes(lastRow));

    /// <summary>The first key that may follow the page; <paramref name="fromRow"/> where there was none.</summary>
    /// <exception cref="ArgumentException">The token is not one for the range.</exception>
    public static string NextRow(string? continuation, string fromRow, string toRow)
    {
        if (continuation is null)
        {
            return fromRow;
        }

        if (continuation.Length > MaxLength || !Base64Url.IsValid(continuation))
        {
            throw NotOurs(nameof(continuation));
        }

        var lastRow = Encoding.Latin1.GetString(Base64Url.DecodeFromChars(continuation));
        if (!EntityKey.IsValidPart(lastRow)
            || string.CompareOrdinal(lastRow, fromRow) < 0
            || string.CompareOrdinal(lastRow, toRow) >= 0)
        {
            throw NotOurs(nameof(continuation));
        }

        // A space is the smallest character of a key, so nothing lies between.
        return lastRow + ' ';
    }

    private static ArgumentException NotOurs(string parameter)
        => new("The continuation was not given by a query over this range.", parameter);
}
