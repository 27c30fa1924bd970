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

    public static Alert Converted(Deposit deposit, string currency) => new Alert(
        $"deposit-currency/{deposit.Currency}", AlertSeverity.Critical, "deposit-currency", deposit.Currency,
        $"deposits in {deposit.Currency} are turned into {currency} by Stripe: nothing in {deposit.Currency} can be paid from "
            + "that",
        $"give the platform a balance in {deposit.Currency} at Stripe; what Stripe has taken for these charges is not in the "
            + "ledger");
}
