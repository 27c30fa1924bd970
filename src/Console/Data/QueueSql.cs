using ContestPipeline.Payout.Payouts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.WebConsole.Data;

/// <summary>A payout that waits for a decision, with what it rests on.</summary>
/// <param name="Causes">What holds it, by commas.</param>
/// <param name="Findings">Of the last look at the limits, JSON; null: there was none.</param>
/// <param name="Approvals">How many approvers have released it since it was held.</param>
/// <param name="LastApprover">Null: nobody yet.</param>
/// <param name="PaidBefore">Payouts of the player that were paid.</param>
/// <param name="Disputes">Open ones of the player.</param>
/// <param name="Refunds">Of the player's fees, asked for by people in the last 90 days.</param>
/// <param name="RefundsMinor">What they come to, in minor units of the payout's currency.</param>
public sealed record HeldPayout(
    string PayoutId, string ContestId, string PlayerId, long AmountMinor, string Currency, string? Reason,
    DateTimeOffset CreatedAt,
    string Causes, DateTimeOffset? Since, string? Findings, long Approvals, string? LastApprover, long PaidBefore,
    long PaidBeforeMinor,
    long Disputes, string? Account, DateTimeOffset? AccountSince, long Refunds, long RefundsMinor);

/// <summary>Which held payouts are asked for; null asks for any.</summary>
/// <param name="Cause">One of <see cref="HoldCause"/>.</param>
/// <param name="Currency">ISO 4217, lower case.</param>
public sealed record QueueFilter(string? Contest, string? Player, string? Cause, string? Currency)
{
    public static IReadOnlyList<string> Causes { get; } =
        [HoldCause.Approval, HoldCause.Limit, HoldCause.Dispute, HoldCause.Manual, HoldCause.Mismatch];
}

/// <summary>All SQL of the approval queue.</summary>
public static class QueueSql
{
    public const int PageMax = 25;

    /// <param name="largest">The largest first, else the oldest.</param>
    /// <param name="after">The last payout of the page before; null: the first page.</param>
    public static Task<IReadOnlyList<HeldPayout>> HeldPayouts(
        this Tx tx, QueueFilter filter, bool largest, string? after) => tx.Query<HeldPayout>(
        $"""
        select p.payout_id, p.contest_id, p.player_id, p.amount_minor, p.currency, p.reason, p.created_at, coalesce(h.causes, '') as causes, h.since,
            a.findings::text as findings, r.approvals, r.last_approver, b.paid_before, b.paid_before_minor, d.disputes, s.transfers as account,
            s.first_seen_at as account_since, f.refunds, f.refunds_minor
        from (
            select payout_id, contest_id, player_id, amount_minor, currency, reason, created_at
            from payout.payout
            where state = 'held'{Asked(filter)}{After(largest, after)}
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
            select count(*) as refunds, coalesce(sum(o.amount_minor) filter (where e.currency = p.currency), 0)::bigint as refunds_minor
            from payout.entry_payment e join payout.entry_refund o on o.contest_id = e.contest_id and o.entry_id = e.entry_id
            where e.player_id = p.player_id and o.asked_by <> 'system' and o.state <> 'failed' and o.asked_at > @refundsSince) f on true
        left join lateral (
            select o.transfers, o.first_seen_at from payout.stripe_account o where o.player_id = p.player_id order by o.first_seen_at desc limit 1) s on true
        order by {(largest ? "p.amount_minor desc, p.payout_id desc" : "p.created_at, p.payout_id")}
        """,
        new
        {
            filter.Contest, filter.Player, filter.Cause, filter.Currency, after, PageMax, refundsSince = tx.Now.AddDays(-90),
        });

    /// <summary>Only what is asked for: of conditions that may be off, a plan for all values makes none that an index could
    /// serve.</summary>
    private static string Asked(QueueFilter filter) => string.Concat(
        filter.Contest is null ? "" : " and contest_id = @Contest",
        filter.Player is null ? "" : " and player_id = @Player",
        filter.Currency is null ? "" : " and currency = @Currency",
        filter.Cause is null ? "" : " and exists (select from payout.payout_hold o where o.payout_id = payout.payout_id and "
            + "o.released_at is null and o.cause = @Cause)");

    private static string After(bool largest, string? after) => after is null ? "" : largest
        ? " and (amount_minor, payout_id) < (select amount_minor, payout_id from payout.payout where payout_id = @after)"
        : " and (created_at, payout_id) > (select created_at, payout_id from payout.payout where payout_id = @after)";
}
