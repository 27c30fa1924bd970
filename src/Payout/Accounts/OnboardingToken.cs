using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ContestPipeline.Payout.Accounts;

/// <summary>What a link says, once it is checked.</summary>
public abstract record LinkAnswer
{
    private LinkAnswer() { }

    public sealed record Valid(string PlayerId) : LinkAnswer;

    /// <summary>It is ours and its time is over.</summary>
    public sealed record Expired(string PlayerId) : LinkAnswer;

    /// <summary>It is not ours: altered, cut off or made up.</summary>
    public sealed record Forged : LinkAnswer;
}

/// <summary>The signed, expiring part of our own onboarding address: whom it is for, until when, and an HMAC over both.</summary>
public static class OnboardingToken
{
    /// <summary>No token is longer; a longer one is not looked at.</summary>
    public const int CharsMax = 1024;

    private const string Purpose = "onboarding-link/1\n";

    public static string Make(byte[] key, string playerId, DateTimeOffset expiresAt)
    {
        var payload = Base64Url.EncodeToString(
            Encoding.UTF8.GetBytes($"{expiresAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)}.{playerId}"));
        return $"{payload}.{Base64Url.EncodeToString(Mac(key, payload))}";
    }

    /// <summary>The signature first, in constant time; nothing of an unsigned token is believed.</summary>
    public static LinkAnswer Check(byte[] key, string token, DateTimeOffset now)
    {
        if (token.Length > CharsMax || token.Split('.') is not [var payload, var signature]) return new LinkAnswer.Forged();
        if (!CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(Base64Url.EncodeToString(Mac(key, payload))), Encoding.UTF8.GetBytes(signature)))
            return new LinkAnswer.Forged();
        var words = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(payload));
        var dot = words.IndexOf('.', StringComparison.Ordinal);
        var expiresAt = long.Parse(words.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture);
        var playerId = words[(dot + 1)..];
        return now.ToUnixTimeSeconds() < expiresAt ? new LinkAnswer.Valid(playerId) : new LinkAnswer.Expired(playerId);
    }

    private static byte[] Mac(byte[] key, string payload) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(Purpose + payload));
}
