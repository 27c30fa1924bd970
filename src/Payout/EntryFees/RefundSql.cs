using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.EntryFees;

/// <summary>States of a refund; stored and shown by their words.</summary>
public enum RefundState
{
    /// <summary>Asked for; what became of it is not stored.</summary>
    Open,

    /// <summary>The money went back, or waits at Stripe to go.</summary>
    Done,

    /// <summary>The money did not go back, or came back.</summary>
    Failed,
}

/// <summary>One refund of an entry's fee.</summary>
/// <param name="RequestId">Chosen by the person who asked: the same request asks once. Null for what the system gives
/// back.</param>
/// <param name="Attempt">Which key it is asked for with: a new one after a refusal for want of funds, or when a key grew too
/// old.</param>
/// <param name="PendingReason">Why Stripe has not sent what is done, in Stripe's word, when it was last seen; null when it
/// has.</param>
public sealed record EntryRefund(
    string ContestId, string EntryId, int RefundNo, long AmountMinor, string Reason, string AskedBy, string? RequestId,
    int Attempt, RefundState State, string? RefundId, bool ByHouse, string? PendingReason = null);

/// <summary>A cancelled contest whose fees go back.</summary>
public sealed record CancelledContest(string ContestId, string CancelReason);

/// <summary>All SQL of refunds and of what is known of a contest's entries as a whole.</summary>
public static class RefundSql
{
    public const string Columns =
        "contest_id, entry_id, refund_no, amount_minor, reason, asked_by, request_id, attempt, state, refund_id, by_house, "
            + "pending_reason";

    public static Task<IReadOnlyList<EntryRefund>> Refunds(this Tx tx, string contestId, string entryId) => tx.Query<EntryRefund>(
        $"select {Columns} from payout.entry_refund where contest_id = @contestId and entry_id = @entryId order by refund_no",
        new { contestId, entryId });

    /// <summary>
    /// Whatever is decided by what was collected for a contest is decided by one at a time: its entries and its awards come over
    /// different topics, which different processes may read, and each has to see what the other has written. First in a
    /// transaction, before payments and the contest are locked.
    /// </summary>
    /// <param name="contests">Each once.</param>
    public static Task LockCollections(this Tx tx, IReadOnlyList<string> contests) => tx.Execute(
        """
        insert into payout.collection (contest_id, open)
        select contest_id, false from unnest(@contests::text[]) as n (contest_id) order by contest_id
        on conflict (contest_id) do update set open = collection.open
        """,
        new { contests });

    /// <summary>The contest was cancelled: everything goes back.</summary>
    public static Task CancelCollection(this Tx tx, string contestId, string reason) => tx.Execute(
        """
        insert into payout.collection (contest_id, cancel_reason, open)
        values (@contestId, @reason, true)
        on conflict (contest_id) do update set cancel_reason = @reason, open = true where collection.cancel_reason is null
        """,
        new { contestId, reason });

    /// <summary>
    /// Of these contests payments have become known: where a contest was cancelled before, they go back as well.
    /// </summary>
    public static Task GiveBackAlso(this Tx tx, IReadOnlyList<string> contests) =>
        tx.Execute("update payout.collection set open = true where contest_id = any(@contests) and cancel_reason is not null",
            new { contests });

    /// <summary>Every entry that takes part has been announced.</summary>
    public static Task CompleteCollection(this Tx tx, string contestId, int revision) => tx.Execute(
        """
        insert into payout.collection (contest_id, finalized_revision, open)
        values (@contestId, @revision, false)
        on conflict (contest_id) do update set finalized_revision = greatest(collection.finalized_revision, @revision)
        """,
        new { contestId, revision });

    /// <returns>A cancelled contest whose fees are not all on their way back, and why it was cancelled; nobody else is at
    /// it.</returns>
    public static Task<CancelledContest?> NextCancelled(this Tx tx, string[] passedOver) => tx.QueryOne<CancelledContest>(
        "select contest_id, cancel_reason from payout.collection where open and contest_id <> all(@passedOver) order by "
            + "contest_id limit 1 for update skip locked",
        new { passedOver });

    public static Task CloseCollection(this Tx tx, string contestId) =>
        tx.Execute("update payout.collection set open = false where contest_id = @contestId", new { contestId });
}
