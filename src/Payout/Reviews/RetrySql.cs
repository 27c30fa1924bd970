using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Reviews;

/// <summary>All SQL of payouts that a person sends again.</summary>
public static class RetrySql
{
    public static async Task InsertRetry(this Tx tx, string payoutId, int afterAttemptNo, string actor, string reason)
    {
        var written = await tx.Execute(
            """
            insert into payout.payout_retry (payout_id, retry_no, after_attempt_no, actor, reason, at)
            select @payoutId, count(*) + 1, @afterAttemptNo, @actor, @reason, @now
            from payout.payout_retry
            where payout_id = @payoutId
            """,
            new { payoutId, afterAttemptNo, actor, reason, now = tx.Now });
        Invariant.Holds(written == 1, $"retry of payout {payoutId}: wrote {written} rows");
    }

    /// <returns>Refusals up to this attempt count no more; 0 when nobody sent the payout again.</returns>
    public static Task<int> ForgivenUpTo(this Tx tx, string payoutId) =>
        tx.QueryOne<int>(
            "select coalesce(max(after_attempt_no), 0) from payout.payout_retry where payout_id = @payoutId", new { payoutId });
}
