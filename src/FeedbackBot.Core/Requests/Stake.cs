using System.Globalization;
using System.Text;

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
    public static Money? FindIn(string text) => Next(text, 0)?.Money;

    /// <summary>The text with "…" in the place of every amount.</summary>
    public static string Hide(string text)
    {
        if (Next(text, 0) is not { } found)
        {
            return text;
        }

        var hidden = new StringBuilder(text.Length);
        var from = 0;
        for (var next = (Found?)found; next is { } amount; next = Next(text, from))
        {
            hidden.Append(text, from, amount.Start - from).Append('…');
            from = amount.End;
        }

        return hidden.Append(text, from, text.Length - from).ToString();
    }

    private static Found? Next(string text, int from)
    {
        for (var start = from; start < text.Length; start++)
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
                var isWhole = digits.Length == end - start;
                var before = CurrencyBefore(text, start);
                if ((before ?? (isWhole ? CurrencyAfter(text, after, IsYear(digits)) : null)) is { Currency: { } currency } named
                    && Number(digits) is { } number
                    && number <= decimal.MaxValue / scale / 10)
                {
                    return new Found(
                        before is null ? start : Math.Max(from, named.At),
                        before is null ? named.At : isWhole ? after : start + digits.Length,
                        new Money(number * scale, currency));
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

    /// <summary>The currency in front of an amount, and where it begins.</summary>
    private static (string? Currency, int At)? CurrencyBefore(string text, int index)
    {
        var end = index;
        while (end > 0 && text[end - 1] == ' ')
        {
            end--;
        }

        return end > 0 && Symbols.TryGetValue(text[end - 1], out var bySymbol) ? (bySymbol, end - 1)
            : end >= 3 && (end == 3 || !char.IsLetter(text[end - 4])) && Code(text.AsSpan(end - 3, 3)) is { } code ? (code, end - 3)
            : null;
    }

    private static bool IsYear(ReadOnlySpan<char> digits) => digits is ['1', '9', _, _] or ['2', '0', _, _];

    /// <summary>
    /// The currency behind an amount, and where it ends, unless it belongs to the next one: "in 2027 €400k", "by 2027 USD 500k".
    /// </summary>
    private static (string? Currency, int At)? CurrencyAfter(string text, int index, bool mayBeYear)
    {
        while (index < text.Length && text[index] == ' ')
        {
            index++;
        }

        if (index < text.Length && Symbols.TryGetValue(text[index], out var bySymbol))
        {
            return index + 1 < text.Length && char.IsAsciiDigit(text[index + 1]) ? null : (bySymbol, index + 1);
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

        var currency = text[index..end].ToUpperInvariant() switch
        {
            // "try" is a word far more often than the lira.
            "TRY" when text[index..end] != "TRY" => null,
            "EURO" or "EUROS" => "EUR",
            "DOLLAR" or "DOLLARS" => "USD",
            "POUND" or "POUNDS" => "GBP",
            var word => Code(word),
        };
        return currency is null ? null : (currency, end);
    }

    private static string? Code(ReadOnlySpan<char> word)
        => Codes.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(word, out var code) ? code : null;

    /// <summary>An amount, and where it stands with its currency.</summary>
    private readonly record struct Found(int Start, int End, Money Money);
}

/// <summary>
/// What is at stake for one customer, as the seller said it. <paramref name="Amount"/> is null where no amount with a
/// currency is in it.
/// </summary>
public sealed record Stake(string Text, Money? Amount)
{
    public static Stake From(string text) => new(text, Money.FindIn(text));
}
