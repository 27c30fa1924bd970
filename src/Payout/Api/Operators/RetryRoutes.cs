using ContestPipeline.Contracts;
using ContestPipeline.Payout.Api.Answers;
using ContestPipeline.Payout.Audit;
using ContestPipeline.Payout.Http;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.Reviews;
using ContestPipeline.Plumbing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ContestPipeline.Payout.Api.Operators;

/// <summary>Failed payouts, sent again by a person.</summary>
public static class RetryRoutes
{
    public static void Map(RouteGroupBuilder v1, IServiceProvider worker)
    {
        var database = worker.GetRequiredKeyedService<WorkerDatabase>(PayoutWorker.Name);
        v1.MapPost("/payouts/{payoutId}/retry", async (string payoutId, RetryReason body, Caller caller, CancellationToken ct) =>
            string.IsNullOrWhiteSpace(body.Reason)
                ? ApiProblem.Invalid("reason must say why the payout is sent again.")
                : await database.Run(tx => Retry(payoutId, caller.Subject, body.Reason, tx), ct) switch
                {
                    null => ApiProblem.NotFound($"payout {payoutId}"),
                    RetryAnswer.No no => ApiProblem.Conflict($"Not sent again: {no.Why}."),
                    _ => ApiAnswer.Of(new RetryResult(payoutId, PayoutStates.Pending)),
                }).For(ApiRole.Operator)
            .WithSummary("Sends a failed payout again, if Stripe refused its last attempt for certain.")
            .ProducesAnswer<RetryResult>("On its way again.")
            .ProducesRefusal(400, "No reason was given.").ProducesRefusal(404, "There is no such payout.")
            .ProducesRefusal(409, "It has not failed, or money may have moved.");
    }

    /// <returns>Null when there is no such payout.</returns>
    public static async Task<RetryAnswer?> Retry(string payoutId, string actor, string reason, Tx tx)
    {
        if (await tx.LockPayout(payoutId) is not { } locked) return null;
        var payout = locked.Payout;
        var answer = RetryPayout.Decide(payout, await tx.Attempts(payoutId));
        if (answer is RetryAnswer.Go go)
        {
            await tx.InsertRetry(payoutId, go.AfterAttemptNo, actor, reason);
            await tx.ReopenPayout(locked.Contest, payout, reason);
        }

        await tx.Audit(new AuditEntry(
            actor, "payout-retried", payoutId, payout.ContestId, payout.PlayerId, payoutId, reason,
            answer is RetryAnswer.No no ? no.Why : "done"));
        return answer;
    }
}

/// <summary>Why a payout is sent again.</summary>
public sealed record RetryReason(string Reason);
