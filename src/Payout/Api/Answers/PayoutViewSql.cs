using ContestPipeline.Contracts;
using ContestPipeline.Payout.Halts;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Api.Answers;

/// <summary>Which payouts are asked for; null asks for any.</summary>
/// <param name="After">The last payout of the page before.</param>
public sealed record PayoutQuery(string? State, string? Contest, string? Player, string? After, int Limit);

/// <summary>A payout as staff sees it.</summary>
/// <param name="DueAt">When the runner looks at it next; null while it is at rest.</param>
/// <param name="HaltNo">The oldest halt that keeps it; null when none does.</param>
public sealed record PayoutView(
    string PayoutId, string ContestId, int Revision, string PlayerId, long AmountMinor, string Currency, string State,
    string? Reason, string? TransferId, DateTimeOffset? DueAt, DateTimeOffset CreatedAt, long? HaltNo = null);

/// <summary>One row of a payout's history.</summary>
public sealed record PayoutChangeView(int ChangeNo, string State, string? Reason, string? TransferId, DateTimeOffset At);

/// <summary>All SQL behind the views of payouts.</summary>
public static class PayoutViewSql
{
    private const string Columns =
        "p.payout_id, p.contest_id, p.revision, p.player_id, p.amount_minor, p.currency, p.state, p.reason, p.transfer_id, "
            + $"p.due_at, p.created_at, {HaltSql.HaltNoOfPayout} as halt_no";

    public static Task<IReadOnlyList<PayoutView>> PayoutViews(this Tx tx, PayoutQuery query) => tx.Query<PayoutView>(
        $"""
        select {Columns}
        from payout.payout p
        where true{Asked(query)}
        order by payout_id
        limit @Limit
        """,
        query);

    /// <summary>
    /// Only what is asked for: of conditions that may be off, a plan for all values makes none that an index could serve.
    /// </summary>
    /// <remarks>That a state is not <c>paid</c> is said in words, since the index of states holds the others only.</remarks>
    private static string Asked(PayoutQuery query) => string.Concat(
        query.State is null ? "" : " and state = @State",
        query.State is null or PayoutStates.Paid ? "" : " and state <> 'paid'",
        query.Contest is null ? "" : " and contest_id = @Contest",
        query.Player is null ? "" : " and player_id = @Player",
        query.After is null ? "" : " and payout_id > @After");

    public static Task<PayoutView?> PayoutView(this Tx tx, string payoutId) => tx.QueryOne<PayoutView>(
        $"select {Columns} from payout.payout p where payout_id = @payoutId", new { payoutId });

    public static Task<IReadOnlyList<PayoutChangeView>> HistoryOf(this Tx tx, string payoutId) => tx.Query<PayoutChangeView>(
        """
        select change_no, state, reason, transfer_id, at
        from payout.payout_change
        where payout_id = @payoutId
        order by change_no
        """,
        new { payoutId });
}
