using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace FeedbackBot.Slack.Inbound;

/// <summary>
/// Tells Slack's requests from others: <c>v0=</c> and the hex HMAC-SHA256, keyed with the signing secret, of
/// <c>v0:timestamp:raw body</c> (https://docs.slack.dev/authentication/verifying-requests-from-slack).
/// </summary>
internal sealed class SlackSignature
{
    public const string Header = "X-Slack-Signature";
    public const string TimestampHeader = "X-Slack-Request-Timestamp";

    /// <summary>How old a request may be, and how far ahead: a later one is a replay, an earlier one a forgery or a wrong clock.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    private readonly byte[] _secret;
    private readonly TimeProvider _time;

    public SlackSignature(string? secret, TimeProvider time)
    {
        if (string.IsNullOrWhiteSpace(secret))
        {
            // Never without: a check that lets everyone in is worse than none.
            throw new InvalidOperationException("Slack:SigningSecret is missing.");
        }

        _secret = Encoding.UTF8.GetBytes(secret);
        _time = time;
    }

    /// <summary>Whether a timestamp is one of these minutes: looked at before the body is read.</summary>
    public bool IsTimely(string? timestamp)
        => long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && seconds <= 253_402_300_799
            && (_time.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(seconds)).Duration() <= Window;

    /// <summary>Whether <paramref name="signature"/> is Slack's for this body, and timely. It takes as long whichever byte differs.</summary>
    public bool IsValid(string? timestamp, string? signature, ReadOnlySpan<byte> body)
        => signature is not null && IsTimely(timestamp) && CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(signature), Encoding.UTF8.GetBytes(Of(timestamp!, body)));

    /// <summary>The signature of <paramref name="body"/>.</summary>
    public string Of(string timestamp, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _secret);
        hash.AppendData(Encoding.UTF8.GetBytes($"v0:{timestamp}:"));
        hash.AppendData(body);
        return $"v0={Convert.ToHexStringLower(hash.GetHashAndReset())}";
    }
}
