using System.Globalization;

namespace FeedbackBot.Core.Triage;

/// <summary>How exact a date on the roadmap is.</summary>
public enum RoadmapPrecision
{
    Month,
    Quarter,
    Half,
}

/// <summary>
/// An approximate date: the <paramref name="Number"/>-th month (1 to 12), quarter (1 to 4) or half (1, 2) of
/// <paramref name="Year"/>.
/// </summary>
public sealed record RoadmapDate(int Year, RoadmapPrecision Precision, int Number)
{
    private static readonly string[] Months = CultureInfo.InvariantCulture.DateTimeFormat.MonthNames[..12];

    public override string ToString() => Precision switch
    {
        RoadmapPrecision.Month => $"{Months[Number - 1]} {Year}",
        RoadmapPrecision.Quarter => $"Q{Number} {Year}",
        RoadmapPrecision.Half => $"H{Number} {Year}",
    };

    /// <summary>
    /// Reads "Q2 2027", "2027-Q2", "H1 2027", "March 2027", "Mar 2027", "2027-03" and "03/2027"; null for anything else.
    /// </summary>
    public static RoadmapDate? TryParse(string text)
    {
        var words = text.Split([' ', '-', '/', '.', ','], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length != 2)
        {
            return null;
        }

        var (year, part) = IsYear(words[0]) ? (words[0], words[1]) : (words[1], words[0]);
        if (!IsYear(year))
        {
            return null;
        }

        var (precision, number) = part.ToUpperInvariant() switch
        {
            ['Q', >= '1' and <= '4'] upper => (RoadmapPrecision.Quarter, upper[1] - '0'),
            ['H', '1' or '2'] upper => (RoadmapPrecision.Half, upper[1] - '0'),
            var upper => (RoadmapPrecision.Month, MonthNumber(upper)),
        };
        return number == 0 ? null : new RoadmapDate(int.Parse(year, CultureInfo.InvariantCulture), precision, number);
    }

    private static bool IsYear(string word) => word is ['2', '0', >= '0' and <= '9', >= '0' and <= '9'];

    private static int MonthNumber(string word)
        => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number is >= 1 and <= 12 && word.Length <= 2 ? number : 0
            : word.Length < 3 ? 0 : 1 + Array.FindIndex(Months, month => month.StartsWith(word, StringComparison.OrdinalIgnoreCase));
}
