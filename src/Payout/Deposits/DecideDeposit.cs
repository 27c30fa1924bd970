using ContestPipeline.Payout.Requests;

namespace ContestPipeline.Payout.Deposits;

/// <summary>What a reading of a deposit's payment intent adds to what is known.</summary>
public abstract record DepositStep
{
    private DepositStep() { }

    public sealed record Paid(string ChargeId, DateTimeOffset ChargedAt) : DepositStep;

    /// <summary>What Stripe took for the charge.</summary>
    public sealed record Fee(long FeeMinor, string BalanceTransactionId) : DepositStep;

    /// <summary>Stripe has turned the charge into another currency: its fee is not booked here.</summary>
    public sealed record Converted(string Currency) : DepositStep;

    public sealed record Declined(string What) : DepositStep;

    public sealed record Cancelled : DepositStep;

    /// <summary>Stripe shows another payment than was asked for. Never to be repaired by a machine.</summary>
    public sealed record Differs(string What) : DepositStep;
}

/// <summary>Decides what a reading means. Facts only ever add: read twice, late or in any order, they come to the same.</summary>
public static class DecideDeposit
{
    /// <param name="facts">Of an intent whose charge was read with it: what answers to other requests show books nothing.</param>
    public static IReadOnlyList<DepositStep> FromReading(Deposit deposit, PaymentFacts facts)
    {
        if (Difference(deposit, facts) is { } difference) return [new DepositStep.Differs(difference)];
        var steps = new List<DepositStep>();
        switch (facts)
        {
            case { Status: "succeeded", ChargeId: { } chargeId, ChargedAt: { } chargedAt } when deposit.IsOpen:
                steps.Add(new DepositStep.Paid(chargeId, chargedAt));
                break;
            case { Status: "canceled" } when deposit.IsOpen:
                steps.Add(new DepositStep.Cancelled());
                break;
            case { Status: "requires_payment_method", ErrorMark: not null } when deposit is { IsOpen: true, Declined: false }:
                steps.Add(new DepositStep.Declined(facts.ErrorMessage ?? "the payment was declined"));
                break;
        }

        var isPaid = deposit.State == DepositState.Paid || steps is [DepositStep.Paid];
        if (isPaid && deposit.StripeFeeMinor is null
            && facts is { FeeMinor: { } fee, BalanceTransactionId: { } movement, SettledIn: { } settledIn })
            steps.Add(string.Equals(settledIn, deposit.Currency, StringComparison.OrdinalIgnoreCase)
                ? new DepositStep.Fee(fee, movement) : new DepositStep.Converted(settledIn));
        return steps;
    }

    /// <returns>True: nobody is to pay it any more, and Stripe is asked to cancel the intent.</returns>
    public static bool IsToCancel(Deposit deposit, DateTimeOffset now) =>
        deposit is { IsOpen: true, IntentId: not null, CancelOpen: false }
        && deposit.StripeStatus is not ("processing" or "succeeded")
        && (deposit.Declined || now >= deposit.CreatedAt + DepositRules.Window);

    private static string? Difference(Deposit deposit, PaymentFacts facts) =>
        deposit.IntentId is { } known && facts.IntentId != known ? $"Stripe shows intent {facts.IntentId}, known is {known}"
        : facts.DepositId != deposit.DepositId ? $"intent {facts.IntentId} is for {facts.DepositId ?? "nothing that is known"}"
        : facts.AmountMinor != deposit.AmountMinor
            ? $"intent {facts.IntentId} is over {facts.AmountMinor}, the deposit over {deposit.AmountMinor}"
        : !string.Equals(facts.Currency, deposit.Currency, StringComparison.OrdinalIgnoreCase)
            ? $"intent {facts.IntentId} is in {facts.Currency}, the deposit in {deposit.Currency}"
        : facts.Status == "succeeded" && facts.ReceivedMinor != deposit.AmountMinor
            ? $"intent {facts.IntentId} received {facts.ReceivedMinor} of {deposit.AmountMinor}"
        : facts.Status == "succeeded" && facts.ChargeId is null ? $"intent {facts.IntentId} succeeded without a charge"
        : facts.Status == "succeeded" && deposit.State == DepositState.Cancelled
            ? $"intent {facts.IntentId} was paid, and known as cancelled"
        : null;
}
