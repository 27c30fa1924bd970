namespace Stripe;

/// <summary>What one request says beside its parameters.</summary>
public sealed class RequestOptions
{
    public string ApiKey { get; set; }

    public string IdempotencyKey { get; set; }

    public string StripeAccount { get; set; }
}
