using ContestPipeline.Plumbing;
using ContestPipeline.WebConsole.Shown;

namespace ContestPipeline.WebConsole.Data;

/// <summary>An open alert, with how many of its kind are open.</summary>
public sealed record OpenAlert(
    string DedupKey, string Severity, string Kind, string Subject, string Cause, string RecommendedAction,
    DateTimeOffset RaisedAt,
    int Level, DateTimeOffset? AcknowledgedAt, string? AcknowledgedBy, long No, long OfKind, DateTimeOffset OldestAt);

/// <summary>All SQL of the start page, and of what is open of one kind.</summary>
public static class StartSql
{
    public const int ContestsMax = 100;
    public const int OfKindMax = 100;
    private const int ShownOfKind = 3;

    /// <returns>The environment that the database is stamped with.</returns>
    public static Task<string?> EnvironmentName(this Tx tx) => tx.QueryOne<string>(
        "select name from pipeline.environment where has_table_privilege('payout.payout', 'select')");

    /// <param name="kind">Null: the newest few of every kind.</param>
    public static Task<IReadOnlyList<OpenAlert>> OpenAlerts(this Tx tx, string? kind) => tx.Query<OpenAlert>(
        $"""
        select dedup_key, severity, kind, subject, cause, recommended_action, raised_at, level, acknowledged_at, acknowledged_by, no, of_kind, oldest_at
        from (
            select a.*, row_number() over (partition by a.kind order by a.raised_at desc, a.dedup_key) as no, count(*) over (partition by a.kind) as of_kind,
                min(a.raised_at) over (partition by a.kind) as oldest_at
            from payout.alert a
            where a.resolved_at is null{(kind is null ? "" : " and a.kind = @kind")}) open
        where no <= @shown
        order by max(case when severity = 'critical' then 1 else 0 end) over (partition by kind) desc, kind, no
        """,
        new { kind, shown = kind is null ? ShownOfKind : OfKindMax });

    /// <summary>
    /// Payouts that are not over, results that are not posted, and results that Settlement published and Payout does not
    /// have: the
    /// oldest first.
    /// </summary>
    public static Task<IReadOnlyList<OwedRow>> OwedAndNotMoving(this Tx tx) => tx.Query<OwedRow>(
        """
        with waiting as (
            select contest_id, revision, state, count(*) as payouts, sum(amount_minor)::bigint as amount_minor, min(created_at) as since, max(reason) as reason
            from payout.payout
            where state <> 'paid' and state in ('pending', 'held', 'awaiting_account', 'awaiting_funds', 'submitting', 'failed')
            group by contest_id, revision, state)
        select w.contest_id, w.revision, c.currency, s.prizes_net_minor as published_minor, c.paid_minor, w.state as stage, w.payouts, w.amount_minor, w.since,
            w.reason
        from waiting w
        join payout.contest c on c.contest_id = w.contest_id and c.revision = w.revision
        left join payout.settlement s on s.contest_id = w.contest_id and s.revision = w.revision
        union all
        select c.contest_id, c.revision, c.currency, s.prizes_net_minor, 0, case c.state when 'held' then 'contest-held' else c.state end, 0,
            coalesce(s.prizes_net_minor, c.net_received_minor), coalesce(c.opened_at, s.settled_at, now()), c.held_reason
        from payout.contest c
        left join payout.settlement s on s.contest_id = c.contest_id and s.revision = c.revision
        where c.completed_at is null
        union all
        select r.contest_id, r.revision, r.currency, r.prizes_net_minor, 0, 'result-missing', 0, r.prizes_net_minor, r.settled_at, null
        from settlement.result r
        where r.prizes_net_minor > 0
            and not exists (select from payout.contest c where c.contest_id = r.contest_id and c.revision = r.revision)
        order by since, contest_id, revision, stage
        limit @ContestsMax
        """,
        new { ContestsMax });
}
