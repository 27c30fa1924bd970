using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout;

/// <summary>One refund of an entry's fee.</summary>
/// <param name="RequestId">Chosen by the person who asked: the same request asks once. Null for what the system gives back.</param>
/// <param name="Attempt">Which key it is asked for with: a new one after a refusal for want of funds, or when a key grew too old.</param>
/// <param name="State">open, done or failed.</param>
public sealed record EntryRefund(
    string ContestId, string EntryId, int RefundNo, long AmountMinor, string Reason, string AskedBy, string? RequestId, int Attempt, string State, string? RefundId,
    bool ByHouse);

/// <summary>A cancelled contest whose fees go back.</summary>
public sealed record CancelledContest(string ContestId, string CancelReason);

/// <summary>All SQL of refunds and of what is known of a contest's entries as a whole.</summary>
public static class RefundSql
{
    private const string Columns = "contest_id, entry_id, refund_no, amount_minor, reason, asked_by, request_id, attempt, state, refund_id, by_house";

    public static async Task InsertRefund(this Tx tx, EntryRefund refund)
    {
        var written = await tx.Execute(
            """
            insert into payout.entry_refund
                (contest_id, entry_id, refund_no, amount_minor, reason, asked_by, request_id, attempt, state, refund_id, by_house, asked_at)
            values (@ContestId, @EntryId, @RefundNo, @AmountMinor, @Reason, @AskedBy, @RequestId, @Attempt, @State, @RefundId, @ByHouse, @now)
            """,
            new
            {
                refund.ContestId, refund.EntryId, refund.RefundNo, refund.AmountMinor, refund.Reason, refund.AskedBy, refund.RequestId, refund.Attempt, refund.State,
                refund.RefundId, refund.ByHouse, now = tx.Now,
            });
        Invariant.Holds(written == 1, $"refund {refund.RefundNo} of entry {refund.EntryId}: wrote {written} rows");
    }

    public static async Task UpdateRefund(this Tx tx, EntryRefund refund)
    {
        var written = await tx.Execute(
            """
            update payout.entry_refund
            set attempt = @Attempt, state = @State, refund_id = @RefundId, by_house = @ByHouse
            where contest_id = @ContestId and entry_id = @EntryId and refund_no = @RefundNo
            """,
            refund);
        Invariant.Holds(written == 1, $"refund {refund.RefundNo} of entry {refund.EntryId}: updated {written} rows");
    }

    public static Task<IReadOnlyList<EntryRefund>> Refunds(this Tx tx, string contestId, string entryId) => tx.Query<EntryRefund>(
        $"select {Columns} from payout.entry_refund where contest_id = @contestId and entry_id = @entryId order by refund_no", new { contestId, entryId });

    public static async Task<EntryRefund> Refund(this Tx tx, string contestId, string entryId, int refundNo) => await tx.QueryOne<EntryRefund>(
        $"select {Columns} from payout.entry_refund where contest_id = @contestId and entry_id = @entryId and refund_no = @refundNo",
        new { contestId, entryId, refundNo }) ?? throw new InvariantException($"refund {refundNo} of entry {entryId} was asked for and has no row");

    /// <summary>The contest was cancelled: everything goes back.</summary>
    public static Task CancelCollection(this Tx tx, string contestId, string reason) => tx.Execute(
        """
        insert into payout.collection (contest_id, cancel_reason, open)
        values (@contestId, @reason, true)
        on conflict (contest_id) do update set cancel_reason = @reason, open = true where collection.cancel_reason is null
        """,
        new { contestId, reason });

    /// <summary>Every entry that takes part has been announced.</summary>
    public static Task CompleteCollection(this Tx tx, string contestId, int revision) => tx.Execute(
        """
        insert into payout.collection (contest_id, finalized_revision, open)
        values (@contestId, @revision, false)
        on conflict (contest_id) do update set finalized_revision = @revision
        """,
        new { contestId, revision });

    /// <returns>A cancelled contest whose fees are not all on their way back, and why it was cancelled; nobody else is at it.</returns>
    public static Task<CancelledContest?> NextCancelled(this Tx tx) => tx.QueryOne<CancelledContest>(
        "select contest_id, cancel_reason from payout.collection where open order by contest_id limit 1 for update skip locked");

    public static Task CloseCollection(this Tx tx, string contestId) =>
        tx.Execute("update payout.collection set open = false where contest_id = @contestId", new { contestId });

    /// <summary>What was collected for the entries that take part, and whether all of those are known.</summary>
    public static async Task<CollectedFees> CollectedFees(this Tx tx, string contestId, int revision) => await tx.QueryOne<CollectedFees>(
        """
        select
            coalesce((select sum(p.amount_minor) from payout.entry_payment p where p.contest_id = @contestId and p.entry_state = 'accepted'), 0)::bigint as amount_minor,
            exists (select from payout.collection c where c.contest_id = @contestId and c.finalized_revision >= @revision) as complete
        """,
        new { contestId, revision }) ?? throw new InvariantException("a sum without a row");
}
