using ContestPipeline.Payout.Audit;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace ContestPipeline.Replay.Run;

/// <summary>Who orders a replay and why.</summary>
/// <param name="RatePerSecond">0: as fast as the broker takes it.</param>
/// <param name="Patience">How long the workers may take for it afterwards, without getting on.</param>
public sealed record ReplayOrder(string Who, string Why, int RatePerSecond, TimeSpan Patience);

/// <summary>What came of it.</summary>
public abstract record ReplayAnswer
{
    private ReplayAnswer()
    {
    }

    /// <param name="Differences">What did not come as planned; nothing: all of it did.</param>
    public sealed record Ended(ReplayRun Run, IReadOnlyList<string> Differences) : ReplayAnswer;

    /// <summary>Nothing was produced.</summary>
    public sealed record Refused(IReadOnlyList<string> Because) : ReplayAnswer;

    /// <summary>Nothing was done: another replay of this database is running.</summary>
    public sealed record Busy : ReplayAnswer;
}

/// <summary>
/// Does what a plan says: produces the selected records again, each with its own key, body and headers and one header more, then
/// waits for the workers and compares. What was acknowledged is written down; after a crash the same command finds the rest out
/// from the topic and goes on.
/// </summary>
public sealed class RunReplay(IConfiguration settings, KafkaSettings kafka, TimeProvider clock, Action<PlanProgress> tell)
{
    private const int IdsAtOnce = 10_000;

    private string Admin => settings.AdminDatabase();

    /// <summary>The same plan is the same run, however often it is ordered.</summary>
    public static string IdOf(ReplayPlan plan) => DeterministicId.From($"replay/{plan.Hash}").ToString("N")[..16];

    /// <param name="file">The file that the plan is about; null: the plan is about records of a topic.</param>
    public async Task<ReplayAnswer> Run(ReplayPlan plan, FileInfo? file, ReplayOrder order, CancellationToken ct)
    {
        var feed = file is null ? null : await PlannedFeed.Read(file, ct);
        if (AnotherFile(plan, feed) is { } wrong) return new ReplayAnswer.Refused([wrong]);
        await using var database = await Operations.Open(settings, clock, ct);
        await using var turn = await TakeTurn(ct);
        if (turn is null) return new ReplayAnswer.Busy();

        var id = IdOf(plan);
        var known = await database.Run(tx => tx.Run(id), ct);
        if (known is { EndedAt: { } ended })
            return new ReplayAnswer.Refused([$"this plan has been run, it ended {ended:yyyy-MM-dd HH:mm:ss} UTC as "
                + $"{known.State}; make a new plan"]);
        if (known is null)
        {
            var moved = await new PlanStaleness(settings, kafka, clock).Since(plan, ct);
            if (moved.Count > 0) return new ReplayAnswer.Refused(moved);
            await Begin(database, id, plan, order, ct);
        }

        var fence = await TakeOver(database, id, order, isResumed: known is not null, ct);
        var (produced, isStopped) = feed is null
            ? await new ProduceAgain(kafka, clock, database, new PlanReplay(settings, kafka, clock, tell), tell)
                .Run(plan, id, fence, order.RatePerSecond, isResumed: known is not null, ct)
            : (await feed.Publish(kafka, clock, tell, ct), false);
        if (feed is not null) await database.Run(tx => tx.Produced(id, fence, produced, []), ct);
        isStopped |= !await database.Run(tx => tx.Move(id, "settling", "producing", "paused", "settling"), ct);
        string[] differences =
        [
            .. Lost(plan.Selection.Messages, produced, isStopped),
            .. await new AwaitWorkers(settings, kafka, clock, database, tell).Settled(plan, !isStopped, order.Patience, ct),
        ];
        var state = isStopped ? "stopped" : differences.Length == 0 ? "done" : "differs";
        return await End(database, plan, order, state, differences, ct);
    }

    /// <summary>The latest first.</summary>
    public async Task<IReadOnlyList<ReplayRun>> Runs(CancellationToken ct)
    {
        await using var database = await Operations.Open(settings, clock, ct);
        return await database.Run(tx => tx.Runs(), ct);
    }

    /// <summary>Whether a process runs a replay of this database now.</summary>
    public async Task<bool> IsAnyRunning(CancellationToken ct)
    {
        await using var database = await Operations.Open(settings, clock, ct);
        return await database.Run(tx => tx.IsAnyRunning(), ct);
    }

    /// <returns>False when the run is not producing (or, to resume it, not paused).</returns>
    public async Task<bool> Pause(string runId, bool pause, string who, string why, CancellationToken ct)
    {
        await using var database = await Operations.Open(settings, clock, ct);
        return await database.Run(tx => HandOnRun.Pause(tx, runId, pause, who, why), ct);
    }

    /// <summary>
    /// Produces no more of a run. Who runs it ends it; if nobody does, this waits for the workers and ends it.
    /// </summary>
    /// <returns>False when the run is neither producing nor paused, and not stopping already.</returns>
    public async Task<bool> Stop(string runId, string who, string why, TimeSpan patience, CancellationToken ct)
    {
        await using var database = await Operations.Open(settings, clock, ct);
        if (!await database.Run(tx => HandOnRun.Stop(tx, runId, who, why), ct)) return false;
        await using (var turn = await TakeTurn(ct))
        {
            if (turn is null) return true;
        }

        var plan = ReplayPlan.Parse((await database.Run(tx => tx.PlanOf(runId), ct))!);
        var order = new ReplayOrder(who, why, 0, patience);
        if (plan.File is null) await Run(plan, file: null, order, ct);
        else await End(database, plan, order, "stopped", ["it was stopped; what was published of the file by then stays"], ct);
        return true;
    }

    /// <returns>Why what is to be published is not what was tried out; null: it is.</returns>
    private static string? AnotherFile(ReplayPlan plan, PlannedFeed? feed) => (plan.File, feed) switch
    {
        (null, null) => null,
        (null, _) => "the plan is about records of a topic, and not about a file",
        ({ } planned, null) => $"the plan is about {planned.Name}, which is in no topic yet; name it with --feed-file",
        ({ } planned, _) =>
            planned.Sha256 == feed.File.Sha256
                ? null : $"{feed.File.Name} is not what the plan was made of, {planned.Name} as it was then; make the plan anew",
    };

    private static string[] Lost(long selected, long produced, bool isStopped) =>
        produced == selected ? []
        : isStopped ? [$"{selected - produced} of the plan's {selected} records were not produced: it was stopped"]
        : [$"{selected - produced} of the plan's {selected} records could not be produced: the broker no longer has them"];

    /// <summary>
    /// One run of this database at a time. The server looks after the connection itself: of a machine that is gone it hears
    /// within half a minute, of a process that is killed at once.
    /// </summary>
    /// <returns>Null: another run has it.</returns>
    private async Task<NpgsqlConnection?> TakeTurn(CancellationToken ct)
    {
        var turn = await Operations.OpenLasting(Admin, ct);
        await using var take = new NpgsqlCommand(RunSql.TakeTurn, turn);
        if ((bool)(await take.ExecuteScalarAsync(ct))!) return turn;
        await turn.DisposeAsync();
        return null;
    }

    private static async Task<ReplayAnswer> End(
        WorkerDatabase database, ReplayPlan plan, ReplayOrder order, string state, IReadOnlyList<string> differences,
        CancellationToken ct)
    {
        var id = IdOf(plan);
        return await database.Run<ReplayAnswer>(
            async tx =>
            {
                await tx.End(id, state, string.Join('\n', differences));
                foreach (var (worker, _) in Readers(plan)) await Reprocess.End(tx, worker, id);
                await tx.AuditAsRole(new AuditEntry(order.Who, "replay-ended", id, null, null, null, order.Why, state));
                return new ReplayAnswer.Ended((await tx.Run(id))!, differences);
            }, ct);
    }

    private static Task<long> TakeOver(
        WorkerDatabase database, string id, ReplayOrder order, bool isResumed, CancellationToken ct) => database.Run(
        async tx =>
        {
            if (isResumed)
                await tx.AuditAsRole(new AuditEntry(order.Who, "replay-taken-up", id, null, null, null, order.Why, "done"));
            return await tx.TakeOver(id, order.RatePerSecond);
        }, ct);

    private async Task Begin(WorkerDatabase database, string id, ReplayPlan plan, ReplayOrder order, CancellationToken ct)
    {
        var ends = new TopicRanges(kafka).All(plan.Source.Topic).ToDictionary(r => r.Partition, r => r.To);
        var now = clock.GetUtcNow();
        await database.Run(
            async tx =>
            {
                await tx.Begin(
                    new ReplayRun(id, plan.Hash, plan.Source.Topic, order.Who, order.Why, "producing", order.RatePerSecond,
                        plan.Selection.Messages, 0, 1, now, now, null, ""),
                    plan.Text(),
                    [.. plan.Source.Ranges.Select(r => new PartitionProgress(r.Partition, ends[r.Partition], r.From))]);
                await tx.AuditAsRole(new AuditEntry(order.Who, "replay-started", id, plan.Source.Contest, null, null, order.Why,
                    $"{plan.Selection.Messages} records of "
                        + $"{plan.File?.Name ?? plan.Source.Topic}{(plan.Source.Reprocess ? ", handled anew" : "")}"));
                if (plan.Source.Reprocess) await OrderAnew(tx, id, plan, ct);
            }, ct);
    }

    /// <summary>Before anything is produced: what the workers are to forget that they know.</summary>
    private async Task OrderAnew(Tx tx, string id, ReplayPlan plan, CancellationToken ct)
    {
        var planning = new PlanReplay(settings, kafka, clock, tell);
        foreach (var chunk in planning.Selected(plan.Source, new SelectionCount(), ct).Select(r => r.Envelope.MessageId)
            .Chunk(IdsAtOnce))
        {
            foreach (var (worker, _) in Readers(plan)) await Reprocess.Order(tx, worker, id, chunk);
        }
    }

    private static IEnumerable<(string Worker, string Topic)> Readers(ReplayPlan plan) =>
        DeclaredTopics.All().Where(d => d.Topic == plan.Source.Topic);
}
