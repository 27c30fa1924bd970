using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Ingestion;

/// <summary>A game's row, in the order of its columns.</summary>
/// <param name="VersionFloor">Of the database, not of the game: see <see cref="GameFold.VersionFloor"/>.</param>
public sealed record GameRow(
    string GameId, long Change, long Version, string Status, long StatusSequence, string Clock, long ClockSequence,
    string Received, long AnnouncedSequence, bool IsSilent, string Box, string Published, DateTimeOffset? StartsAt,
    long StartsAtSequence, DateTimeOffset? StartedAt, long RecoveryFrom, int RecoveryAttempt,
    DateTimeOffset? RecoveryDueAt, long GapAlert, long SilenceAlert, long VersionFloor = 0);

/// <summary>A play's row.</summary>
public sealed record PlayRow(
    string GameId, string EventId, long Sequence, int Revision, bool IsDeleted, bool IsOfficial, string Athletes);

/// <summary>A line's row.</summary>
public sealed record LineRow(string GameId, string AthleteId, long Version);

/// <summary>All SQL that Ingestion runs. Each statement runs inside the caller's transaction; none opens its own.</summary>
public static class IngestionSql
{
    private const string GameColumns =
        "game_id, change, version, status, status_sequence, clock, clock_sequence, received, announced_sequence, is_silent, "
            + "box, published, starts_at, starts_at_sequence, started_at, recovery_from, recovery_attempt, recovery_due_at, "
            + "gap_alert, silence_alert, (select version from ingestion.version_floor) as version_floor";

    /// <summary>
    /// Makes rows for games never heard of, then locks all of them in order of id, so that two transactions take turns.
    /// </summary>
    public static async Task<IReadOnlyList<GameRow>> LockGames(this Tx tx, IReadOnlyList<string> gameIds)
    {
        var locked = await Lock();
        if (locked.Count == gameIds.Count) return locked;
        await tx.Execute(
            """
            insert into ingestion.game
                (game_id, change, version, status, status_sequence, clock, clock_sequence, received, announced_sequence,
                    is_silent, box, published,
                 last_seen_at)
            select id, 0, f.version, 'scheduled', 0, '', 0, '', 0, false, '', '', @now
            from unnest(@gameIds::text[]) as id cross join ingestion.version_floor f
            order by id
            on conflict do nothing
            """,
            new { gameIds, now = tx.Now });
        return await Lock();

        Task<IReadOnlyList<GameRow>> Lock() => tx.Query<GameRow>(
            $"select {GameColumns} from ingestion.game where game_id = any(@gameIds) order by game_id for update",
            new { gameIds });
    }

    /// <summary>
    /// Locks the games that should be heard of but have not been since <paramref name="seenBefore"/>; those being worked on are
    /// left alone.
    /// </summary>
    public static Task<IReadOnlyList<GameRow>> LockSilentGames(
        this Tx tx, DateTimeOffset seenBefore, int max) => tx.Query<GameRow>(
        $"""
        select {GameColumns}
        from ingestion.game
        where status = 'in_progress' and not is_silent and last_seen_at < @seenBefore
        order by game_id
        limit @max
        for update skip locked
        """,
        new { seenBefore, max });

    /// <summary>
    /// Locks the games of which the provider is to be asked for something; those being worked on are left alone.
    /// </summary>
    public static Task<IReadOnlyList<GameRow>> LockGamesToRecover(this Tx tx, int max) => tx.Query<GameRow>(
        $"""
        select {GameColumns}
        from ingestion.game
        where recovery_due_at <= @now
        order by recovery_due_at, game_id
        limit @max
        for update skip locked
        """,
        new { now = tx.Now, max });

    public static Task<IReadOnlyList<PlayRow>> Plays(this Tx tx, IReadOnlyList<string> gameIds) => tx.Query<PlayRow>(
        """
        select game_id, event_id, sequence, revision, is_deleted, is_official, athletes
        from ingestion.play
        where game_id = any(@gameIds)
        order by game_id, event_id
        """,
        new { gameIds });

    public static Task<IReadOnlyList<LineRow>> Lines(this Tx tx, IReadOnlyList<string> gameIds) => tx.Query<LineRow>(
        """
        select game_id, athlete_id, version
        from ingestion.line
        where game_id = any(@gameIds)
        order by game_id, athlete_id
        """,
        new { gameIds });

    public static async Task WritePlays(this Tx tx, IReadOnlyList<PlayRow> plays)
    {
        if (plays.Count == 0) return;
        var written = await tx.Execute(
            """
            insert into ingestion.play (game_id, event_id, sequence, revision, is_deleted, is_official, athletes)
            select * from unnest(@games::text[], @events::text[], @sequences::bigint[], @revisions::int[], @deleted::bool[],
                @official::bool[], @athletes::text[])
            on conflict (game_id, event_id) do update
            set sequence = excluded.sequence, revision = excluded.revision, is_deleted = excluded.is_deleted, is_official =
                excluded.is_official, athletes = excluded.athletes
            where play.revision < excluded.revision
            """,
            new
            {
                games = plays.Select(p => p.GameId).ToArray(),
                events = plays.Select(p => p.EventId).ToArray(),
                sequences = plays.Select(p => p.Sequence).ToArray(),
                revisions = plays.Select(p => p.Revision).ToArray(),
                deleted = plays.Select(p => p.IsDeleted).ToArray(),
                official = plays.Select(p => p.IsOfficial).ToArray(),
                athletes = plays.Select(p => p.Athletes).ToArray(),
            });
        Invariant.Holds(written == plays.Count, $"wrote {written} of {plays.Count} plays");
    }

    public static async Task WriteLines(this Tx tx, IReadOnlyList<StatLineV1> lines)
    {
        if (lines.Count == 0) return;
        var written = await tx.Execute(
            """
            insert into ingestion.line (game_id, athlete_id, version, stats)
            select * from unnest(@games::text[], @athletes::text[], @versions::bigint[], @stats::text[])
            on conflict (game_id, athlete_id) do update
            set version = excluded.version, stats = excluded.stats
            where line.version = excluded.version - 1
            """,
            new
            {
                games = lines.Select(l => l.GameId).ToArray(),
                athletes = lines.Select(l => l.AthleteId).ToArray(),
                versions = lines.Select(l => l.Version).ToArray(),
                stats = lines.Select(l => FoldedText.Of(l.Stats)).ToArray(),
            });
        Invariant.Holds(written == lines.Count, $"wrote {written} of {lines.Count} lines");
    }

    /// <summary>
    /// Versions of which some may have been told and forgotten again are left behind: each line and each game, known or not, goes
    /// on above everything that was told of it, and is told whole with the next message of the game.
    /// </summary>
    public static Task RaiseVersions(this Tx tx) =>
        tx.QueryOne<long>("select ingestion.raise_versions(@now)", new { now = tx.Now });

    /// <param name="seenAt">When the feed was heard of last; null when this write has another cause.</param>
    public static async Task WriteGames(this Tx tx, IReadOnlyList<GameRow> games, DateTimeOffset? seenAt)
    {
        var written = await tx.Execute(
            """
            update ingestion.game
            set change = new.change, version = new.version, status = new.status, status_sequence = new.status_sequence, clock =
                new.clock,
                clock_sequence = new.clock_sequence, received = new.received, announced_sequence = new.announced_sequence,
                is_silent = new.is_silent, box = new.box, published = new.published,
                starts_at = new.starts_at, starts_at_sequence = new.starts_at_sequence, started_at = new.started_at,
                recovery_from = new.recovery_from, recovery_attempt = new.recovery_attempt, recovery_due_at = new.recovery_due_at,
                gap_alert = new.gap_alert, silence_alert = new.silence_alert,
                last_seen_at = coalesce(@seenAt, last_seen_at)
            from unnest(
                @ids::text[], @changes::bigint[], @versions::bigint[], @statuses::text[], @statusSequences::bigint[],
                    @clocks::text[],
                @clockSequences::bigint[], @received::text[], @announced::bigint[], @silent::bool[], @boxes::text[],
                    @published::text[],
                @starts::timestamptz[], @startSequences::bigint[], @started::timestamptz[], @recoverFrom::bigint[],
                @recoverAttempts::int[], @recoverDue::timestamptz[], @gapAlerts::bigint[], @silenceAlerts::bigint[])
                as new (game_id, change, version, status, status_sequence, clock, clock_sequence, received, announced_sequence,
                    is_silent, box, published,
                    starts_at, starts_at_sequence, started_at, recovery_from, recovery_attempt, recovery_due_at,
                    gap_alert, silence_alert)
            where game.game_id = new.game_id and game.change = new.change - 1
            """,
            new
            {
                seenAt,
                ids = games.Select(g => g.GameId).ToArray(),
                changes = games.Select(g => g.Change).ToArray(),
                versions = games.Select(g => g.Version).ToArray(),
                statuses = games.Select(g => g.Status).ToArray(),
                statusSequences = games.Select(g => g.StatusSequence).ToArray(),
                clocks = games.Select(g => g.Clock).ToArray(),
                clockSequences = games.Select(g => g.ClockSequence).ToArray(),
                received = games.Select(g => g.Received).ToArray(),
                announced = games.Select(g => g.AnnouncedSequence).ToArray(),
                silent = games.Select(g => g.IsSilent).ToArray(),
                boxes = games.Select(g => g.Box).ToArray(),
                published = games.Select(g => g.Published).ToArray(),
                starts = games.Select(g => g.StartsAt).ToArray(),
                startSequences = games.Select(g => g.StartsAtSequence).ToArray(),
                started = games.Select(g => g.StartedAt).ToArray(),
                recoverFrom = games.Select(g => g.RecoveryFrom).ToArray(),
                recoverAttempts = games.Select(g => g.RecoveryAttempt).ToArray(),
                recoverDue = games.Select(g => g.RecoveryDueAt).ToArray(),
                gapAlerts = games.Select(g => g.GapAlert).ToArray(),
                silenceAlerts = games.Select(g => g.SilenceAlert).ToArray(),
            });
        Invariant.Holds(written == games.Count, $"wrote {written} of {games.Count} games");
    }
}
