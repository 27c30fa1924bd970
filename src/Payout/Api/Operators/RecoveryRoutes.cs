using ContestPipeline.Payout.Audit;
using ContestPipeline.Payout.Http;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Reconciliation;
using ContestPipeline.Payout.Recovery;
using ContestPipeline.Plumbing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ContestPipeline.Payout.Api.Operators;

/// <summary>How a recovery stands, and what can be done about it.</summary>
/// <param name="State"><c>normal</c>, <c>stopped</c> or <c>recovering</c>.</param>
/// <param name="LostSince">What was committed after this moment, UTC, may be missing in the books; null when none is
/// open.</param>
/// <param name="EndsNotYet">Why it cannot be ended now, whoever asks; null when it can, or none is open.</param>
public sealed record RecoveryView(
    string State, string? Cause, DateTimeOffset? LostSince, DateTimeOffset? StoppedAt, DateTimeOffset? StartedAt,
    string? StartedBy, string? EndsNotYet);

/// <summary>Why a recovery is begun or ended.</summary>
public sealed record RecoveryReason(string Reason);

/// <summary>Why money is stopped, and since when the books may lack something.</summary>
/// <param name="LostSince">UTC; the moment the database was restored to.</param>
public sealed record StopReason(string Reason, DateTimeOffset LostSince);

/// <summary>Books that went back in time: money stopped, a recovery begun by one person and ended by another.</summary>
public static class RecoveryRoutes
{
    private const string Subject = "recovery";

    public static void Map(RouteGroupBuilder v1, IServiceProvider worker)
    {
        var database = worker.GetRequiredKeyedService<WorkerDatabase>(PayoutWorker.Name);
        v1.MapGet("/recovery", async (CancellationToken ct) => ApiAnswer.Of(await database.Run(Show, ct))).ForStaff()
            .WithSummary("Whether money moves, is stopped because the books may lack what was paid, or moves in recovery.")
            .ProducesAnswer<RecoveryView>("How it stands.");
        v1.MapPost("/recovery/stop",
            (StopReason body, Caller caller,
                CancellationToken ct) => Act(body.Reason, database, tx => Stop(body, caller.Subject, tx), ct))
            .For(ApiRole.Operator)
            .WithSummary("Stops everything that moves money, for a database that was restored to an earlier time.")
            .ProducesAnswer<RecoveryView>("Stopped.").Reasoned();
        v1.MapPost("/recovery/start",
            (RecoveryReason body, Caller caller,
                CancellationToken ct) => Act(body.Reason, database, tx => Start(body.Reason, caller.Subject, tx), ct))
            .For(ApiRole.Operator).WithSummary("Lets money move again; everything is looked up at Stripe first.")
            .ProducesAnswer<RecoveryView>("Begun.").Reasoned();
        v1.MapPost("/recovery/end",
            (RecoveryReason body, Caller caller,
                CancellationToken ct) => Act(body.Reason, database, tx => End(body.Reason, caller.Subject, tx), ct))
            .For(ApiRole.Approver).WithSummary("Ends a recovery after a comparison with Stripe without a difference.")
            .ProducesAnswer<RecoveryView>("Ended.").Reasoned();
    }

    /// <returns>Null when it is done; else why not.</returns>
    public static async Task<string?> Stop(StopReason wish, string actor, Tx tx)
    {
        if (wish.LostSince > tx.Now) return $"lostSince, {wish.LostSince:u}, is yet to come";
        await tx.StopMoney($"stopped by {actor}: {wish.Reason}", wish.LostSince);
        await tx.Audit(Entry(actor, "recovery-stopped", wish.Reason, null));
        return null;
    }

    /// <returns>Null when it is done; else why not.</returns>
    public static async Task<string?> Start(string reason, string actor, Tx tx)
    {
        var open = await tx.LockRecovery();
        var whyNot = DecideRecovery.WhyNotStart(open);
        if (whyNot is null) await tx.StartRecovery(open!, actor, reason);
        await tx.Audit(Entry(actor, "recovery-started", reason, whyNot));
        return whyNot;
    }

    /// <returns>Null when it is done; else why not.</returns>
    public static async Task<string?> End(string reason, string actor, Tx tx)
    {
        var open = await tx.LockRecovery();
        var compared = open?.StartedAt is { } since ? await tx.ComparedSince(since) : null;
        var whyNot = DecideRecovery.WhyNotEnd(open, compared, await tx.NotMadeAgain(), actor);
        if (whyNot is null)
        {
            await tx.EndRecovery(open!, actor, reason);
            tx.ResolveAlertsUnder(BooksWentBack.AlertsUnder, $"the recovery was ended by {actor}: {reason}");
        }

        await tx.Audit(Entry(actor, "recovery-ended", reason, whyNot));
        return whyNot;
    }

    private static async Task<RecoveryView> Show(Tx tx)
    {
        if (await tx.OpenRecovery() is not { } open)
            return new RecoveryView(RecoveryState.Normal, null, null, null, null, null, null);
        var compared = open.StartedAt is { } since ? await tx.ComparedSince(since) : null;
        return new RecoveryView(
            open.State, open.Cause, open.LostSince, open.StoppedAt, open.StartedAt, open.StartedBy,
            DecideRecovery.WhyNotEnd(open, compared, await tx.NotMadeAgain(), actor: ""));
    }

    private static async Task<IResult> Act(
        string reason, WorkerDatabase database, Func<Tx, Task<string?>> act, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(reason)) return ApiProblem.Invalid("reason must say why.");
        var (whyNot, view) = await database.Run(async tx => (await act(tx), await Show(tx)), ct);
        return whyNot is null ? ApiAnswer.Of(view) : ApiProblem.Conflict($"Not done: {whyNot}.");
    }

    private static AuditEntry Entry(string actor, string action, string reason, string? whyNot) =>
        new(actor, action, Subject, null, null, null, reason, whyNot is null ? "done" : $"refused: {whyNot}");

    private static void Reasoned(this RouteHandlerBuilder route) =>
        route.ProducesRefusal(400, "No reason was given.").ProducesRefusal(409, "It cannot be done now; the answer says why.");
}
