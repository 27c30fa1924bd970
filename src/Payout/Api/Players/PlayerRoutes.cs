using ContestPipeline.Payout.Api.Answers;
using ContestPipeline.Payout.Http;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Reports;
using ContestPipeline.Plumbing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ContestPipeline.Payout.Api.Players;

/// <summary>
/// What a player sees of his winnings, and nobody else's: totals, each prize with its state, what a year came to.
/// </summary>
public static class PlayerRoutes
{
    private const int PageMax = 1000;

    public static void Map(RouteGroupBuilder v1, IServiceProvider worker)
    {
        var database = worker.GetRequiredKeyedService<WorkerDatabase>(PayoutWorker.Name);
        var tax = worker.GetRequiredService<TaxOptions>();
        v1.MapGet("/players/{playerId}/earnings",
            (string playerId, string? after, int? limit, Caller caller, CancellationToken ct) =>
            Earnings(database, tax, caller.Whose(playerId), caller, after, limit ?? PageMax, ct))
            .For(ApiRole.Player, ApiRole.Viewer, ApiRole.Operator, ApiRole.Approver)
            .WithSummary(
                "Totals by currency, winnings by year, and page by page every prize with its state and what it waits for.")
            .ProducesAnswer<EarningsAnswer>("The winnings.")
            .ProducesRefusal(400, "A page that is not there.").ProducesRefusal(404, "Another player's.");
        v1.MapGet("/players/{playerId}/prizes/{contestId}",
            (string playerId, string contestId, string? after, int? limit, Caller caller, CancellationToken ct) =>
            PrizesIn(database, caller.Whose(playerId), contestId, caller, after, limit ?? PageMax, ct))
            .For(ApiRole.Player, ApiRole.Viewer, ApiRole.Operator, ApiRole.Approver)
            .WithSummary("The prizes of one contest.").ProducesAnswer<PrizesAnswer>("The prizes.")
            .ProducesRefusal(400, "A page that is not there.")
            .ProducesRefusal(404, "None was won there, or it is another player's.");
    }

    private static async Task<IResult> Earnings(
        WorkerDatabase database, TaxOptions tax, string playerId, Caller caller, string? after, int limit, CancellationToken ct)
    {
        if (!caller.MaySee(playerId)) return ApiProblem.NotFound($"player {playerId}");
        if (NotAPage(after, limit, out var end) is { } refused) return refused;
        return await database.Run(async tx =>
        {
            var totals = EarningTotals.Of(await tx.WonAltogether(playerId));
            var years = await tx.PaidByYear(playerId);
            var (prizes, next) = await Page(tx, playerId, contestId: null, end, limit);
            return ApiAnswer.Of(new EarningsAnswer(
                playerId, totals,
                [.. years.Select(y =>
                    new WinningsOfYear(y.Year, y.Currency, y.Winnings(tax.Policy), tax.ThresholdMinor(y.Year)))],
                prizes, "/v1/players/me/dashboard-link", next));
        }, ct);
    }

    private static async Task<IResult> PrizesIn(
        WorkerDatabase database, string playerId, string contestId, Caller caller, string? after, int limit, CancellationToken ct)
    {
        if (!caller.MaySee(playerId)) return ApiProblem.NotFound($"player {playerId}");
        if (NotAPage(after, limit, out var end) is { } refused) return refused;
        var (prizes, next) = await database.Run(tx => Page(tx, playerId, contestId, end, limit), ct);
        return prizes.Count == 0 && end is null ? ApiProblem.NotFound($"prize of player {playerId} in contest {contestId}")
            : ApiAnswer.Of(new PrizesAnswer(contestId, prizes, next));
    }

    /// <returns>Null: such a page may be asked for.</returns>
    private static IResult? NotAPage(string? after, int limit, out PageEnd? end) =>
        !PageEnd.Read(after, out end) ? ApiProblem.NoPage(after)
        : limit is < 1 or > PageMax ? ApiProblem.Invalid($"limit must be from 1 to {PageMax}, not {limit}.") : null;

    private static async Task<(IReadOnlyList<PrizeRecord> Prizes, string? Next)> Page(
        Tx tx, string playerId, string? contestId, PageEnd? after, int limit)
    {
        var rows = await tx.Prizes(playerId, contestId, after, limit);
        return (PrizeRecord.Of(rows),
            rows.Count < limit ? null : new PageEnd(rows[^1].AwardedAt, rows[^1].Revision, rows[^1].ContestId).ToString());
    }
}
