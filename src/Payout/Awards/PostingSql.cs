using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout;

/// <summary>All SQL that turns awards into payouts. Each statement runs inside the caller's transaction.</summary>
public static class PostingSql
{
    public static Task<IReadOnlyList<Award>> Awards(this Tx tx, string contestId, int revision, int fromChunk, int beforeChunk) => tx.Query<Award>(
        """
        select chunk, player_id, entry_id, gross_minor, fee_minor, net_minor
        from payout.award
        where contest_id = @contestId and revision = @revision and chunk >= @fromChunk and chunk < @beforeChunk
        order by chunk, player_id, entry_id
        """,
        new { contestId, revision, fromChunk, beforeChunk });

    /// <returns>The chunk before which to stop, so that at least one chunk and not many more awards than asked for are taken.</returns>
    public static Task<int> ChunksUpTo(this Tx tx, string contestId, int revision, int fromChunk, int awardsMax) => tx.QueryOne<int>(
        """
        select coalesce(max(chunk), @fromChunk) + 1
        from (
            select chunk from payout.award
            where contest_id = @contestId and revision = @revision and chunk >= @fromChunk
            order by chunk
            limit @awardsMax) taken
        """,
        new { contestId, revision, fromChunk, awardsMax });

    /// <summary>
    /// Payouts in the state in which they are due, each with the first row of its history; nobody claims one before its contest is complete. A second payout for
    /// the same contest, revision and player is a key violation.
    /// </summary>
    public static async Task InsertPayouts(this Tx tx, ReceivedContest contest, IReadOnlyList<NewPayout> payouts)
    {
        var written = await tx.Execute(
            """
            with made as (
                insert into payout.payout
                    (payout_id, contest_id, revision, player_id, amount_minor, currency, state, change_no, due_at, created_at)
                select n.payout_id, @ContestId, @Revision, n.player_id, n.amount_minor, @Currency, 'pending', 1, @now, @now
                from unnest(@ids::text[], @players::text[], @amounts::bigint[]) n(payout_id, player_id, amount_minor)
                returning payout_id, change_no, state, created_at)
            insert into payout.payout_change (payout_id, change_no, state, at)
            select payout_id, change_no, state, created_at
            from made
            """,
            new
            {
                ids = payouts.Select(p => p.PayoutId).ToArray(),
                players = payouts.Select(p => p.PlayerId).ToArray(),
                amounts = payouts.Select(p => p.AmountMinor).ToArray(),
                contest.ContestId,
                contest.Revision,
                contest.Currency,
                now = tx.Now,
            });
        Invariant.Holds(written == payouts.Count, $"contest {contest.ContestId}: wrote {written} of {payouts.Count} payouts");
    }

    public static async Task SetChunksPosted(this Tx tx, ReceivedContest contest, int chunksPosted)
    {
        var written = await tx.Execute(
            """
            update payout.contest
            set chunks_posted = @chunksPosted
            where contest_id = @ContestId and revision = @Revision and chunks_posted = @ChunksBefore
            """,
            new { chunksPosted, contest.ContestId, contest.Revision, ChunksBefore = contest.ChunksPosted });
        Invariant.Holds(written == 1, $"contest {contest.ContestId}: updated {written} rows");
    }

    public static Task<int> CountOpenPayouts(this Tx tx, ReceivedContest contest) => tx.QueryOne<int>(
        """
        select count(*)::int
        from payout.payout
        where contest_id = @ContestId and revision = @Revision and state = 'pending'
        """,
        new { contest.ContestId, contest.Revision });

    /// <summary>The database itself refuses to commit this unless the contest's pool balances.</summary>
    public static async Task CompleteContest(this Tx tx, ReceivedContest contest, int payoutsOpen)
    {
        var written = await tx.Execute(
            """
            update payout.contest
            set state = case when @payoutsOpen = 0 then 'paid' else 'paying' end, payouts_open = @payoutsOpen, completed_at = @now
            where contest_id = @ContestId and revision = @Revision and completed_at is null
            """,
            new { payoutsOpen, now = tx.Now, contest.ContestId, contest.Revision });
        Invariant.Holds(written == 1, $"contest {contest.ContestId}: completed {written} rows");
    }
}
