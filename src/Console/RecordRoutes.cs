using System.Globalization;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Audit;
using ContestPipeline.Payout.Balance;
using ContestPipeline.Payout.Http;
using ContestPipeline.Payout.Reports;
using ContestPipeline.Plumbing;
using ContestPipeline.WebConsole.Access;
using ContestPipeline.WebConsole.Data;
using ContestPipeline.WebConsole.Pages;
using ContestPipeline.WebConsole.Shown;

namespace ContestPipeline.WebConsole;

/// <summary>Pages of what is on record: balance, revenue, comparisons with Stripe, audit log, feeds.</summary>
internal static class RecordRoutes
{
    private const int AuditMax = 100;
    private const int CurvePoints = 120;

    public static void Map(WebApplication app)
    {
        app.MapGet("/balance", Balance).ForStaff();
        app.MapGet("/revenue", Revenue).For(ApiRole.Operator);
        app.MapGet("/reconciliations", async (HttpContext context, WorkerDatabase database, long? before) =>
            PageRoutes.Page<ReconciliationsPage>(context, new ReconciliationsModel(
                await database.Run(tx => tx.ReconciliationRuns(before), context.RequestAborted), before))).ForStaff();
        app.MapGet("/reconciliations/{runNo:long}", async (HttpContext context, WorkerDatabase database, long runNo) =>
            await database.Run(tx => tx.ReconciliationRun(runNo), context.RequestAborted) is { } run
                ? PageRoutes.Page<ReconciliationPage>(
                    context, new ReconciliationModel(run, DifferenceWords.In(run.Differences)))
                : await PageRoutes.NotThere(context, $"comparison {runNo}")).ForStaff();
        app.MapGet("/audit", Audit).ForStaff();
        app.MapGet("/feeds", async (HttpContext context, WorkerDatabase database, string? show, string? after) =>
            PageRoutes.Page<FeedsPage>(context, new FeedsModel(show == "all", await database.Run(
                tx => tx.FeedGames(show == "all", PageRoutes.Given(after)), context.RequestAborted)))).ForStaff();
    }

    /// <summary>Of a currency that is asked for and known, else of the first that was read.</summary>
    private static async Task<IResult> Balance(
        HttpContext context, WorkerDatabase database, string? currency, string? before)
    {
        if (before is { Length: > 0 } && Time(before) is null)
            return await PageRoutes.NotThere(context, "reading of the balance before that: the time is none");
        return PageRoutes.Page<BalancePage>(context, await database.Run(async tx =>
        {
            var balances = await tx.Balances();
            var known = balances.Select(b => b.Currency).ToArray();
            if ((known.Contains(currency) ? currency : known.FirstOrDefault()) is not { } shown)
                return new BalanceModel(null, balances, 0, [], [], []);
            var days = TimeSpan.FromDays(BalanceModel.Days);
            return new BalanceModel(
                shown, balances, (await tx.Obligations()).FirstOrDefault(o => o.Currency == shown)?.AmountMinor ?? 0,
                await tx.BalanceCurve(shown, tx.Now, days / CurvePoints, CurvePoints),
                await tx.Snapshots(shown, Time(before), BalanceModel.PageMax),
                await tx.Unfunded(shown, BalanceModel.UnfundedMax));
        }, context.RequestAborted));
    }

    /// <summary>The ledger's lines of these months are added up: a year of them only for who asks for it.</summary>
    private static async Task<IResult> Revenue(HttpContext context, WorkerDatabase database, TimeProvider clock, string? show)
    {
        var isYear = show == "year";
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        var first = today.AddMonths(1 - (isYear ? RevenueModel.MonthsOfYear : RevenueModel.Months));
        var revenue = await database.Run(tx => tx.RevenueOf(first, today), context.RequestAborted);
        return PageRoutes.Page<RevenuePage>(context, new RevenueModel(revenue, isYear));
    }

    private static async Task<IResult> Audit(HttpContext context, WorkerDatabase database, string? contest, string? player,
        string? payout, string? actor, string? after)
    {
        if (!PageEnd.Read(PageRoutes.Given(after), out var end)
            || end is not null && !long.TryParse(end.Id, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            return await PageRoutes.NotThere(context, "page of the audit log after that");
        var query = new AuditQuery(
            PageRoutes.Given(contest), PageRoutes.Given(player), PageRoutes.Given(payout), PageRoutes.Given(actor), Before: null,
            end, AuditMax);
        var rows = await database.Run(tx => tx.AuditRows(query), context.RequestAborted);
        return PageRoutes.Page<AuditPage>(
            context, new AuditModel(query, rows, rows.Count == AuditMax ? Next(query, rows[^1]) : null));
    }

    private static string Next(AuditQuery query, AuditRow last)
    {
        var end = new PageEnd(last.At, last.Shard, last.No.ToString(CultureInfo.InvariantCulture));
        (string Name, string? Value)[] parts = [("actor", query.Actor), ("contest", query.Contest), ("player", query.Player),
            ("payout", query.Payout), ("after", end.ToString())];
        return "/audit?" + string.Join('&', parts.Where(p => p.Value is not null)
            .Select(p => $"{p.Name}={Written.Part(p.Value!)}"));
    }

    private static DateTimeOffset? Time(string? text) => DateTimeOffset.TryParse(
        text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)
        ? at : null;
}
