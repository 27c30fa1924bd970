using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Scoring;

/// <summary>A stored line.</summary>
/// <param name="Stats">Totals by stat name, as JSON.</param>
public sealed record LineRow(string GameId, string AthleteId, long Version, string Stats);

/// <summary>SQL over lines and games.</summary>
public static class LineSql
{
    private const int GameLocksMax = 256;

    /// <summary>Keeps the highest version of each line.</summary>
    public static Task StoreLines(this Tx tx, IReadOnlyList<LineRow> lines) => tx.Execute(
        """
        insert into scoring.line as old (game_id, athlete_id, version, stats)
        select n.game_id, n.athlete_id, n.version, n.stats
        from unnest(@games, @athletes, @versions, @stats) as n (game_id, athlete_id, version, stats)
        order by n.game_id, n.athlete_id
        on conflict (game_id, athlete_id) do update
        set version = excluded.version, stats = excluded.stats, written_by = pg_current_xact_id()
        where old.version < excluded.version
        """,
        new
        {
            games = lines.Select(l => l.GameId).ToArray(),
            athletes = lines.Select(l => l.AthleteId).ToArray(),
            versions = lines.Select(l => l.Version).ToArray(),
            stats = lines.Select(l => l.Stats).ToArray(),
        });

    /// <returns>Those of which the same version is stored with another text.</returns>
    public static Task<IReadOnlyList<LineRow>> OtherLinesOfVersion(this Tx tx, IReadOnlyList<LineRow> lines) => tx.Query<LineRow>(
        """
        select l.game_id, l.athlete_id, l.version, l.stats
        from unnest(@games, @athletes, @versions, @stats) as n (game_id, athlete_id, version, stats)
            join scoring.line l on l.game_id = n.game_id and l.athlete_id = n.athlete_id and l.version = n.version
        where l.stats <> n.stats
        order by l.game_id, l.athlete_id
        """,
        new
        {
            games = lines.Select(l => l.GameId).ToArray(),
            athletes = lines.Select(l => l.AthleteId).ToArray(),
            versions = lines.Select(l => l.Version).ToArray(),
            stats = lines.Select(l => l.Stats).ToArray(),
        });

    /// <summary>
    /// Until the end nobody else stores states of them, also of those that have none yet, and no contest with them is published.
    /// </summary>
    public static async Task<IReadOnlyList<GameRow>> LockGames(this Tx tx, IReadOnlyCollection<string> gameIds)
    {
        await tx.Execute(GameLocks("pg_advisory_xact_lock"), new { gameIds = gameIds.ToArray(), GameLocksMax });
        return await tx.Query<GameRow>(
            "select game_id, version, body, started_at, confirmed_at, starts_at from scoring.game where game_id = "
                + "any(@gameIds) order by game_id", new { gameIds = gameIds.ToArray() });
    }

    /// <summary>
    /// Waits for whoever is storing states of them; until the end nobody else does. To be taken before contests are locked, in
    /// the order of who stores states.
    /// </summary>
    public static Task HoldGames(this Tx tx, IReadOnlyCollection<string> gameIds) =>
        tx.Execute(GameLocks("pg_advisory_xact_lock_shared"), new { gameIds = gameIds.ToArray(), GameLocksMax });

    /// <summary>Games share a bounded number of locks: a batch may name more games than a server has locks to give.</summary>
    private static string GameLocks(string kind) =>
        $"""
        select {kind}(hashtext('scoring/game'), game_lock)
        from (select distinct abs(hashtext(game_id) % @GameLocksMax) as game_lock from unnest(@gameIds) as games (game_id) order by 1) locks
        """;

    public static Task StoreGames(this Tx tx, IReadOnlyList<GameRow> games) => tx.Execute(
        """
        insert into scoring.game as old (game_id, version, body, started_at, confirmed_at, starts_at)
        select n.game_id, n.version, n.body, n.started_at, n.confirmed_at, n.starts_at
        from unnest(@games, @versions, @bodies, @started::timestamptz[], @confirmations::timestamptz[], @starts::timestamptz[])
            as n (game_id, version, body, started_at, confirmed_at, starts_at)
        order by n.game_id
        on conflict (game_id) do update
        set version = excluded.version, body = excluded.body, started_at = excluded.started_at, confirmed_at =
            excluded.confirmed_at,
            starts_at = excluded.starts_at
        where old.version <= excluded.version
        """,
        new
        {
            games = games.Select(g => g.GameId).ToArray(),
            versions = games.Select(g => g.Version).ToArray(),
            bodies = games.Select(g => g.Body).ToArray(),
            started = games.Select(g => g.StartedAt).ToArray(),
            confirmations = games.Select(g => g.ConfirmedAt).ToArray(),
            starts = games.Select(g => g.StartsAt).ToArray(),
        });

    public static Task<IReadOnlyList<LineRow>> Lines(this Tx tx, IReadOnlyCollection<string> gameIds) => tx.Query<LineRow>(
        "select game_id, athlete_id, version, stats from scoring.line where game_id = any(@gameIds) order by game_id, athlete_id",
        new { gameIds = gameIds.ToArray() });

    /// <summary>The oldest transaction that may still commit: whatever it or a later one writes has not been read yet.</summary>
    public static async Task<string> OldestOpenTransaction(this Tx tx) =>
        (await tx.QueryOne<string>("select pg_snapshot_xmin(pg_current_snapshot())::text"))!;

    public static Task<IReadOnlyList<LineRow>> LinesSince(
        this Tx tx, string transaction, IReadOnlyCollection<string> gameIds) => tx.Query<LineRow>(
        """
        select game_id, athlete_id, version, stats from scoring.line
        where written_by >= @transaction::xid8 and game_id = any(@gameIds)
        order by game_id, athlete_id
        """,
        new { transaction, gameIds = gameIds.ToArray() });

    public static Dictionary<string, long> ReadStats(string stats) =>
        WireJson.Read<Dictionary<string, long>>(System.Text.Encoding.UTF8.GetBytes(stats));
}
