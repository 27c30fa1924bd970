using ContestPipeline.Payout.Requests;

namespace ContestPipeline.Payout.EntryFees;

/// <summary>What a reading of a payment intent adds to what is known.</summary>
public abstract record PaymentStep
{
    private PaymentStep() { }

    /// <param name="At">As of <see cref="PaymentFacts.ChargedAt"/>.</param>
    public sealed record Paid(string ChargeId, DateTimeOffset? At = null) : PaymentStep;

    /// <summary>What Stripe took for the charge.</summary>
    public sealed record Fee(long FeeMinor, string BalanceTransactionId) : PaymentStep;

    /// <summary>Stripe has turned the charge into another currency, in which the contest cannot be paid.</summary>
    public sealed record Converted(string Currency) : PaymentStep;

    public sealed record Declined(string Mark, string What) : PaymentStep;

    public sealed record Cancelled : PaymentStep;

    /// <summary>Stripe shows another payment than was asked for. Never to be repaired by a machine.</summary>
    public sealed record Differs(string What) : PaymentStep;
}

/// <summary>Decides what a reading means. Facts only ever add: read twice, late or in any order, they come to the same.</summary>
public static class DecideEntryPayment
{
    public static IReadOnlyList<PaymentStep> FromReading(EntryPayment payment, PaymentFacts facts)
    {
        if (Difference(payment, facts) is { } difference) return [new PaymentStep.Differs(difference)];
        var steps = new List<PaymentStep>();
        switch (facts.Status)
        {
            case "succeeded" when !payment.IsPaid && payment.State != PaymentState.Cancelled:
                steps.Add(new PaymentStep.Paid(facts.ChargeId!, facts.ChargedAt));
                break;
            case "canceled" when payment.IsOpen:
                steps.Add(new PaymentStep.Cancelled());
                break;
            case "requires_payment_method" when payment.IsOpen && facts.ErrorMark is { } mark && mark != payment.DeclineMark:
                steps.Add(new PaymentStep.Declined(mark, facts.ErrorMessage ?? "the payment was declined"));
                break;
        }

        var paid = payment.IsPaid || steps is [PaymentStep.Paid];
        if (paid && payment.StripeFeeMinor is null
            && facts is { FeeMinor: { } fee, BalanceTransactionId: { } movement, SettledIn: { } settledIn })
            steps.Add(string.Equals(settledIn, payment.Currency, StringComparison.OrdinalIgnoreCase)
                ? new PaymentStep.Fee(fee, movement) : new PaymentStep.Converted(settledIn));
        return steps;
    }

    private static string? Difference(EntryPayment payment, PaymentFacts facts) =>
        payment.IntentId is { } known && facts.IntentId != known ? $"Stripe shows intent {facts.IntentId}, known is {known}"
        : facts.ContestId != payment.ContestId || facts.EntryId != payment.EntryId
            ? $"intent {facts.IntentId} is for entry {facts.EntryId} of contest {facts.ContestId}"
        : facts.AmountMinor != payment.AmountMinor
            ? $"intent {facts.IntentId} is over {facts.AmountMinor}, the fee is {payment.AmountMinor}"
        : !string.Equals(facts.Currency, payment.Currency, StringComparison.OrdinalIgnoreCase)
            ? $"intent {facts.IntentId} is in {facts.Currency}, the fee in {payment.Currency}"
        : facts.Status == "succeeded" && facts.ReceivedMinor != payment.AmountMinor
            ? $"intent {facts.IntentId} received {facts.ReceivedMinor} of {payment.AmountMinor}"
        : facts.Status == "succeeded" && facts.ChargeId is null ? $"intent {facts.IntentId} succeeded without a charge"
        : null;
}

/// <summary>What is to be asked of Stripe next about a payment.</summary>
public abstract record MoneyStep
{
    private MoneyStep() { }

    public sealed record Nothing : MoneyStep;

    /// <summary>Nobody is to pay any more.</summary>
    public sealed record CancelIntent : MoneyStep;

    /// <summary>What was paid goes back.</summary>
    public sealed record Refund(long AmountMinor) : MoneyStep;
}

/// <summary>
/// Decides how the money of an entry that no longer stands goes back. Asked after every change, it never asks for the same twice.
/// </summary>
public static class NextMoneyStep
{
    /// <param name="now">From the lock on nobody is to pay any more: an intent that is still open is cancelled.</param>
    public static MoneyStep Decide(EntryPayment payment, DateTimeOffset now)
    {
        if (payment.GiveBackReason is null && !(payment.IsOpen && now >= payment.PayBefore)) return new MoneyStep.Nothing();
        if (payment.IsPaid)
        {
            var leftMinor = payment.AmountMinor - payment.RefundAskedMinor;
            return leftMinor > 0 && !payment.RefundStuck ? new MoneyStep.Refund(leftMinor) : new MoneyStep.Nothing();
        }

        var cancellable = payment is { IsOpen: true, IntentId: not null, CancelOpen: false }
            && payment.StripeStatus is not ("processing" or "succeeded");
        return cancellable ? new MoneyStep.CancelIntent() : new MoneyStep.Nothing();
    }

    /// <returns>Why so much cannot be given back; null when it can.</returns>
    public static string? RefundFault(EntryPayment payment, long amountMinor)
    {
        if (!payment.IsPaid) return $"the entry is not paid; its payment is {payment.State}";
        var leftMinor = payment.AmountMinor - payment.RefundAskedMinor;
        if (amountMinor < 1) return $"the amount must be at least 1; it is {amountMinor}";
        return amountMinor <= leftMinor
            ? null : $"of {payment.AmountMinor} at most {leftMinor} can still be given back, not {amountMinor}";
    }
}
