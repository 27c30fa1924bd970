using ContestPipeline.Payout.Api.Answers;
using ContestPipeline.Payout.Balance;
using ContestPipeline.Payout.Halts;
using ContestPipeline.Payout.Http;
using ContestPipeline.Payout.Options;
using ContestPipeline.Plumbing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ContestPipeline.Payout.Api.Operators;

/// <summary>The platform's balance as it is at Stripe now, and how it is judged.</summary>
public static class BalanceRoutes
{
    private const int HaltsMax = 500;

    public static void Map(RouteGroupBuilder v1, IServiceProvider worker)
    {
        var balance = worker.GetRequiredService<PlatformBalance>();
        var database = worker.GetRequiredKeyedService<WorkerDatabase>(PayoutWorker.Name);
        v1.MapGet("/balance", async (CancellationToken ct) => await balance.Check("asked", ct) is { } reports
            ? ApiAnswer.Of(new BalanceAnswer(reports, await database.Run(tx => tx.Halts(all: false, HaltsMax), ct)))
            : ApiProblem.Of(StatusCodes.Status503ServiceUnavailable, "Not now",
                "Stripe's balance could not be read. Try again in a minute.")).ForStaff()
            .WithSummary("The platform's balance at Stripe now, judged.").ProducesAnswer<BalanceAnswer>("By currency.")
            .ProducesRefusal(503, "Stripe does not answer now.");
    }
}
