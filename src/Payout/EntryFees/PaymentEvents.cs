using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.EntryFees;

/// <summary>Events of payment intents and of what hangs on them: the intent is read again before anything follows.</summary>
public static class PaymentEvents
{
    /// <summary><c>payment_intent.*</c>: the object is the intent.</summary>
    public static Task IntentChanged(StripeEventV1 stripeEvent, Tx tx) =>
        stripeEvent.Data.Text("id") is { } intentId ? tx.HintPayment(intentId) : Task.CompletedTask;

    /// <summary><c>charge.*</c>, <c>refund.*</c>: the object names its intent.</summary>
    public static Task OfIntentChanged(StripeEventV1 stripeEvent, Tx tx) =>
        stripeEvent.Data.Text("payment_intent") is { } intentId ? tx.HintPayment(intentId) : Task.CompletedTask;
}
