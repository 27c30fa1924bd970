using ContestPipeline.Contracts;
using ContestPipeline.Payout.Clawbacks;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Corrections;

/// <summary>What is left of a net award after earlier corrections.</summary>
public sealed record AwardLeft(string EntryId, string PlayerId, int Revision, long LeftMinor);

/// <summary>All SQL of reductions. Each statement runs inside the caller's transaction.</summary>
public static class ReductionSql
{
    /// <summary>
    /// Part of a condition on a part p: Scoring has finalised its revision and did not cancel the contest. Whoever can write
    /// results alone takes nothing back. Of contests that were finalised before that was kept revision by revision, the newest
    /// that was counts.
    /// </summary>
    internal const string Founded =
        """
        (exists (select from payout.finalized_contest f where f.contest_id = p.contest_id and f.revision = p.revision)
            or not exists (select from payout.finalized_contest f where f.contest_id = p.contest_id)
                and exists (select from payout.collection c where c.contest_id = p.contest_id and c.finalized_revision >=
                    p.revision))
        and not exists (select from payout.collection c where c.contest_id = p.contest_id and c.cancel_reason is not null)
        """;

    private static readonly TimeSpan s_later = TimeSpan.FromSeconds(30);

    /// <returns>False when the same chunk is stored already.</returns>
    public static async Task<bool> ClaimReductions(this Tx tx, ContestReductionsV1 chunk, string bodyHash)
    {
        var key = new { chunk.ContestId, chunk.Revision, chunk.Chunk, bodyHash };
        var written = await tx.Execute(
            """
            insert into payout.reduction_chunk (contest_id, revision, chunk, body_hash)
            values (@ContestId, @Revision, @Chunk, @bodyHash)
            on conflict do nothing
            """,
            key);
        if (written == 1) return true;
        var earlier = await tx.QueryOne<string>(
            "select body_hash from payout.reduction_chunk where contest_id = @ContestId and revision = @Revision and chunk = "
                + "@Chunk", key);
        Invariant.Holds(earlier == bodyHash,
            $"reductions of contest {chunk.ContestId} revision {chunk.Revision} chunk {chunk.Chunk} came before with another "
                + $"body");
        return false;
    }

    public static async Task InsertReductions(this Tx tx, ContestReductionsV1 chunk)
    {
        var rows = chunk.Players.SelectMany(p => p.Prizes, (player, prize) => (player.PlayerId, Prize: prize)).ToArray();
        var written = await tx.Execute(
            """
            insert into payout.reduction (contest_id, revision, chunk, player_id, entry_id, place, points, gross_minor, fee_minor,
                net_minor)
            select @ContestId, @Revision, @Chunk, n.*
            from unnest(@players::text[], @entries::text[], @places::int[], @points::bigint[], @gross::bigint[], @fees::bigint[],
                @nets::bigint[]) n
            """,
            new
            {
                chunk.ContestId, chunk.Revision, chunk.Chunk,
                players = rows.Select(r => r.PlayerId).ToArray(),
                entries = rows.Select(r => r.Prize.EntryId).ToArray(),
                places = rows.Select(r => r.Prize.Rank).ToArray(),
                points = rows.Select(r => r.Prize.Points).ToArray(),
                gross = rows.Select(r => r.Prize.GrossMinor).ToArray(),
                fees = rows.Select(r => r.Prize.FeeMinor).ToArray(),
                nets = rows.Select(r => r.Prize.NetMinor).ToArray(),
            });
        Invariant.Holds(written == rows.Length, $"reductions of contest {chunk.ContestId}: wrote {written} of {rows.Length}");
    }

    public static Task<IReadOnlyList<AwardLeft>> AwardsLeft(
        this Tx tx, string contestId, int revision, IReadOnlyCollection<string> entryIds) => tx.Query<AwardLeft>(
        """
        select a.entry_id, a.player_id, a.revision, (a.net_minor - coalesce((
            select sum(p.net_minor) from payout.reduction_part p
            where p.contest_id = a.contest_id and p.award_revision = a.revision and p.entry_id = a.entry_id), 0))::bigint as
                left_minor
        from payout.award a
        where a.contest_id = @contestId and a.revision < @revision and a.entry_id = any(@entryIds)
        order by a.entry_id, a.revision
        """,
        new { contestId, revision, entryIds = entryIds.ToArray() });

    public static async Task InsertParts(this Tx tx, IReadOnlyList<ReductionPart> parts)
    {
        var written = await tx.Execute(
            """
            insert into payout.reduction_part (contest_id, revision, entry_id, award_revision, player_id, currency, net_minor,
                due_at)
            select n.*, @now
            from unnest(@contests::text[], @revisions::int[], @entries::text[], @awards::int[], @players::text[],
                @currencies::text[], @nets::bigint[]) n
            """,
            new
            {
                contests = parts.Select(p => p.ContestId).ToArray(),
                revisions = parts.Select(p => p.Revision).ToArray(),
                entries = parts.Select(p => p.EntryId).ToArray(),
                awards = parts.Select(p => p.AwardRevision).ToArray(),
                players = parts.Select(p => p.PlayerId).ToArray(),
                currencies = parts.Select(p => p.Currency).ToArray(),
                nets = parts.Select(p => p.NetMinor).ToArray(),
                now = tx.Now,
            });
        Invariant.Holds(written == parts.Count, $"parts of reductions: wrote {written} of {parts.Count}");
    }

    /// <summary>Of contests whose awards are posted; of a player from whom Stripe is just taking something back, the next waits
    /// until that is known.</summary>
    public static Task<IReadOnlyList<ReductionPart>> DueParts(this Tx tx, int countMax) => tx.Query<ReductionPart>(
        $"""
        select {ClawbackSql.PartColumns}
        from payout.reduction_part p
            join payout.contest c on c.contest_id = p.contest_id and c.revision = p.award_revision and c.completed_at is not null
        where p.due_at <= @now and not exists (select from payout.reduction_part o where o.player_id = p.player_id and o.outcome = 'asked')
            and {Founded}
        order by p.due_at, p.contest_id, p.revision, p.entry_id, p.award_revision
        limit @countMax
        """,
        new { now = tx.Now, countMax });

    /// <param name="before">What came later has time yet, UTC.</param>
    /// <param name="passedOver">Contests that are left alone for now.</param>
    /// <returns>Reductions that Scoring has not finalised, or of a contest that it has cancelled; null when there are
    /// none.</returns>
    public static Task<UnfoundedReductions?> NextUnfoundedReductions(
        this Tx tx, DateTimeOffset before, string[] passedOver) => tx.QueryOne<UnfoundedReductions>(
        $"""
        select p.contest_id, p.revision, sum(p.net_minor)::bigint as net_minor, min(p.currency) as currency, count(distinct p.player_id)::integer as players,
            (select c.cancel_reason from payout.collection c where c.contest_id = p.contest_id) as cancel_reason
        from payout.reduction_part p
        where p.due_at <= @before and p.contest_id <> all(@passedOver) and not ({Founded})
        group by p.contest_id, p.revision
        order by p.contest_id, p.revision
        limit 1
        """,
        new { before, passedOver });

    public static Task ReductionsLater(this Tx tx, UnfoundedReductions unfounded, DateTimeOffset at) => tx.Execute(
        "update payout.reduction_part set due_at = @at where contest_id = @ContestId and revision = @Revision and outcome = "
            + "'open'",
        new { at, unfounded.ContestId, unfounded.Revision });

    /// <returns>What corrections are still to take of a payout.</returns>
    public static Task<IReadOnlyList<ReductionPart>> OpenParts(this Tx tx, PayoutRecord payout) => tx.Query<ReductionPart>(
        $"""
        select {ClawbackSql.PartColumns}
        from payout.reduction_part p
        where p.contest_id = @ContestId and p.award_revision = @Revision and p.player_id = @PlayerId and p.outcome = 'open' and {Founded}
        order by p.revision, p.entry_id
        """,
        payout);

    /// <summary>The payout's contest and player are locked by the caller, so that what refunds and disputes did is
    /// seen.</summary>
    /// <returns>Null when it is decided already.</returns>
    public static async Task<DuePart?> LockPart(this Tx tx, ReductionPart part)
    {
        var open = await tx.QueryOne<string>(
            """
            select outcome from payout.reduction_part
            where contest_id = @ContestId and revision = @Revision and entry_id = @EntryId and award_revision = @AwardRevision and
                outcome = 'open'
            for update
            """,
            part);
        if (open is null) return null;
        var (effective, fee, voidNo) = await tx.QueryOne<(long, long, int)>(
            $"""
            select greatest(0, least(
                    p.net_minor,
                    a.net_minor - coalesce(v.voided_minor, 0) - coalesce(o.taken_minor, 0) - f.forfeited_minor
                        - case
                            when exists (
                                select from payout.dispute d
                                where d.phase = 'lost' and d.contest_id = p.contest_id and d.entry_id = p.entry_id and d.player_id
                                    = p.player_id) then 0
                            else ceil((a.net_minor - o.reduced_minor) * (1 - coalesce(e.refunded_by_house_minor::numeric /
                                nullif(e.amount_minor, 0), 0))) end))::bigint,
                r.fee_minor, coalesce(v.void_no, 0)
            from payout.reduction_part p
                join payout.reduction r on r.contest_id = p.contest_id and r.revision = p.revision and r.entry_id = p.entry_id
                join payout.award a on a.contest_id = p.contest_id and a.revision = p.award_revision and a.entry_id = p.entry_id
                    and a.player_id = p.player_id
                left join payout.entry_payment e on e.contest_id = p.contest_id and e.entry_id = p.entry_id and e.player_id =
                    p.player_id
                {ClawbackSql.VoidsOfAward}
                left join lateral (
                    select sum(x.taken_minor) as taken_minor, sum(x.net_minor) filter (where x.revision <= p.revision) as
                        reduced_minor
                    from payout.reduction_part x
                    where x.contest_id = a.contest_id and x.award_revision = a.revision and x.entry_id = a.entry_id) o on true
                cross join lateral (
                    select coalesce(sum(x.amount_minor), 0)::bigint as forfeited_minor
                    from payout.transfer_reversal x
                        join payout.payout y on y.payout_id = x.payout_id
                        join payout.dispute d on d.dispute_id = x.dispute_id
                    where y.contest_id = a.contest_id and y.revision = a.revision and y.player_id = a.player_id
                        and d.contest_id = a.contest_id and d.entry_id = a.entry_id) f
            where p.contest_id = @ContestId and p.revision = @Revision and p.entry_id = @EntryId and p.award_revision =
                @AwardRevision
            """,
            part);
        return new DuePart(part, effective, fee, voidNo);
    }

    public static async Task FinishPart(
        this Tx tx, ReductionPart part, string outcome, long takenMinor = 0, string? callKey = null)
    {
        var written = await tx.Execute(
            """
            update payout.reduction_part
            set outcome = @outcome, taken_minor = @takenMinor, call_key = @callKey, due_at = null
            where contest_id = @ContestId and revision = @Revision and entry_id = @EntryId and award_revision = @AwardRevision and
                outcome = 'open'
            """,
            new { outcome, takenMinor, callKey, part.ContestId, part.Revision, part.EntryId, part.AwardRevision });
        Invariant.Holds(written == 1, $"reduction {part.Words}: updated {written} rows");
    }

    public static Task PartLater(this Tx tx, ReductionPart part) => tx.PartAt(part, tx.Now + s_later);

    /// <summary>It is tried again then.</summary>
    public static Task PartAt(this Tx tx, ReductionPart part, DateTimeOffset at) => tx.Execute(
        """
        update payout.reduction_part set due_at = @at
        where contest_id = @ContestId and revision = @Revision and entry_id = @EntryId and award_revision = @AwardRevision and
            outcome = 'open'
        """,
        new { at, part.ContestId, part.Revision, part.EntryId, part.AwardRevision });
}

/// <summary>Reductions of a revision without grounds. Constructor order is column order.</summary>
/// <param name="NetMinor">In minor units, after the platform's fee.</param>
/// <param name="CancelReason">In words; null: the contest was not cancelled.</param>
public sealed record UnfoundedReductions(
    string ContestId, int Revision, long NetMinor, string Currency, int Players, string? CancelReason);
