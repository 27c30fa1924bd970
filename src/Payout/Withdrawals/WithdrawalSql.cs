using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.Wallet;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Withdrawals;

/// <summary>A withdrawal and where its payout stands.</summary>
/// <param name="State">Of the payout, in its word.</param>
/// <param name="Reason">Of the payout's state; null: none.</param>
public sealed record WithdrawalStanding(
    string RequestId, long AmountMinor, string Currency, string PayoutId, string State, string? Reason, string? TransferId,
    DateTimeOffset CreatedAt);

/// <summary>All SQL of withdrawals. Each statement runs inside the caller's transaction.</summary>
public static class WithdrawalSql
{
    private const string Columns = "withdrawal_id, player_id, request_id, payout_id, amount_minor, currency, created_at";

    public static Task<Withdrawal?> FindWithdrawal(this Tx tx, string playerId, string requestId) => tx.QueryOne<Withdrawal>(
        $"select {Columns} from payout.wallet_withdrawal where player_id = @playerId and request_id = @requestId",
        new { playerId, requestId });

    public static Task<WithdrawalStanding?> WithdrawalStanding(
        this Tx tx, string playerId, string requestId) => tx.QueryOne<WithdrawalStanding>(
        """
        select w.request_id, w.amount_minor, w.currency, w.payout_id, p.state, p.reason, p.transfer_id, w.created_at
        from payout.wallet_withdrawal w join payout.payout p on p.payout_id = w.payout_id
        where w.player_id = @playerId and w.request_id = @requestId
        """,
        new { playerId, requestId });

    /// <returns>What is left in the wallet, the oldest first. The wallet is locked by the caller.</returns>
    public static Task<IReadOnlyList<DatedLot>> DatedLots(this Tx tx, WalletKey wallet) => tx.Query<DatedLot>(
        """
        select l.lot_id, l.player_id, l.currency, l.source, l.credited_at, l.left_minor,
            coalesce(d.charged_at, l.credited_at) as paid_at
        from payout.wallet_lot l left join payout.wallet_deposit d on d.deposit_id = l.lot_id
        where l.player_id = @PlayerId and l.currency = @Currency and l.left_minor > 0
        order by l.credited_at, l.lot_id
        """,
        wallet);

    public static Task KeepLost(this Tx tx, IReadOnlyList<LostWithdrawal> lost) => tx.Execute(
        """
        insert into payout.lost_withdrawal (withdrawal_id, player_id, request_id, amount_minor, currency, told_at, kept_at)
        select n.withdrawal_id, n.player_id, n.request_id, n.amount_minor, n.currency, n.told_at, @now
        from unnest(@ids::text[], @players::text[], @requests::text[], @amounts::bigint[], @currencies::text[],
                @times::timestamptz[])
            n(withdrawal_id, player_id, request_id, amount_minor, currency, told_at)
        where not exists (select from payout.wallet_withdrawal w where w.withdrawal_id = n.withdrawal_id)
        on conflict do nothing
        """,
        new
        {
            ids = lost.Select(l => l.WithdrawalId).ToArray(), players = lost.Select(l => l.PlayerId).ToArray(),
            requests = lost.Select(l => l.RequestId).ToArray(), amounts = lost.Select(l => l.AmountMinor).ToArray(),
            currencies = lost.Select(l => l.Currency).ToArray(), times = lost.Select(l => l.ToldAt).ToArray(),
            now = tx.Now,
        });

    /// <returns>Those that are not made again yet and whose wallets hold enough for them, locked, the oldest first: ones whose
    /// lots are not there do not keep the others from their turn.</returns>
    public static Task<IReadOnlyList<LostWithdrawal>> LockLost(this Tx tx, int countMax) => tx.Query<LostWithdrawal>(
        $"""
        select withdrawal_id, player_id, request_id, amount_minor, currency, told_at
        from payout.lost_withdrawal lost
        where made_at is null and {WalletSql.HoldsLost}
        order by told_at, withdrawal_id
        limit @countMax
        for no key update skip locked
        """,
        new { countMax });

    public static Task LostIsMade(this Tx tx, string withdrawalId) => tx.Execute(
        "update payout.lost_withdrawal set made_at = @now where withdrawal_id = @withdrawalId",
        new { withdrawalId, now = tx.Now });

    /// <returns>The same uses in the order in which their lots are taken: the oldest first.</returns>
    public static async Task<IReadOnlyList<LotUse>> Taken(this Tx tx, IReadOnlyList<LotUse> uses)
    {
        var order = await tx.Query<string>(
            "select lot_id from payout.wallet_lot where lot_id = any(@lots) order by credited_at, lot_id",
            new { lots = uses.Select(u => u.LotId).ToArray() });
        return [.. order.Join(uses, lot => lot, use => use.LotId, (_, use) => use)];
    }

    /// <summary>The withdrawal, its place among contests, and its payout, due at once.</summary>
    public static async Task InsertWithdrawal(this Tx tx, Withdrawal withdrawal, int changeNo)
    {
        var written = await tx.Execute(
            """
            with placed as (
                insert into payout.contest (contest_id, revision, currency, state, payouts_open, completed_at, opened_at)
                values (@WithdrawalId, 1, @Currency, @paying, 1, @now, @now)
                returning contest_id),
            asked as (
                insert into payout.wallet_withdrawal
                    (withdrawal_id, player_id, request_id, payout_id, amount_minor, currency, created_at)
                values (@WithdrawalId, @PlayerId, @RequestId, @PayoutId, @AmountMinor, @Currency, @CreatedAt)
                returning withdrawal_id)
            insert into payout.payout
                (payout_id, contest_id, revision, player_id, amount_minor, currency, state, change_no, due_at, created_at)
            select @PayoutId, p.contest_id, 1, @PlayerId, @AmountMinor, @Currency, @pending, @changeNo, @now, @now
            from placed p join asked a on a.withdrawal_id = p.contest_id
            """,
            new
            {
                withdrawal.WithdrawalId, withdrawal.PlayerId, withdrawal.RequestId, withdrawal.PayoutId, withdrawal.AmountMinor,
                withdrawal.Currency, withdrawal.CreatedAt, paying = PayingState.Paying.Word(),
                pending = PayoutState.Pending.Word(), changeNo, now = tx.Now,
            });
        Invariant.Holds(written == 1, $"{withdrawal.WithdrawalId}: wrote {written} payouts");
        await tx.InsertChange(withdrawal.PayoutId, changeNo, PayoutState.Pending, null, null);
    }
}
