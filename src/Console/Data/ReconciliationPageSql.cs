using ContestPipeline.Payout.Reconciliation;
using ContestPipeline.Plumbing;

namespace ContestPipeline.WebConsole.Data;

/// <summary>All SQL of the pages of comparisons with Stripe.</summary>
public static class ReconciliationPageSql
{
    public const int PageMax = 25;

    private const string Columns = "run_no, at, window_from, window_to, matched, pending, outside, outside_minor, clearing, "
        + "completeness, timeliness, difference_count";

    /// <summary>The newest first, without what they found.</summary>
    /// <param name="before">The last run of the page before; null: the first page.</param>
    public static Task<IReadOnlyList<ReconciliationRow>> ReconciliationRuns(this Tx tx, long? before) =>
        tx.Query<ReconciliationRow>(
            $"""
            select {Columns}, '[]' as differences
            from payout.reconciliation
            where {(before is null ? "true" : "run_no < @before")}
            order by run_no desc
            limit @PageMax
            """,
            new { before, PageMax });

    /// <returns>Null: there is no such run.</returns>
    public static Task<ReconciliationRow?> ReconciliationRun(this Tx tx, long runNo) => tx.QueryOne<ReconciliationRow>(
        $"select {Columns}, differences::text as differences from payout.reconciliation where run_no = @runNo", new { runNo });
}
