using ContestPipeline.Payout.Wallet;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Deposits;

/// <summary>All SQL of refunds of deposits. Each statement runs inside the caller's transaction.</summary>
public static class DepositRefundSql
{
    private const string Columns =
        "deposit_id, refund_no, request_id, amount_minor, attempt, state, refund_id, reason, pending_reason";

    public static Task<WalletRefund?> FindWalletRefund(this Tx tx, string playerId, string requestId) =>
        tx.QueryOne<WalletRefund>(
            """
            select player_id, request_id, amount_minor, currency, created_at from payout.wallet_refund
            where player_id = @playerId and request_id = @requestId
            """,
            new { playerId, requestId });

    public static async Task InsertWalletRefund(this Tx tx, WalletRefund refund)
    {
        var written = await tx.Execute(
            """
            insert into payout.wallet_refund (player_id, request_id, amount_minor, currency, created_at)
            values (@PlayerId, @RequestId, @AmountMinor, @Currency, @CreatedAt)
            """,
            refund);
        Invariant.Holds(written == 1, $"refund {refund.RequestId} of {refund.PlayerId}: wrote {written} rows");
    }

    /// <returns>What is left of a player's deposits. The wallet is locked by the caller.</returns>
    public static Task<IReadOnlyList<DepositLot>> DepositLots(this Tx tx, WalletKey wallet) => tx.Query<DepositLot>(
        """
        select d.deposit_id, d.charged_at, l.left_minor
        from payout.wallet_lot l join payout.wallet_deposit d on d.deposit_id = l.lot_id
        where l.player_id = @PlayerId and l.currency = @Currency and l.left_minor > 0
        order by d.charged_at desc, d.deposit_id desc
        """,
        wallet);

    /// <returns>All refunds of a deposit, in order.</returns>
    public static Task<IReadOnlyList<DepositRefund>> DepositRefunds(this Tx tx, string depositId) => tx.Query<DepositRefund>(
        $"select {Columns} from payout.deposit_refund where deposit_id = @depositId order by refund_no", new { depositId });

    /// <returns>What became of one request of a player's, part by part.</returns>
    public static Task<IReadOnlyList<DepositRefund>> PartsOfRefund(
        this Tx tx, string playerId, string requestId) => tx.Query<DepositRefund>(
        """
        select r.deposit_id, r.refund_no, r.request_id, r.amount_minor, r.attempt, r.state, r.refund_id, r.reason, r.pending_reason
        from payout.deposit_refund r join payout.wallet_deposit d on d.deposit_id = r.deposit_id
        where d.player_id = @playerId and r.request_id = @requestId
        order by d.charged_at desc, r.deposit_id desc
        """,
        new { playerId, requestId });

    /// <summary>The wallet, or the deposit, is locked by the caller, so that its refunds are counted one by one.</summary>
    /// <returns>Its number among the refunds of the deposit.</returns>
    public static Task<int> InsertDepositRefund(
        this Tx tx, string depositId, string? requestId, long amountMinor, string state, string? refundId) => tx.QueryOne<int>(
        """
        insert into payout.deposit_refund
            (deposit_id, refund_no, request_id, amount_minor, attempt, state, refund_id, asked_at, done_at)
        select @depositId, coalesce(max(refund_no), 0) + 1, @requestId, @amountMinor, 1, @state, @refundId, @now,
            case when @state = 'done' then @now end
        from payout.deposit_refund
        where deposit_id = @depositId
        returning refund_no
        """,
        new { depositId, requestId, amountMinor, state, refundId, now = tx.Now });

    public static Task<DepositRefund?> LockDepositRefund(this Tx tx, string depositId, int refundNo) =>
        tx.QueryOne<DepositRefund>(
            $"select {Columns} from payout.deposit_refund where deposit_id = @depositId and refund_no = @refundNo for update",
            new { depositId, refundNo });

    public static async Task UpdateDepositRefund(this Tx tx, DepositRefund refund)
    {
        var written = await tx.Execute(
            """
            update payout.deposit_refund
            set attempt = @Attempt, state = @State, refund_id = @RefundId, reason = @Reason, pending_reason = @PendingReason,
                done_at = case when @State = 'done' then coalesce(done_at, @now) else done_at end
            where deposit_id = @DepositId and refund_no = @RefundNo
            """,
            new
            {
                refund.Attempt, refund.State, refund.RefundId, refund.Reason, refund.PendingReason, refund.DepositId,
                refund.RefundNo, now = tx.Now,
            });
        Invariant.Holds(written == 1, $"{refund.Words}: updated {written} rows");
    }
}
