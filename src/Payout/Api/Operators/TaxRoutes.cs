using ContestPipeline.Payout.Api.Answers;
using ContestPipeline.Payout.Http;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Reports;
using ContestPipeline.Plumbing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ContestPipeline.Payout.Api.Operators;

/// <summary>A year's winnings of all players, for finance.</summary>
public static class TaxRoutes
{
    public static void Map(RouteGroupBuilder v1, IServiceProvider worker)
    {
        var database = worker.GetRequiredKeyedService<WorkerDatabase>(PayoutWorker.Name);
        var options = worker.GetRequiredService<TaxOptions>();
        var clock = worker.GetRequiredService<TimeProvider>();
        v1.MapGet("/tax/1099/{year:int}",
            (int year, bool? all, CancellationToken ct) => Report(database, options, clock, year, all ?? false, ct))
            .For(ApiRole.Operator)
            .WithSummary("A year's winnings of all players who reached the threshold, and the 1099-MISC report as CSV.")
            .ProducesAnswer<TaxReport>("The report.").ProducesRefusal(400, "A year that is not there.");
    }

    private static async Task<IResult> Report(
        WorkerDatabase database, TaxOptions options, TimeProvider clock, int year, bool all, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (year < 2000 || year > now.Year) return ApiProblem.Invalid($"year must be from 2000 to {now.Year}, not {year}.");
        var reported = Form1099.Reported(await database.Run(tx => tx.PaidIn(year), ct), year, options, all);
        return ApiAnswer.Of(
            new TaxReport(year, options.ThresholdMinor(year), year < now.Year, reported, Form1099.Csv(reported, year, options)));
    }
}
