using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Payouts;

/// <summary>A payout and its contest, both locked, with the player.</summary>
public sealed record LockedPayout(PayingContest Contest, PayoutRecord Payout);

/// <summary>All SQL of holds, and of locking one payout for a decision that is not the runner's.</summary>
public static class HoldSql
{
    /// <summary>
    /// One at a time per player, also while the player has no row yet: a payout that goes to sleep cannot miss the account that
    /// wakes it.
    /// </summary>
    public static Task LockPlayer(this Tx tx, string playerId) =>
        tx.Execute("select pg_advisory_xact_lock(hashtextextended('payout/player/' || @playerId, 0))", new { playerId });

    /// <summary>Contest, player, payout: the order in which everyone locks them.</summary>
    /// <returns>Null when there is no such payout.</returns>
    public static async Task<LockedPayout?> LockPayout(this Tx tx, string payoutId)
    {
        var owner = await tx.QueryOne<PayoutOwner>(
            "select contest_id, revision, player_id from payout.payout where payout_id = @payoutId", new { payoutId });
        if (owner is null) return null;
        var contest = await tx.LockContest(owner.ContestId, owner.Revision);
        await tx.LockPlayer(owner.PlayerId);
        var payout = await tx.QueryOne<PayoutRecord>(
            $"""
            select {PayoutSql.PayoutColumns}
            from payout.payout
            where payout_id = @payoutId
            for update
            """,
            new { payoutId });
        return new LockedPayout(contest, payout!);
    }

    /// <returns>False when the hold was there before, open or released.</returns>
    public static async Task<bool> InsertHold(this Tx tx, string payoutId, string cause, string reference, string reason) =>
        await tx.Execute(
            """
            insert into payout.payout_hold (payout_id, cause, reference, reason, since)
            values (@payoutId, @cause, @reference, @reason, @now)
            on conflict do nothing
            """,
            new { payoutId, cause, reference, reason, now = tx.Now }) == 1;

    public static async Task<bool> CloseHold(this Tx tx, string payoutId, string cause, string reference, string by) =>
        await tx.Execute(
            """
            update payout.payout_hold
            set released_at = @now, released_by = @by
            where payout_id = @payoutId and cause = @cause and reference = @reference and released_at is null
            """,
            new { payoutId, cause, reference, by, now = tx.Now }) == 1;

    public static Task<IReadOnlyList<PayoutHold>> Holds(this Tx tx, string payoutId) => tx.Query<PayoutHold>(
        """
        select payout_id, cause, reference, reason, since, released_at, released_by
        from payout.payout_hold
        where payout_id = @payoutId
        order by since, cause, reference
        """,
        new { payoutId });

    public static Task<IReadOnlyList<PayoutHold>> OpenHolds(this Tx tx, string payoutId) => tx.Query<PayoutHold>(
        """
        select payout_id, cause, reference, reason, since, released_at, released_by
        from payout.payout_hold
        where payout_id = @payoutId and released_at is null
        order by since, cause, reference
        """,
        new { payoutId });

    /// <summary>Whom to lock for a payout.</summary>
    private sealed record PayoutOwner(string ContestId, int Revision, string PlayerId);
}
