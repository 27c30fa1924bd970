using ContestPipeline.Contracts;
using ContestPipeline.Payout.Audit;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Payout.Withdrawals;
using ContestPipeline.Plumbing;
using Stripe;

namespace ContestPipeline.Payout.Clawbacks;

/// <summary>A reversal of a transfer as Stripe shows it.</summary>
/// <param name="DisputeMark">The dispute for which the pipeline asked for it; null when it did not.</param>
/// <param name="CorrectionMark">The call by which a correction asked for it; null when none did.</param>
public sealed record ReversalFacts(string ReversalId, string TransferId, long AmountMinor, string Currency, string? DisputeMark,
    DateTimeOffset MadeAt, string? CorrectionMark = null)
{
    public static ReversalFacts Of(TransferReversal reversal, string transferId) => new(
        reversal.Id, transferId, reversal.Amount, reversal.Currency,
        reversal.Metadata?.GetValueOrDefault(ReversalToMake.MarkName),
        reversal.Created.Utc(),
        reversal.Metadata?.GetValueOrDefault(CorrectionToTakeBack.MarkName));
}

/// <summary>A transfer with everything that was taken back of it, the oldest first.</summary>
/// <param name="PayoutMark">The payout its metadata speak of; null when they do not.</param>
public sealed record TransferReading(string TransferId, string? PayoutMark, IReadOnlyList<ReversalFacts> Reversals);

/// <summary>What a reversal means for the payout that its transfer paid. Pure.</summary>
public static class ReversalLines
{
    /// <returns>How much of the payout is back, as the reason of its state says it.</returns>
    public static string Extent(long reversedMinor, long amountMinor) =>
        reversedMinor == amountMinor ? "full" : $"partial: {reversedMinor} of {amountMinor}";

    /// <summary>
    /// The money is the platform's again, and for a moment the player's prize: who forfeits it says the next line.
    /// </summary>
    public static LedgerLine Back(ReversalFacts reversal, PayoutRecord payout) => new(
        $"reversal/{reversal.ReversalId}", LedgerAccounts.StripeBalance, LedgerAccounts.PlayerPayable(payout.PlayerId),
        reversal.Currency, reversal.AmountMinor, "payout-reversed", reversal.ReversalId, payout.ContestId, payout.Revision);

    /// <summary>Taken back by a person: prize money that nobody has, until people say what becomes of it.</summary>
    public static LedgerLine Unpaid(ReversalFacts reversal, PayoutRecord payout) => new(
        $"reversal/{reversal.ReversalId}/unpaid", LedgerAccounts.PlayerPayable(payout.PlayerId),
        LedgerAccounts.PrizeUnpaid(payout.ContestId), reversal.Currency, reversal.AmountMinor, "prize-taken-back",
        reversal.ReversalId, payout.ContestId, payout.Revision);
}

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
        var reversedMinor = await tx.ReversedMinor(payout.PayoutId);
        var extent = ReversalLines.Extent(reversedMinor, payout.AmountMinor);
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
            var returned = PayoutSource.IsWithdrawal(payout.ContestId)
                ? await tx.ReturnReversed(
                    payout, reversal.ReversalId, reversal.AmountMinor, reversedMinor - reversal.AmountMinor)
                : null;
            await tx.Post([ReversalLines.Back(reversal, payout), returned ?? ReversalLines.Unpaid(reversal, payout)]);
        }
        else
        {
            var lines = await Forfeiture.Recover(
                disputeId, $"reversal/{reversal.ReversalId}", reversal.ReversalId, payout, reversal.AmountMinor, tx);
            await tx.Post([ReversalLines.Back(reversal, payout), .. lines]);
        }

        return true;
    }
}

/// <summary>A forfeited prize makes good the loss of its dispute.</summary>
public static class Forfeiture
{
    /// <summary>Stores with the dispute how much of its loss is made good.</summary>
    /// <param name="what">What the lines are for: their words begin with it.</param>
    /// <returns>The ledger lines of the prize.</returns>
    public static async Task<IReadOnlyList<LedgerLine>> Recover(
        string disputeId, string what, string reference, PayoutRecord payout, long amountMinor, Tx tx)
    {
        var dispute = await tx.LockDispute(disputeId);
        var lossOpenMinor = dispute.Currency == payout.Currency ? dispute.LostMinor - dispute.RecoveredMinor : 0;
        var lines = DisputeLines.Forfeit(what, reference, payout, amountMinor, lossOpenMinor);
        await tx.AddRecovered(
            disputeId, lines.Where(l => l.CreditAccount == LedgerAccounts.DisputeLosses).Sum(l => l.AmountMinor));
        return lines;
    }
}
