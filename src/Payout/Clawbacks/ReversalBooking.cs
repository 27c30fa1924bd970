using ContestPipeline.Contracts;
using ContestPipeline.Payout.Audit;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Clawbacks;

/// <summary>
/// Books what was taken back of a paid payout, once, whoever made it and whoever saw it first: the answer to our call, an event,
/// the sweep.
/// </summary>
public static class ReversalBooking
{
    private const string ByPerson = "stripe-dashboard";

    /// <param name="locked">Locked in this transaction, and paid by the reversed transfer.</param>
    /// <returns>False when it was booked before.</returns>
    public static async Task<bool> BookReversal(this Tx tx, LockedPayout locked, ReversalFacts reversal)
    {
        if (await tx.IsBooked(reversal.ReversalId)) return false;
        var payout = locked.Payout;
        var disputeId = reversal.DisputeMark is { } mark
            && await tx.AnswerReversal(payout.PayoutId, mark, "done", reversal.AmountMinor, reversal.ReversalId)
            ? mark : null;
        var asked = reversal.CorrectionMark is { } key && await tx.LockAsked(key) is { Outcome: "asked" or "lost" } open
            ? open : ((ReductionPart Part, string Outcome)?)null;
        await tx.InsertReversal(reversal, payout.PayoutId, disputeId);
        var extent = ReversalLines.Extent(await tx.ReversedMinor(payout.PayoutId), payout.AmountMinor);
        await tx.ChangePayout(locked.Contest, payout, PayoutState.Reversed, extent);
        var why = disputeId is not null ? $"dispute {disputeId} was lost"
            : asked is { Part: var reduced }
                ? $"revision {reduced.Revision} reduced the prize of entry {reduced.EntryId}"
                : "taken back at Stripe by a person";
        await tx.Audit(new AuditEntry(
            disputeId is null && asked is null ? ByPerson : "system", "payout-reversed", reversal.ReversalId, payout.ContestId,
            payout.PlayerId, payout.PayoutId, why, extent));
        if (asked is { } correction)
        {
            await tx.AnswerPart(reversal.CorrectionMark!, "reversed", reversal.AmountMinor, reversal.ReversalId);
            await tx.Post([
                ReversalLines.Back(reversal, payout),
                ReductionLines.Back(correction.Part, $"reversal/{reversal.ReversalId}", reversal.ReversalId, reversal.AmountMinor,
                    wasLost: correction.Outcome == "lost")]);
        }
        else if (disputeId is null)
        {
            tx.Alert(ClawbackAlerts.TransferReversed(reversal, payout, extent));
            await tx.Post([ReversalLines.Back(reversal, payout), ReversalLines.Unpaid(reversal, payout)]);
        }
        else
        {
            await tx.PostForfeit(disputeId, $"reversal/{reversal.ReversalId}", reversal.ReversalId, payout, reversal.AmountMinor,
                ReversalLines.Back(reversal, payout));
        }

        return true;
    }
}

/// <summary>Books a forfeited prize against the loss it makes good.</summary>
public static class ForfeitPosting
{
    /// <param name="what">What the lines are for: their words begin with it.</param>
    /// <param name="before">Lines that come first.</param>
    public static async Task PostForfeit(
        this Tx tx, string disputeId, string what, string reference, PayoutRecord payout, long amountMinor,
        params LedgerLine[] before)
    {
        var dispute = await tx.LockDispute(disputeId);
        var lossOpenMinor = dispute.Currency == payout.Currency ? dispute.LostMinor - dispute.RecoveredMinor : 0;
        var lines = DisputeLines.Forfeit(what, reference, payout, amountMinor, lossOpenMinor);
        await tx.AddRecovered(
            disputeId, lines.Where(l => l.CreditAccount == LedgerAccounts.DisputeLosses).Sum(l => l.AmountMinor));
        await tx.Post([.. before, .. lines]);
    }
}
