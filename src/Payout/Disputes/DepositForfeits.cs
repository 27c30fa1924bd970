using ContestPipeline.Payout.Audit;
using ContestPipeline.Payout.Clawbacks;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.Recovery;
using ContestPipeline.Payout.Wallet;
using ContestPipeline.Payout.Withdrawals;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Disputes;

/// <summary>
/// What a lost dispute of a deposit takes: its lot, other lots of the wallet, the newest first, then withdrawals that are not
/// paid. The rest is a loss that is booked already, and a person is told. Stakes in play stay: payment facts change no contest.
/// </summary>
public static class DepositForfeits
{
    /// <returns>False while Stripe has not answered about a withdrawal: then it is not known what is left.</returns>
    public static async Task<bool> ForfeitDeposit(this WorkerDatabase database, DisputeFacts dispute, CancellationToken ct)
    {
        foreach (var payoutId in await database.Run(tx => tx.UnpaidWithdrawals(dispute.PlayerId!, dispute.Currency), ct))
            if (!await database.Run(tx => Recall(dispute, payoutId, tx), ct)) return false;
        await database.Run(tx => Take(dispute, tx), ct);
        return true;
    }

    /// <summary>A withdrawal goes back into its lots where those in the wallet do not cover the loss.</summary>
    /// <returns>False: Stripe may have been asked for it, and has not answered.</returns>
    private static async Task<bool> Recall(DisputeFacts dispute, string payoutId, Tx tx)
    {
        if (await tx.LockPayout(payoutId) is not { } locked || locked.Payout.State.IsTerminal()) return true;
        var wallet = new WalletKey(dispute.PlayerId!, dispute.Currency);
        await tx.LockWallets([wallet]);
        var heldMinor = (await tx.Lots([wallet])).Sum(l => l.LeftMinor);
        if (heldMinor >= OpenMinor(await tx.LockDispute(dispute.DisputeId))) return true;
        if (await tx.MayHaveGone(payoutId) || locked.Payout.State == PayoutState.Submitting
            || (await tx.Attempts(payoutId)).Any(a => a.Outcome is AttemptOutcome.Open or AttemptOutcome.Mismatch)) return false;
        var reason = $"dispute {dispute.DisputeId} of a deposit was lost";
        foreach (var hold in await tx.OpenHolds(payoutId)) await tx.CloseHold(payoutId, hold.Cause, hold.Reference, "system");
        await tx.ChangePayout(locked.Contest, locked.Payout, PayoutState.Rejected, reason);
        await tx.ReturnWithdrawal(locked.Payout, reason);
        return true;
    }

    private static async Task Take(DisputeFacts known, Tx tx)
    {
        var wallet = new WalletKey(known.PlayerId!, known.Currency);
        await tx.LockPlayer(known.PlayerId!);
        await tx.LockWallets([wallet]);
        var dispute = await tx.LockDispute(known.DisputeId);
        var openMinor = OpenMinor(dispute);
        if (openMinor <= 0) return;
        var deposit = await tx.DisputedDeposit(dispute.DisputeId);
        var parts = TakeDisputed.Decide(await tx.Lots([wallet]), deposit ?? "", openMinor);
        var takenMinor = parts.Sum(p => p.AmountMinor);
        if (takenMinor < openMinor) tx.Alert(DisputeAlerts.DepositLoss(dispute, openMinor - takenMinor));
        if (takenMinor == 0) return;
        var words = $"deposit-forfeited/{dispute.DisputeId}/{dispute.RecoveredMinor}";
        await tx.UseLots([.. parts.Select(p => new LotUse(
            words, p.LotId, wallet.PlayerId, wallet.Currency, p.AmountMinor))]);
        await tx.AddRecovered(dispute.DisputeId, takenMinor);
        await tx.Post([new LedgerLine(
            words, LedgerAccounts.Wallet(wallet.PlayerId), LedgerAccounts.DisputeLosses, wallet.Currency, takenMinor,
            "deposit-forfeited", dispute.DisputeId, "", 0)]);
        await tx.Audit(new AuditEntry(
            "system", "deposit-forfeited", dispute.DisputeId, null, wallet.PlayerId, null, $"dispute {dispute.DisputeId} was lost",
            $"{takenMinor} of {openMinor} {wallet.Currency} taken from the wallet"));
    }

    /// <returns>What of the loss is not made good, in minor units.</returns>
    private static long OpenMinor(DisputeFacts dispute) => dispute.LostMinor - dispute.RecoveredMinor;
}
