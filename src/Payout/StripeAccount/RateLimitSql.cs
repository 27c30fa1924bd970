using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.StripeAccount;

/// <summary>Who else uses the account at Stripe.</summary>
/// <param name="Others">Processes beside this one.</param>
/// <param name="DivisorMin">By how many the one of them divides the rate that divides it least; 0 when there are none.</param>
public sealed record RateLimitPeers(int Others, int DivisorMin);

/// <summary>All SQL of the shared rate. Each statement runs inside the caller's transaction.</summary>
public static class RateLimitSql
{
    /// <summary>
    /// Says that the process lives, and sees who else does. One at a time: two that join together see each other.
    /// </summary>
    public static async Task<RateLimitPeers> Beat(this Tx tx, string sharer, TimeSpan livesFor)
    {
        await tx.Execute("select pg_advisory_xact_lock(hashtext('payout.pace_sharer'))");
        await tx.Execute("delete from payout.pace_sharer where seen_at < @gone and sharer <> @sharer",
            new { gone = tx.Now - livesFor, sharer });
        var others = await tx.QueryOne<RateLimitPeers>(
            "select count(*)::int as others, coalesce(min(divisor), 0) as divisor_min from payout.pace_sharer where sharer <> "
                + "@sharer", new { sharer })
            ?? throw new InvariantException("nobody was counted");
        await tx.Execute(
            """
            insert into payout.pace_sharer (sharer, joined_at, seen_at, divisor) values (@sharer, @now, @now, @divisor)
            on conflict (sharer) do update set seen_at = @now, divisor = @divisor
            """,
            new { sharer, now = tx.Now, divisor = others.Others + 1 });
        return others;
    }

    public static Task Leave(this Tx tx, string sharer) =>
        tx.Execute("delete from payout.pace_sharer where sharer = @sharer", new { sharer });
}
