using ContestPipeline.Contracts;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Payouts;

/// <summary>What people are told of payouts.</summary>
public static class PayoutAlerts
{
    public static Alert Held(PayoutRecord payout, string reason) => new Alert(
        $"payout-held/{payout.PayoutId}/{payout.ChangeNo + 1}", AlertSeverity.Critical, "payout-held", payout.PayoutId, reason,
        "compare the payout with Stripe's dashboard by transfer group; nothing moves until two persons decide: contestctl "
            + "payouts adopt or establish-none");

    public static Alert Rejected(PayoutRecord payout, string reviewer, string note) => new Alert(
        $"payout-rejected/{payout.PayoutId}", AlertSeverity.Warning, "payout-rejected", payout.PayoutId,
        $"rejected by {reviewer}: {note}",
        $"the prize is in {LedgerAccounts.PrizeUnpaid(payout.ContestId)}: decide what becomes of it");

    public static Alert LookUpUnanswered(string payoutId, PayoutAttempt attempt, DateTimeOffset since, string what) => new Alert(
        UnansweredLookUp.AlertKey(attempt.IdempotencyKey), AlertSeverity.Critical, "look-up-unanswered", payoutId,
        $"Since {since:u} Stripe does not say whether payout {payoutId} was paid by attempt {attempt.AttemptNo}; "
            + $"a complete list of transfers is needed, it answers: {what}",
        "Mend what Stripe names, often the API key or its permissions; nothing is sent for this payout before the list "
            + "is read, and then it goes on by itself.");

    public static Alert BalanceShort(string alert, PayoutRecord payout, string what) => new Alert(
        alert, AlertSeverity.Critical, "platform-balance-short", payout.PayoutId,
        what, "add funds to the platform's Stripe balance; waiting payouts resume alone");

    public static Alert Unknown(PayoutRecord payout, PayoutAttempt attempt, string what) => new Alert(
        $"payout-unknown/{attempt.IdempotencyKey}", AlertSeverity.Warning, "payout-unknown", payout.PayoutId, what,
        "look at Stripe's status page; the payout keeps asking with the same key and then looks its transfer up");

    public static Alert Failed(PayoutRecord payout, string reason) => new Alert(
        $"payout-failed/{payout.PayoutId}/{payout.ChangeNo + 1}", AlertSeverity.Critical, "payout-failed", payout.PayoutId,
        reason, "mend the cause named by Stripe; the player's money stays in player_payable");
}
