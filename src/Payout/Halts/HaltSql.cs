using ContestPipeline.Contracts;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Halts;

/// <summary>A payout that is still held by a halt that was lifted.</summary>
public sealed record HeldByLifted(string PayoutId, string Reference, string LiftedBy);

/// <summary>All SQL of halts. Each statement runs inside the caller's transaction.</summary>
public static class HaltSql
{
    /// <summary>Of a halt h: that it covers the payout p.</summary>
    private const string Covers =
        "(h.scope = 'payouts' or h.scope = 'contest' and h.subject = p.contest_id or h.scope = 'player' and h.subject = "
            + "p.player_id)";

    private const string Columns =
        "h.halt_no, h.scope, h.subject, h.reason, h.halted_by, h.halted_at, h.lifted_at, h.lifted_by, h.lift_reason";

    private const string Waiting =
        $"case when h.lifted_at is null then (select count(*) from payout.payout p where {OpenState} and {Covers}) else 0 end as "
            + "waiting";

    /// <summary>Of a payout p: that it is not over. Said so that the index of states serves.</summary>
    private const string OpenState =
        "p.state <> 'paid' and p.state in ('pending', 'held', 'awaiting_account', 'awaiting_funds', 'submitting')";

    /// <summary>An expression: the halt that keeps the payout p, which is not over; null when none does.</summary>
    public const string HaltNoOfPayout =
        $"(select min(h.halt_no) from payout.halt h where h.lifted_at is null and {OpenState} and {Covers})";

    /// <summary>
    /// Whoever begins to send shares it, whoever halts has it alone: once a halt is answered, no attempt is committed that did
    /// not see it.
    /// </summary>
    public static Task ShareHalts(this Tx tx) =>
        tx.Execute("select pg_advisory_xact_lock_shared(hashtextextended('payout/halts', 0))");

    /// <inheritdoc cref="ShareHalts"/>
    public static Task LockHalts(this Tx tx) => tx.Execute("select pg_advisory_xact_lock(hashtextextended('payout/halts', 0))");

    /// <returns>The open halts that cover the payout, the oldest first.</returns>
    public static Task<IReadOnlyList<Halt>> HaltsOf(this Tx tx, string payoutId) => tx.Query<Halt>(
        $"""
        select {Columns}, 1::bigint as waiting
        from payout.payout p join payout.halt h on h.lifted_at is null and {Covers}
        where p.payout_id = @payoutId
        order by h.halt_no
        """,
        new { payoutId });

    /// <summary>In the transaction that would begin an attempt: the payout is held by every open halt that covers it.</summary>
    public static async Task HoldForHalts(this Tx tx, PayoutRecord payout)
    {
        await tx.ShareHalts();
        await tx.Execute(
            $"""
            insert into payout.payout_hold (payout_id, cause, reference, reason, since)
            select p.payout_id, @manual, '{PayoutHold.HaltPrefix}' || h.halt_no, 'halted by ' || h.halted_by || ': ' || h.reason,
                @now
            from payout.payout p join payout.halt h on h.lifted_at is null and {Covers}
            where p.payout_id = @PayoutId
            order by h.halt_no
            on conflict do nothing
            """,
            new { payout.PayoutId, manual = HoldCause.Manual, now = tx.Now });
    }

    /// <returns>Null: there is none of that number.</returns>
    public static Task<Halt?> LockHalt(this Tx tx, long haltNo) => tx.QueryOne<Halt>(
        $"select {Columns}, 0::bigint as waiting from payout.halt h where h.halt_no = @haltNo for update", new { haltNo });

    public static Task<Halt?> FindHalt(this Tx tx, long haltNo) =>
        tx.QueryOne<Halt>($"select {Columns}, {Waiting} from payout.halt h where h.halt_no = @haltNo", new { haltNo });

    /// <returns>Null: nothing of the kind is halted.</returns>
    public static Task<Halt?> OpenHalt(this Tx tx, string scope, string subject) => tx.QueryOne<Halt>(
        $"select {Columns}, 0::bigint as waiting from payout.halt h where h.scope = @scope and h.subject = @subject and "
            + "h.lifted_at is null",
        new { scope, subject });

    /// <param name="all">With those that were lifted.</param>
    /// <returns>The newest first.</returns>
    public static Task<IReadOnlyList<Halt>> Halts(this Tx tx, bool all, int limit) => tx.Query<Halt>(
        $"""
        select {Columns}, {Waiting}
        from payout.halt h
        where @all or h.lifted_at is null
        order by h.halt_no desc
        limit @limit
        """,
        new { all, limit });

    /// <returns>Its number.</returns>
    public static Task<long> InsertHalt(this Tx tx, string scope, string subject, string reason, string by) => tx.QueryOne<long>(
        """
        insert into payout.halt (scope, subject, reason, halted_by, halted_at)
        values (@scope, @subject, @reason, @by, @now)
        returning halt_no
        """,
        new { scope, subject, reason, by, now = tx.Now });

    public static async Task LiftHalt(this Tx tx, long haltNo, string by, string reason)
    {
        var written = await tx.Execute(
            """
            update payout.halt set lifted_at = @now, lifted_by = @by, lift_reason = @reason
            where halt_no = @haltNo and lifted_at is null
            """,
            new { haltNo, by, reason, now = tx.Now });
        Invariant.Holds(written == 1, $"halt {haltNo}: lifted {written} rows");
    }

    /// <param name="passedOver">Payouts that are left alone for now.</param>
    /// <returns>Null: nothing is held any more by a halt that was lifted.</returns>
    public static Task<HeldByLifted?> NextHeldByLifted(this Tx tx, string[] passedOver) => tx.QueryOne<HeldByLifted>(
        $"""
        select o.payout_id, o.reference, h.lifted_by
        from payout.halt h
        join payout.payout_hold o on o.reference = '{PayoutHold.HaltPrefix}' || h.halt_no and o.cause = 'manual' and o.released_at
            is null
        where h.lifted_at is not null and o.payout_id <> all(@passedOver)
        order by o.payout_id, o.reference
        limit 1
        """,
        new { passedOver });

    /// <returns>What happened after a moment: payouts that failed, refunds that somebody asked for or made, disputes.</returns>
    public static async Task<MoneyTrouble> TroubleSince(this Tx tx, DateTimeOffset since) => (await tx.QueryOne<MoneyTrouble>(
        """
        select (select count(*) from payout.payout_change where state = 'failed' and at > @since) as failures,
            (select count(*) from payout.entry_refund where asked_by <> 'system' and asked_at > @since) as refunds,
            (select count(*) from payout.dispute where opened_at > @since) as disputes
        """,
        new { since }))!;
}
