using ContestPipeline.Plumbing;

namespace ContestPipeline.WebConsole.Data;

/// <summary>A game as its feed has told it.</summary>
/// <param name="Clock">The provider's; empty: none yet.</param>
/// <param name="LastSeenAt">When the feed was heard of last, UTC.</param>
/// <param name="RecoveryFrom">The first missing number that the provider is asked for; 0: none.</param>
/// <param name="RecoveryAttempt">How often it was asked for.</param>
/// <param name="Published">The game's state as it was published last, JSON; empty: not yet.</param>
public sealed record FeedGame(
    string GameId, string Status, string Clock, DateTimeOffset LastSeenAt, bool IsSilent, DateTimeOffset? StartsAt,
    DateTimeOffset? StartedAt, long RecoveryFrom, int RecoveryAttempt, DateTimeOffset? RecoveryDueAt, string Published);

/// <summary>All SQL of the page of feeds.</summary>
public static class FeedsSql
{
    public const int PageMax = 50;

    private const string Columns = "game_id, status, clock, last_seen_at, is_silent, starts_at, started_at, recovery_from, "
        + "recovery_attempt, recovery_due_at, published";

    /// <summary>In order of id: those that are not over, or all.</summary>
    /// <param name="after">The last game of the page before; null: the first page.</param>
    public static Task<IReadOnlyList<FeedGame>> FeedGames(this Tx tx, bool all, string? after) => tx.Query<FeedGame>(
        $"""
        select {Columns}
        from ingestion.game
        where true{(all ? "" : " and status in ('scheduled', 'delayed', 'in_progress', 'complete')")}{(after is null ? "" : " and game_id > @after")}
        order by game_id
        limit @PageMax
        """,
        new { after, PageMax });

    /// <returns>Null: no feed has told of it.</returns>
    public static Task<FeedGame?> FeedGame(this Tx tx, string gameId) => tx.QueryOne<FeedGame>(
        $"select {Columns} from ingestion.game where game_id = @gameId", new { gameId });
}
