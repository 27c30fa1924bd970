using ContestPipeline.Contracts;
using ContestPipeline.Payout.Api.Answers;
using ContestPipeline.Payout.Audit;
using ContestPipeline.Payout.Http;
using ContestPipeline.Payout.Notifications;
using ContestPipeline.Payout.Options;
using ContestPipeline.Plumbing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ContestPipeline.Payout.Api.Operators;

/// <summary>Which alert, and what the person has to say about it.</summary>
public sealed record AlertDecision(string DedupKey, string? Note = null);

/// <summary>Alerts as staff sees them: a list, and taking one up or ending it.</summary>
public static class AlertRoutes
{
    private const int LimitMax = 1000;
    private const int NoteCharsMax = 1000;
    private static readonly string[] s_states = ["open", "acknowledged", "resolved"];

    public static void Map(RouteGroupBuilder v1, IServiceProvider worker)
    {
        var database = worker.GetRequiredKeyedService<WorkerDatabase>(PayoutWorker.Name);
        v1.MapGet("/alerts", (string? state, int? limit, CancellationToken ct) => List(database, state, limit ?? 200, ct))
            .ForStaff()
            .WithSummary("Alerts that are not resolved, or those in one state (open, acknowledged, resolved).")
            .ProducesAnswer<AlertList>("Alerts.").ProducesRefusal(400, "A filter that is not understood.");
        v1.MapPost("/alerts/acknowledge", (AlertDecision decision, Caller caller, CancellationToken ct) =>
            Decide(database, decision, caller, resolve: false, ct)).For(ApiRole.Operator, ApiRole.Approver)
            .WithSummary("Takes an alert up: it escalates no more.").ProducesAnswer<AlertView>("The alert as it stands now.")
            .ProducesRefusal(400, "The note is too long.").ProducesRefusal(404, "There is no such alert.");
        v1.MapPost("/alerts/resolve", (AlertDecision decision, Caller caller, CancellationToken ct) =>
            Decide(database, decision, caller, resolve: true, ct)).For(ApiRole.Operator, ApiRole.Approver)
            .WithSummary("Ends an alert.").ProducesAnswer<AlertView>("The alert as it stands now.")
            .ProducesRefusal(400, "The note is too long.")
            .ProducesRefusal(404, "There is no such alert.");
    }

    private static async Task<IResult> List(WorkerDatabase database, string? state, int limit, CancellationToken ct)
    {
        if (state is not null && !s_states.Contains(state))
            return ApiProblem.Invalid($"state must be one of {string.Join(", ", s_states)}, not '{state}'.");
        if (limit is < 1 or > LimitMax) return ApiProblem.Invalid($"limit must be from 1 to {LimitMax}, not {limit}.");
        return ApiAnswer.Of(new AlertList(await database.Run(tx => tx.Alerts(state, limit), ct)));
    }

    /// <summary>The same decision twice is the same decision; an alert that is resolved stays so.</summary>
    private static async Task<IResult> Decide(
        WorkerDatabase database, AlertDecision decision, Caller caller, bool resolve, CancellationToken ct)
    {
        if (decision.Note is { Length: > NoteCharsMax })
            return ApiProblem.Invalid($"note may have {NoteCharsMax} characters at most.");
        var alert = await database.Run(async tx =>
        {
            if (await tx.LockAlert(decision.DedupKey) is not { } found) return null;
            if (found.ResolvedAt is not null || (!resolve && found.AcknowledgedAt is not null)) return found;
            if (resolve) await Resolve(found, caller, decision.Note, tx);
            else await tx.Acknowledge(found.DedupKey, caller.Subject, decision.Note);
            await tx.Audit(new AuditEntry(
                caller.Subject, resolve ? "alert-resolved" : "alert-acknowledged", found.DedupKey, null, null, null,
                decision.Note ?? "", "done"));
            return await tx.LockAlert(found.DedupKey);
        }, ct);
        return alert is null ? ApiProblem.NotFound($"alert {decision.DedupKey}") : ApiAnswer.Of(alert);
    }

    /// <summary>The worker that raised it hears of it: the next time is told again.</summary>
    private static async Task Resolve(AlertView alert, Caller caller, string? note, Tx tx)
    {
        await tx.Resolve(alert.DedupKey, caller.Subject, note);
        tx.Send(new AlertResolvedV1(alert.DedupKey, alert.Episode, caller.Subject, ByPerson: true, note ?? "", tx.Now));
    }
}
