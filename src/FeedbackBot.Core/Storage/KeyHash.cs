using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace FeedbackBot.Core.Storage;

/// <summary>Makes a row key's id from parts that may hold any character.</summary>
public static class KeyHash
{
    /// <summary>
    /// The base64url SHA-256 of <paramref name="parts"/>, 43 characters. Each part is preceded by its length, so that
    /// ("ab", "c") and ("a", "bc") differ.
    /// </summary>
    public static string Of(params ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        return Base64Url.EncodeToString(hash.GetHashAndReset());
    }
}
