using ContestPipeline.Plumbing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ContestPipeline.Payout;

/// <summary>What a player sees of his winnings, and nobody else's: totals, each prize with its state, what a year came to.</summary>
public static class PlayerRoutes
{
    private const int PrizesMax = 1000;
    private const string Me = "me";

    public static void Map(RouteGroupBuilder v1, IServiceProvider worker)
    {
        var database = worker.GetRequiredKeyedService<WorkerDatabase>(PayoutService.Name);
        var tax = worker.GetRequiredService<TaxOptions>();
        v1.MapGet("/players/{playerId}/earnings", (string playerId, Caller caller, CancellationToken ct) =>
            Earnings(database, tax, Whose(playerId, caller), caller, ct)).For(ApiRole.Player, ApiRole.Viewer, ApiRole.Operator, ApiRole.Approver)
            .Says("Totals by currency, winnings by year, and every prize with its state and what it waits for.").Answers<EarningsAnswer>("The winnings.")
            .Refuses(404, "Another player's.");
        v1.MapGet("/players/{playerId}/prizes/{contestId}", (string playerId, string contestId, Caller caller, CancellationToken ct) =>
            PrizesIn(database, Whose(playerId, caller), contestId, caller, ct)).For(ApiRole.Player, ApiRole.Viewer, ApiRole.Operator, ApiRole.Approver)
            .Says("The prizes of one contest.").Answers<PrizesAnswer>("The prizes.").Refuses(404, "None was won there, or it is another player's.");
    }

    private static string Whose(string playerId, Caller caller) => playerId == Me ? caller.Subject : playerId;

    private static async Task<IResult> Earnings(WorkerDatabase database, TaxOptions tax, string playerId, Caller caller, CancellationToken ct)
    {
        if (!caller.MaySee(playerId)) return ApiProblem.NotFound($"player {playerId}");
        return await database.Run(async tx =>
        {
            var prizes = PrizeRecord.Of(await tx.Prizes(playerId, contestId: null, PrizesMax));
            var years = await tx.PaidByYear(playerId);
            return ApiAnswer.Of(new EarningsAnswer(
                playerId, EarningTotals.Of(prizes), [.. years.Select(y => new WinningsOfYear(y.Year, y.Currency, y.Winnings(tax.Policy), tax.ThresholdMinor(y.Year)))],
                prizes, "/v1/players/me/dashboard-link"));
        }, ct);
    }

    private static async Task<IResult> PrizesIn(WorkerDatabase database, string playerId, string contestId, Caller caller, CancellationToken ct)
    {
        if (!caller.MaySee(playerId)) return ApiProblem.NotFound($"player {playerId}");
        var prizes = PrizeRecord.Of(await database.Run(tx => tx.Prizes(playerId, contestId, PrizesMax), ct));
        return prizes.Count == 0 ? ApiProblem.NotFound($"prize of player {playerId} in contest {contestId}") : ApiAnswer.Of(new PrizesAnswer(contestId, prizes));
    }
}
