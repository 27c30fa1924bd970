using ContestPipeline.Contracts;
using ContestPipeline.Payout.Http;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Reports;

/// <summary>All SQL of what players have earned.</summary>
public static class EarningsSql
{
    public static Task InsertPublished(this Tx tx, ContestPublishedV1 published) => tx.Execute(
        """
        insert into payout.published_contest
            (contest_id, title, kind, currency, distribution, platform_fee_bps, definition_hash, rake_bps, guaranteed_pool_minor,
                late_correction_policy, stake_minor, forfeits_to_platform_bps, funding, pay_to)
        values
            (@ContestId, @Title, @Kind, @Currency, @Type, @PlatformFeeBps, @DefinitionHash, @RakeBps, @GuaranteedPoolMinor,
                @LateCorrectionPolicy, @stakeMinor, @ForfeitsToPlatformBps, @funding, @payTo)
        on conflict do nothing
        """,
        new
        {
            published.ContestId, published.Definition.Title, published.Definition.Kind, published.Definition.Currency,
            published.Definition.Prizes.Type,
            published.Definition.PlatformFeeBps, published.DefinitionHash, published.Definition.RakeBps,
            published.Definition.GuaranteedPoolMinor,
            published.Definition.LateCorrectionPolicy,
            stakeMinor = published.Definition.Verified is null ? (long?)null : published.Definition.EntryFeeMinor,
            published.Definition.Verified?.ForfeitsToPlatformBps,
            funding = published.Definition.Verified?.Funding ?? StakeFunding.Card,
            payTo = published.Definition.Verified?.PayTo ?? PrizeTargets.Transfer,
        });

    /// <summary>
    /// Prizes of contests whose results are posted, each with its payout and what was voided or taken back of it.
    /// </summary>
    private const string Won =
        """
        from payout.award a
        join payout.contest c on c.contest_id = a.contest_id and c.revision = a.revision and c.completed_at is not null
        left join lateral (
            select * from payout.payout p
            where p.contest_id = a.contest_id and p.revision = a.revision and p.player_id = a.player_id
            order by p.created_at desc, p.payout_id desc
            limit 1) p on true
        left join lateral (
            select sum(x.amount_minor) as minor from payout.prize_void x
            where x.contest_id = a.contest_id and x.revision = a.revision and x.entry_id = a.entry_id and x.outcome in ('voided',
                'corrected')) v on true
        left join lateral (
            select sum(r.amount_minor) as minor from payout.transfer_reversal r
                left join payout.dispute d on d.dispute_id = r.dispute_id
                left join payout.reduction_part c on c.reversal_id = r.reversal_id
            where r.payout_id = p.payout_id and coalesce(d.entry_id, c.entry_id) = a.entry_id) d on true
        left join lateral (select sum(r.amount_minor) as minor from payout.transfer_reversal r where r.payout_id = p.payout_id) t
            on true
        """;

    /// <summary>
    /// A page of prizes, those of the newest results first. It ends with the last prize of a revision, and so of a payout, whose
    /// sums need all of its prizes.
    /// </summary>
    /// <param name="contestId">Null: of all contests.</param>
    /// <param name="after">Where the page before ended, a revision of a contest; null: the first page.</param>
    /// <param name="limit">With how many prizes the page is full; those of the revision that fills it come all the same.</param>
    public static Task<IReadOnlyList<PrizeRow>> Prizes(
        this Tx tx, string playerId, string? contestId, PageEnd? after, int limit) => tx.Query<PrizeRow>(
        $"""
        with result as (
            select a.contest_id, a.revision, c.completed_at, count(*) as prizes
            from payout.award a
            join payout.contest c on c.contest_id = a.contest_id and c.revision = a.revision and c.completed_at is not null
            where a.player_id = @playerId and (@contestId::text is null or a.contest_id = @contestId)
                {(after is null ? "" : "and (c.completed_at < @afterAt or c.completed_at = @afterAt and (a.contest_id, a.revision) > (@afterContest, @afterRevision))")}
            group by a.contest_id, a.revision, c.completed_at),
        listed as (
            select contest_id, revision, sum(prizes) over (order by completed_at desc, contest_id, revision) - prizes as before from result)
        select a.contest_id, a.revision, i.title, i.distribution, a.entry_id, a.place, a.points, a.gross_minor, a.fee_minor, a.net_minor, c.currency,
            coalesce(v.minor, 0)::bigint as voided_minor, coalesce(d.minor, 0)::bigint as disputed_minor, coalesce(t.minor, 0)::bigint as reversed_minor,
            p.payout_id, p.state as payout_state, p.reason, p.transfer_id, c.completed_at as awarded_at, h.at as changed_at, a.stake_minor
        {Won}
        left join payout.published_contest i on i.contest_id = a.contest_id
        left join payout.payout_change h on h.payout_id = p.payout_id and h.change_no = p.change_no
        where a.player_id = @playerId and (a.contest_id, a.revision) in (select contest_id, revision from listed where before < @limit)
        order by c.completed_at desc, a.contest_id, a.revision, a.place, a.entry_id
        """,
        new { playerId, contestId, limit, afterAt = after?.At, afterContest = after?.Id, afterRevision = after?.Number });

    /// <summary>
    /// All prizes of a player, summed up. What a person took back of a payout names no prize: it counts up to what is left of the
    /// payout's prizes, as
    /// <see cref="PrizeRecord"/> lays it on them one by one.
    /// </summary>
    public static Task<IReadOnlyList<WonRow>> WonAltogether(this Tx tx, string playerId) => tx.Query<WonRow>(
        $"""
        select currency, payout_state, sum(wins)::int as wins, sum(gross_minor)::bigint as gross_minor, sum(fees_minor)::bigint as fees_minor,
            sum(net_minor)::bigint as net_minor, sum(lost_minor + least(greatest(by_persons_minor, 0), net_minor - lost_minor))::bigint as lost_minor,
            sum(stakes_minor)::bigint as stakes_minor
        from (
            select c.currency, p.state as payout_state, count(*) as wins, sum(a.gross_minor) as gross_minor, sum(a.fee_minor) as fees_minor,
                sum(a.net_minor) as net_minor, sum(least(a.net_minor, coalesce(v.minor, 0) + coalesce(d.minor, 0))) as lost_minor,
                coalesce(max(t.minor), 0) - coalesce(sum(d.minor), 0) as by_persons_minor, sum(a.stake_minor) as stakes_minor
            {Won}
            where a.player_id = @playerId
            group by a.contest_id, a.revision, c.currency, p.state) of_payouts
        group by currency, payout_state
        order by currency, payout_state
        """,
        new { playerId });
}
