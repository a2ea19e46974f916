using System.Globalization;

namespace FeedbackBot.Core.Requests;

/// <summary>An amount of money. <paramref name="Currency"/> is an ISO 4217 code.</summary>
public sealed record Money(decimal Amount, string Currency)
{
    private static readonly Dictionary<char, string> Symbols = new() { ['€'] = "EUR", ['$'] = "USD", ['£'] = "GBP", ['¥'] = "JPY" };

    private static readonly HashSet<string> Codes = new(StringComparer.OrdinalIgnoreCase)
    {
        "EUR", "USD", "GBP", "JPY", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "INR", "AUD", "CAD", "NZD", "SGD", "CNY", "BRL", "ZAR", "ILS", "KRW", "MXN", "AED", "SAR", "TRY",
    };

    public override string ToString() => $"{Currency} {Amount.ToString(decimal.IsInteger(Amount) ? "#,0" : "#,0.00", CultureInfo.InvariantCulture)}";

    /// <summary>
    /// The first amount with a currency in <paramref name="text"/> ("€ 1.2m", "400k EUR", "USD 2,500,000"), null if there is
    /// none. A comma or point followed by exactly three digits separates thousands.
    /// </summary>
    public static Money? FindIn(string text)
    {
        for (var start = 0; start < text.Length; start++)
        {
            if (char.IsAsciiDigit(text[start]) && (start == 0 || !IsPartOfNumber(text[start - 1])))
            {
                var end = start;
                while (end < text.Length && IsPartOfNumber(text[end]))
                {
                    end++;
                }

                var (scale, after) = Scale(text, end);
                var digits = text.AsSpan(start, end - start).TrimEnd(".,'");
                if ((CurrencyBefore(text, start) ?? (digits.Length == end - start ? CurrencyAfter(text, after, IsYear(digits)) : null)) is { } currency
                    && Number(digits) is { } number
                    && number <= decimal.MaxValue / scale / 10)
                {
                    return new Money(number * scale, currency);
                }
            }
        }

        return null;
    }

    private static bool IsPartOfNumber(char character) => char.IsAsciiDigit(character) || character is '.' or ',' or '\'';

    private static decimal? Number(ReadOnlySpan<char> digits)
    {
        var plain = digits.ToString().Replace("'", "", StringComparison.Ordinal);
        var last = plain.LastIndexOfAny(['.', ',']);
        var isDecimal = last >= 0 && plain.Length - last - 1 != 3;
        var whole = (isDecimal ? plain[..last] : plain).Replace(".", "", StringComparison.Ordinal).Replace(",", "", StringComparison.Ordinal);
        var text = isDecimal ? $"{whole}.{plain[(last + 1)..]}" : whole;
        return decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    private static (decimal Scale, int After) Scale(string text, int index)
    {
        var start = index;
        while (start < text.Length && text[start] == ' ')
        {
            start++;
        }

        var end = start;
        while (end < text.Length && char.IsAsciiLetter(text[end]))
        {
            end++;
        }

        var scale = text[start..end].ToUpperInvariant() switch
        {
            "K" or "TSD" or "THOUSAND" => 1_000m,
            "M" or "MN" or "MIO" or "MILLION" or "MILLIONS" => 1_000_000m,
            "B" or "BN" or "BILLION" => 1_000_000_000m,
            _ => 1m,
        };
        return (scale, scale == 1 ? index : end);
    }

    private static string? CurrencyBefore(string text, int index)
    {
        var end = index;
        while (end > 0 && text[end - 1] == ' ')
        {
            end--;
        }

        return end > 0 && Symbols.TryGetValue(text[end - 1], out var bySymbol)
            ? bySymbol
            : end >= 3 && (end == 3 || !char.IsLetter(text[end - 4])) ? Code(text.AsSpan(end - 3, 3)) : null;
    }

    private static bool IsYear(ReadOnlySpan<char> digits) => digits is ['1', '9', _, _] or ['2', '0', _, _];

    /// <summary>
    /// The currency behind an amount, unless it belongs to the next one: "in 2027 €400k", "by 2027 USD 500k".
    /// </summary>
    private static string? CurrencyAfter(string text, int index, bool mayBeYear)
    {
        while (index < text.Length && text[index] == ' ')
        {
            index++;
        }

        if (index < text.Length && Symbols.TryGetValue(text[index], out var bySymbol))
        {
            return index + 1 < text.Length && char.IsAsciiDigit(text[index + 1]) ? null : bySymbol;
        }

        var end = index;
        while (end < text.Length && char.IsAsciiLetter(text[end]))
        {
            end++;
        }

        if (mayBeYear && text.AsSpan(end).TrimStart(' ') is [>= '0' and <= '9', ..])
        {
            return null;
        }

        return text[index..end].ToUpperInvariant() switch
        {
            // "try" is a word far more often than the lira.
            "TRY" when text[index..end] != "TRY" => null,
            "EURO" or "EUROS" => "EUR",
            "DOLLAR" or "DOLLARS" => "USD",
            "POUND" or "POUNDS" => "GBP",
            var word => Code(word),
        };
    }

    private static string? Code(ReadOnlySpan<char> word)
        => Codes.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(word, out var code) ? code : null;
}

/// <summary>
/// What is at stake for one customer, as the seller said it. <paramref name="Amount"/> is null where no amount with a
/// currency is in it.
/// </summary>
public sealed record Stake(string Text, Money? Amount)
{
    public static Stake From(string text) => new(text, Money.FindIn(text));
}
