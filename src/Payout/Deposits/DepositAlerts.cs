using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Deposits;

/// <summary>What people are told of deposits.</summary>
public static class DepositAlerts
{
    public static Alert Refused(Deposit deposit, string what) => new Alert(
        $"deposit-refused/{deposit.DepositId}", AlertSeverity.Critical, "deposit-refused", deposit.DepositId, what,
        "mend the cause named by Stripe; the deposit is given up, and the player may ask again");

    public static Alert Differs(Deposit deposit, string what) => new Alert(
        $"deposit-differs/{deposit.DepositId}", AlertSeverity.Critical, "deposit-differs", deposit.DepositId, what,
        "compare the payment intent with the deposit; nothing is credited until a person decides");

    /// <summary>The platform's balance does not reach for what has to go back. Told once a day, as of payouts.</summary>
    /// <param name="what">What Stripe says, or the refund that waits.</param>
    public static Alert BalanceShort(Deposit deposit, string what, DateTimeOffset now) => new Alert(
        $"platform-balance-short/{now.UtcDateTime:yyyy-MM-dd}", AlertSeverity.Critical, "platform-balance-short",
        deposit.DepositId, what, "add funds to the platform's Stripe balance; waiting refunds and payouts resume alone");

    /// <summary>Somebody with the platform's dashboard or key made it: always told, however small.</summary>
    /// <param name="houseMinor">What of it the wallet did not hold, in minor units.</param>
    public static Alert RefundedAtStripe(Deposit deposit, string refundId, long amountMinor, long houseMinor) => new Alert(
        $"refunded-at-stripe/{refundId}", AlertSeverity.Warning, "refunded-at-stripe", deposit.DepositId,
        $"refund {refundId} of {amountMinor} {deposit.Currency} minor units of a deposit of player {deposit.PlayerId} was made at "
            + $"Stripe itself and is booked; {houseMinor} of it were not in the wallet and are the house's cost",
        "find out who made it and why; players ask for refunds of deposits themselves");

    public static Alert Converted(Deposit deposit, string currency) => new Alert(
        $"deposit-currency/{deposit.Currency}", AlertSeverity.Critical, "deposit-currency", deposit.Currency,
        $"deposits in {deposit.Currency} are turned into {currency} by Stripe: nothing in {deposit.Currency} can be paid from "
            + "that",
        $"give the platform a balance in {deposit.Currency} at Stripe; what Stripe has taken for these charges is not in the "
            + "ledger");
}
