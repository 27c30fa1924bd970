using ContestPipeline.Plumbing;
using ContestPipeline.Replay.Run;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ContestPipeline.Replay.Server;

/// <summary>
/// Carries out what was asked for: makes plans, or runs what was ordered, one after the other. Who works on a replay holds a lock
/// of its connection; when the process dies the lock is free and another instance takes the replay up where it stands.
/// </summary>
/// <param name="isPlanning">False: it runs what was ordered. A server has one loop of each, so that no plan waits for a
/// run.</param>
/// <param name="instance">What this process is called where people look.</param>
public sealed class ReplayLoop(
    IConfiguration settings, ServerReplays replays, WorkerDatabase database, string instance, bool isPlanning, TimeProvider clock,
    ILogger<ReplayLoop> log)
    : PollingLoop(database, s_look, clock, log, LongRound, isPlanning ? "replay-plans" : "replay-runs")
{
    private const int LookedAtMax = 100;

    /// <summary>A plan that cannot be made as often is given up; a run never is, because part of it is in the topic.</summary>
    private const int PlanTriesMax = 5;

    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_beat = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_afterFailure = TimeSpan.FromSeconds(5);

    private readonly TimeProvider clock = clock;

    private string State => isPlanning ? ServerReplayStates.Planning : ServerReplayStates.Running;

    private string[] States => [isPlanning ? ServerReplayStates.Asked : ServerReplayStates.Ordered, State];

    protected override async Task<bool> Round(CancellationToken ct)
    {
        var rows = await replays.Database(ct);
        var waiting = await rows.Run(tx => tx.ToDo(States, LookedAtMax), ct);
        if (waiting.Count == 0) return false;
        await using var holding = await Operations.OpenLasting(settings.AdminDatabase(), ct);
        foreach (var id in waiting)
        {
            if (!await WorkLockSql.Take(holding, id, ct)) continue;
            // Another instance may have ended it before the lock was free.
            if (await Take(rows, id, ct) is not { } replay) continue;
            await Work(rows, replay, holding, ct);
            return true;
        }

        return false;
    }

    private Task<ServerReplay?> Take(WorkerDatabase rows, string id, CancellationToken ct) => rows.Run(
        async tx =>
        {
            if (await tx.LockReplay(id) is not { } replay || !States.Contains(replay.State)) return null;
            await tx.Take(id, State, instance);
            return await tx.Replay(id);
        }, ct);

    private async Task Work(WorkerDatabase rows, ServerReplay replay, NpgsqlConnection holding, CancellationToken ct)
    {
        using var work = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var progress = new ReplayProgress(holding, replay.ReplayId, State, instance, clock, s_beat);
        var beating = progress.Beat(work);
        Exception? failure;
        try
        {
            failure = await Failure(
                () => isPlanning ? Plan(rows, replay, progress, work.Token) : Run(rows, replay, progress, work.Token),
                work.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return; // Somebody stopped it, or it is another process's by now.
        }
        finally
        {
            await work.CancelAsync();
            await beating;
        }

        if (failure is null) return;
        var words = failure.Message;
        if (isPlanning && (ReplayFaults.IsFinal(failure) || replay.Tries >= PlanTriesMax))
        {
            await rows.Run(
                tx => tx.Become(replay.ReplayId, ServerReplayStates.Unplannable, words, ServerReplayStates.Planning), ct);
            return;
        }

        ReplayLog.TriedAgain(log, replay.ReplayId, words);
        await rows.Run(tx => tx.Failing(replay.ReplayId, $"is tried again: {words}"), ct);
        await Task.Delay(s_afterFailure, clock, ct);
    }

    private async Task Plan(WorkerDatabase rows, ServerReplay replay, ReplayProgress progress, CancellationToken ct)
    {
        var wish = (await replays.Find(replay.ReplayId, ct))!.Wish;
        var plan = await new PlanReplay(settings, KafkaSettings.From(settings), clock, progress.Tell).Of(wish, ct);
        await rows.Run(tx => tx.Planned(replay.ReplayId, plan, plan.Text(), RunReplay.IdOf(plan)), ct);
    }

    private async Task Run(WorkerDatabase rows, ServerReplay replay, ReplayProgress progress, CancellationToken ct)
    {
        var plan = (await replays.Find(replay.ReplayId, ct))!.Plan!;
        var order = new ReplayOrder(
            replay.OrderedBy!, replay.Reason!, replay.RatePerSecond, TimeSpan.FromSeconds(replay.PatienceSeconds));
        var answer = await new RunReplay(settings, KafkaSettings.From(settings), clock, progress.Tell)
            .Run(plan, file: null, order, ct);
        var (state, outcome) = ReplayFaults.Outcome(answer, replay.RunState);
        await rows.Run(tx => tx.Become(replay.ReplayId, state, outcome, ServerReplayStates.Running), ct);
        if (answer is ReplayAnswer.Busy) await Task.Delay(s_afterFailure, clock, ct);
    }
}

/// <summary>What the loop logs.</summary>
internal static partial class ReplayLog
{
    [LoggerMessage(1, LogLevel.Warning, "Replay {ReplayId} is tried again: {Why}")]
    internal static partial void TriedAgain(ILogger log, string replayId, string why);
}
