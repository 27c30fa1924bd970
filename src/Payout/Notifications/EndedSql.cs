using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Notifications;

/// <summary>All SQL that tells which alerts are over.</summary>
public static class EndedSql
{
    /// <returns>Keys of open alerts whose trouble is gone. A payout's key holds its id, a request's its own key, an entry's those
    /// of contest and entry.</returns>
    public static Task<IReadOnlyList<string>> AlertsThatAreOver(this Tx tx) => tx.Query<string>(
        """
        with open as materialized (
            select dedup_key as key, split_part(dedup_key, '/', 1) as kind, split_part(dedup_key, '/', 2) as id, substr(dedup_key,
                strpos(dedup_key, '/') + 1) as rest, raised_at
            from payout.alert_raised where resolved_at is null)
        select o.key from open o join payout.payout p on p.payout_id = o.id
        where o.kind = 'payout-held' and p.state <> 'held' or o.kind = 'payout-failed' and p.state <> 'failed'
        union all
        select o.key from open o join payout.attempt a on a.idempotency_key = o.rest where o.kind = 'payout-unknown' and a.outcome
            <> 'open'
        union all
        select o.key from open o join payout.stripe_call c on c.key = o.rest where o.kind = 'stripe-call-unknown' and c.state <>
            'open'
        union all
        select o.key from open o join payout.entry_payment p on o.rest = p.contest_id || '/' || p.entry_id
        where o.kind in ('payment-differs', 'payment-unreadable') and (p.state in ('paid', 'partly_refunded', 'refunded',
            'cancelled') and p.read_due_at is null)
        union all
        select o.key from open o join payout.wallet_deposit d on o.rest = d.deposit_id
        where o.kind in ('deposit-differs', 'deposit-passed-over') and d.closed_at is not null and d.read_due_at is null
        union all
        select o.key from open o join payout.dispute d on d.dispute_id = o.id
        where o.kind in ('dispute-open', 'dispute-inquiry') and d.phase <> substr(o.kind, 9) or o.kind in ('dispute-unreadable',
            'dispute-passed-over') and not d.stale and d.read_at > o.raised_at
        union all
        select o.key from open o join payout.stripe_account a on a.account_id = o.id where o.kind = 'account-passed-over' and not
            a.stale and a.read_at > o.raised_at
        union all
        select o.key from open o join payout.stripe_account a on a.account_id = o.id where o.kind = 'account-restricted' and
            (a.status <> 'restricted' or a.transfers <> 'active' or a.gone_at is not null)
        union all
        select o.key from open o join payout.bank_payout b on b.bank_payout_id = o.id where o.kind = 'bank-payout-passed-over' and
            not b.stale and b.read_at > o.raised_at
        union all
        select o.key from open o
        where o.kind = 'platform-balance' and split_part(o.key, '/', 3) <> (
            select s.status from payout.balance_snapshot s where s.currency = o.id order by s.taken_at desc limit 1)
        union all
        select o.key from open o
        where o.kind = 'platform-balance-short' and not exists (select from payout.payout where state = 'awaiting_funds')
            and not exists (select from payout.entry_refund where pending_reason = 'insufficient_funds' and state <> 'failed')
            and not exists (select from payout.deposit_refund where pending_reason = 'insufficient_funds' and state <> 'failed')
            and not exists (select from payout.stripe_call where due_at is not null and last_answer like '%balance%')
        union all
        select o.key from open o
        where o.kind = 'prize-unclaimed' and not exists (
            select from payout.payout p where p.state = 'awaiting_account' and (p.player_id = o.id or p.payout_id =
                split_part(o.key, '/', 3)))
        order by key
        """);
}
