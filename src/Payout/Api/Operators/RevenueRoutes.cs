using System.Globalization;
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

/// <summary>What the platform earned, for finance.</summary>
public static class RevenueRoutes
{
    private const int MonthsMax = 120;
    private const int MonthsUnlessAsked = 12;

    public static void Map(RouteGroupBuilder v1, IServiceProvider worker)
    {
        var database = worker.GetRequiredKeyedService<WorkerDatabase>(PayoutWorker.Name);
        var clock = worker.GetRequiredService<TimeProvider>();
        v1.MapGet("/platform/revenue", (string? from, string? to, CancellationToken ct) => Report(database, clock, from, to, ct))
            .For(ApiRole.Operator)
            .WithSummary("What the platform earned and lost by month (UTC), kind of contest and currency, from the ledger.")
            .ProducesAnswer<PlatformRevenue>("The report; the last twelve months unless from and to (2026-11) say others.")
            .ProducesRefusal(400, "A month that is not there, or more than 120 of them.");
    }

    private static async Task<IResult> Report(
        WorkerDatabase database, TimeProvider clock, string? from, string? to, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (Month(to, new DateOnly(now.Year, now.Month, 1)) is not { } last) return NoMonth(nameof(to), to);
        if (Month(from, last.AddMonths(1 - MonthsUnlessAsked)) is not { } first) return NoMonth(nameof(from), from);
        if (first > last || first < last.AddMonths(1 - MonthsMax))
            return ApiProblem.Invalid($"from must be no month after to, and at most {MonthsMax} months before it.");
        return ApiAnswer.Of(await database.Run(tx => tx.RevenueOf(first, last), ct));
    }

    private static IResult NoMonth(string name, string? text) =>
        ApiProblem.Invalid($"{name} must be a month from 2000-01 to 9000-12, such as 2026-11, not {text}.");

    /// <returns>Its first day; null: it is none.</returns>
    private static DateOnly? Month(string? text, DateOnly unlessAsked) => text is null ? unlessAsked
        : DateOnly.TryParseExact(text, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var month)
            && month.Year is >= 2000 and <= 9000 ? month : null;
}
