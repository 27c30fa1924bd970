using System.Globalization;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Audit;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Notifications;
using ContestPipeline.Payout.Recovery;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Wallet;

/// <summary>Stakes out of wallets: taken when an entry is to be paid, given back when it does not take part.</summary>
public static class Stakes
{
    /// <summary>
    /// Takes the stakes, and answers each with the state of a payment: paid, or cancelled where the wallet does not hold it. What
    /// is known already is not taken again. The contests are locked by the caller.
    /// </summary>
    /// <remarks>While the books are recovered what is short is kept, not answered: its lots may be read again later.</remarks>
    public static async Task Stake(this Tx tx, IReadOnlyList<EntryPaymentRequiredV1> required)
    {
        if (required.Count == 0) return;
        var fresh = await tx.WithoutStake(required);
        if (fresh.Count == 0) return;
        var decided = await tx.DecideStakes(
            [
                .. fresh.Select(r => new WalletStake(
                    r.ContestId, r.EntryId, r.PlayerId, r.AmountMinor, r.Currency, StakeState.Staked, null)),
            ],
            fresh.Select(r => r.PlayerId));
        if (await tx.OpenRecovery() is not null)
        {
            await tx.KeepLostStakes([.. decided.Select(d => d.Stake).Where(s => s.State == StakeState.Short)]);
            decided = [.. decided.Where(d => d.Stake.State != StakeState.Short)];
        }

        await tx.WriteStakes(decided);
    }

    /// <summary>One that was kept, as soon as its wallet holds it. The contest and the row are locked by the caller.</summary>
    /// <returns>False: it waits on.</returns>
    public static async Task<bool> StakeAgain(this Tx tx, LostStake lost)
    {
        if (await tx.HasStake(lost.ContestId, lost.EntryId)) return true;
        // That it was accepted shows that it was taken, whatever freezes the wallet since.
        var decided = await tx.DecideStakes([lost.Asked], lost.IsAccepted ? [] : [lost.PlayerId]);
        if (decided[0].Stake.State == StakeState.Short && (lost.IsAccepted || await tx.OpenRecovery() is not null)) return false;
        await tx.WriteStakes(decided);
        return true;
    }

    private static async Task<IReadOnlyList<(WalletStake Stake, IReadOnlyList<LotPart> Parts)>> DecideStakes(
        this Tx tx, IReadOnlyList<WalletStake> asked, IEnumerable<string> mayBeFrozen)
    {
        WalletKey[] wallets = [.. asked.Select(s => s.Wallet).Distinct()];
        await tx.LockWallets(wallets);
        return Wallet.DecideStakes.Of(
            asked, await tx.Lots(wallets), await tx.FrozenWallets([.. mayBeFrozen.Distinct(StringComparer.Ordinal)]));
    }

    private static async Task WriteStakes(
        this Tx tx, IReadOnlyList<(WalletStake Stake, IReadOnlyList<LotPart> Parts)> decided)
    {
        if (decided.Count == 0) return;
        await tx.InsertStakes([.. decided.Select(d => d.Stake)]);
        await tx.UseLots([.. decided.SelectMany(d => d.Parts.Select(p => new LotUse(
            d.Stake.Words, p.LotId, d.Stake.PlayerId, d.Stake.Currency, p.AmountMinor)))]);
        var told = await tx.ToldNos([.. decided.Select(d => d.Stake)]);
        foreach (var (stake, _) in decided)
        {
            var isPaid = stake.State == StakeState.Staked;
            tx.SendState(
                stake, told(stake) + 1, isPaid ? EntryPaymentStates.Paid : EntryPaymentStates.Cancelled, stake.Reason);
        }

        await tx.Post([.. decided.Select(d => d.Stake).Where(s => s.State == StakeState.Staked).Select(s => Line(
            s, s.Words, LedgerAccounts.Wallet(s.PlayerId), LedgerAccounts.Stakes(s.ContestId), "stake"))]);
    }

    /// <summary>An entry leaves its contest, or never came to take part.</summary>
    /// <param name="standing">What it is from now on: refused, withdrawn.</param>
    /// <param name="reasonCode">Null: the player asked for it, and need not be told.</param>
    /// <returns>False when no wallet has to do with it.</returns>
    public static async Task<bool> LeaveStake(
        this Tx tx, string contestId, string entryId, string standing, string reason, string? reasonCode)
    {
        if (await tx.LockStake(contestId, entryId) is not { } stake) return await tx.HasStake(contestId, entryId);
        if (reasonCode is not null)
        {
            tx.NotifyPlayer(
                $"entry-refused/{contestId}/{entryId}", NotificationKinds.EntryRefused, stake.PlayerId, entryId, contestId,
                stake.AmountMinor, stake.Currency,
                new Dictionary<string, string> { ["reason"] = stake.Reason ?? reason, ["code"] = reasonCode });
        }

        await tx.ReturnStakes([stake], standing, reason);
        return true;
    }

    /// <summary>What was taken goes back into the lots it was taken from. The rows are locked by the caller.</summary>
    public static async Task ReturnStakes(this Tx tx, IReadOnlyList<WalletStake> stakes, string standing, string reason)
    {
        if (stakes.Count == 0) return;
        var staked = stakes.Where(s => s.State == StakeState.Staked).ToArray();
        await tx.LeaveStakes(
            [.. stakes.Select(s => s.State == StakeState.Staked ? s with { State = StakeState.Returned } : s)], standing);
        if (staked.Length == 0) return;
        await tx.LockWallets([.. staked.Select(s => s.Wallet)]);
        var uses = await tx.Uses([.. staked.Select(s => s.Words)]);
        Invariant.Holds(uses.Sum(u => u.AmountMinor) == staked.Sum(s => s.AmountMinor),
            $"stakes of contest {staked[0].ContestId}: {staked.Sum(s => s.AmountMinor)} were taken, "
                + $"{uses.Sum(u => u.AmountMinor)} are there to return");
        await tx.ReturnUses(uses);
        var told = await tx.ToldNos(staked);
        foreach (var stake in staked)
        {
            tx.SendState(stake, told(stake) + 2, EntryPaymentStates.Refunded, reason);
            tx.NotifyPlayer(
                $"entry-refunded/{stake.ContestId}/{stake.EntryId}/1", NotificationKinds.EntryRefunded, stake.PlayerId,
                stake.EntryId, stake.ContestId, stake.AmountMinor, stake.Currency,
                new Dictionary<string, string> { ["reason"] = reason, [NoticeText.WalletFact] = "credited" });
        }

        await tx.Post([.. staked.Select(s => Line(
            s, $"stake-returned/{s.ContestId}/{s.EntryId}", LedgerAccounts.Stakes(s.ContestId),
            LedgerAccounts.Wallet(s.PlayerId), "stake-returned"))]);
        await tx.Audit([.. staked.Select(s => new AuditEntry(
            "system", "stake-returned", s.EntryId, s.ContestId, s.PlayerId, null, reason,
            string.Create(CultureInfo.InvariantCulture, $"{s.AmountMinor} {s.Currency} back in the wallet")))]);
    }

    /// <returns>How many changes of a stake were told by books that are lost.</returns>
    private static async Task<Func<WalletStake, int>> ToldNos(this Tx tx, IReadOnlyList<WalletStake> stakes)
    {
        var told = await tx.ToldNos(ToldChange.Payment, [.. stakes.Select(s => (s.ContestId, s.EntryId))]);
        return stake => told(stake.ContestId, stake.EntryId);
    }

    private static void SendState(this Tx tx, WalletStake stake, int changeNo, string state, string? reason) =>
        tx.Send(new EntryPaymentChangedV1(
            stake.ContestId, stake.EntryId, stake.PlayerId, changeNo, state, stake.AmountMinor, stake.Currency, null, null,
            reason, tx.Now, state == EntryPaymentStates.Paid ? tx.Now : null));

    private static LedgerLine Line(WalletStake stake, string words, string debit, string credit, string code) =>
        new(words, debit, credit, stake.Currency, stake.AmountMinor, code, words, stake.ContestId, 0);
}
