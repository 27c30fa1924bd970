using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ContestPipeline.StripeSimulator.Core;

/// <summary>One delivery, ready to be sent.</summary>
public sealed record SignedDelivery(long Sequence, string Url, string Body, string Signature);

/// <summary>Signs what is sent, once with every secret that is valid.</summary>
public static class WebhookSignature
{
    public static string Header(string body, IEnumerable<string> secrets, long signedAt)
    {
        var time = signedAt.ToString(CultureInfo.InvariantCulture);
        var signatures = secrets.Select(secret =>
            "v1=" + Convert.ToHexStringLower(
                HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{time}.{body}"))));
        return $"t={time},{string.Join(',', signatures)}";
    }
}
