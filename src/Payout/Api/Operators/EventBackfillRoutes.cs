using ContestPipeline.Payout.Audit;
using ContestPipeline.Payout.Http;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.StripeEvents;
using ContestPipeline.Plumbing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ContestPipeline.Payout.Api.Operators;

/// <summary>The sweep over Stripe's events on demand.</summary>
public static class EventBackfillRoutes
{
    public static void Map(RouteGroupBuilder v1, IServiceProvider worker)
    {
        var database = worker.GetRequiredKeyedService<WorkerDatabase>(PayoutWorker.Name);
        var sweep = worker.GetRequiredService<EventBackfill>();
        v1.MapPost("/stripe/sweep", async (Caller caller, CancellationToken ct) =>
        {
            var result = await sweep.Everything(ct);
            await database.Run(
                tx => tx.Audit(new AuditEntry(
                    caller.Subject, "stripe-sweep", "stripe-events", null, null, null, "on demand",
                    $"{result.Scopes} lists, {result.Found} found, {result.Filled} filled, {result.Unread} unread")), ct);
            return ApiAnswer.Of(result);
        }).For(ApiRole.Operator)
            .WithSummary("Compares Stripe's list of events with those that arrived, and applies what is missing.")
        .ProducesAnswer<EventBackfillResult>("What it came to.");
    }
}
