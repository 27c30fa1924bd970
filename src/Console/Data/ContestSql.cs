using ContestPipeline.Plumbing;

namespace ContestPipeline.WebConsole.Data;

/// <summary>A contest as Scoring has it, with where its result is.</summary>
public sealed record ContestRow(
    string ContestId, string? Title, string? Kind, string State, string? Hold, int EntryCount, DateTimeOffset LastStepAt,
    string? Settlement, string? Missing);

/// <summary>A step of a contest's lifecycle.</summary>
public sealed record ContestStep(DateTimeOffset At, string State, string Cause);

/// <summary>A game of a contest.</summary>
public sealed record ContestGame(
    string GameId, DateTimeOffset? StartsAt, DateTimeOffset? StartedAt, DateTimeOffset? ConfirmedAt, bool RuledOut);

/// <summary>A result, by revision: the pool as it was settled, and how far paying has come.</summary>
/// <param name="PayoutState">Null: Payout has not received it.</param>
public sealed record ContestResult(
    int Revision, string Currency, DateTimeOffset SettledAt, int EntryCount, long EntryFeesMinor, long RakeMinor,
    long OverlayMinor,
    long SurplusMinor, long PoolMinor, long PrizesGrossMinor, long PlatformFeesMinor, long PrizesNetMinor,
    long HouseRemainderMinor,
    int Winners, string Digest, string? PayoutState, string? HeldReason, int PaidCount, long PaidMinor, int OtherCount,
    long OtherMinor);

/// <summary>Entry fees of a contest in one state.</summary>
public sealed record FeesInState(string State, string Currency, long Entries, long AmountMinor, long RefundedMinor);

/// <summary>All SQL of a contest's page.</summary>
public static class ContestSql
{
    private const int RowsMax = 200;

    /// <returns>Null when Scoring has no such contest.</returns>
    public static Task<ContestRow?> ContestOf(this Tx tx, string contestId) => tx.QueryOne<ContestRow>(
        """
        select c.contest_id, p.title, p.kind, c.state, c.hold, c.entry_count, c.last_step_at, s.state as settlement, s.missing
        from scoring.contest c
        left join payout.published_contest p on p.contest_id = c.contest_id
        left join lateral (
            select state, missing from settlement.completion m where m.contest_id = c.contest_id order by m.revision desc limit 1) s on true
        where c.contest_id = @contestId
        """,
        new { contestId });

    public static Task<IReadOnlyList<ContestStep>> StepsOf(this Tx tx, string contestId) => tx.Query<ContestStep>(
        "select at, state, cause from scoring.contest_step where contest_id = @contestId order by step_no limit @RowsMax",
        new { contestId, RowsMax });

    public static Task<IReadOnlyList<ContestGame>> GamesOf(this Tx tx, string contestId) => tx.Query<ContestGame>(
        """
        select g.game_id, s.starts_at, s.started_at, s.confirmed_at, g.final_ruled_out or g.complete_ruled_out as ruled_out
        from scoring.contest_game g left join scoring.game s on s.game_id = g.game_id
        where g.contest_id = @contestId
        order by g.game_id
        limit @RowsMax
        """,
        new { contestId, RowsMax });

    public static Task<IReadOnlyList<ContestResult>> ResultsOf(this Tx tx, string contestId) => tx.Query<ContestResult>(
        """
        select r.revision, r.currency, r.settled_at, r.entry_count, r.entry_fees_minor, r.rake_minor, r.overlay_minor, r.surplus_minor, r.pool_minor,
            r.prizes_gross_minor, r.platform_fees_minor, r.prizes_net_minor, r.house_remainder_minor, r.winners, r.digest, c.state as payout_state, c.held_reason,
            coalesce(c.paid_count, 0) as paid_count, coalesce(c.paid_minor, 0) as paid_minor, coalesce(c.other_count, 0) as other_count,
            coalesce(c.other_minor, 0) as other_minor
        from settlement.result r left join payout.contest c on c.contest_id = r.contest_id and c.revision = r.revision
        where r.contest_id = @contestId
        order by r.revision
        limit @RowsMax
        """,
        new { contestId, RowsMax });

    public static Task<IReadOnlyList<FeesInState>> FeesOf(this Tx tx, string contestId) => tx.Query<FeesInState>(
        """
        select state, currency, count(*) as entries, sum(amount_minor)::bigint as amount_minor, sum(refunded_minor)::bigint as refunded_minor
        from payout.entry_payment
        where contest_id = @contestId
        group by state, currency
        order by state, currency
        """,
        new { contestId });
}
