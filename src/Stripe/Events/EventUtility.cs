using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Stripe;

/// <summary>Checks that a webhook body comes from Stripe, and reads it.</summary>
/// <remarks>Only the forms that are told the time: the others of Stripe.net read the wall clock.</remarks>
public static class EventUtility
{
    public const int DefaultTimeTolerance = 300;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static Event ParseEvent(string json, bool throwOnApiVersionMismatch = true)
    {
        var read = JsonSerializer.Deserialize<Event>(json, StripeJson.Options) ?? throw new StripeException("The event is null.");
        if (throwOnApiVersionMismatch && !IsCompatibleApiVersion(read.ApiVersion))
            throw new StripeException($"Received event with API version {read.ApiVersion}, but {StripeConfiguration.ApiVersion} is expected.");
        return read;
    }

    public static Event ConstructEvent(
        string json, string stripeSignatureHeader, string secret, long tolerance, long utcNow, bool throwOnApiVersionMismatch = true)
    {
        ValidateSignature(json, stripeSignatureHeader, secret, tolerance, utcNow);
        return ParseEvent(json, throwOnApiVersionMismatch);
    }

    /// <summary>The signature first, then the age, in both directions.</summary>
    public static void ValidateSignature(string json, string stripeSignatureHeader, string secret, long tolerance, long utcNow)
    {
        var items = stripeSignatureHeader.Trim().Split(',').Select(ParseItem).ToLookup(item => item.Key, item => item.Value);
        var time = items["t"].FirstOrDefault();
        byte[] expected;
        try
        {
            expected = Encoding.ASCII.GetBytes(ComputeSignature(secret, time, json));
        }
        catch (EncoderFallbackException failure)
        {
            throw new StripeException("The webhook cannot be processed because the signature cannot be safely calculated.", failure);
        }

        if (!items["v1"].Any(signature => CryptographicOperations.FixedTimeEquals(StrictUtf8.GetBytes(signature), expected)))
            throw new StripeException("The expected signature was not found in the Stripe-Signature header.");
        if (!long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var signedAt) || Math.Abs(utcNow - signedAt) > tolerance)
            throw new StripeException("The webhook cannot be processed because the current timestamp is outside of the allowed tolerance.");
    }

    public static string ComputeSignature(string secret, string timestamp, string payload) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(StrictUtf8.GetBytes(secret), StrictUtf8.GetBytes($"{timestamp}.{payload}")));

    public static string GenerateSignatureHeader(string payload, string secret, long? timestamp)
    {
        var signedAt = timestamp?.ToString(CultureInfo.InvariantCulture) ?? throw new ArgumentNullException(nameof(timestamp));
        return $"t={signedAt},v1={ComputeSignature(secret, signedAt, payload)}";
    }

    /// <summary>Versions of one train (the word after the date) read alike.</summary>
    public static bool IsCompatibleApiVersion(string eventApiVersion) =>
        eventApiVersion?.Split('.') is [_, var train, ..] && train == StripeConfiguration.ApiVersion.Split('.')[1];

    private static KeyValuePair<string, string> ParseItem(string item) =>
        item.Trim().Split('=', 2) is [var key, var value]
            ? new(key, value)
            : throw new StripeException("The signature header format is unexpected.");
}
