using ContestPipeline.Plumbing;

namespace ContestPipeline.WebConsole.Data;

/// <summary>The balance as it stood at the end of a span of time.</summary>
/// <param name="At">The end of the span, UTC.</param>
/// <param name="ObligationsMinor">What was owed then, in minor units.</param>
public sealed record BalanceAt(DateTimeOffset At, long AvailableMinor, long ObligationsMinor);

/// <summary>A payout that waits for money.</summary>
public sealed record UnfundedPayout(
    string PayoutId, string ContestId, string PlayerId, long AmountMinor, DateTimeOffset CreatedAt);

/// <summary>All SQL of the page of the balance, beside Payout's own.</summary>
public static class BalancePageSql
{
    /// <summary>The last snapshot before the end of each of so many equal spans; a span before the first snapshot is left
    /// out.</summary>
    /// <param name="to">The end of the last span, UTC.</param>
    public static Task<IReadOnlyList<BalanceAt>> BalanceCurve(
        this Tx tx, string currency, DateTimeOffset to, TimeSpan span, int spans) => tx.Query<BalanceAt>(
        """
        select e.at, b.available_minor, b.obligations_minor
        from (select @to - n * @span as at from generate_series(0, @spans - 1) n) e
        cross join lateral (
            select available_minor, obligations_minor
            from payout.balance_snapshot
            where currency = @currency and taken_at <= e.at
            order by taken_at desc
            limit 1) b
        order by e.at
        """,
        new { currency, to, span, spans });

    /// <summary>In the order in which they are served.</summary>
    public static Task<IReadOnlyList<UnfundedPayout>> Unfunded(this Tx tx, string currency, int countMax) =>
        tx.Query<UnfundedPayout>(
            """
            select payout_id, contest_id, player_id, amount_minor, created_at
            from payout.payout
            where currency = @currency and state = 'awaiting_funds'
            order by created_at, payout_id
            limit @countMax
            """,
            new { currency, countMax });
}
