using System.Text.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Accounts;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Risk;

/// <summary>An assessment as it was stored; the findings are JSON.</summary>
public sealed record StoredAssessment(
    int AssessmentNo, string Decision, DateTimeOffset? ResumesAt, string Findings, DateTimeOffset At);

/// <summary>All SQL of assessments. The player is locked by the caller, so what is read here stands until the commit.</summary>
public static class RiskSql
{
    /// <summary>
    /// A payout that has not gone for so long after its limit has let it is kept by something else, and nobody waits for it.
    /// </summary>
    private static readonly TimeSpan s_olderPatience = TimeSpan.FromHours(1);

    /// <param name="troubleDays">How far back refunds and disputes count.</param>
    public static async Task<PlayerHistory> HistoryFor(this Tx tx, PayoutRecord payout, int troubleDays)
    {
        var utc = tx.Now.UtcDateTime;
        var month = new DateTimeOffset(utc.Year, utc.Month, 1, 0, 0, 0, TimeSpan.Zero);
        var day = tx.Now - TimeSpan.FromHours(24);
        var sums = await tx.QueryOne<PlayerSums>(
            """
            select (select created_at from payout.stripe_account where account_id = @accountId) as account_since,
                exists (
                    select 1 from payout.payout p join payout.attempt a on a.payout_id = p.payout_id and a.outcome in ('open',
                        'paid', 'mismatch')
                    where p.player_id = @PlayerId and p.payout_id <> @PayoutId) as has_sent_before,
                (select count(*)::int from payout.payout where player_id = @PlayerId and created_at > @day and
                    not starts_with(contest_id, 'withdrawal/')) as won_in_day,
                (select coalesce(sum(amount_minor), 0)::bigint from payout.payout
                    where player_id = @PlayerId and currency = @Currency and state <> 'rejected') as paid_minor,
                (select coalesce(sum(a.stake_minor), 0)::bigint
                    from payout.award a join payout.payout p using (contest_id, revision, player_id)
                    where a.player_id = @PlayerId and p.currency = @Currency and p.state <> 'rejected') as stakes_minor,
                (select coalesce(sum(stake_minor), 0)::bigint from payout.award
                    where contest_id = @ContestId and revision = @Revision and player_id = @PlayerId) as stake_minor,
                (select count(*)::int from payout.entry_payment e
                    join payout.entry_refund r on r.contest_id = e.contest_id and r.entry_id = e.entry_id
                    where e.player_id = @PlayerId and r.asked_by <> 'system' and r.state <> 'failed' and r.asked_at > @trouble) as
                        refunds,
                (select count(*)::int from payout.dispute
                    where player_id = @PlayerId and phase in ('open', 'won', 'lost') and opened_at > @trouble) as disputes
            """,
            new { payout.PlayerId, payout.PayoutId, payout.Currency, payout.ContestId, payout.Revision, day,
                trouble = tx.Now.AddDays(-troubleDays),
                accountId = (await tx.AccountOf(payout.PlayerId))?.AccountId });
        var sent = await tx.Query<SentPayout>(
            """
            select p.payout_id, p.currency, p.amount_minor, max(a.first_used_at) as at
            from payout.payout p
            join payout.attempt a on a.payout_id = p.payout_id and a.outcome in ('open', 'paid', 'mismatch')
            where p.player_id = @PlayerId and p.payout_id <> @PayoutId and a.first_used_at > @since
            group by p.payout_id, p.currency, p.amount_minor
            order by at, p.payout_id
            """,
            new { payout.PlayerId, payout.PayoutId, since = month < day ? month.AddTicks(-10) : day });
        var older = await tx.QueryOne<WaitingPayout>(
            """
            select p.amount_minor, last.resumes_at
            from payout.payout p
            cross join lateral (
                select decision, resumes_at from payout.risk_assessment a where a.payout_id = p.payout_id order by assessment_no
                    desc limit 1) last
            where p.player_id = @PlayerId and p.currency = @Currency and p.state = 'pending' and last.decision = 'delay' and
                last.resumes_at > @notBefore
                and (p.created_at, p.payout_id) < (select created_at, payout_id from payout.payout where payout_id = @PayoutId)
            order by p.created_at, p.payout_id
            limit 1
            """,
            new { payout.PlayerId, payout.PayoutId, payout.Currency, notBefore = tx.Now - s_olderPatience });
        return new PlayerHistory(sums!.AccountSince, sent, sums.HasSentBefore, sums.WonInDay,
            Math.Max(0, sums.PaidMinor - sums.StakesMinor), older, sums.Refunds, sums.Disputes, sums.StakeMinor);
    }

    /// <returns>True when a reviewer let the payout go once: its approval is not asked for again.</returns>
    public static Task<bool> IsApproved(this Tx tx, string payoutId) => tx.QueryOne<bool>(
        """
        select exists (select 1 from payout.payout_hold where payout_id = @payoutId and cause = 'approval' and released_at is not
            null)
        """,
        new { payoutId });

    /// <returns>The number it was stored under.</returns>
    public static Task<int> InsertAssessment(
        this Tx tx, string payoutId, string decision, DateTimeOffset? resumesAt, IReadOnlyList<RiskFinding> findings) =>
        tx.QueryOne<int>(
            """
            insert into payout.risk_assessment (payout_id, assessment_no, decision, resumes_at, findings, at)
            select @payoutId, coalesce(max(assessment_no), 0) + 1, @decision, @resumesAt, @findings::jsonb, @now
            from payout.risk_assessment
            where payout_id = @payoutId
            returning assessment_no
            """,
            new { payoutId, decision, resumesAt, findings = JsonSerializer.Serialize(findings, WireJson.Options), now = tx.Now });

    public static Task<IReadOnlyList<StoredAssessment>> Assessments(this Tx tx, string payoutId) => tx.Query<StoredAssessment>(
        """
        select assessment_no, decision, resumes_at, findings::text as findings, at
        from payout.risk_assessment
        where payout_id = @payoutId
        order by assessment_no
        """,
        new { payoutId });

    /// <summary>Figures of a player over all of their payouts.</summary>
    private sealed record PlayerSums(
        DateTimeOffset? AccountSince, bool HasSentBefore, int WonInDay, long PaidMinor, long StakesMinor, long StakeMinor,
        int Refunds, int Disputes);
}
