using ContestPipeline.Plumbing;

namespace ContestPipeline.WebConsole.Data;

/// <summary>A payout that waits for a decision, with what it rests on.</summary>
/// <param name="Causes">What holds it, by commas.</param>
/// <param name="Findings">Of the last look at the limits, JSON; null: there was none.</param>
/// <param name="Approvals">How many approvers have released it since it was held.</param>
/// <param name="LastApprover">Null: nobody yet.</param>
/// <param name="PaidBefore">Payouts of the player that were paid.</param>
/// <param name="Disputes">Open ones of the player.</param>
public sealed record HeldPayout(
    string PayoutId, string ContestId, string PlayerId, long AmountMinor, string Currency, string? Reason,
    DateTimeOffset CreatedAt,
    string Causes, DateTimeOffset? Since, string? Findings, long Approvals, string? LastApprover, long PaidBefore,
    long PaidBeforeMinor,
    long Disputes, string? Account, DateTimeOffset? AccountSince);

/// <summary>All SQL of the approval queue.</summary>
public static class QueueSql
{
    public const int PageMax = 25;

    /// <param name="contest">Null: of every contest.</param>
    /// <param name="largest">The largest first, else the oldest.</param>
    /// <param name="after">The last payout of the page before; null: the first page.</param>
    public static Task<IReadOnlyList<HeldPayout>> HeldPayouts(
        this Tx tx, string? contest, bool largest, string? after) => tx.Query<HeldPayout>(
        $"""
        select p.payout_id, p.contest_id, p.player_id, p.amount_minor, p.currency, p.reason, p.created_at, coalesce(h.causes, '') as causes, h.since,
            a.findings::text as findings, r.approvals, r.last_approver, b.paid_before, b.paid_before_minor, d.disputes, s.transfers as account,
            s.first_seen_at as account_since
        from (
            select payout_id, contest_id, player_id, amount_minor, currency, reason, created_at
            from payout.payout
            where state = 'held'{(contest is null ? "" : " and contest_id = @contest")}{After(largest, after)}
            order by {(largest ? "amount_minor desc, payout_id desc" : "created_at, payout_id")}
            limit @PageMax) p
        left join lateral (
            select string_agg(distinct cause, ', ' order by cause) as causes, min(since) as since
            from payout.payout_hold o where o.payout_id = p.payout_id and o.released_at is null) h on true
        left join lateral (
            select findings from payout.risk_assessment o where o.payout_id = p.payout_id order by o.assessment_no desc limit 1) a on true
        left join lateral (
            select count(*) as approvals, max(o.reviewer) as last_approver
            from payout.payout_review o where o.payout_id = p.payout_id and o.decision = 'release' and o.at >= h.since) r on true
        left join lateral (
            select count(*) as paid_before, coalesce(sum(o.amount_minor), 0)::bigint as paid_before_minor
            from payout.payout o where o.player_id = p.player_id and o.state = 'paid' and o.currency = p.currency) b on true
        left join lateral (select count(*) as disputes from payout.dispute o where o.player_id = p.player_id and o.phase = 'open') d on true
        left join lateral (
            select o.transfers, o.first_seen_at from payout.stripe_account o where o.player_id = p.player_id order by o.first_seen_at desc limit 1) s on true
        order by {(largest ? "p.amount_minor desc, p.payout_id desc" : "p.created_at, p.payout_id")}
        """,
        new { contest, after, PageMax });

    private static string After(bool largest, string? after) => after is null ? "" : largest
        ? " and (amount_minor, payout_id) < (select amount_minor, payout_id from payout.payout where payout_id = @after)"
        : " and (created_at, payout_id) > (select created_at, payout_id from payout.payout where payout_id = @after)";
}
