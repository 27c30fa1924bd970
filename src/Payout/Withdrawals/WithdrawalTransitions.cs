using ContestPipeline.Contracts;
using ContestPipeline.Payout.Audit;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.Recovery;
using ContestPipeline.Payout.Wallet;
using ContestPipeline.Plumbing;
using System.Globalization;

namespace ContestPipeline.Payout.Withdrawals;

/// <summary>Money out of a wallet into a payout, and back into the lots it came from when the payout comes to nothing.</summary>
public static class WithdrawalTransitions
{
    /// <summary>
    /// Takes the request of the wallet's player, who is the payout's; nobody else can ask, and nothing changes amount or
    /// recipient afterwards.
    /// </summary>
    public static async Task<WithdrawalDecision> Withdraw(this Tx tx, string playerId, WithdrawalRequest request)
    {
        if (WithdrawalDecision.Fault(request) is { } fault) return new WithdrawalDecision.Refuse(fault, Malformed: true);
        var wallet = new WalletKey(playerId, request.Currency);
        await tx.LockWallets([wallet]);
        var decision = WithdrawalDecision.Decide(
            request, await tx.FindWithdrawal(playerId, request.RequestId), await tx.DatedLots(wallet), tx.Now,
            isFrozen: await tx.MayNotLeave(playerId));
        if (decision is WithdrawalDecision.Take take) await tx.TakeOut(playerId, request, take.Parts);
        return decision;
    }

    /// <summary>One that the books have lost, taken out of the wallet as it was before.</summary>
    /// <returns>False: the wallet does not hold what it was taken from, yet.</returns>
    public static async Task<bool> WithdrawAgain(this Tx tx, LostWithdrawal lost)
    {
        var wallet = new WalletKey(lost.PlayerId, lost.Currency);
        await tx.LockWallets([wallet]);
        var decision = WithdrawalDecision.Decide(
            lost.Request, await tx.FindWithdrawal(lost.PlayerId, lost.RequestId), await tx.DatedLots(wallet), tx.Now);
        if (decision is WithdrawalDecision.Take take) await tx.TakeOut(lost.PlayerId, lost.Request, take.Parts);
        return decision is WithdrawalDecision.Take or WithdrawalDecision.Known;
    }

    private static async Task TakeOut(
        this Tx tx, string playerId, WithdrawalRequest request, IReadOnlyList<LotPart> parts)
    {
        var withdrawalId = IdOf(playerId, request.RequestId);
        var withdrawal = new Withdrawal(
            withdrawalId, playerId, request.RequestId, DeterministicId.From($"payout/{withdrawalId}").ToString("D"),
            request.AmountMinor, request.Currency, tx.NowStored());
        await tx.UseLots([.. parts.Select(p => new LotUse(
            withdrawalId, p.LotId, playerId, request.Currency, p.AmountMinor))]);
        var changeNo = (await tx.FirstChangeNos(withdrawalId, [withdrawal.PayoutId]))(withdrawal.PayoutId);
        await tx.InsertWithdrawal(withdrawal, changeNo);
        tx.Send(new PayoutChangedV1(
            withdrawal.PayoutId, changeNo, withdrawalId, 1, playerId, request.AmountMinor, request.Currency, PayoutStates.Pending,
            null, null, tx.Now));
        await tx.Post([new LedgerLine(
            withdrawalId, LedgerAccounts.Wallet(playerId), LedgerAccounts.PlayerPayable(playerId), request.Currency,
            request.AmountMinor, "withdrawal", withdrawalId, withdrawalId, 1)]);
        await tx.Audit(new AuditEntry(
            playerId, "withdrawal-asked", withdrawalId, null, playerId, withdrawal.PayoutId, request.RequestId,
            $"{request.AmountMinor} {request.Currency}"));
    }

    /// <summary>
    /// The payout has failed or was rejected, and Stripe has moved nothing: what it took goes back into the lots it came from,
    /// with their times. Payout and player are locked by the caller.
    /// </summary>
    public static async Task ReturnWithdrawal(this Tx tx, PayoutRecord payout, string reason)
    {
        await tx.LockWallets([new WalletKey(payout.PlayerId, payout.Currency)]);
        var uses = await tx.Uses([payout.ContestId]);
        Invariant.Holds(uses.Sum(u => u.AmountMinor) == payout.AmountMinor,
            $"{payout.ContestId}: {payout.AmountMinor} were taken, {uses.Sum(u => u.AmountMinor)} are there to return");
        await tx.ReturnUses(uses);
        await tx.Post([new LedgerLine(
            $"withdrawal-returned/{payout.PayoutId}", LedgerAccounts.PlayerPayable(payout.PlayerId),
            LedgerAccounts.Wallet(payout.PlayerId), payout.Currency, payout.AmountMinor, "withdrawal-returned", payout.PayoutId,
            payout.ContestId, payout.Revision)]);
        await tx.Audit(new AuditEntry(
            "system", "withdrawal-returned", payout.ContestId, null, payout.PlayerId, payout.PayoutId, reason,
            $"{payout.AmountMinor} {payout.Currency} back in the wallet"));
    }

    /// <summary>
    /// A person has taken back a part of what was paid, or all of it: it goes back into the lots that it came from, the last
    /// taken first, with their times. Payout and player are locked by the caller.
    /// </summary>
    /// <param name="payout">A withdrawal that was paid.</param>
    /// <param name="reversalId">Stripe's, once each.</param>
    /// <param name="amountMinor">What was taken back now, in minor units.</param>
    /// <param name="beforeMinor">What was taken back before.</param>
    /// <returns>The ledger line of it, which the caller posts in the same transaction; null of what came back when nothing went
    /// into lots again: then no use of them says where the rest belongs.</returns>
    public static async Task<LedgerLine?> ReturnReversed(
        this Tx tx, PayoutRecord payout, string reversalId, long amountMinor, long beforeMinor)
    {
        await tx.LockWallets([new WalletKey(payout.PlayerId, payout.Currency)]);
        var uses = await tx.Uses([Kept(payout.ContestId, beforeMinor)]);
        if (uses.Count == 0) return null;
        Invariant.Holds(uses.Sum(u => u.AmountMinor) == payout.AmountMinor - beforeMinor,
            $"{payout.ContestId}: {payout.AmountMinor} were taken, {beforeMinor} of it came back, "
                + $"{uses.Sum(u => u.AmountMinor)} are there to return");
        await tx.ReturnUses(uses);
        var kept = TakeLots.InOrder(
            (await tx.Taken(uses)).Select(u => new LotPart(u.LotId, u.AmountMinor)),
            payout.AmountMinor - beforeMinor - amountMinor);
        await tx.UseLots([.. kept.Select(p => new LotUse(
            Kept(payout.ContestId, beforeMinor + amountMinor), p.LotId, payout.PlayerId, payout.Currency, p.AmountMinor))]);
        await tx.Audit(new AuditEntry(
            "stripe-dashboard", "withdrawal-returned", payout.ContestId, null, payout.PlayerId, payout.PayoutId,
            $"reversal {reversalId} was made at Stripe by a person", $"{amountMinor} {payout.Currency} back in the wallet"));
        return new LedgerLine(
            $"reversal/{reversalId}/returned", LedgerAccounts.PlayerPayable(payout.PlayerId),
            LedgerAccounts.Wallet(payout.PlayerId), payout.Currency, amountMinor, "withdrawal-returned", reversalId,
            payout.ContestId, payout.Revision);
    }

    /// <summary>Under which words stands what the withdrawal still takes of its lots.</summary>
    /// <param name="backMinor">What of it came back.</param>
    private static string Kept(string withdrawalId, long backMinor) => backMinor == 0 ? withdrawalId
        : string.Create(CultureInfo.InvariantCulture, $"{withdrawalId}/kept/{backMinor}");

    /// <returns>A slash in an id stands escaped.</returns>
    public static string IdOf(string playerId, string requestId) =>
        $"{PayoutSource.WithdrawalPrefix}{Uri.EscapeDataString(playerId)}/{Uri.EscapeDataString(requestId)}";
}
