using ContestPipeline.Plumbing;

namespace ContestPipeline.WebConsole.Data;

/// <summary>How many contests are in a state.</summary>
public sealed record ContestsInState(string State, long Contests);

/// <summary>Payouts of a state and currency. Of those that are paid the oldest is not looked for.</summary>
public sealed record PayoutsInState(
    string State, string Currency, long Payouts, long AmountMinor, DateTimeOffset? OldestAt, string? OldestId);

/// <summary>What waits in a worker: parked keys, and its oldest message that is not sent.</summary>
public sealed record WorkerWaits(string Worker, long ParkedKeys, DateTimeOffset? ParkedSince, DateTimeOffset? UnsentSince);

/// <summary>The platform's balance at Stripe as it was last read.</summary>
public sealed record BalanceNow(
    string Currency, DateTimeOffset TakenAt, long AvailableMinor, long PendingMinor, string Status);

/// <summary>The last comparison with Stripe.</summary>
public sealed record LastReconciliation(
    long RunNo, DateTimeOffset At, int Matched, int Pending, int DifferenceCount, decimal Completeness);

/// <summary>Open alerts of one severity.</summary>
public sealed record AlertsOfSeverity(string Severity, long Alerts);

/// <summary>All SQL of the overview.</summary>
public static class OverviewSql
{
    public static readonly string[] Workers = ["ingestion", "scoring", "settlement", "payout"];

    public static Task<IReadOnlyList<ContestsInState>> ContestsByState(this Tx tx) => tx.Query<ContestsInState>(
        "select state, count(*) as contests from scoring.contest group by state order by state");

    /// <summary>Those that are paid are counted by their contests: nearly all payouts, which nobody waits for.</summary>
    public static Task<IReadOnlyList<PayoutsInState>> PayoutsByState(this Tx tx) => tx.Query<PayoutsInState>(
        """
        select state, currency, count(*) as payouts, sum(amount_minor)::bigint as amount_minor, min(created_at) as oldest_at,
            (array_agg(payout_id order by created_at, payout_id))[1] as oldest_id
        from payout.payout
        where state <> 'paid'
        group by state, currency
        union all
        select 'paid', currency, sum(paid_count)::bigint, sum(paid_minor)::bigint, null, null
        from payout.contest
        where paid_count > 0
        group by currency
        order by state, currency
        """);

    public static Task<IReadOnlyList<WorkerWaits>> Waits(this Tx tx) => tx.Query<WorkerWaits>(
        string.Join("\nunion all\n", Workers.Select(worker =>
            $"""
            (select '{worker}' as worker, (select count(*) from {worker}.parked_key) as parked_keys, (select min(parked_at) from {worker}.parked_key) as parked_since, (
                select o.written_at
                from {worker}.outbox o join {worker}.outbox_slice s on s.slice = o.slice
                where o.position > (select min(sent_position) from {worker}.outbox_slice) and o.position > s.sent_position
                order by o.position
                limit 1) as unsent_since order by worker)
            """)));

    public static Task<IReadOnlyList<BalanceNow>> Balances(this Tx tx) => tx.Query<BalanceNow>(
        """
        select b.currency, b.taken_at, b.available_minor, b.pending_minor, b.status
        from (select currency, max(taken_at) as taken_at from payout.balance_snapshot group by currency) last
        join payout.balance_snapshot b on b.currency = last.currency and b.taken_at = last.taken_at
        order by b.currency
        """);

    /// <returns>Null when there was none yet.</returns>
    public static Task<LastReconciliation?> LastReconciliation(this Tx tx) => tx.QueryOne<LastReconciliation>(
        "select run_no, at, matched, pending, difference_count, completeness from payout.reconciliation order by run_no desc limit 1");

    public static Task<IReadOnlyList<AlertsOfSeverity>> AlertsBySeverity(this Tx tx) => tx.Query<AlertsOfSeverity>(
        "select severity, count(*) as alerts from payout.alert where resolved_at is null group by severity order by severity");
}
