using ContestPipeline.Contracts;

namespace ContestPipeline.Ingestion;

/// <summary>One request as it came.</summary>
/// <param name="Endpoint">One of <see cref="StripeEndpoints"/>.</param>
/// <param name="Signature">The Stripe-Signature header; null when there is none.</param>
public sealed record WebhookRequest(string Endpoint, string? Signature, byte[] Body);

/// <summary>What is to become of a request.</summary>
public abstract record WebhookDecision
{
    private WebhookDecision()
    {
    }

    /// <summary>It goes to the topic under this key with these headers, body as it is.</summary>
    public sealed record Publish(string Key, StripeWebhookHeaders Headers) : WebhookDecision;

    /// <summary>It goes nowhere and need not come again.</summary>
    /// <param name="Reason">One word for counting.</param>
    public sealed record PassOver(string Reason, string Sentence) : WebhookDecision;

    /// <summary>It goes nowhere, and Stripe is told so.</summary>
    /// <param name="Reason">One word for counting and alerting.</param>
    /// <param name="Sentence">For whoever reads Stripe's list of failed deliveries.</param>
    public sealed record Refuse(string Reason, string Sentence) : WebhookDecision;
}
