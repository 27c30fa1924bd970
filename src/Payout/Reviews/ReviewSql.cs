using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Reviews;

/// <summary>All SQL of reviews.</summary>
public static class ReviewSql
{
    public static Task<IReadOnlyList<Review>> Reviews(this Tx tx, string payoutId) => tx.Query<Review>(
        "select review_no, reviewer, decision, note, at from payout.payout_review where payout_id = @payoutId order by review_no",
        new { payoutId });

    /// <summary>The payout's row is locked: numbers have no gaps.</summary>
    public static async Task InsertReview(this Tx tx, string payoutId, int reviewNo, ReviewWish wish)
    {
        var written = await tx.Execute(
            """
            insert into payout.payout_review (payout_id, review_no, reviewer, decision, note, at)
            values (@payoutId, @reviewNo, @Reviewer, @Decision, @Note, @now)
            """,
            new { payoutId, reviewNo, wish.Reviewer, wish.Decision, wish.Note, now = tx.Now });
        Invariant.Holds(written == 1, $"payout {payoutId}: wrote {written} reviews");
    }
}
