using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.Recovery;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Corrections;

/// <summary>What a payout may still lose while money is recovered. Each statement runs inside the caller's transaction.</summary>
public static class ShrinkingSql
{
    /// <summary>
    /// Money is being recovered, and something of this payout is still to be taken: a correction's, or of an entry that was
    /// refunded or whose dispute was lost.
    /// </summary>
    public static async Task<bool> ShrinksInRecovery(this Tx tx, PayoutRecord payout) => await tx.QueryOne<bool>(
        $"""
        select {RecoverySql.LooksFirst} and exists (
            select from payout.reduction_part p
            where p.contest_id = @ContestId and p.award_revision = @Revision and p.player_id = @PlayerId and p.outcome = 'open' and {ReductionSql.Founded})
        """,
        payout) || await tx.IsVoidedInRecovery(payout);

    /// <summary>
    /// Money is being recovered, and an entry of this payout's player was refunded, or its dispute lost, whose prize is still to
    /// be looked at.
    /// </summary>
    public static Task<bool> IsVoidedInRecovery(this Tx tx, PayoutRecord payout) => tx.QueryOne<bool>(
        $"""
        select {RecoverySql.LooksFirst} and exists (
            select from payout.award a
                join payout.entry_payment p on p.contest_id = a.contest_id and p.entry_id = a.entry_id and p.void_due_at is not null
            where a.contest_id = @ContestId and a.revision = @Revision and a.player_id = @PlayerId
            union all
            select from payout.award a
                join payout.dispute d on d.contest_id = a.contest_id and d.entry_id = a.entry_id and d.player_id = a.player_id and d.phase = 'lost' and d.applied <> 'lost'
            where a.contest_id = @ContestId and a.revision = @Revision and a.player_id = @PlayerId)
        """,
        payout);
}
