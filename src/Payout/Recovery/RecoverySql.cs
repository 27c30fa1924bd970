using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Recovery;

/// <summary>All SQL of recoveries. Each statement runs inside the caller's transaction.</summary>
public static class RecoverySql
{
    /// <summary>Part of a condition: money is not stopped.</summary>
    public const string MoneyMayMove = "not exists (select from payout.recovery where state = 'stopped')";

    /// <summary>An expression: everything is to be looked up at Stripe first.</summary>
    public const string LooksFirst = "exists (select from payout.recovery where state = 'recovering')";

    /// <summary>A condition: a recovery is open.</summary>
    public const string IsOpen = "exists (select from payout.recovery where state <> 'ended')";

    private const string Columns = "recovery_no, state, cause, lost_since, stopped_at, started_at, started_by, start_reason";

    /// <returns>Null: none is open.</returns>
    public static Task<RecoveryFacts?> OpenRecovery(this Tx tx) =>
        tx.QueryOne<RecoveryFacts>($"select {Columns} from payout.recovery where state <> 'ended'");

    /// <returns>Null: none is open.</returns>
    public static Task<RecoveryFacts?> LockRecovery(this Tx tx) =>
        tx.QueryOne<RecoveryFacts>($"select {Columns} from payout.recovery where state <> 'ended' for update");

    /// <summary>
    /// While a recovery is open the books may lack a payout's transfer, until Stripe has been asked for it since the recovery
    /// began: before that nothing may take its place, or both would be paid.
    /// </summary>
    public static Task<bool> MayHaveGone(this Tx tx, string payoutId) => tx.QueryOne<bool>(
        """
        select exists (
            select from payout.recovery r
            where r.state = 'stopped'
                or r.state = 'recovering' and not exists (select from payout.attempt a where a.payout_id = @payoutId and
                    a.closed_at >= r.started_at))
        """,
        new { payoutId });

    /// <summary>Those made before the end of an earlier recovery were looked at then.</summary>
    /// <returns>The ids of the transfers of which no attempt is known here.</returns>
    public static Task<IReadOnlyList<string>> UnknownTransfers(
        this Tx tx, IReadOnlyList<NamedTransfer> named) => tx.Query<string>(
        """
        select n.id
        from unnest(@ids::text[], @keys::text[], @times::timestamptz[]) n(id, key, at)
        where not exists (select from payout.attempt a where a.idempotency_key = n.key)
            and not exists (select from payout.attempt a where a.transfer_id = n.id)
            and n.at > coalesce((select max(ended_at) from payout.recovery), '-infinity')
        order by n.id
        """,
        new { ids = named.Select(t => t.TransferId).ToArray(), keys = named.Select(t => t.AttemptKey).ToArray(),
            times = named.Select(t => t.CreatedAt).ToArray() });

    /// <summary>
    /// From the commit on nothing that moves money is claimed. One that is open is stopped again, and reaches back as far as the
    /// earlier of both.
    /// </summary>
    /// <param name="lostSince">What was committed after this moment, UTC, may be missing.</param>
    public static Task StopMoney(this Tx tx, string cause, DateTimeOffset lostSince) => tx.Execute(
        """
        insert into payout.recovery as r (state, cause, lost_since, stopped_at) values ('stopped', @cause, @lostSince, @now)
        on conflict ((true)) where state <> 'ended' do update
        set state = 'stopped', cause = r.cause || E'\n' || excluded.cause, lost_since = least(r.lost_since, excluded.lost_since),
            stopped_at = excluded.stopped_at, deposits_seen_at = null, told_seen_at = null
        """,
        new { cause, lostSince, now = tx.Now });

    /// <returns>Since when the books may lack deposits, UTC: a recovery has begun, and Stripe's payment intents were not looked
    /// through since. Null: nothing is to be looked for.</returns>
    public static Task<DateTimeOffset?> DepositsLostSince(this Tx tx) => tx.QueryOne<DateTimeOffset?>(
        "select lost_since from payout.recovery where state = 'recovering' and deposits_seen_at is null");

    /// <param name="lostSince">As it was when the look began: a loss that was found to reach further back is looked for
    /// again.</param>
    public static Task DepositsWereSeen(this Tx tx, DateTimeOffset lostSince) => tx.Execute(
        "update payout.recovery set deposits_seen_at = @now where state = 'recovering' and lost_since = @lostSince",
        new { now = tx.Now, lostSince });

    /// <returns>Since when the books may lack what was told, UTC: it was not read back since that is known. Null: nothing is to
    /// be read back.</returns>
    public static Task<DateTimeOffset?> ToldLostSince(this Tx tx) => tx.QueryOne<DateTimeOffset?>(
        "select lost_since from payout.recovery where state <> 'ended' and told_seen_at is null");

    /// <param name="lostSince">As of <see cref="DepositsWereSeen"/>.</param>
    public static Task ToldWasSeen(this Tx tx, DateTimeOffset lostSince) => tx.Execute(
        "update payout.recovery set told_seen_at = @now where state <> 'ended' and lost_since >= @lostSince",
        new { now = tx.Now, lostSince });

    /// <summary>Of the recovery that is open.</summary>
    public static Task<NotMadeAgain> NotMadeAgain(this Tx tx) => tx.QueryOne<NotMadeAgain>(
        """
        select exists (select from payout.recovery where state = 'recovering' and deposits_seen_at is not null) as deposits_seen,
            exists (select from payout.recovery where state = 'recovering' and told_seen_at is not null) as told_seen,
            (select count(*) from payout.lost_withdrawal where made_at is null)::int as withdrawals,
            (select count(*) from payout.lost_stake where closed_at is null and accepted_at is not null)::int as stakes
        """)!;

    public static Task StartRecovery(this Tx tx, RecoveryFacts open, string actor, string reason) => tx.Execute(
        "update payout.recovery set state = 'recovering', started_at = @now, started_by = @actor, start_reason = @reason where "
            + "recovery_no = @RecoveryNo",
        new { now = tx.Now, actor, reason, open.RecoveryNo });

    public static Task EndRecovery(this Tx tx, RecoveryFacts open, string actor, string reason) => tx.Execute(
        "update payout.recovery set state = 'ended', ended_at = @now, ended_by = @actor, end_reason = @reason where "
            + "recovery_no = @RecoveryNo",
        new { now = tx.Now, actor, reason, open.RecoveryNo });
}
