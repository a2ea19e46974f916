using System.Globalization;
using System.Runtime.InteropServices;
using FeedbackBot.Core.Storage;

namespace FeedbackBot.Core.Deduplication;

/// <summary>
/// Row <c>vector|hash</c>: what a model made of a text, by the hash of model and text. Derived: where it is missing it is made
/// again. At most 3,072 numbers, 16 K characters.
/// </summary>
internal sealed record TextVector : IStoredRecord
{
    public static int Schema => 1;

    public const string Prefix = "vector|";

    /// <summary>Numbers of 32 bits, the low byte first, in base64.</summary>
    public required string Numbers { get; init; }

    public static string Row(EmbeddingOptions options, string text)
        => Prefix + KeyHash.Of("vector", options.Model, options.Dimensions.ToString(CultureInfo.InvariantCulture), text);

    public static TextVector Of(float[] vector) => new() { Numbers = Convert.ToBase64String(MemoryMarshal.AsBytes<float>(vector)) };

    /// <summary>The numbers, scaled to a length of 1; null if these are not so many numbers, or have no direction.</summary>
    public float[]? ToUnit(int dimensions)
    {
        var numbers = new float[dimensions];
        return Convert.TryFromBase64String(Numbers, MemoryMarshal.AsBytes(numbers.AsSpan()), out var written) && written == dimensions * sizeof(float)
            ? ToUnit(numbers, dimensions)
            : null;
    }

    /// <inheritdoc cref="ToUnit(int)"/>
    public static float[]? ToUnit(ReadOnlySpan<float> numbers, int dimensions)
    {
        var squares = 0.0;
        foreach (var number in numbers)
        {
            squares += (double)number * number;
        }

        if (numbers.Length != dimensions || !double.IsFinite(squares) || squares == 0)
        {
            return null;
        }

        var unit = numbers.ToArray();
        for (var i = 0; i < unit.Length; i++)
        {
            unit[i] = (float)(unit[i] / Math.Sqrt(squares));
        }

        return unit;
    }
}
