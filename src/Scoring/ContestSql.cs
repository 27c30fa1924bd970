using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Scoring;

/// <summary>A contest's row of the lifecycle table, without its definition.</summary>
/// <param name="HoldVersion">Of the lifecycle, with which the hold began; null: there is none.</param>
/// <param name="FinalizedAt">When the newest final ranking was published, UTC.</param>
/// <param name="FinalizedAttempt">At that revision, 1 and above.</param>
/// <param name="RecallAskedAt">Since when it is to be recalled without a command, UTC; null: it is not.</param>
/// <param name="RecalledAt">Since when Settlement will never settle it, UTC; null: it may.</param>
public sealed record ContestRow(
    string ContestId, string DefinitionHash, string State, long LifecycleVersion, DateTimeOffset LastStepAt, int EntryCount,
    long LastAcceptanceNo, long LastChangeNo, string? Hold, int? FinalizedRevision, DateTimeOffset? SettledAt,
    DateTimeOffset? PaidAt, int? SettledRevision, long? HoldVersion, DateTimeOffset? FinalizedAt, int? FinalizedAttempt,
    DateTimeOffset? RecallAskedAt, DateTimeOffset? RecalledAt);

/// <summary>What was stored of a game.</summary>
/// <param name="Body">The whole <see cref="GameStateV1"/> as JSON.</param>
public sealed record GameRow(
    string GameId, long Version, string Body, DateTimeOffset? StartedAt, DateTimeOffset? ConfirmedAt, DateTimeOffset? StartsAt);

/// <summary>
/// What the feed says of the start of one of a contest's games: when it began, and when it is to begin; null: it has not said.
/// </summary>
public sealed record HeardStart(string ContestId, string GameId, DateTimeOffset? StartedAt, DateTimeOffset? StartsAt);

/// <summary>SQL over contests, their steps and their games. Each statement runs inside the caller's transaction.</summary>
public static class ContestSql
{
    /// <summary>Locks contests in order of their ids, so that two workers never wait for each other in a circle.</summary>
    public static Task<IReadOnlyList<ContestRow>> LockContests(
        this Tx tx, IReadOnlyCollection<string> contestIds) => tx.Query<ContestRow>(
        """
        select contest_id, definition_hash, state, lifecycle_version, last_step_at, entry_count, last_acceptance_no,
            last_change_no, hold,
            finalized_revision, settled_at, paid_at, settled_revision, hold_version, finalized_at, finalized_attempt,
                recall_asked_at, recalled_at
        from scoring.contest
        where contest_id = any(@contestIds)
        order by contest_id
        for update
        """,
        new { contestIds = contestIds.ToArray() });

    /// <summary>Contests whose timer is due, or that something woke, locked; those another worker is at are left to it.</summary>
    public static Task<IReadOnlyList<ContestRow>> LockDueContests(
        this Tx tx, DateTimeOffset now, int contestsMax, string[] passedOver) => tx.Query<ContestRow>(
        """
        select contest_id, definition_hash, state, lifecycle_version, last_step_at, entry_count, last_acceptance_no,
            last_change_no, hold,
            finalized_revision, settled_at, paid_at, settled_revision, hold_version, finalized_at, finalized_attempt,
                recall_asked_at, recalled_at
        from scoring.contest
        where wake_at <= @now and contest_id <> all(@passedOver)
        order by wake_at, contest_id
        limit @contestsMax
        for update skip locked
        """,
        new { now, contestsMax, passedOver });

    public static async Task<string> Definition(this Tx tx, string contestId) =>
        await tx.QueryOne<string>("select definition from scoring.contest where contest_id = @contestId", new { contestId })
            ?? throw new InvariantException($"contest {contestId} has no definition");

    public static async Task InsertContest(this Tx tx, ContestDefinitionV1 definition, string definitionHash, DateTimeOffset now)
    {
        var written = await tx.Execute(
            """
            insert into scoring.contest
                (contest_id, definition, definition_hash, state, lifecycle_version, last_step_at, entry_count, last_acceptance_no,
                    last_change_no, wake_at)
            values
                (@ContestId, @body, @definitionHash, 'SCHEDULED', 1, @now, 0, 0, 0, @LockAt)
            on conflict (contest_id) do nothing
            """,
            new { definition.ContestId, body = System.Text.Encoding.UTF8.GetString(WireJson.Bytes(definition)), definitionHash,
                now, definition.LockAt });
        if (written != 1) await tx.GiveWay();
        await tx.Execute(
            "insert into scoring.contest_game (contest_id, game_id) select @ContestId, unnest(@games)",
            new { definition.ContestId, games = definition.GameIds.ToArray() });
    }

    public static Task GiveWay(this Tx tx) => tx.Execute("select scoring.give_way()");

    public static async Task InsertStep(this Tx tx, string contestId, LifecycleStepV1 step)
    {
        var written = await tx.Execute(
            """
            insert into scoring.contest_step (contest_id, step_no, state, at, cause)
            select @contestId, count(*) + 1, @State, @At, @Cause from scoring.contest_step where contest_id = @contestId
            """,
            new { contestId, step.State, step.At, step.Cause });
        Invariant.Holds(written == 1, $"contest {contestId}: wrote {written} steps to {step.State}");
    }

    public static Task<IReadOnlyList<LifecycleStepV1>> Steps(this Tx tx, string contestId) => tx.Query<LifecycleStepV1>(
        "select state, at, cause from scoring.contest_step where contest_id = @contestId order by step_no", new { contestId });

    public static async Task UpdateLifecycle(
        this Tx tx, string contestId, string state, long lifecycleVersion, DateTimeOffset lastStepAt, string? hold,
        long? holdVersion, DateTimeOffset? wakeAt)
    {
        var written = await tx.Execute(
            """
            update scoring.contest
            set state = @state, lifecycle_version = @lifecycleVersion, last_step_at = @lastStepAt, hold = @hold, hold_version =
                @holdVersion,
                wake_at = @wakeAt
            where contest_id = @contestId
            """,
            new { contestId, state, lifecycleVersion, lastStepAt, hold, holdVersion, wakeAt });
        Invariant.Holds(written == 1, $"contest {contestId}: updated {written} rows");
    }

    public static Task Wake(this Tx tx, string contestId, DateTimeOffset now) => tx.Execute(
        "update scoring.contest set wake_at = @now where contest_id = @contestId", new { contestId, now });

    /// <summary>Makes the lifecycle look again at every contest with one of these games.</summary>
    public static Task WakeContestsOf(this Tx tx, IReadOnlyCollection<string> gameIds, DateTimeOffset now) => tx.Execute(
        """
        update scoring.contest set wake_at = @now
        where contest_id in (
            select c.contest_id
            from scoring.contest c
            where c.state <> 'CANCELLED'
                and c.contest_id in (select g.contest_id from scoring.contest_game g where g.game_id = any(@gameIds))
            order by c.contest_id
            for update)
        """,
        new { gameIds = gameIds.ToArray(), now });

    /// <summary>
    /// Makes the lifecycle look again at what waits for more of these games, if they are confirmed. A contest that is just being
    /// held is waited for, and seen.
    /// </summary>
    public static async Task WakeHeldContestsOf(this Tx tx, IReadOnlyCollection<string> gameIds, DateTimeOffset now)
    {
        var locked = await tx.Query<string>(
            """
            select c.contest_id
            from scoring.contest c
            where c.state <> 'CANCELLED' and c.contest_id in (
                select o.contest_id
                from scoring.contest_game o join scoring.game g on g.game_id = o.game_id
                where g.game_id = any(@gameIds) and g.confirmed_at is not null)
            order by c.contest_id
            for update
            """,
            new { gameIds = gameIds.ToArray() });
        if (locked.Count == 0) return;
        await tx.Execute("update scoring.contest set wake_at = @now where contest_id = any(@locked) and hold is not null",
            new { locked = locked.ToArray(), now });
    }

    public static Task<IReadOnlyList<GameRow>> GamesOf(this Tx tx, string contestId) => tx.Query<GameRow>(
        """
        select g.game_id, g.version, g.body, g.started_at, g.confirmed_at, g.starts_at
        from scoring.game g
        where g.game_id in (select c.game_id from scoring.contest_game c where c.contest_id = @contestId)
        order by g.game_id
        """,
        new { contestId });

    /// <summary>As <see cref="HeardStarts"/>, for a contest that is not published yet.</summary>
    public static Task<IReadOnlyList<HeardStart>> HeardStartsOf(
        this Tx tx, string contestId, IReadOnlyCollection<string> gameIds) => tx.Query<HeardStart>(
        """
        select @contestId as contest_id, game_id, started_at, starts_at
        from scoring.game
        where game_id = any(@gameIds) and (started_at is not null or starts_at is not null)
        order by game_id
        """,
        new { contestId, gameIds = gameIds.ToArray() });

    /// <summary>Games of the contests of whose start the feed has said something.</summary>
    public static Task<IReadOnlyList<HeardStart>> HeardStarts(
        this Tx tx, IReadOnlyCollection<string> contestIds) => tx.Query<HeardStart>(
        """
        select c.contest_id, c.game_id, g.started_at, g.starts_at
        from scoring.contest_game c join scoring.game g on g.game_id = c.game_id
        where c.contest_id = any(@contestIds) and (g.started_at is not null or g.starts_at is not null)
        order by c.contest_id, c.game_id
        """,
        new { contestIds = contestIds.ToArray() });
}
