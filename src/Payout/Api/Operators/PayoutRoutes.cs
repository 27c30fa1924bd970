using System.Text.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Api.Answers;
using ContestPipeline.Payout.Halts;
using ContestPipeline.Payout.Http;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.Reviews;
using ContestPipeline.Payout.Risk;
using ContestPipeline.Plumbing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ContestPipeline.Payout.Api.Operators;

/// <summary>Payouts as staff sees them: a list, one with everything that is known about it.</summary>
public static class PayoutRoutes
{
    private const int PageMax = 500;

    public static void Map(RouteGroupBuilder v1, IServiceProvider worker)
    {
        var database = worker.GetRequiredKeyedService<WorkerDatabase>(PayoutWorker.Name);
        v1.MapGet("/payouts", (string? state, string? contest, string? player, string? after, int? limit, CancellationToken ct) =>
            List(database, new PayoutQuery(state, contest, player, after, limit ?? 100), ct)).ForStaff()
            .WithSummary("Payouts, in order of their ids; state=held is the approval queue.")
            .ProducesAnswer<PayoutPage>("A page.")
            .ProducesRefusal(400, "A filter that is not understood.");
        v1.MapGet("/payouts/{payoutId}", (string payoutId, CancellationToken ct) => Show(database, payoutId, ct)).ForStaff()
            .WithSummary("One payout with its history, attempts, holds, assessments and reviews.")
            .ProducesAnswer<PayoutDetails>("The payout.")
            .ProducesRefusal(404, "There is none.");
    }

    private static async Task<IResult> List(WorkerDatabase database, PayoutQuery query, CancellationToken ct)
    {
        if (query.Limit is < 1 or > PageMax) return ApiProblem.Invalid($"limit must be from 1 to {PageMax}, not {query.Limit}.");
        if (query.State is { } state && !PayoutStates.All.Contains(state))
            return ApiProblem.Invalid($"state must be one of {string.Join(", ", PayoutStates.All)}, not '{state}'.");
        var payouts = await database.Run(tx => tx.PayoutViews(query), ct);
        return ApiAnswer.Of(new PayoutPage(payouts, payouts.Count == query.Limit ? payouts[^1].PayoutId : null));
    }

    private static async Task<IResult> Show(WorkerDatabase database, string payoutId, CancellationToken ct)
    {
        var found = await database.Run(
            async tx => await tx.PayoutView(payoutId) is not { } payout ? null : new PayoutDetails(
                payout, await tx.HistoryOf(payoutId), [.. (await tx.Attempts(payoutId)).Select(Answers.PayoutAttempt.Of)],
                await tx.Holds(payoutId),
                [.. (await tx.Assessments(payoutId)).Select(View)], await tx.Reviews(payoutId),
                PayoutStates.IsTerminal(payout.State) ? [] : await tx.HaltsOf(payoutId)), ct);
        return found is null ? ApiProblem.NotFound($"payout {payoutId}") : ApiAnswer.Of(found);
    }

    private static AssessmentView View(StoredAssessment a) => new(
        a.AssessmentNo, a.Decision, a.ResumesAt,
        JsonSerializer.Deserialize<IReadOnlyList<RiskFinding>>(a.Findings, WireJson.Options) ?? [], a.At);
}
