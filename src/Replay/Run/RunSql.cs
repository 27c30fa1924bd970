using System.Globalization;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Replay.Run;

/// <summary>A replay as it is kept.</summary>
/// <param name="State"><c>producing</c>, <c>paused</c>, <c>settling</c> (waiting for the workers), <c>stopping</c> (no more is
/// produced), <c>done</c>, <c>differs</c> (it did not come to what was planned) or <c>stopped</c>.</param>
/// <param name="RatePerSecond">0: as fast as the broker takes it.</param>
/// <param name="Differences">What did not come as planned, a line each.</param>
public sealed record ReplayRun(
    string RunId, string PlanHash, string Topic, string Who, string Why, string State, int RatePerSecond, long Selected,
    long Produced, long Fence, DateTimeOffset StartedAt, DateTimeOffset ChangedAt, DateTimeOffset? EndedAt, string Differences);

/// <summary>How far a run is in a partition.</summary>
/// <param name="BeginsAt">The partition's end when the run began.</param>
/// <param name="ProducedTo">Originals below it are acknowledged, or were dropped by the broker before they were produced.</param>
public sealed record PartitionProgress(int Partition, long BeginsAt, long ProducedTo);

/// <summary>SQL over the runs, as the owner.</summary>
internal static class RunSql
{
    /// <summary>One run of this database at a time.</summary>
    internal const string TakeTurn = "select pg_try_advisory_lock(8101245431414546540)";

    private const string Columns =
        "run_id, plan_hash, topic, who, why, state, rate_per_second, selected, produced, fence, started_at, changed_at, "
            + "ended_at, differences";

    internal static Task<IReadOnlyList<ReplayRun>> Runs(this Tx tx) =>
        tx.Query<ReplayRun>($"select {Columns} from operations.replay_run order by started_at desc, run_id");

    internal static Task<ReplayRun?> Run(this Tx tx, string runId) =>
        tx.QueryOne<ReplayRun>($"select {Columns} from operations.replay_run where run_id = @runId", new { runId });

    internal static Task<string?> PlanOf(this Tx tx, string runId) =>
        tx.QueryOne<string>("select plan from operations.replay_run where run_id = @runId", new { runId });

    /// <summary>Whether any process runs a replay of this database now.</summary>
    internal static Task<bool> IsAnyRunning(this Tx tx) => tx.QueryOne<bool>(
        """
        select exists (
            select from pg_locks
            where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database())
                and (classid::bigint << 32 | objid::bigint) = 8101245431414546540 and objsubid = 1)
        """);

    internal static Task<IReadOnlyList<PartitionProgress>> Progress(this Tx tx, string runId) => tx.Query<PartitionProgress>(
        "select partition, begins_at, produced_to from operations.replay_progress where run_id = @runId order by partition",
        new { runId });

    internal static async Task Begin(this Tx tx, ReplayRun run, string plan, IReadOnlyList<PartitionProgress> progress)
    {
        await tx.Execute(
            """
            insert into operations.replay_run (run_id, plan_hash, topic, plan, who, why, state, rate_per_second, selected,
                started_at, changed_at)
            values (@RunId, @PlanHash, @Topic, @plan, @Who, @Why, @State, @RatePerSecond, @Selected, @Now, @Now)
            """,
            new { run.RunId, run.PlanHash, run.Topic, plan, run.Who, run.Why, run.State, run.RatePerSecond, run.Selected,
                tx.Now });
        foreach (var p in progress)
        {
            await tx.Execute(
                "insert into operations.replay_progress (run_id, partition, begins_at, produced_to) values (@RunId, "
                    + "@Partition, @BeginsAt, @ProducedTo)",
                new { run.RunId, p.Partition, p.BeginsAt, p.ProducedTo });
        }
    }

    /// <returns>The fence of whoever runs it from now on.</returns>
    internal static async Task<long> TakeOver(this Tx tx, string runId, int ratePerSecond) => await tx.QueryOne<long>(
        "update operations.replay_run set fence = fence + 1, rate_per_second = @ratePerSecond, changed_at = @Now where run_id "
            + "= @runId returning fence",
        new { runId, ratePerSecond, tx.Now });

    /// <returns>The state; null when somebody else has taken the run over.</returns>
    internal static async Task<string?> Produced(
        this Tx tx, string runId, long fence, long produced, IReadOnlyList<PartitionProgress> progress)
    {
        var state = await tx.QueryOne<string>(
            "update operations.replay_run set produced = @produced, changed_at = @Now where run_id = @runId and fence = @fence "
                + "returning state",
            new { runId, fence, produced, tx.Now });
        if (state is null) return null;
        foreach (var p in progress)
        {
            await tx.Execute(
                "update operations.replay_progress set produced_to = @ProducedTo where run_id = @runId and partition = "
                    + "@Partition and produced_to < @ProducedTo",
                new { runId, p.Partition, p.ProducedTo });
        }

        return state;
    }

    /// <returns>False when the run was not in one of the states it can come from.</returns>
    internal static async Task<bool> Move(this Tx tx, string runId, string state, params string[] from) => await tx.Execute(
        "update operations.replay_run set state = @state, changed_at = @Now where run_id = @runId and state = any(@from)",
        new { runId, state, from, tx.Now }) == 1;

    internal static Task End(this Tx tx, string runId, string state, string differences) => tx.Execute(
        "update operations.replay_run set state = @state, differences = @differences, changed_at = @Now, ended_at = @Now where "
            + "run_id = @runId and state in ('settling', 'stopping')",
        new { runId, state, differences, tx.Now });

    /// <summary>The newest position that each worker's outbox has given out.</summary>
    internal static async Task<IReadOnlyList<(string Worker, long Position)>> OutboxPositions(
        this Tx tx, IReadOnlyList<string> workers)
    {
        var each = workers.Select(w => $"select '{w}' as worker, last_value as position from {w}.outbox_position");
        return await tx.Query<(string Worker, long Position)>($"{string.Join(" union all ", each)} order by worker");
    }

    /// <summary>How many messages up to these positions the broker has not acknowledged yet.</summary>
    internal static async Task<long> Unsent(this Tx tx, IReadOnlyList<(string Worker, long Position)> upTo)
    {
        var each = upTo.Select(u =>
            $"(select count(*) from {u.Worker}.outbox o join {u.Worker}.outbox_slice s on s.slice = o.slice where o.position > "
                + $"s.sent_position and o.position <= {u.Position.ToString(CultureInfo.InvariantCulture)})");
        return await tx.QueryOne<long>($"select {string.Join(" + ", each)}");
    }
}
