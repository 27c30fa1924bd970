using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Balance;

/// <summary>What is owed in one currency.</summary>
public sealed record Owed(string Currency, long AmountMinor);

/// <summary>The last payout that Stripe's balance covers, in the order in which payouts are served.</summary>
/// <param name="QueuedMinor">What all payouts that could go now come to, those already asked for included.</param>
public sealed record QueueEnd(string Currency, long QueuedMinor, DateTimeOffset? CreatedAt, string? PayoutId);

/// <summary>What Stripe held and what was owed at one moment, in minor units. Constructor order is column order.</summary>
/// <param name="TakenAt">UTC.</param>
/// <param name="Cause"><c>schedule</c>, <c>batch</c> (before payouts were sent) or <c>asked</c>.</param>
/// <param name="Status"><c>depleted</c>, <c>critical</c>, <c>warning</c> or <c>healthy</c>.</param>
public sealed record BalanceSnapshot(
    string Currency, DateTimeOffset TakenAt, string Cause, long AvailableMinor, long PendingMinor, long ObligationsMinor,
    long ReserveMinor, string Status);

/// <summary>All SQL of the platform's balance.</summary>
public static class BalanceSql
{
    /// <summary>
    /// Owed and not yet transferred: what the ledger owes to players for prizes, in wallets and as stakes, and entry fees that
    /// have to go back and, by the ledger, have not: of an entry that left the contest all that is left, of one that stays what
    /// was asked for. A refund that waits at Stripe for the balance is booked and still owed: what comes in goes to it first.
    /// </summary>
    public static Task<IReadOnlyList<Owed>> Obligations(this Tx tx) => tx.Query<Owed>(
        """
        select currency, sum(amount_minor)::bigint as amount_minor
        from (
            select currency, balance_minor as amount_minor
            from payout.ledger_account
            where account >= 'player_payable:' and account < 'player_payable;' or account >= 'wallet:' and account < 'wallet;'
                or account >= 'stakes:' and account < 'stakes;'
                or account >= 'wallet_refunds:' and account < 'wallet_refunds;'
            union all
            select currency, case when give_back_reason is not null then amount_minor else refund_asked_minor end - refunded_minor
            from payout.entry_payment
            where charge_id is not null and refunded_minor < case when give_back_reason is not null then amount_minor else
                refund_asked_minor end
            union all
            select p.currency, p.amount_minor - p.refund_asked_minor
            from payout.collection c join payout.entry_payment p on p.contest_id = c.contest_id
            where c.open and p.charge_id is not null and p.give_back_reason is null
            union all
            select p.currency, r.amount_minor
            from payout.entry_refund r join payout.entry_payment p on p.contest_id = r.contest_id and p.entry_id = r.entry_id
            where r.pending_reason = 'insufficient_funds'
            union all
            select d.currency, r.amount_minor
            from payout.deposit_refund r join payout.wallet_deposit d on d.deposit_id = r.deposit_id
            where r.pending_reason = 'insufficient_funds') owed
        group by currency
        having sum(amount_minor) <> 0
        order by currency
        """);

    public static Task<IReadOnlyList<BalancePoint>> BalanceHistory(
        this Tx tx, string currency, DateTimeOffset since) => tx.Query<BalancePoint>(
        "select taken_at as at, available_minor from payout.balance_snapshot where currency = @currency and taken_at >= @since "
            + "order by taken_at",
        new { currency, since });

    /// <returns>The newest first.</returns>
    public static Task<IReadOnlyList<BalanceSnapshot>> Snapshots(
        this Tx tx, string currency, DateTimeOffset? before, int limit) => tx.Query<BalanceSnapshot>(
        """
        select currency, taken_at, cause, available_minor, pending_minor, obligations_minor, reserve_minor, status
        from payout.balance_snapshot
        where currency = @currency and (@before::timestamptz is null or taken_at < @before)
        order by taken_at desc
        limit @limit
        """, new { currency, before, limit });

    /// <returns>Null when there is none yet.</returns>
    public static Task<string?> LastBalanceStatus(this Tx tx, string currency) => tx.QueryOne<string>(
        "select status from payout.balance_snapshot where currency = @currency order by taken_at desc limit 1", new { currency });

    public static Task<DateTimeOffset?> LastScheduledSnapshot(this Tx tx) => tx.QueryOne<DateTimeOffset?>(
        "select max(taken_at) from payout.balance_snapshot where cause = 'schedule'");

    public static Task<int> InsertSnapshot(this Tx tx, string cause, BalanceReport report) => tx.Execute(
        """
        insert into payout.balance_snapshot
            (currency, taken_at, cause, available_minor, pending_minor, obligations_minor, reserve_minor, status)
        values (@Currency, @now, @cause, @AvailableMinor, @PendingMinor, @ObligationsMinor, @ReserveMinor, @Status)
        on conflict do nothing
        """,
        new
        {
            report.Figures.Currency, now = tx.Now, cause, report.Figures.AvailableMinor, report.Figures.PendingMinor,
            report.Figures.ObligationsMinor,
            report.ReserveMinor, report.Status,
        });

    /// <returns>True the first time.</returns>
    public static async Task<bool> ClaimAlert(this Tx tx, string dedupKey) =>
        await tx.Execute(
            "insert into payout.balance_alert (dedup_key, raised_at) values (@dedupKey, @now) on conflict do nothing",
            new { dedupKey, now = tx.Now }) == 1;

    /// <summary>
    /// Payouts that could go now in the order in which they were made, added up: where the sum passes what is available the rest
    /// has to wait, also a small one behind a large one. What Stripe has been asked for comes first.
    /// </summary>
    public static async Task<QueueEnd> QueueEnd(this Tx tx, string currency, long availableMinor) => (await tx.QueryOne<QueueEnd>(
        """
        with queue as (
            select p.payout_id, p.created_at, p.state,
                sum(p.amount_minor) over (order by p.state = 'submitting' desc, p.created_at, p.payout_id) as sum_minor
            from payout.payout p
            join payout.contest c on c.contest_id = p.contest_id and c.revision = p.revision
            where p.currency = @currency and c.completed_at is not null
                and (p.state in ('awaiting_funds', 'submitting') or p.state = 'pending' and p.due_at <= @now))
        select @currency as currency, coalesce((select max(sum_minor) from queue), 0)::bigint as queued_minor, last.created_at,
            last.payout_id
        from (select 1) one
        left join lateral (
            select created_at, payout_id
            from queue
            where state <> 'submitting' and sum_minor <= @availableMinor
            order by created_at desc, payout_id desc
            limit 1) last on true
        """,
        new { currency, availableMinor, now = tx.Now }))!;

    /// <summary>What waits for funds and is covered goes by itself.</summary>
    public static Task<int> WakeFunded(this Tx tx, QueueEnd end) => tx.Execute(
        """
        update payout.payout
        set due_at = @now
        where currency = @Currency and state = 'awaiting_funds' and (due_at is null or due_at > @now) and (created_at, payout_id)
            <= (@CreatedAt, @PayoutId)
        """,
        new { end.Currency, end.CreatedAt, end.PayoutId, now = tx.Now });

    public static Task<bool> AnythingDue(this Tx tx) => tx.QueryOne<bool>(
        """
        select exists (select 1 from payout.payout where due_at <= @now and (lease_until is null or lease_until <= @now))
            or exists (select 1 from payout.payout where state = 'awaiting_funds')
        """,
        new { now = tx.Now });

    public static Task<DateTimeOffset> MadeAt(this Tx tx, string payoutId) => tx.QueryOne<DateTimeOffset>(
        "select created_at from payout.payout where payout_id = @payoutId", new { payoutId });
}
