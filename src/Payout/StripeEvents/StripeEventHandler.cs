using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.StripeEvents;

/// <summary>Stripe events in, from the topic that the webhook endpoint fills.</summary>
/// <param name="secrets">With which the endpoints' deliveries are signed.</param>
public sealed class StripeEventHandler(EventSecrets secrets) : IHandler<StripeEventV1>
{
    /// <summary>
    /// An event that Stripe has not signed was written by somebody who may write to the topic: it is refused, and people are
    /// told. It could have moved nothing, since objects are read from Stripe before anything follows from them.
    /// </summary>
    public Task Handle(Received<StripeEventV1> received, Tx tx)
    {
        if (!secrets.AreMissed(received.Envelope)) return tx.Take(received.Message, EventSources.Webhook);
        tx.Reject(
            received.Envelope, "signature-forged", StripeWebhookHeaders.SignatureHeader,
            "a signature of Stripe's over these bytes", null);
        tx.Alert(EventAlerts.Forged(received.Envelope));
        return Task.CompletedTask;
    }
}
