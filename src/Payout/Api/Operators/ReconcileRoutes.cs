using System.Text.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Api.Answers;
using ContestPipeline.Payout.Http;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Reconciliation;
using ContestPipeline.Plumbing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ContestPipeline.Payout.Api.Operators;

/// <summary>What the scheduled comparisons with Stripe found, latest first.</summary>
public static class ReconcileRoutes
{
    private const int RunsMax = 100;

    public static void Map(RouteGroupBuilder v1, IServiceProvider worker)
    {
        var database = worker.GetRequiredKeyedService<WorkerDatabase>(PayoutWorker.Name);
        v1.MapGet("/reconciliations", (int? limit, CancellationToken ct) => List(database, limit ?? 10, ct)).ForStaff()
            .WithSummary("What the scheduled comparisons with Stripe found, latest first.")
            .ProducesAnswer<ReconciliationList>("The runs.")
            .ProducesRefusal(400, "limit is out of range.");
    }

    private static async Task<IResult> List(WorkerDatabase database, int limit, CancellationToken ct)
    {
        if (limit is < 1 or > RunsMax) return ApiProblem.Invalid($"limit must be from 1 to {RunsMax}, not {limit}.");
        var runs = await database.Run(tx => tx.Reconciliations(limit), ct);
        return ApiAnswer.Of(new ReconciliationList(
        [
            .. runs.Select(r => new ReconciliationView(
                r.RunNo, r.At, r.WindowFrom, r.WindowTo, r.Matched, r.Pending, r.Outside, r.OutsideMinor, r.Clearing,
                r.Completeness, r.Timeliness, r.DifferenceCount,
                JsonSerializer.Deserialize<IReadOnlyList<Difference>>(r.Differences, WireJson.Options) ?? [])),
        ]));
    }
}
