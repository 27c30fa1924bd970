using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout;

/// <summary>All SQL of what players have earned.</summary>
public static class EarningsSql
{
    public static Task InsertPublished(this Tx tx, ContestPublishedV1 published) => tx.Execute(
        """
        insert into payout.published_contest (contest_id, title, kind, currency, distribution, platform_fee_bps, definition_hash)
        values (@ContestId, @Title, @Kind, @Currency, @Type, @PlatformFeeBps, @DefinitionHash)
        on conflict do nothing
        """,
        new
        {
            published.ContestId, published.Definition.Title, published.Definition.Kind, published.Definition.Currency, published.Definition.Prizes.Type,
            published.Definition.PlatformFeeBps, published.DefinitionHash,
        });

    /// <summary>Only of contests whose results are posted.</summary>
    /// <param name="contestId">Null: of all contests.</param>
    public static Task<IReadOnlyList<PrizeRow>> Prizes(this Tx tx, string playerId, string? contestId, int limit) => tx.Query<PrizeRow>(
        """
        select a.contest_id, a.revision, i.title, i.distribution, a.entry_id, a.place, a.points, a.gross_minor, a.fee_minor, a.net_minor, c.currency,
            coalesce(v.minor, 0)::bigint as voided_minor, coalesce(d.minor, 0)::bigint as disputed_minor, coalesce(t.minor, 0)::bigint as reversed_minor,
            p.payout_id, p.state as payout_state, p.reason, p.transfer_id, c.completed_at as awarded_at, h.at as changed_at
        from payout.award a
        join payout.contest c on c.contest_id = a.contest_id and c.revision = a.revision and c.completed_at is not null
        left join payout.published_contest i on i.contest_id = a.contest_id
        left join lateral (
            select * from payout.payout p
            where p.contest_id = a.contest_id and p.revision = a.revision and p.player_id = a.player_id
            order by p.created_at desc, p.payout_id desc
            limit 1) p on true
        left join lateral (
            select sum(x.amount_minor) as minor from payout.prize_void x
            where x.contest_id = a.contest_id and x.revision = a.revision and x.entry_id = a.entry_id and x.outcome in ('voided', 'corrected')) v on true
        left join lateral (
            select sum(r.amount_minor) as minor from payout.transfer_reversal r
                left join payout.dispute d on d.dispute_id = r.dispute_id
                left join payout.reduction_part c on c.reversal_id = r.reversal_id
            where r.payout_id = p.payout_id and coalesce(d.entry_id, c.entry_id) = a.entry_id) d on true
        left join lateral (select sum(r.amount_minor) as minor from payout.transfer_reversal r where r.payout_id = p.payout_id) t on true
        left join payout.payout_change h on h.payout_id = p.payout_id and h.change_no = p.change_no
        where a.player_id = @playerId and (@contestId::text is null or a.contest_id = @contestId)
        order by c.completed_at desc, a.contest_id, a.revision, a.place, a.entry_id
        limit @limit
        """,
        new { playerId, contestId, limit });
}
