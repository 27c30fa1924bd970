using ContestPipeline.Payout.Http;
using ContestPipeline.Payout.Balance;
using ContestPipeline.Payout.Halts;
using ContestPipeline.Plumbing;
using ContestPipeline.WebConsole.Access;
using ContestPipeline.WebConsole.Data;
using ContestPipeline.WebConsole.Pages;
using ContestPipeline.WebConsole.Shown;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ContestPipeline.WebConsole;

/// <summary>Every page: what it asks the database, in one transaction, and the component that shows it.</summary>
internal static class PageRoutes
{
    private const int SearchCharsMax = 300;
    private const int HaltsMax = 500;

    public static void Map(WebApplication app)
    {
        app.MapGet("/", async (HttpContext context, WorkerDatabase database) => Page<StartPage>(context, await database.Run(
            async tx => new StartModel(await tx.OpenAlerts(null), await tx.OwedAndNotMoving()),
                context.RequestAborted))).ForStaff();
        app.MapGet("/alerts", async (HttpContext context, WorkerDatabase database, string? kind) =>
            Page<AlertsPage>(context, await database.Run(async tx => new AlertsModel(kind, await tx.OpenAlerts(kind)),
                context.RequestAborted))).ForStaff();
        app.MapGet("/overview", async (HttpContext context, WorkerDatabase database) => Page<OverviewPage>(context,
            await database.Run(
            async tx => new OverviewModel(
                await tx.AlertsBySeverity(), await tx.ContestsByState(), await tx.PayoutsByState(), await tx.Waits(),
                await tx.Balances(), await tx.Obligations(), await tx.LastReconciliation()), context.RequestAborted))).ForStaff();
        app.MapGet("/search", Search).ForStaff();
        app.MapGet("/payouts/{payoutId}", Payout).ForStaff();
        app.MapGet("/players/{playerId}", Player).ForStaff();
        app.MapGet("/contests/{contestId}", Contest).ForStaff();
        app.MapGet("/halts", async (HttpContext context, WorkerDatabase database, string? scope, string? id) =>
        {
            var wished = scope is not null && new HaltWish(scope, "page", id).Fault() is null ? scope : null;
            return Page<HaltsPage>(context, await database.Run(async tx => new HaltsModel(
                await tx.Halts(all: false, HaltsMax), wished, id ?? "",
                wished is null ? [] : await tx.OpenOf(wished, id ?? "")), context.RequestAborted));
        }).ForStaff();
        app.MapGet("/queue", async (HttpContext context, WorkerDatabase database, string? contest, string? player, string? cause,
            string? currency, string? order, string? after) =>
        {
            var filter = new QueueFilter(Given(contest), Given(player),
                QueueFilter.Causes.FirstOrDefault(known => known == cause), Given(currency)?.ToLowerInvariant());
            return Page<QueuePage>(context, await database.Run(async tx => new QueueModel(
                filter, order == "largest", await tx.HeldPayouts(filter, order == "largest", after)), context.RequestAborted));
        }).ForStaff();
    }

    /// <summary>One thing found is shown at once.</summary>
    private static async Task<IResult> Search(HttpContext context, WorkerDatabase database, string? q)
    {
        var id = (q ?? "").Trim();
        if (id.Length is 0 or > SearchCharsMax || id.Any(char.IsControl))
            return Page<SearchPage>(context, new SearchModel(id.Length > SearchCharsMax ? "" : id, []));
        var found = await database.Run(tx => tx.Search(id), context.RequestAborted);
        return found.Select(one => one.Page).Distinct().ToArray() is [var only]
            ? Results.LocalRedirect(only) : Page<SearchPage>(context, new SearchModel(id, found));
    }

    /// <returns>Null: a field that was left empty, or holds what no id does.</returns>
    internal static string? Given(string? text) => string.IsNullOrWhiteSpace(text) || text.Contains('\0') ? null : text.Trim();

    private static async Task<IResult> Payout(HttpContext context, WorkerDatabase database, string payoutId)
    {
        var found = await database.Run(async tx => await tx.PayoutOf(payoutId) is not { } payout
            ? null : new PayoutModel(payout, await tx.MomentsOf(payout)), context.RequestAborted);
        return found is null ? await NotThere(context, $"payout {payoutId}") : Page<PayoutPage>(context, found);
    }

    /// <param name="lots">As the others, where the page before of the wallet's list ended.</param>
    private static async Task<IResult> Player(HttpContext context, WorkerDatabase database, string playerId, string? after,
        string? lots, string? deposits, string? moved)
    {
        if (WalletPages.Read(Given(lots), Given(deposits), Given(moved)) is not { } pages)
            return await NotThere(context, $"such page of the wallet of player {playerId}");
        return Page<PlayerPage>(context, await database.Run(async tx => new PlayerModel(
            playerId, await tx.PayoutsOfPlayer(playerId, after), await tx.AccountsOf(playerId),
            await tx.WalletOf(playerId, pages)), context.RequestAborted));
    }

    /// <param name="proofs">Where the page before of the challenge's proofs ended.</param>
    private static async Task<IResult> Contest(
        HttpContext context, WorkerDatabase database, string contestId, string? after, string? proofs)
    {
        if (!ProofEnd.Read(Given(proofs), out var proofEnd))
            return await NotThere(context, $"such page of the proofs of contest {contestId}");
        var found = await database.Run(async tx => await tx.ContestOf(contestId) is not { } contest ? null : new ContestModel(
            contest, await tx.StepsOf(contestId), await tx.GamesOf(contestId), await tx.ResultsOf(contestId),
            await tx.FeesOf(contestId), await tx.ProofsOf(contestId, proofEnd), await tx.PayoutsOfContest(contestId, after)),
            context.RequestAborted);
        return found is null ? await NotThere(context, $"contest {contestId}") : Page<ContestPage>(context, found);
    }

    internal static async Task<IResult> NotThere(HttpContext context, string what)
    {
        await Troubles.Show(context, StatusCodes.Status404NotFound, "Not found", $"There is no {what}.");
        return Results.Empty;
    }

    internal static RazorComponentResult<T> Page<T>(HttpContext context, object model) where T : IComponent =>
        new(new Dictionary<string, object?> { ["Shell"] = Shell.Of(context), ["Model"] = model });
}
