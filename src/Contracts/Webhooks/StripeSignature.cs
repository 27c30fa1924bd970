using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ContestPipeline.Contracts;

/// <summary>What the signature of a Stripe delivery turned out to be.</summary>
public enum SignatureCheck
{
    /// <summary>Made with one of the secrets and young enough.</summary>
    Genuine,

    /// <summary>The header is absent, too long or not of the form <c>t=…,v1=…</c>.</summary>
    Unreadable,

    /// <summary>No signature in it was made over these bytes with one of the secrets.</summary>
    Forged,

    /// <summary>Genuine, but of another time: a delivery that somebody kept and sends again.</summary>
    Old,
}

/// <summary>
/// Stripe's webhook signature: HMAC-SHA256 over <c>{t}.{body}</c> with the whole secret as the key, over the bytes as they came.
/// Every secret is tried with every signature, and all comparisons take the same time, so nothing about a secret can be learned
/// from how long the answer takes.
/// </summary>
public static class StripeSignature
{
    public const string SecretPrefix = "whsec_";
    public const int AgeSecondsMax = 300;

    private const int HeaderCharactersMax = 4096;
    private const int SignaturesMax = 16;

    /// <param name="now">Null leaves the age out: for whoever reads a delivery from the topic, where it may have waited.</param>
    public static SignatureCheck Check(
        ReadOnlySpan<byte> body, string? header, IReadOnlyList<string> secrets, DateTimeOffset? now)
    {
        if (!TryRead(header, out var time, out var signedAt, out var signatures)) return SignatureCheck.Unreadable;
        var genuine = false;
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        foreach (var secret in secrets)
        {
            Compute(body, time, secret, expected);
            foreach (var signature in signatures) genuine |= CryptographicOperations.FixedTimeEquals(signature, expected);
        }

        if (!genuine) return SignatureCheck.Forged;
        return now is { } at && Math.Abs(at.ToUnixTimeSeconds() - signedAt) > AgeSecondsMax
            ? SignatureCheck.Old : SignatureCheck.Genuine;
    }

    /// <summary>The header that Stripe would send: one v1 per secret, as while a secret is being replaced.</summary>
    public static string Header(ReadOnlySpan<byte> body, DateTimeOffset at, params ReadOnlySpan<string> secrets)
    {
        var time = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var header = new StringBuilder("t=").Append(time);
        Span<byte> signature = stackalloc byte[HMACSHA256.HashSizeInBytes];
        foreach (var secret in secrets)
        {
            Compute(body, time, secret, signature);
            header.Append(",v1=").Append(Convert.ToHexStringLower(signature));
        }

        return header.ToString();
    }

    private static void Compute(ReadOnlySpan<byte> body, string time, string secret, Span<byte> signature)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hmac.AppendData(Encoding.ASCII.GetBytes(time));
        hmac.AppendData("."u8);
        hmac.AppendData(body);
        hmac.GetHashAndReset(signature);
    }

    /// <summary>
    /// Schemes other than v1 are passed over, as Stripe asks; v1 values that are no hex of the right length fit nothing.
    /// </summary>
    private static bool TryRead(string? header, out string time, out long signedAt, out List<byte[]> signatures)
    {
        (time, signedAt, signatures) = ("", 0, []);
        if (header is not { Length: > 0 and <= HeaderCharactersMax }) return false;
        foreach (var item in header.Split(','))
        {
            if (item.Trim().Split('=', 2) is not [var scheme, var value]) return false;
            if (scheme == "t" && time.Length == 0) time = value;
            if (scheme != "v1" || value.Length != 2 * HMACSHA256.HashSizeInBytes) continue;
            var signature = new byte[HMACSHA256.HashSizeInBytes];
            if (Convert.FromHexString(value, signature, out _, out _) != System.Buffers.OperationStatus.Done) continue;
            signatures.Add(signature);
            if (signatures.Count > SignaturesMax) return false;
        }

        return signatures.Count > 0 && long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out signedAt)
            && signedAt <= uint.MaxValue;
    }
}
