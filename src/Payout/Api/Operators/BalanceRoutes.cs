using ContestPipeline.Contracts;
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
    private const int LimitMax = 1000;

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
        v1.MapGet("/balance/history",
            (string? currency, DateTimeOffset? before, int? limit, CancellationToken ct) =>
                History(database, currency, before?.ToUniversalTime(), limit ?? 100, ct)).ForStaff()
            .WithSummary("What was kept of a currency's balance, the newest first.")
            .ProducesAnswer<BalanceHistory>("A page of snapshots.").ProducesRefusal(400, "A currency or limit that cannot be.");
    }

    private static async Task<IResult> History(
        WorkerDatabase database, string? currency, DateTimeOffset? before, int limit, CancellationToken ct)
    {
        if (currency is null || Currencies.Find(currency) is null)
            return ApiProblem.Invalid($"currency must be one that contests may have, such as usd, not '{currency}'.");
        if (limit is < 1 or > LimitMax) return ApiProblem.Invalid($"limit must be from 1 to {LimitMax}, not {limit}.");
        var snapshots = await database.Run(tx => tx.Snapshots(currency, before, limit), ct);
        return ApiAnswer.Of(new BalanceHistory(snapshots, snapshots.Count == limit ? snapshots[^1].TakenAt : null));
    }
}
