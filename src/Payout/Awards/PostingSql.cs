using ContestPipeline.Contracts;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Awards;

/// <summary>All SQL that turns awards into payouts. Each statement runs inside the caller's transaction.</summary>
public static class PostingSql
{
    public static Task<IReadOnlyList<Award>> Awards(
        this Tx tx, string contestId, int revision, int fromChunk, int beforeChunk) => tx.Query<Award>(
        """
        select chunk, player_id, entry_id, gross_minor, fee_minor, net_minor
        from payout.award
        where contest_id = @contestId and revision = @revision and chunk >= @fromChunk and chunk < @beforeChunk
        order by chunk, player_id, entry_id
        """,
        new { contestId, revision, fromChunk, beforeChunk });

    /// <returns>The chunk before which to stop, so that at least one chunk and not many more awards than asked for are
    /// taken.</returns>
    public static Task<int> ChunksUpTo(
        this Tx tx, string contestId, int revision, int fromChunk, int awardsMax) => tx.QueryOne<int>(
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
    /// Payouts in the state in which they are due, each with the first row of its history; nobody claims one before its contest
    /// is complete. A second payout for the same contest, revision and player is a key violation.
    /// </summary>
    /// <param name="first">The number of a payout's first change.</param>
    public static async Task CopyPayouts(
        this Tx tx, ReceivedContest contest, IReadOnlyList<NewPayout> payouts, Func<string, int> first)
    {
        var now = tx.Now;
        await using var copy = await CopyRows.Begin(
            tx,
            """
            copy payout.payout (payout_id, contest_id, revision, player_id, amount_minor, currency, state, change_no, due_at, created_at)
            from stdin (format binary)
            """,
            10);
        foreach (var payout in payouts)
        {
            await copy.Row();
            copy.Add(payout.PayoutId);
            copy.Add(contest.ContestId);
            copy.Add(contest.Revision);
            copy.Add(payout.PlayerId);
            copy.Add(payout.AmountMinor);
            copy.Add(contest.Currency);
            copy.Add(PayoutStates.Pending);
            copy.Add(first(payout.PayoutId));
            copy.Add(now);
            copy.Add(now);
        }

        await copy.Complete();
        await using var changes = await CopyRows.Begin(
            tx, "copy payout.payout_change (payout_id, change_no, state, at) from stdin (format binary)", 4);
        foreach (var payout in payouts)
        {
            await changes.Row();
            changes.Add(payout.PayoutId);
            changes.Add(first(payout.PayoutId));
            changes.Add(PayoutStates.Pending);
            changes.Add(now);
        }

        await changes.Complete();
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

    /// <summary>Also those that were held while the contest's other awards were being posted.</summary>
    public static Task<int> CountOpenPayouts(this Tx tx, ReceivedContest contest) => tx.QueryOne<int>(
        """
        select count(*)::int
        from payout.payout
        where contest_id = @ContestId and revision = @Revision and state not in ('paid', 'failed', 'rejected', 'reversed')
        """,
        new { contest.ContestId, contest.Revision });

    /// <returns>How many prizes were credited to wallets, and what they come to.</returns>
    public static async Task<CreditedPrizes> CountCredited(this Tx tx, ReceivedContest contest) =>
        await tx.QueryOne<CreditedPrizes>(
            """
            select count(*)::int as count, coalesce(sum(amount_minor), 0)::bigint as amount_minor
            from payout.ledger_transfer
            where contest_id = @ContestId and revision = @Revision and code = 'prize-credit'
            """,
            new { contest.ContestId, contest.Revision }) ?? throw new InvariantException("a sum without a row");

    /// <summary>The database itself refuses to commit this unless the contest's pool balances.</summary>
    /// <param name="credited">To wallets: as good as paid.</param>
    public static async Task CompleteContest(this Tx tx, ReceivedContest contest, int payoutsOpen, CreditedPrizes credited)
    {
        var written = await tx.Execute(
            """
            update payout.contest
            set state = case when @payoutsOpen = 0 then 'paid' else 'paying' end, payouts_open = @payoutsOpen,
                completed_at = @now, paid_count = paid_count + @Count, paid_minor = paid_minor + @AmountMinor
            where contest_id = @ContestId and revision = @Revision and completed_at is null
            """,
            new
            {
                payoutsOpen, now = tx.Now, credited.Count, credited.AmountMinor, contest.ContestId, contest.Revision,
            });
        Invariant.Holds(written == 1, $"contest {contest.ContestId}: completed {written} rows");
    }
}

/// <summary>Prizes of a contest that wallets were credited with, in minor units.</summary>
public sealed record CreditedPrizes(int Count, long AmountMinor);
