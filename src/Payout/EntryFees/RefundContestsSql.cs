using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.EntryFees;

/// <summary>A row of a payment's history.</summary>
public sealed record PaymentChange(EntryPayment Payment, long AmountMinor, string? Reason);

/// <summary>All SQL of fees that go back, for one entry as for all of a contest: one statement a table.</summary>
public static class RefundContestsSql
{
    /// <returns>Those that there are, locked in one order.</returns>
    public static Task<IReadOnlyList<EntryPayment>> LockPayments(
        this Tx tx, IReadOnlyList<(string ContestId, string EntryId)> entries) => tx.Query<EntryPayment>(
        $"""
        select {PaymentSql.Columns} from payout.entry_payment p
        where (p.contest_id, p.entry_id) in (select * from unnest(@contests::text[], @entries::text[]))
        order by p.contest_id, p.entry_id
        for update of p
        """,
        new { contests = entries.Select(e => e.ContestId).ToArray(), entries = entries.Select(e => e.EntryId).ToArray() });

    public static Task<IReadOnlyList<EntryRefund>> RefundsOf(
        this Tx tx, IReadOnlyList<(string ContestId, string EntryId)> entries) => tx.Query<EntryRefund>(
        $"""
        select {RefundSql.Columns} from payout.entry_refund r
        where (r.contest_id, r.entry_id) in (select * from unnest(@contests::text[], @entries::text[]))
        order by r.contest_id, r.entry_id, r.refund_no
        """,
        new { contests = entries.Select(e => e.ContestId).ToArray(), entries = entries.Select(e => e.EntryId).ToArray() });

    /// <summary>What giving back changes of payments. The rows are locked by the caller.</summary>
    public static async Task UpdateGivenBack(this Tx tx, IReadOnlyList<EntryPayment> payments)
    {
        if (payments.Count == 0) return;
        var written = await tx.Execute(
            """
            update payout.entry_payment p
            set state = n.state, entry_state = n.entry_state, give_back_reason = n.give_back_reason, refund_no = n.refund_no,
                refund_asked_minor = n.asked, refunded_minor = n.refunded, refunded_by_house_minor = n.by_house, refund_stuck =
                    n.stuck, change_no = n.change_no
            from unnest(
                @contests::text[], @entries::text[], @states::text[], @standings::text[], @reasons::text[], @nos::integer[],
                    @asked::bigint[], @refunded::bigint[],
                @byHouse::bigint[], @stuck::boolean[], @changes::integer[])
                n(contest_id, entry_id, state, entry_state, give_back_reason, refund_no, asked, refunded, by_house, stuck,
                    change_no)
            where p.contest_id = n.contest_id and p.entry_id = n.entry_id
            """,
            new
            {
                contests = payments.Select(p => p.ContestId).ToArray(), entries = payments.Select(p => p.EntryId).ToArray(),
                states = payments.Select(p => p.State).ToArray(), standings = payments.Select(p => p.EntryState).ToArray(),
                reasons = payments.Select(p => p.GiveBackReason).ToArray(), nos = payments.Select(p => p.RefundNo).ToArray(),
                asked = payments.Select(p => p.RefundAskedMinor).ToArray(),
                refunded = payments.Select(p => p.RefundedMinor).ToArray(),
                byHouse = payments.Select(p => p.RefundedByHouseMinor).ToArray(),
                stuck = payments.Select(p => p.RefundStuck).ToArray(),
                changes = payments.Select(p => p.ChangeNo).ToArray(),
            });
        Invariant.Holds(
            written == payments.Count, $"payments of entry {payments[0].EntryId} …: updated {written} of {payments.Count} rows");
    }

    public static async Task InsertPaymentChanges(this Tx tx, params IReadOnlyList<PaymentChange> changes)
    {
        if (changes.Count == 0) return;
        var written = await tx.Execute(
            """
            insert into payout.entry_payment_change (contest_id, entry_id, change_no, state, amount_minor, reason, at)
            select n.contest_id, n.entry_id, n.change_no, n.state, n.amount_minor, n.reason, @now
            from unnest(@contests::text[], @entries::text[], @nos::integer[], @states::text[], @amounts::bigint[],
                @reasons::text[])
                n(contest_id, entry_id, change_no, state, amount_minor, reason)
            """,
            new
            {
                contests = changes.Select(c => c.Payment.ContestId).ToArray(),
                entries = changes.Select(c => c.Payment.EntryId).ToArray(),
                nos = changes.Select(c => c.Payment.ChangeNo).ToArray(), states = changes.Select(c => c.Payment.State).ToArray(),
                amounts = changes.Select(c => c.AmountMinor).ToArray(), reasons = changes.Select(c => c.Reason).ToArray(),
                now = tx.Now,
            });
        Invariant.Holds(written == changes.Count,
            $"payments of entry {changes[0].Payment.EntryId} …: wrote {written} of {changes.Count} history rows");
    }

    public static async Task InsertRefunds(this Tx tx, IReadOnlyList<EntryRefund> refunds)
    {
        var written = await tx.Execute(
            """
            insert into payout.entry_refund
                (contest_id, entry_id, refund_no, amount_minor, reason, asked_by, request_id, attempt, state, refund_id, by_house,
                    asked_at)
            select n.contest_id, n.entry_id, n.refund_no, n.amount_minor, n.reason, n.asked_by, n.request_id, 1, 'open', null,
                false, @now
            from unnest(@contests::text[], @entries::text[], @nos::integer[], @amounts::bigint[], @reasons::text[],
                @askedBy::text[], @requests::text[])
                n(contest_id, entry_id, refund_no, amount_minor, reason, asked_by, request_id)
            """,
            new
            {
                contests = refunds.Select(r => r.ContestId).ToArray(), entries = refunds.Select(r => r.EntryId).ToArray(),
                nos = refunds.Select(r => r.RefundNo).ToArray(), amounts = refunds.Select(r => r.AmountMinor).ToArray(),
                reasons = refunds.Select(r => r.Reason).ToArray(), askedBy = refunds.Select(r => r.AskedBy).ToArray(),
                requests = refunds.Select(r => r.RequestId).ToArray(), now = tx.Now,
            });
        Invariant.Holds(
            written == refunds.Count, $"refunds of entry {refunds[0].EntryId} …: wrote {written} of {refunds.Count} rows");
    }

    public static async Task UpdateRefunds(this Tx tx, params IReadOnlyList<EntryRefund> refunds)
    {
        if (refunds.Count == 0) return;
        var written = await tx.Execute(
            """
            update payout.entry_refund r
            set attempt = n.attempt, state = n.state, refund_id = n.refund_id, by_house = n.by_house, pending_reason =
                n.pending_reason,
                done_at = case when n.state = 'done' then coalesce(r.done_at, @now) else r.done_at end
            from unnest(
                @contests::text[], @entries::text[], @nos::integer[], @attempts::integer[], @states::text[], @ids::text[],
                    @byHouse::boolean[], @pending::text[])
                n(contest_id, entry_id, refund_no, attempt, state, refund_id, by_house, pending_reason)
            where r.contest_id = n.contest_id and r.entry_id = n.entry_id and r.refund_no = n.refund_no
            """,
            new
            {
                contests = refunds.Select(r => r.ContestId).ToArray(), entries = refunds.Select(r => r.EntryId).ToArray(),
                nos = refunds.Select(r => r.RefundNo).ToArray(), attempts = refunds.Select(r => r.Attempt).ToArray(),
                states = refunds.Select(r => r.State.Word()).ToArray(),
                ids = refunds.Select(r => r.RefundId).ToArray(), byHouse = refunds.Select(r => r.ByHouse).ToArray(),
                pending = refunds.Select(r => r.PendingReason).ToArray(), now = tx.Now,
            });
        Invariant.Holds(
            written == refunds.Count, $"refunds of entry {refunds[0].EntryId} …: updated {written} of {refunds.Count} rows");
    }
}
