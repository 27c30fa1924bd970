using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Scoring;

/// <summary>A game as the newest final ranking counted it.</summary>
/// <param name="LinesHash">Of the line versions.</param>
/// <param name="StatsHash">Of what the lines say, whatever their versions; null when that was not kept yet.</param>
public sealed record FinalGameRow(string GameId, string LinesHash, bool RuledOut, string? StatsHash);

/// <summary>SQL over what was told to Settlement and what came of it. Each statement runs inside the caller's transaction.</summary>
public static class ResultSql
{
    /// <summary>From here on a result may exist: the contest can no longer be cancelled, and a change of its lines is a late correction.</summary>
    public static async Task MarkFinalized(this Tx tx, string contestId, int revision)
    {
        var written = await tx.Execute(
            """
            update scoring.contest set finalized_revision = @revision
            where contest_id = @contestId and coalesce(finalized_revision, 0) = @revision - 1 and coalesce(settled_revision, 0) = @revision - 1
            """,
            new { contestId, revision });
        Invariant.Holds(written == 1, $"contest {contestId}: revision {revision} does not follow the last one, or that is not settled");
    }

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

    /// <summary>The time of the first result stays the contest's.</summary>
    public static Task<int> MarkSettled(this Tx tx, string contestId, int revision, DateTimeOffset at, DateTimeOffset now) => tx.Execute(
        """
        update scoring.contest
        set settled_at = coalesce(settled_at, @at), settled_revision = greatest(settled_revision, @revision), wake_at = @now
        where contest_id = @contestId and finalized_revision >= @revision
        """,
        new { contestId, revision, at, now });

    public static Task<int> MarkPaid(this Tx tx, string contestId, int revision, DateTimeOffset at, DateTimeOffset now) => tx.Execute(
        """
        update scoring.contest set paid_at = coalesce(paid_at, @at), wake_at = @now
        where contest_id = @contestId and finalized_revision >= @revision
        """,
        new { contestId, revision, at, now });
}
