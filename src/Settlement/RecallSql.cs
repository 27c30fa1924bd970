using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Settlement;

/// <summary>The answer to a recall as it is kept.</summary>
/// <param name="Attempt">The newest attempt that is never settled.</param>
/// <param name="SettledAt">UTC; null: it is recalled.</param>
internal sealed record RecallRow(int Attempt, DateTimeOffset? SettledAt);

/// <summary>SQL over recalls. The contest's row is locked by the caller.</summary>
internal static class RecallSql
{
    /// <summary>A first result bars a cancellation for good; anything else only that of its own revision.</summary>
    /// <returns>The answer, or that of before when the request was answered already.</returns>
    public static async Task<RecallRow> StoreRecall(this Tx tx, RecallRequestedV1 request)
    {
        await tx.Execute(
            """
            insert into settlement.recall (contest_id, request_id, purpose, revision, attempt, settled_at, reason, issued_by, at)
            select @ContestId, @RequestId, @Purpose, @Revision,
                greatest(@Attempt, (select attempt from settlement.completion where contest_id = @ContestId and revision =
                    @Revision)),
                (select min(settled_at) from settlement.result where contest_id = @ContestId and (revision = @Revision or @Purpose
                    = @cancel)),
                @Reason, @By, @now
            on conflict (contest_id, request_id) do nothing
            """,
            new
            {
                request.ContestId, request.RequestId, request.Purpose, request.Revision, request.Attempt, request.Reason,
                request.By, cancel = RecallPurposes.Cancel, now = tx.Now,
            });
        return await tx.QueryOne<RecallRow>(
            "select attempt, settled_at from settlement.recall where contest_id = @ContestId and request_id = @RequestId",
            new { request.ContestId, request.RequestId })
                ?? throw new InvariantException($"contest {request.ContestId}: recall {request.RequestId} was not kept");
    }

    /// <summary>Takes what was recalled out of the queue.</summary>
    /// <returns>The revisions that waited, in order.</returns>
    public static Task<IReadOnlyList<int>> DropRecalled(this Tx tx, string contestId) => tx.Query<int>(
        """
        with dropped as (
            update settlement.completion
            set state = 'recalled'
            where contest_id = @contestId and state in ('waiting', 'held') and settlement.is_recalled(contest_id, revision,
                attempt)
            returning revision)
        select revision from dropped order by revision
        """,
        new { contestId });
}
