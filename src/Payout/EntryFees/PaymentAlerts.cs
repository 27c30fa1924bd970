using ContestPipeline.Contracts;
using ContestPipeline.Payout.Notifications;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.EntryFees;

/// <summary>What people are told of entry fees and refunds.</summary>
public static class PaymentAlerts
{
    public static Alert Refused(EntryPayment payment, string what) => new Alert(
        $"payment-refused/{payment.ContestId}/{payment.EntryId}", AlertSeverity.Critical,
        "payment-refused", payment.EntryId, what,
        "mend the cause named by Stripe; the entry is refused, and the player may enter again");

    public static Alert Unreadable(PaymentToRead due, string what) => new Alert(
        $"payment-unreadable/{due.ContestId}/{due.EntryId}", AlertSeverity.Critical, "payment-unreadable", due.EntryId, what,
        "compare the payment intent with the entry; it is read again every few minutes");

    public static Alert ContestCurrency(EntryPayment payment, PaymentStep.Converted converted) => new Alert(
        $"contest-currency/{payment.ContestId}", AlertSeverity.Critical, "contest-currency", payment.ContestId,
        $"fees of contest {payment.ContestId} are in {payment.Currency}, and Stripe turns them into "
            + $"{converted.Currency}: no prize in {payment.Currency} can be paid from that",
        $"give the platform a balance in {payment.Currency} at Stripe, or cancel the contest: then the fees go "
            + $"back; what Stripe has taken for these charges is not in the ledger");

    public static Alert Differs(EntryPayment payment, string what) => new Alert(
        $"payment-differs/{payment.ContestId}/{payment.EntryId}", AlertSeverity.Critical,
        "payment-differs", payment.EntryId, what,
        "compare the payment intent with the entry; nothing is booked until a person decides");

    /// <summary>The platform's balance does not reach for what has to go back. Told once a day, as of payouts.</summary>
    /// <param name="what">What Stripe says.</param>
    public static Alert BalanceShort(EntryPayment payment, string what, DateTimeOffset now) => new Alert(
        $"platform-balance-short/{now.UtcDateTime:yyyy-MM-dd}", AlertSeverity.Critical, "platform-balance-short", payment.EntryId,
        what, "add funds to the platform's Stripe balance; waiting refunds and payouts resume alone");

    public static Alert RefundFailed(EntryPayment payment, EntryRefund refund, string what) => new Alert(
        $"entry-refund-failed/{RefundRequestHandler.Words(refund)}", AlertSeverity.Critical,
        "entry-refund-failed", payment.EntryId, what,
        "look at the payment at Stripe: what somebody refunded there is booked when it is read, and what is left goes back "
            + "alone; if nothing was, ask the player for another way, then refund the entry again with contestctl entries "
            + "refund");

    public static Alert RefundLarge(EntryPayment payment, EntryRefund refund) => new Alert(
        $"refund-large/{refund.ContestId}/{refund.EntryId}/{refund.RefundNo}", AlertSeverity.Warning, "refund-large",
        payment.EntryId, $"{refund.AskedBy} gives back {Amount(payment, refund.AmountMinor)}: {refund.Reason}",
        "see that it is meant (contestctl audit --contest); what was refunded cannot be called back");

    /// <summary>Somebody with the platform's dashboard or key made it: always told, however small.</summary>
    public static Alert RefundedAtStripe(EntryPayment payment, string refundId, long amountMinor) => new Alert(
        $"refunded-at-stripe/{refundId}", AlertSeverity.Warning, "refunded-at-stripe", payment.EntryId,
        $"refund {refundId} of {Amount(payment, amountMinor)} was made at Stripe itself and is booked",
        "find out who made it and why; refunds are asked with contestctl entries refund, where they are audited");

    private static string Amount(EntryPayment payment, long amountMinor) =>
        $"{NoticeText.Money(amountMinor, payment.Currency)} for entry {payment.EntryId} of player {payment.PlayerId}, contest "
            + payment.ContestId;
}
