using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Reconciliation;

/// <summary>
/// What a player was awarded by one revision of a contest, as it was published, as it is booked and as it is paid out. Minor
/// units, after the platform's fee.
/// </summary>
/// <param name="State">Of the contest, one of <see cref="PayingState"/>.</param>
public sealed record PlayerResult(
    string ContestId, int Revision, string PlayerId, string Currency, string State, long PublishedMinor, long LedgerMinor,
    long PayoutMinor);

/// <summary>A message of results that was published and has not been handled here.</summary>
/// <param name="Type">Its wire name.</param>
/// <param name="DiscardedBy">Who gave it up; null: it is parked.</param>
/// <param name="Why">In words.</param>
public sealed record UnhandledResult(string Place, string Type, byte[] Body, DateTimeOffset At, string? DiscardedBy, string Why);

/// <summary>A message of results that was handled.</summary>
public sealed record HandledResult(string Type, string ContestId, int Revision, int Chunk);

/// <summary>All SQL of the comparison of results with the ledger and the payouts.</summary>
public static class PublishedSql
{
    public const int RowsMax = 10_000;

    /// <summary>
    /// Players of whom the three do not say the same. Looked at: contests that were completed in the time, those that should be
    /// by now, and those named.
    /// </summary>
    /// <param name="settledBefore">What was settled before this and is not complete should be.</param>
    /// <param name="contests">Contests to look at whatever their state; <paramref name="revisions"/> has the revision of
    /// each.</param>
    public static Task<IReadOnlyList<PlayerResult>> ResultsThatDiffer(
        this Tx tx, DateTimeOffset from, DateTimeOffset to, DateTimeOffset settledBefore, string[] contests,
        int[] revisions) => tx.Query<PlayerResult>(
        """
        with looked as materialized (
            select c.contest_id, c.revision, c.currency, c.state
            from payout.contest c left join payout.settlement s on s.contest_id = c.contest_id and s.revision = c.revision
            where not starts_with(c.contest_id, 'withdrawal/') and (c.completed_at >= @from and c.completed_at < @to or c.completed_at is null and s.settled_at < @settledBefore
                or exists (select from unnest(@contests::text[], @revisions::integer[]) n(contest_id, revision) where n.contest_id
                    = c.contest_id and n.revision = c.revision))),
        parts as (
            select a.contest_id, a.revision, a.player_id, a.net_minor as published, 0::bigint as booked, 0::bigint as paid
            from looked l join payout.award a on a.contest_id = l.contest_id and a.revision = l.revision
            union all
            select t.contest_id, t.revision, substr(case when t.code = 'award' then t.credit_account else t.debit_account end,
                16), 0,
                case when t.code = 'award' then t.amount_minor else -t.amount_minor end, 0
            from looked l join payout.ledger_transfer t on t.contest_id = l.contest_id and t.revision = l.revision
            where t.code in ('award', 'platform-fee')
            union all
            select p.contest_id, p.revision, p.player_id, 0, 0, p.amount_minor
            from looked l join payout.payout p on p.contest_id = l.contest_id and p.revision = l.revision
            where p.reduction_no = 0
            union all
            select t.contest_id, t.revision, substr(t.credit_account, length('wallet:') + 1), 0, 0, t.amount_minor
            from looked l join payout.ledger_transfer t on t.contest_id = l.contest_id and t.revision = l.revision
            where t.code = 'prize-credit')
        select p.contest_id, p.revision, p.player_id, l.currency, l.state, sum(p.published)::bigint as published_minor,
            sum(p.booked)::bigint as ledger_minor,
            sum(p.paid)::bigint as payout_minor
        from parts p join looked l on l.contest_id = p.contest_id and l.revision = p.revision
        group by p.contest_id, p.revision, p.player_id, l.currency, l.state
        having sum(p.published) <> sum(p.booked) or sum(p.published) <> sum(p.paid)
        order by p.contest_id, p.revision, p.player_id
        limit @RowsMax
        """,
        new { from, to, settledBefore, contests, revisions, RowsMax }, patiently: true);

    /// <returns>Messages of results that were given up, and those that are parked since before
    /// <paramref name="parkedBefore"/>.</returns>
    public static Task<IReadOnlyList<UnhandledResult>> ResultsAside(
        this Tx tx, DateTimeOffset parkedBefore) => tx.Query<UnhandledResult>(
        """
        select d.topic || '[' || d.partition || '] ' || d.record_offset as place, coalesce(d.headers->>'ce_type', '') as type,
            d.body, d.discarded_at as at, d.discarded_by,
            d.reason as why
        from payout.parked_discarded d
        where d.topic = @topic
        union all
        select p.topic || '[' || p.partition || '] ' || p.record_offset, coalesce(p.headers->>'ce_type', ''), p.body,
            p.first_seen, null, p.error
        from payout.parked p
        where p.topic = @topic and p.first_seen < @parkedBefore
        order by at, place
        """,
        new { topic = Topics.Results, parkedBefore });

    /// <returns>What of these contests was handled: a message that was given up may have come again.</returns>
    public static Task<IReadOnlyList<HandledResult>> ResultsHandled(this Tx tx, string[] contests) => tx.Query<HandledResult>(
        """
        select @awards as type, contest_id, revision, chunk from payout.award_chunk where contest_id = any(@contests)
        union all
        select @reductions, contest_id, revision, chunk from payout.reduction_chunk where contest_id = any(@contests)
        union all
        select @settled, contest_id, revision, 0 from payout.settlement where contest_id = any(@contests)
        order by type, contest_id, revision, chunk
        """,
        new
        {
            contests, awards = WireTypes.Of(typeof(ContestAwardsV1)).Name,
            reductions = WireTypes.Of(typeof(ContestReductionsV1)).Name,
            settled = WireTypes.Of(typeof(ContestSettledV1)).Name,
        });

    /// <returns>Those of the alerts that a person has ended: what they are about is decided.</returns>
    public static Task<IReadOnlyList<string>> EndedByPersons(this Tx tx, string prefix) => tx.Query<string>(
        "select dedup_key from payout.alert where starts_with(dedup_key, @prefix) and resolved_at is not null and resolved_by "
            + "<> raised_by order by dedup_key",
        new { prefix });
}
