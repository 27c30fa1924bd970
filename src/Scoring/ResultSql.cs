using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Scoring;

/// <summary>A game as the newest final ranking counted it.</summary>
/// <param name="LinesHash">Of the line versions.</param>
/// <param name="StatsHash">Of what the lines say, whatever their versions; null when that was not kept yet.</param>
public sealed record FinalGameRow(string GameId, string LinesHash, bool RuledOut, string? StatsHash);

/// <summary>A result that a database which went back hears of before it made the ranking anew.</summary>
/// <param name="Kind"><see cref="Settled"/> or <see cref="Paid"/>.</param>
/// <param name="At">When that was, UTC.</param>
public sealed record EarlyResult(string ContestId, int Revision, string Kind, DateTimeOffset At)
{
    public const string Settled = "settled";
    public const string Paid = "paid";

    /// <summary>What was told of it.</summary>
    public string Alert => $"{Kind}-not-final/{ContestId}/{Revision}";
}

/// <summary>
/// SQL over what was told to Settlement and what came of it. Each statement runs inside the caller's transaction.
/// </summary>
public static class ResultSql
{
    /// <summary>
    /// From here on a result may exist: the contest can be cancelled only if Settlement agrees, and a change of its lines is a
    /// late correction.
    /// </summary>
    /// <param name="attempt">1, or the one after that which was recalled.</param>
    /// <param name="isAgain">The ranking was published before the database went back: attempts in between may be lost.</param>
    public static async Task MarkFinalized(
        this Tx tx, string contestId, int revision, int attempt, DateTimeOffset now, bool isAgain = false)
    {
        var written = await tx.Execute(
            """
            update scoring.contest set finalized_revision = @revision, finalized_attempt = @attempt, finalized_at = @now,
                recall_asked_at = null, recalled_at = null
            where contest_id = @contestId and coalesce(settled_revision, 0) = @revision - 1
                and ((@attempt = 1 or @isAgain) and coalesce(finalized_revision, 0) = @revision - 1
                    or finalized_revision = @revision and recalled_at is not null
                        and (finalized_attempt = @attempt - 1 or @isAgain and finalized_attempt < @attempt))
            """,
            new { contestId, revision, attempt, now, isAgain });
        Invariant.Holds(
            written == 1, $"contest {contestId}: revision {revision} does not follow the last one, or that is not settled");
    }

    /// <summary>Settlement is asked to recall the newest ranking.</summary>
    public static async Task MarkRecallAsked(this Tx tx, string contestId, DateTimeOffset now)
    {
        var written =
            await tx.Execute(
                "update scoring.contest set recall_asked_at = @now where contest_id = @contestId and recall_asked_at is null",
                new { contestId, now });
        Invariant.Holds(written == 1, $"contest {contestId}: its recall was asked for before");
    }

    /// <summary>
    /// Settlement will never settle this ranking; where the contest is to be cancelled, none of it. An answer about one of
    /// before, or of one that is settled, changes nothing.
    /// </summary>
    public static Task MarkRecalled(this Tx tx, RecallAnsweredV1 answer, DateTimeOffset now) => tx.Execute(
        """
        update scoring.contest set recalled_at = @now, finalized_attempt = greatest(finalized_attempt, @Attempt), wake_at = @now
        where contest_id = @ContestId and state <> 'CANCELLED' and recalled_at is null and coalesce(settled_revision, 0) <
            finalized_revision
            and (@Purpose = @cancel or finalized_revision = @Revision and finalized_attempt <= @Attempt)
        """,
        new { answer.ContestId, answer.Purpose, answer.Revision, answer.Attempt, now, cancel = RecallPurposes.Cancel });

    public static async Task StoreFinalGames(this Tx tx, string contestId, IReadOnlyList<FinalGameRow> games)
    {
        var written = await tx.Execute(
            """
            update scoring.contest_game as g
            set final_lines_hash = n.lines_hash, final_ruled_out = n.ruled_out, final_stats_hash = n.stats_hash
            from unnest(@games, @hashes, @ruledOut, @stats) as n (game_id, lines_hash, ruled_out, stats_hash)
            where g.contest_id = @contestId and g.game_id = n.game_id
            """,
            new
            {
                contestId,
                games = games.Select(g => g.GameId).ToArray(),
                hashes = games.Select(g => g.LinesHash).ToArray(),
                ruledOut = games.Select(g => g.RuledOut).ToArray(),
                stats = games.Select(g => g.StatsHash).ToArray(),
            });
        Invariant.Holds(written == games.Count, $"contest {contestId}: {written} of {games.Count} games stored as final");
    }

    public static Task<IReadOnlyList<FinalGameRow>> FinalGames(this Tx tx, string contestId) => tx.Query<FinalGameRow>(
        """
        select game_id, final_lines_hash as lines_hash, final_ruled_out as ruled_out, final_stats_hash as stats_hash
        from scoring.contest_game
        where contest_id = @contestId and final_lines_hash is not null
        order by game_id
        """,
        new { contestId });

    /// <summary>These games do not count, whatever is played of them later.</summary>
    public static async Task RuleOut(this Tx tx, string contestId, IReadOnlyList<string> gameIds)
    {
        var written = await tx.Execute(
            "update scoring.contest_game set complete_ruled_out = true where contest_id = @contestId and game_id = any(@gameIds)",
            new { contestId, gameIds = gameIds.ToArray() });
        Invariant.Holds(written == gameIds.Count, $"contest {contestId}: {written} of {gameIds.Count} games ruled out");
    }

    public static Task<IReadOnlyList<string>> RuledOutGames(this Tx tx, string contestId) => tx.Query<string>(
        "select game_id from scoring.contest_game where contest_id = @contestId and complete_ruled_out order by game_id",
        new { contestId });

    /// <summary>The time of the first result stays the contest's.</summary>
    public static Task<int> MarkSettled(
        this Tx tx, string contestId, int revision, DateTimeOffset at, DateTimeOffset now) => tx.Execute(
        """
        update scoring.contest
        set settled_at = coalesce(settled_at, @at), settled_revision = greatest(settled_revision, @revision), wake_at = @now
        where contest_id = @contestId and finalized_revision >= @revision
        """,
        new { contestId, revision, at, now });

    public static Task<int> MarkPaid(
        this Tx tx, string contestId, int revision, DateTimeOffset at, DateTimeOffset now) => tx.Execute(
        """
        update scoring.contest set paid_at = coalesce(paid_at, @at), wake_at = @now
        where contest_id = @contestId and finalized_revision >= @revision
        """,
        new { contestId, revision, at, now });

    /// <summary>
    /// Of a contest that is there, or whose creation may come again: its ranking was lost with the database and is made again.
    /// </summary>
    public static Task<int> KeepEarlyResult(this Tx tx, EarlyResult result, bool isAgain) => tx.Execute(
        """
        insert into scoring.early_result (contest_id, revision, kind, at)
        select @ContestId, @Revision, @Kind, @At
        where @isAgain or exists (select from scoring.contest where contest_id = @ContestId and state <> 'CANCELLED')
        on conflict do nothing
        """,
        new { result.ContestId, result.Revision, result.Kind, result.At, isAgain });

    /// <returns>Settled before paid.</returns>
    public static Task<IReadOnlyList<EarlyResult>> TakeEarlyResults(this Tx tx, string contestId, int revision) =>
        tx.Query<EarlyResult>(
            """
            with taken as (
                delete from scoring.early_result where contest_id = @contestId and revision = @revision
                returning contest_id, revision, kind, at)
            select contest_id, revision, kind, at from taken order by kind desc
            """,
            new { contestId, revision });
}
