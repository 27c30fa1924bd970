using ContestPipeline.Contracts;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Awards;

/// <summary>
/// All SQL of what Scoring told of contests whose results came. Each statement runs inside the caller's transaction.
/// </summary>
public static class GroundsSql
{
    /// <summary>Scoring is through with a revision: its result may be paid.</summary>
    public static Task InsertFinalized(this Tx tx, ContestFinalizedV1 finalized) => tx.Execute(
        """
        insert into payout.finalized_contest (contest_id, revision, definition_hash, finalized_at)
        values (@ContestId, @Revision, @DefinitionHash, @At)
        on conflict do nothing
        """,
        new { finalized.ContestId, finalized.Revision, finalized.DefinitionHash, finalized.At });

    public static async Task<ResultGrounds> Grounds(
        this Tx tx, string contestId, int revision) => await tx.QueryOne<ResultGrounds>(
        """
        select p.contest_id is not null as is_published, p.definition_hash, p.currency, p.rake_bps, p.guaranteed_pool_minor,
            p.late_correction_policy,
            f.contest_id is not null as is_finalized, f.definition_hash as finalized_hash,
            s.definition_hash as settled_hash, first.pool_minor as first_pool_minor, n.cancel_reason,
            p.stake_minor, p.forfeits_to_platform_bps, p.funding, p.pay_to
        from (values (@contestId)) as asked (contest_id)
        left join payout.published_contest p on p.contest_id = asked.contest_id
        left join payout.finalized_contest f on f.contest_id = asked.contest_id and f.revision = @revision
        left join payout.settlement s on s.contest_id = asked.contest_id and s.revision = @revision
        left join payout.settlement first on first.contest_id = asked.contest_id and first.revision = 1
        left join payout.collection n on n.contest_id = asked.contest_id
        """,
        new { contestId, revision }) ?? throw new InvariantException("a left join without a row");

    /// <summary>What the ledger has of charges for the entries that take part, and whether all of those are known.</summary>
    public static async Task<CollectedFees> CollectedFees(
        this Tx tx, string contestId, int revision) => await tx.QueryOne<CollectedFees>(
        """
        select
            payout.collected_minor(@contestId) as amount_minor,
            exists (select from payout.collection c where c.contest_id = @contestId and c.finalized_revision >= @revision) as
                complete
        """,
        new { contestId, revision }) ?? throw new InvariantException("a sum without a row");

    /// <returns>The revisions of a contest whose result is not paid yet, in order.</returns>
    public static Task<IReadOnlyList<int>> WaitingRevisions(this Tx tx, string contestId) => tx.Query<int>(
        "select revision from payout.contest where contest_id = @contestId and state in ('receiving', 'held') order by revision",
        new { contestId });

    /// <returns>The revisions of a contest that have begun to be paid, in order.</returns>
    public static Task<IReadOnlyList<int>> PayingRevisions(this Tx tx, string contestId) => tx.Query<int>(
        "select revision from payout.contest where contest_id = @contestId and state in ('posting', 'paying') order by revision",
        new { contestId });

    /// <summary>
    /// Holds a payout whose contest was cancelled. A person who lets it go has decided; it is not held for this again.
    /// </summary>
    /// <returns>True when there was a new hold.</returns>
    public static async Task<bool> HoldForCancellation(this Tx tx, PayoutRecord payout) => await tx.Execute(
        """
        insert into payout.payout_hold (payout_id, cause, reference, reason, since)
        select @PayoutId, @manual, 'contest-cancelled', n.cancel_reason, @now
        from payout.collection n
        where n.contest_id = @ContestId and n.cancel_reason is not null
        on conflict do nothing
        """,
        new { payout.PayoutId, payout.ContestId, manual = HoldCause.Manual, now = tx.Now }) > 0;

    /// <summary>
    /// Of a contest with fees every entry that takes part is known here with its player, since its fee was asked for. Of one
    /// without fees none is.
    /// </summary>
    /// <returns>The first prize that is not for an entry of its winner's; null when there is none.</returns>
    public static Task<StrangePrize?> StrangePrize(this Tx tx, string contestId, int revision) => tx.QueryOne<StrangePrize>(
        """
        select a.entry_id, a.player_id, e.player_id as owner_id
        from payout.award a
        left join lateral (
            select p.player_id from payout.entry_payment p where p.contest_id = a.contest_id and p.entry_id = a.entry_id
            union all
            select s.player_id from payout.wallet_stake s where s.contest_id = a.contest_id and s.entry_id = a.entry_id) e on true
        where a.contest_id = @contestId and a.revision = @revision and e.player_id is distinct from a.player_id
            and (e.player_id is not null or exists (select from payout.settlement s where s.contest_id = @contestId and
                s.entry_fees_minor > 0))
        order by a.entry_id
        limit 1
        """,
        new { contestId, revision });

    /// <param name="before">What came later has time yet, UTC.</param>
    /// <param name="passedOver">Contests that are left alone for now.</param>
    /// <returns>A result without publication or finalisation; null when there is none.</returns>
    public static Task<UnfoundedResult?> NextUnfounded(
        this Tx tx, DateTimeOffset before, string[] passedOver) => tx.QueryOne<UnfoundedResult>(
        """
        select c.contest_id, c.revision
        from payout.contest c
        join payout.settlement s using (contest_id, revision)
        where c.state = 'receiving' and c.opened_at <= @before and c.contest_id <> all(@passedOver)
            and (not exists (select from payout.published_contest p where p.contest_id = c.contest_id)
                or not exists (select from payout.finalized_contest f where f.contest_id = c.contest_id and f.revision =
                    c.revision))
        order by c.opened_at, c.contest_id, c.revision
        limit 1
        """,
        new { before, passedOver });
}

/// <summary>A result of which Scoring has told nothing. Constructor order is column order.</summary>
public sealed record UnfoundedResult(string ContestId, int Revision);
