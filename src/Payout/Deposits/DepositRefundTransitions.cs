using ContestPipeline.Contracts;
using ContestPipeline.Payout.Audit;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Notifications;
using ContestPipeline.Payout.Requests;
using ContestPipeline.Payout.Wallet;
using ContestPipeline.Plumbing;
using Stripe;

namespace ContestPipeline.Payout.Deposits;

/// <summary>Money of deposits back to the cards it came from, and back into its lot when that comes to nothing.</summary>
public static class DepositRefundTransitions
{
    /// <summary>Takes a player's request; each part leaves its lot at once, and is owed until Stripe has answered.</summary>
    public static async Task<WalletRefundDecision> RefundToCard(this Tx tx, string playerId, WalletRefundRequest request)
    {
        if (WalletRefundDecision.Fault(request) is { } fault) return new WalletRefundDecision.Refuse(fault, Malformed: true);
        var wallet = new WalletKey(playerId, request.Currency);
        await tx.LockWallets([wallet]);
        var decision = WalletRefundDecision.Decide(
            request, await tx.FindWalletRefund(playerId, request.RequestId), await tx.DepositLots(wallet), tx.Now,
            isFrozen: await tx.MayNotLeave(playerId));
        if (decision is not WalletRefundDecision.Give give) return decision;

        await tx.InsertWalletRefund(new WalletRefund(
            playerId, request.RequestId, request.AmountMinor, request.Currency, tx.NowStored()));
        var asked = new List<(Deposit Deposit, DepositRefund Refund)>();
        foreach (var part in give.Parts)
        {
            var deposit = await tx.FindDeposit(part.LotId) ?? throw new InvariantException($"{part.LotId} has no row");
            var no = await tx.InsertDepositRefund(
                part.LotId, request.RequestId, part.AmountMinor, DepositRefundState.Open, null);
            asked.Add((deposit, new DepositRefund(
                part.LotId, no, request.RequestId, part.AmountMinor, 1, DepositRefundState.Open, null, null, null)));
        }

        await tx.UseLots([.. asked.Select(a => new LotUse(
            a.Refund.Words, a.Deposit.DepositId, playerId, request.Currency, a.Refund.AmountMinor))]);
        await tx.Call([.. asked.Select(a => DepositRefundHandler.Call(a.Deposit, a.Refund))]);
        await tx.Post([.. asked.Select(a => a.Deposit.Line(
            a.Refund.Words, LedgerAccounts.Wallet(playerId), LedgerAccounts.WalletRefunds(playerId), a.Refund.AmountMinor,
            "deposit-refund-asked", a.Refund.Words))]);
        await tx.Audit(new AuditEntry(
            playerId, "deposit-refund-asked", request.RequestId, null, playerId, null, request.RequestId,
            $"{request.AmountMinor} {request.Currency} of {asked.Count} deposits"));
        return decision;
    }

    /// <summary>Stripe has made it.</summary>
    public static async Task MadeRefund(this Tx tx, Deposit deposit, DepositRefund refund, Refund made)
    {
        Invariant.Holds(made.Amount == refund.AmountMinor, $"refund {made.Id} is over {made.Amount}, asked {refund.AmountMinor}");
        var pending = RefundCalls.PendingReason(made);
        await tx.UpdateDepositRefund(refund with
        {
            State = DepositRefundState.Done, RefundId = made.Id, PendingReason = pending,
        });
        if (pending == RefundCalls.WaitsForFunds) tx.Alert(DepositAlerts.BalanceShort(deposit, made.Id, tx.Now));
        tx.NotifyPlayer(
            $"deposit-refunded/{refund.Words}", NotificationKinds.DepositRefunded, deposit.PlayerId, deposit.DepositId, null,
            refund.AmountMinor, deposit.Currency);
        await tx.Post([deposit.Line(
            $"{refund.Words}/done", LedgerAccounts.WalletRefunds(deposit.PlayerId), LedgerAccounts.StripeBalance,
            refund.AmountMinor, "deposit-refund", made.Id)]);
        await tx.Audit(Entry(deposit, refund, "deposit-refunded", made.Id));
    }

    /// <summary>
    /// It did not go back, or came back from the bank: it is in its lot again, with its time, and the player is told to withdraw
    /// instead. What somebody gave back at Stripe beyond the wallet is the house's again.
    /// </summary>
    public static async Task FailedRefund(this Tx tx, Deposit deposit, DepositRefund refund, string? refundId, string what)
    {
        await tx.LockWallets([deposit.Wallet]);
        var uses = await tx.Uses([refund.Words]);
        var lotsMinor = uses.Sum(u => u.AmountMinor);
        var wasDone = refund.State == DepositRefundState.Done;
        var from = wasDone ? LedgerAccounts.StripeBalance : LedgerAccounts.WalletRefunds(deposit.PlayerId);
        var reference = refundId ?? refund.Words;
        await tx.ReturnUses(uses);
        await tx.UpdateDepositRefund(refund with
        {
            State = DepositRefundState.Failed, RefundId = refundId, Reason = what, PendingReason = null,
        });
        tx.NotifyPlayer(
            $"deposit-refund-failed/{refund.Words}", NotificationKinds.DepositRefundFailed, deposit.PlayerId, deposit.DepositId,
            null, lotsMinor, deposit.Currency, new Dictionary<string, string> { ["reason"] = what });
        var lines = new List<LedgerLine>();
        if (wasDone)
            lines.Add(deposit.Line(
                $"{refund.Words}/failed", from, LedgerAccounts.WalletRefunds(deposit.PlayerId), refund.AmountMinor,
                "deposit-refund-failed", reference));
        if (lotsMinor > 0)
            lines.Add(deposit.Line(
                $"{refund.Words}/returned", LedgerAccounts.WalletRefunds(deposit.PlayerId),
                LedgerAccounts.Wallet(deposit.PlayerId), lotsMinor, "deposit-refund-returned", reference));
        if (refund.AmountMinor > lotsMinor)
            lines.Add(deposit.Line(
                $"{refund.Words}/house-returned", LedgerAccounts.WalletRefunds(deposit.PlayerId), LedgerAccounts.Refunds,
                refund.AmountMinor - lotsMinor, "deposit-refund-returned", reference));
        await tx.Post(lines);
        await tx.Audit(Entry(deposit, refund, "deposit-refund-failed", what));
    }

    /// <summary>
    /// Somebody has given a deposit back at Stripe itself: out of its lot, then the others, the newest first; what the wallet
    /// does not hold is the house's cost. Always told.
    /// </summary>
    public static async Task RefundedByHand(this Tx tx, Deposit deposit, Refund made)
    {
        await tx.LockWallets([deposit.Wallet]);
        var parts = TakeDisputed.Decide(await tx.Lots([deposit.Wallet]), deposit.DepositId, made.Amount);
        var no = await tx.InsertDepositRefund(
            deposit.DepositId, null, made.Amount, DepositRefundState.Done, made.Id);
        var refund = new DepositRefund(
            deposit.DepositId, no, null, made.Amount, 1, DepositRefundState.Done, made.Id, null,
            RefundCalls.PendingReason(made));
        var lotsMinor = parts.Sum(p => p.AmountMinor);
        await tx.UseLots([.. parts.Select(p => new LotUse(
            refund.Words, p.LotId, deposit.PlayerId, deposit.Currency, p.AmountMinor))]);
        tx.Alert(DepositAlerts.RefundedAtStripe(deposit, made.Id, made.Amount, made.Amount - lotsMinor));
        var owed = LedgerAccounts.WalletRefunds(deposit.PlayerId);
        var lines = new List<LedgerLine>();
        if (lotsMinor > 0)
            lines.Add(deposit.Line(
                refund.Words, LedgerAccounts.Wallet(deposit.PlayerId), owed, lotsMinor, "deposit-refund-asked", made.Id));
        if (made.Amount > lotsMinor)
            lines.Add(deposit.Line(
                $"{refund.Words}/house", LedgerAccounts.Refunds, owed, made.Amount - lotsMinor, "deposit-refund-asked", made.Id));
        lines.Add(deposit.Line(
            $"{refund.Words}/done", owed, LedgerAccounts.StripeBalance, made.Amount, "deposit-refund", made.Id));
        await tx.Post(lines);
        await tx.Audit(Entry(deposit, refund, "deposit-refunded", made.Id));
    }

    private static AuditEntry Entry(Deposit deposit, DepositRefund refund, string action, string result) => new(
        refund.RequestId is null ? "stripe" : deposit.PlayerId, action, refund.Words, null, deposit.PlayerId, null,
        refund.RequestId ?? "refunded at Stripe", result);
}
