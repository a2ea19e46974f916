using System.Runtime.CompilerServices;
using System.Text;

namespace FeedbackBot.Storage.Sqlite;

/// <summary>
/// A row's properties as bytes: their number, then name and value of each as UTF-8 preceded by its length; numbers are
/// LEB128. A value is JSON as a rule, and JSON within JSON would escape every quote: this is smaller, and text comes back
/// exactly as it was.
/// </summary>
internal static class PropertyEncoding
{
    private const int MaxNumberBytes = 5;

    // Strict: half a surrogate pair would silently become another character. Transactions refuse it before.
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Writes to the start of <paramref name="buffer"/>, which it replaces by a larger one if need be; gives the length.</summary>
    public static int Encode(IReadOnlyDictionary<string, string> properties, ref byte[] buffer)
    {
        var length = 0;
        WriteNumber(properties.Count, ref buffer, ref length);
        foreach (var (name, value) in properties)
        {
            WriteText(name, ref buffer, ref length);
            WriteText(value, ref buffer, ref length);
        }

        return length;
    }

    /// <summary>The properties that <see cref="Encode"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The bytes are not of this form.</exception>
    public static Dictionary<string, string> Decode(ReadOnlySpan<byte> bytes)
    {
        var count = ReadNumber(ref bytes);
        if (count > bytes.Length)
        {
            throw Malformed();
        }

        var properties = new Dictionary<string, string>(count, StringComparer.Ordinal);
        for (var index = 0; index < count; index++)
        {
            var name = ReadText(ref bytes);
            properties[name] = ReadText(ref bytes);
        }

        return bytes.IsEmpty ? properties : throw Malformed();
    }

    private static void WriteText(string text, ref byte[] buffer, ref int length)
    {
        var bytes = Utf8.GetByteCount(text);
        WriteNumber(bytes, ref buffer, ref length);
        Reserve(bytes, ref buffer, length);
        length += Utf8.GetBytes(text, buffer.AsSpan(length));
    }

    private static void WriteNumber(int number, ref byte[] buffer, ref int length)
    {
        Reserve(MaxNumberBytes, ref buffer, length);
        var rest = (uint)number;
        while (rest >= 0x80)
        {
            buffer[length++] = (byte)(rest | 0x80);
            rest >>= 7;
        }

        buffer[length++] = (byte)rest;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Reserve(int bytes, ref byte[] buffer, int length)
    {
        if (buffer.Length - length < bytes)
        {
            Array.Resize(ref buffer, Math.Max(buffer.Length * 2, length + bytes));
        }
    }

    private static string ReadText(ref ReadOnlySpan<byte> bytes)
    {
        var length = ReadNumber(ref bytes);
        if (length > bytes.Length)
        {
            throw Malformed();
        }

        var text = Utf8.GetString(bytes[..length]);
        bytes = bytes[length..];
        return text;
    }

    private static int ReadNumber(ref ReadOnlySpan<byte> bytes)
    {
        var number = 0u;
        for (var index = 0; index < Math.Min(MaxNumberBytes, bytes.Length); index++)
        {
            number |= (bytes[index] & 0x7Fu) << (7 * index);
            if (bytes[index] < 0x80 && number <= int.MaxValue)
            {
                bytes = bytes[(index + 1)..];
                return (int)number;
            }
        }

        throw Malformed();
    }

    private static InvalidDataException Malformed() => new("The properties of a stored row cannot be read.");
}
