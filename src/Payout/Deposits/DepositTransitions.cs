using ContestPipeline.Contracts;
using ContestPipeline.Payout.Audit;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Notifications;
using ContestPipeline.Payout.Requests;
using ContestPipeline.Payout.Wallet;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Deposits;

/// <summary>Writes what happens to a deposit: row, lot, ledger, and what is asked of Stripe next.</summary>
public static class DepositTransitions
{
    /// <summary>A deposit that waits for its player is read this often even if no event comes.</summary>
    public static readonly TimeSpan ReadEvery = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Takes a player's request under the lock of the wallet: what several ask for at once never exceeds the limit together.
    /// </summary>
    public static async Task<(Deposit? Deposit, DepositDecision Decision)> AskDeposit(
        this Tx tx, string playerId, DepositRequest request, DepositRules rules)
    {
        if (DepositDecision.Fault(request) is { } fault) return (null, new DepositDecision.Refuse(fault, Malformed: true));
        var wallet = new WalletKey(playerId, request.Currency);
        await tx.LockWallets([wallet]);
        var depositId = Deposit.IdOf(playerId, request.RequestId);
        var decision = DepositDecision.Decide(
            request, await tx.FindDeposit(depositId), await tx.CountedDeposits(wallet), rules);
        switch (decision)
        {
            case DepositDecision.Ask ask:
                var deposit = new Deposit(
                    depositId, playerId, request.RequestId, request.AmountMinor, ask.FeeMinor, request.Currency,
                    DepositState.Requested, null, 1, null, null, null, null, null, 0, false, false, tx.NowStored());
                await tx.InsertDeposit(deposit);
                await tx.Call(DepositRequestHandler.Call(deposit));
                return (deposit, decision);
            case DepositDecision.Known known:
                return (known.Deposit, decision);
            default:
                return (null, decision);
        }
    }

    /// <summary>Applies what Stripe shows, then whatever follows from it. The row is locked by the caller.</summary>
    /// <returns>The deposit as it was written.</returns>
    public static async Task<Deposit> ApplyReading(this Tx tx, Deposit deposit, PaymentFacts facts)
    {
        deposit = deposit with { StripeStatus = facts.Status, IntentId = deposit.IntentId ?? facts.IntentId };
        var lines = new List<LedgerLine>();
        var wasOpen = deposit.IsOpen;
        foreach (var step in DecideDeposit.FromReading(deposit, facts)) deposit = Apply(deposit, step, lines, tx);
        if (DecideDeposit.IsToCancel(deposit, tx.Now))
        {
            deposit = deposit with { CancelNo = deposit.CancelNo + 1, CancelOpen = true };
            await tx.Call(CancelDepositHandler.Call(deposit));
        }

        if (wasOpen && deposit.State == DepositState.Paid) await tx.Credit(deposit, lines);
        await tx.UpdateDeposit(deposit);
        await tx.Post(lines);
        if (wasOpen && deposit.State == DepositState.Paid)
            await tx.Audit(new AuditEntry(
                "stripe", "deposit-credited", deposit.DepositId, null, deposit.PlayerId, null, deposit.ChargeId!,
                $"{deposit.CreditMinor} {deposit.Currency} in the wallet"));
        return deposit;
    }

    private static async Task Credit(this Tx tx, Deposit deposit, List<LedgerLine> lines)
    {
        await tx.LockWallets([deposit.Wallet]);
        await tx.InsertLots([new NewLot(
            deposit.DepositId, deposit.Wallet, LotSources.Deposit, deposit.ChargeId!, deposit.CreditMinor)]);
        var wallet = LedgerAccounts.Wallet(deposit.PlayerId);
        lines.Add(deposit.Line(
            deposit.DepositId, LedgerAccounts.StripeBalance, wallet, deposit.AmountMinor, "deposit", deposit.ChargeId!));
        if (deposit.FeeMinor > 0)
            lines.Add(deposit.Line(
                $"{deposit.DepositId}/fee", wallet, LedgerAccounts.PlatformFees, deposit.FeeMinor, "deposit-fee",
                deposit.ChargeId!));
        tx.NotifyPlayer(
            $"deposit-credited/{deposit.DepositId}", NotificationKinds.DepositCredited, deposit.PlayerId, deposit.DepositId,
            null, deposit.CreditMinor, deposit.Currency);
    }

    private static Deposit Apply(Deposit deposit, DepositStep step, List<LedgerLine> lines, Tx tx)
    {
        switch (step)
        {
            case DepositStep.Paid paid:
                return deposit with { State = DepositState.Paid, ChargeId = paid.ChargeId, ChargedAt = paid.ChargedAt };
            case DepositStep.Fee fee:
                if (fee.FeeMinor > 0)
                    lines.Add(deposit.Line(
                        $"{deposit.DepositId}/stripe-fee", LedgerAccounts.StripeFees, LedgerAccounts.StripeBalance,
                        fee.FeeMinor, "stripe-fee", fee.BalanceTransactionId));
                return deposit with { StripeFeeMinor = fee.FeeMinor };
            case DepositStep.Converted converted:
                tx.Alert(DepositAlerts.Converted(deposit, converted.Currency));
                return deposit with { StripeFeeMinor = 0 };
            case DepositStep.Declined declined:
                tx.NotifyPlayer(
                    $"deposit-declined/{deposit.DepositId}", NotificationKinds.DepositDeclined, deposit.PlayerId,
                    deposit.DepositId, null, deposit.AmountMinor, deposit.Currency,
                    new Dictionary<string, string> { ["reason"] = declined.What });
                return deposit with { Declined = true, Reason = declined.What };
            case DepositStep.Cancelled:
                return deposit with { State = DepositState.Cancelled, Reason = deposit.Reason ?? "it was not paid in time" };
            case DepositStep.Differs differs:
                tx.Alert(DepositAlerts.Differs(deposit, differs.What));
                return deposit;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }
}
