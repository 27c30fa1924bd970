using ContestPipeline.Contracts;
using ContestPipeline.Payout.Deposits;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.EntryFees;

/// <summary>Events of payment intents and of what hangs on them: the intent is read again before anything follows.</summary>
public static class PaymentEvents
{
    /// <summary><c>payment_intent.*</c>: the object is the intent.</summary>
    public static Task IntentChanged(StripeEventV1 stripeEvent, Tx tx) =>
        Hint(stripeEvent.Data.Text("id"), tx);

    /// <summary><c>charge.*</c>, <c>refund.*</c>: the object names its intent.</summary>
    public static Task OfIntentChanged(StripeEventV1 stripeEvent, Tx tx) =>
        Hint(stripeEvent.Data.Text("payment_intent"), tx);

    /// <summary>An intent is that of an entry or of a deposit.</summary>
    private static async Task Hint(string? intentId, Tx tx)
    {
        if (intentId is not null && await tx.HintPayment(intentId) == 0) await tx.HintDeposit(intentId);
    }
}
