using System.Text.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Audit;
using ContestPipeline.Plumbing;
using ContestPipeline.Replay.Run;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Replay.Server;

/// <summary>What came of an act.</summary>
public abstract record ReplayAct
{
    private ReplayAct() { }

    /// <param name="Replay">As it is now.</param>
    public sealed record Done(ServerReplay Replay) : ReplayAct;

    public sealed record NotFound : ReplayAct;

    /// <summary>Nothing was changed.</summary>
    public sealed record Refused(string Why) : ReplayAct;
}

/// <summary>
/// Replays that are kept and carried out by a server: asked for, looked at, ordered, approved, paused, stopped. Each act is
/// one transaction with its entry in the audit log.
/// </summary>
/// <param name="secondPersonAboveMinor">A plan that moves more than this needs an approver.</param>
public sealed class ServerReplays(IConfiguration settings, TimeProvider clock, long secondPersonAboveMinor) : IAsyncDisposable
{
    public const int PageMax = 50;

    /// <summary>Nobody may ask for more at once: each plan costs a copy of the database.</summary>
    public const int WaitingMax = 20;

    private readonly SemaphoreSlim opening = new(1);
    private WorkerDatabase? database;

    /// <summary>A plan that moves more of a currency than this, in minor units, is run only when an approver agrees.</summary>
    public long SecondPersonAboveMinor => secondPersonAboveMinor;

    /// <param name="key">Of the request: the same person with the same key asks once; null: the time is the key.</param>
    public async Task<ReplayAct> Ask(ReplayWish wish, string person, string? key, CancellationToken ct)
    {
        if (CheckWish.Fault(wish) is { } fault) return new ReplayAct.Refused(fault);
        var text = JsonSerializer.Serialize(wish, WireJson.Options);
        return await Run(
            async tx =>
            {
                if ((await tx.ToDo([ServerReplayStates.Asked], WaitingMax)).Count == WaitingMax)
                    return new ReplayAct.Refused($"{WaitingMax} plans are waiting already; stop some of them");
                var id = DeterministicId.From($"server-replay/{person}/{key ?? $"{text}/{tx.Now.UtcTicks}"}").ToString("N")[..16];
                if (await tx.Ask(id, wish, text, person))
                    await tx.Audit(new AuditEntry(person, "replay-asked", id, wish.Contest, null, null, "", wish.Topic));
                return new ReplayAct.Done((await tx.Replay(id))!);
            }, ct);
    }

    /// <summary>The latest first, a page of them.</summary>
    /// <param name="planHash">Only those of this plan; null: all.</param>
    /// <param name="after">The last of the page before; null: the first page.</param>
    public async Task<IReadOnlyList<ServerReplay>> List(string? planHash, string? after, CancellationToken ct) =>
        await (await Database(ct)).Run(tx => tx.Replays(planHash, after, PageMax), ct);

    /// <returns>Null: there is no such replay.</returns>
    public async Task<ServerReplayWhole?> Find(string replayId, CancellationToken ct) => await (await Database(ct)).Run(
        async tx =>
        {
            if (await tx.Replay(replayId) is not { } replay) return null;
            var (wish, plan) = await tx.Texts(replayId);
            return new ServerReplayWhole(
                replay, JsonSerializer.Deserialize<ReplayWish>(wish, WireJson.Options)!,
                plan is null ? null : ReplayPlan.Parse(plan));
        }, ct);

    /// <summary>Has a plan run; above the configured effect an approver has to agree first.</summary>
    /// <param name="ratePerSecond">0: as fast as the broker takes it.</param>
    public Task<ReplayAct> Order(
        string replayId, string person, string reason, int ratePerSecond, int patienceSeconds, CancellationToken ct) =>
        string.IsNullOrWhiteSpace(reason) ? Task.FromResult<ReplayAct>(new ReplayAct.Refused("say why it is to be run"))
        : ratePerSecond < 0 || patienceSeconds < 0
            ? Task.FromResult<ReplayAct>(new ReplayAct.Refused("rate and patience are 0 or more"))
        : Act(replayId, replay => DecideReplay.Order(replay, secondPersonAboveMinor), async (tx, state) =>
        {
            await tx.Order(replayId, state, person, reason, ratePerSecond, patienceSeconds);
            await tx.Audit(new AuditEntry(person, "replay-ordered", replayId, null, null, null, reason, state));
        }, ct);

    public Task<ReplayAct> Approve(string replayId, string person, string note, CancellationToken ct) =>
        Act(replayId, replay => DecideReplay.Approve(replay, person), async (tx, state) =>
        {
            await tx.Approve(replayId, state, person);
            await tx.Audit(new AuditEntry(person, "replay-approved", replayId, null, null, null, note, state));
        }, ct);

    /// <param name="pause">False: to go on.</param>
    public Task<ReplayAct> Pause(string replayId, bool pause, string person, string reason, CancellationToken ct) =>
        Act(replayId, replay => DecideReplay.Pause(replay, pause), null, ct,
            (tx, runId) => HandOnRun.Pause(tx, runId, pause, person, reason));

    public Task<ReplayAct> Stop(string replayId, string person, string reason, CancellationToken ct) =>
        string.IsNullOrWhiteSpace(reason) ? Task.FromResult<ReplayAct>(new ReplayAct.Refused("say why it is to be stopped"))
        : Act(replayId, DecideReplay.Stop, async (tx, state) =>
        {
            await tx.Become(replayId, state, $"stopped by {person}: {reason}", ServerReplayStates.Asked,
                ServerReplayStates.Planning, ServerReplayStates.Planned, ServerReplayStates.AwaitsApprover,
                ServerReplayStates.Ordered);
            await tx.Audit(new AuditEntry(person, "replay-stopped", replayId, null, null, null, reason, state));
        }, ct, (tx, runId) => HandOnRun.Stop(tx, runId, person, reason));

    public async ValueTask DisposeAsync()
    {
        if (database is not null) await database.DisposeAsync();
        opening.Dispose();
    }

    /// <summary>Migrated when it is first needed.</summary>
    internal async Task<WorkerDatabase> Database(CancellationToken ct)
    {
        await opening.WaitAsync(ct);
        try
        {
            return database ??= await Operations.Open(settings, clock, ct);
        }
        finally
        {
            opening.Release();
        }
    }

    private Task<ReplayAct> Act(
        string replayId, Func<ServerReplay, ReplayActAnswer> decide, Func<Tx, string, Task>? write, CancellationToken ct,
        Func<Tx, string, Task<bool>>? onRun = null) => Run(
        async tx =>
        {
            if (await tx.LockReplay(replayId) is not { } replay) return new ReplayAct.NotFound();
            switch (decide(replay))
            {
                case ReplayActAnswer.Moves moves:
                    await write!(tx, moves.State);
                    return new ReplayAct.Done((await tx.Replay(replayId))!);
                case ReplayActAnswer.Run when await onRun!(tx, replay.RunId!):
                    return new ReplayAct.Done((await tx.Replay(replayId))!);
                case ReplayActAnswer.Run:
                    return new ReplayAct.Refused("it has just moved on; look again");
                case ReplayActAnswer.Refused refused:
                    return new ReplayAct.Refused(refused.Why);
                case var other:
                    throw new InvalidOperationException(other.GetType().Name);
            }
        }, ct);

    private async Task<ReplayAct> Run(Func<Tx, Task<ReplayAct>> work, CancellationToken ct) =>
        await (await Database(ct)).Run(work, ct);
}
