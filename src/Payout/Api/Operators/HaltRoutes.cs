using ContestPipeline.Payout.Api.Answers;
using ContestPipeline.Payout.Halts;
using ContestPipeline.Payout.Http;
using ContestPipeline.Payout.Options;
using ContestPipeline.Plumbing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ContestPipeline.Payout.Api.Operators;

/// <summary>Payouts stopped by an operator: which are, one more, let go again.</summary>
public static class HaltRoutes
{
    private const int HaltsMax = 500;

    public static void Map(RouteGroupBuilder v1, IServiceProvider worker)
    {
        var database = worker.GetRequiredKeyedService<WorkerDatabase>(PayoutWorker.Name);
        v1.MapGet("/halts", async (bool? all, CancellationToken ct) =>
            ApiAnswer.Of(new HaltList(await database.Run(tx => tx.Halts(all ?? false, HaltsMax), ct)))).ForStaff()
            .WithSummary("What payouts are halted, the newest first; all=true with those that were let go again.")
            .ProducesAnswer<HaltList>("The halts.").ProducesRefusal(400, "A filter that is not understood.");
        v1.MapPost("/halts", (HaltWish body, Caller caller, CancellationToken ct) => Halt(database, body, caller, ct))
            .For(ApiRole.Operator)
            .WithSummary("Halts all payouts, or those of a contest or a player: nothing new is sent until the halt is lifted.")
            .ProducesAnswer<Halt>("Halted.").ProducesRefusal(400, "The body is not understood, or gives no reason.")
            .ProducesRefusal(409, "It is halted already.");
        v1.MapPost("/halts/{haltNo}/lift", (long haltNo, HaltReason body, Caller caller, CancellationToken ct) =>
            Lift(database, haltNo, body.Reason, caller, ct)).For(ApiRole.Operator)
            .WithSummary("Lifts a halt; what it held goes on by itself unless something else holds it.")
            .ProducesAnswer<Halt>("Lifted.")
            .ProducesRefusal(400, "No reason was given.").ProducesRefusal(403, "One's own payouts.")
            .ProducesRefusal(404, "There is no such halt.")
            .ProducesRefusal(409, "It was lifted before.");
    }

    private static async Task<IResult> Halt(WorkerDatabase database, HaltWish wish, Caller caller, CancellationToken ct)
    {
        wish = wish with { Reason = wish.Reason.Trim(), Id = wish.Id?.Trim() };
        if (wish.Fault() is { } fault) return ApiProblem.Invalid(fault);
        var (halt, wasThere) = await database.Run(tx => tx.Halt(wish, caller.Subject), ct);
        return wasThere
            ? ApiProblem.Conflict(
                $"{halt.What} are halted since {halt.HaltedAt:u} by {halt.HaltedBy} (no. {halt.HaltNo}): {halt.Reason}")
            : ApiAnswer.Of(halt);
    }

    private static async Task<IResult> Lift(
        WorkerDatabase database, long haltNo, string reason, Caller caller, CancellationToken ct)
    {
        if (HaltReason.Fault(reason) is { } fault) return ApiProblem.Invalid(fault);
        return await database.Run(tx => tx.Lift(haltNo, reason.Trim(), caller.Subject, caller.PlayerIds), ct) switch
        {
            LiftDecision.NotThere => ApiProblem.NotFound($"halt {haltNo}"),
            LiftDecision.Refuse refuse => ApiProblem.Conflict(refuse.Why),
            LiftDecision.NotYours notYours => ApiProblem.Forbidden(notYours.Why),
            LiftDecision.Lift => ApiAnswer.Of((await database.Run(tx => tx.FindHalt(haltNo), ct))!),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }
}
