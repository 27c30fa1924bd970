using ContestPipeline.Contracts;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Clawbacks;

/// <summary>What people are told of prizes that are taken back.</summary>
public static class ClawbackAlerts
{
    public static Alert TransferReversed(ReversalFacts reversal, PayoutRecord payout, string extent) => new Alert(
        $"transfer-reversed/{reversal.ReversalId}", AlertSeverity.Critical, "transfer-reversed", payout.PayoutId,
        $"{reversal.AmountMinor} {reversal.Currency} minor units of transfer {reversal.TransferId} were taken back at Stripe; "
            + $"the payout is reversed ({extent}).",
        PayoutSource.IsWithdrawal(payout.ContestId)
            ? $"Find out who did it and why; the money is in the wallet of player {payout.PlayerId} again, who may ask anew."
            : $"Find out who did it and why; the money is booked to prize_unpaid of contest {payout.ContestId}, and is not paid "
                + $"again by itself.");

    public static Alert ReversalShort(ReversalToMake wanted, int tried, string what) => new Alert(
        DecideAgain.Key($"reversal-short/{wanted.DisputeId}/{wanted.PayoutId}", tried), AlertSeverity.Warning,
        "reversal-short", wanted.PayoutId, $"The prize of dispute {wanted.DisputeId} could not be taken back in full: {what}.",
        "The rest is booked as a loss; claim it from the player if it is worth it.");

    public static Alert CorrectionShort(CorrectionToTakeBack wanted, string extent, string what) => new Alert(
        $"correction-short/{wanted.Part.Words}/{extent}", AlertSeverity.Warning, "correction-short", wanted.PayoutId,
        $"Revision {wanted.Part.Revision} of contest {wanted.Part.ContestId} reduces the prize of entry {wanted.Part.EntryId}, "
            + $"which could not be taken back in full: {what}.",
        "The rest is booked as a loss; claim it from the player if it is worth it.");

    public static Alert ForeignReversal(ReversalFacts reversal) => new Alert(
        $"foreign-reversal/{reversal.ReversalId}", AlertSeverity.Critical, "foreign-reversal", reversal.TransferId,
        $"{reversal.AmountMinor} {reversal.Currency} minor units of transfer {reversal.TransferId} were taken back at "
            + $"Stripe, and no payout here was paid by it.",
        "Run contestctl reconcile: it names the transfer and what became of it. Nothing is booked here.");

    public static Alert RefundedPrize(RefundedPrize prize, string payoutId, string what) => new Alert(
        $"refunded-prize/{prize.ContestId}/{prize.EntryId}/{prize.VoidNo + 1}", AlertSeverity.Critical, "refunded-prize",
        payoutId,
        $"entry {prize.EntryId} was refunded ({prize.RefundedMinor} of {prize.FeeMinor}), its prize of "
            + $"{prize.NetMinor} was not taken back: {what}",
        $"decide whether {prize.ToVoidMinor} {prize.Currency} are to be got back from the player");
}
