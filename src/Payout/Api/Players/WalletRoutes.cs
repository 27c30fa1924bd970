using System.Globalization;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Api.Answers;
using ContestPipeline.Payout.Deposits;
using ContestPipeline.Payout.Http;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Wallet;
using ContestPipeline.Payout.Withdrawals;
using ContestPipeline.Plumbing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ContestPipeline.Payout.Api.Players;

/// <summary>A player's wallet: what is in it, what moved it, and what only the player can ask for.</summary>
public static class WalletRoutes
{
    private const int PageMax = 1000;

    public static void Map(RouteGroupBuilder v1, IServiceProvider worker)
    {
        var database = worker.GetRequiredKeyedService<WorkerDatabase>(PayoutWorker.Name);
        v1.MapGet("/me/wallet", (string? after, int? limit, Caller caller, CancellationToken ct) =>
            Show(database, caller.Subject, after, limit ?? PageMax, ct)).For(ApiRole.Player)
            .WithSummary("The caller's wallet: what is available, staked, pending, refundable and withdrawable, and its lots.")
            .ProducesAnswer<WalletAnswer>("The wallet with a page of lots; without balances nothing was ever in it.")
            .ProducesRefusal(400, "A page that is not there.");
        v1.MapGet("/me/wallet/history",
            (string currency, string? after, int? limit, Caller caller, CancellationToken ct) =>
            History(database, caller.Subject, currency, after, limit ?? PageMax, ct)).For(ApiRole.Player)
            .WithSummary("What moved the caller's wallet, the latest first.")
            .ProducesAnswer<WalletHistory>("A page of movements.").ProducesRefusal(400, "A page that is not there.");
        v1.MapGet("/players/{playerId}/wallet", (string playerId, string? after, int? limit, CancellationToken ct) =>
            Show(database, Uri.UnescapeDataString(playerId), after, limit ?? PageMax, ct)).ForStaff()
            .WithSummary("A player's wallet, as the player sees it.")
            .ProducesAnswer<WalletAnswer>("The wallet with a page of lots; without balances nothing was ever in it.")
            .ProducesRefusal(400, "A page that is not there.");
        v1.MapGet("/players/{playerId}/wallet/history",
            (string playerId, string currency, string? after, int? limit, CancellationToken ct) =>
            History(database, Uri.UnescapeDataString(playerId), currency, after, limit ?? PageMax, ct)).ForStaff()
            .WithSummary("What moved a player's wallet, the latest first.")
            .ProducesAnswer<WalletHistory>("A page of movements.").ProducesRefusal(400, "A page that is not there.");
        MapYears(v1, database);
        MapDeposits(v1, database, worker.GetRequiredService<DepositRules>());
        MapWithdrawals(v1, database);
        MapRefunds(v1, database);
    }

    private static void MapYears(RouteGroupBuilder v1, WorkerDatabase database)
    {
        v1.MapGet("/me/wallet/years", (Caller caller, CancellationToken ct) => Years(database, caller.Subject, ct))
            .For(ApiRole.Player)
            .WithSummary("What moved the caller's wallet, summed up by year (UTC).")
            .ProducesAnswer<WalletYears>("The years, the latest first; none: nothing was ever in it.");
        v1.MapGet("/players/{playerId}/wallet/years", (string playerId, CancellationToken ct) =>
            Years(database, Uri.UnescapeDataString(playerId), ct)).ForStaff()
            .WithSummary("What moved a player's wallet, summed up by year (UTC).")
            .ProducesAnswer<WalletYears>("The years, the latest first; none: nothing was ever in it.");
    }

    private static Task<IResult> Years(WorkerDatabase database, string playerId, CancellationToken ct) => database.Run(
        async tx => ApiAnswer.Of(new WalletYears(playerId, await tx.WalletYears(playerId))), ct);

    private static void MapRefunds(RouteGroupBuilder v1, WorkerDatabase database)
    {
        v1.MapPost("/me/wallet/refunds", (WalletRefundRequest request, Caller caller, CancellationToken ct) =>
            Refund(database, request, caller, ct)).For(ApiRole.Player)
            .WithSummary("Gives deposits back to the cards they came from, the newest first; the same requestId is one refund.")
            .ProducesAnswer<WalletRefundView>("Taken out of the wallet; Stripe is asked for each part once.",
                StatusCodes.Status202Accepted)
            .ProducesRefusal(400, "The body is not understood.")
            .ProducesRefusal(409, "More than can go back to the card, or the requestId asked for something else before.");
        v1.MapGet("/me/wallet/refunds/{requestId}", (string requestId, Caller caller, CancellationToken ct) =>
            database.Run(async tx => await tx.FindWalletRefund(caller.Subject, Uri.UnescapeDataString(requestId)) is { } known
                ? ApiAnswer.Of(WalletRefundView.Of(known, await tx.PartsOfRefund(caller.Subject, known.RequestId)))
                : ApiProblem.NotFound($"refund {requestId}"), ct)).For(ApiRole.Player)
            .WithSummary("How a refund of the caller stands.")
            .ProducesAnswer<WalletRefundView>("The refund, part by part.")
            .ProducesRefusal(404, "There is none of that requestId.");
    }

    private static Task<IResult> Refund(
        WorkerDatabase database, WalletRefundRequest request, Caller caller, CancellationToken ct) => database.Run(
        async tx => await tx.RefundToCard(caller.Subject, request) switch
        {
            WalletRefundDecision.Refuse { Malformed: true } refuse => ApiProblem.Invalid(refuse.Why),
            WalletRefundDecision.Refuse refuse => ApiProblem.Conflict(refuse.Why),
            _ => ApiAnswer.Of(
                WalletRefundView.Of(
                    (await tx.FindWalletRefund(caller.Subject, request.RequestId))!,
                    await tx.PartsOfRefund(caller.Subject, request.RequestId)),
                StatusCodes.Status202Accepted),
        }, ct);

    private static void MapWithdrawals(RouteGroupBuilder v1, WorkerDatabase database)
    {
        v1.MapPost("/me/wallet/withdrawals", (WithdrawalRequest request, Caller caller, CancellationToken ct) =>
            Withdraw(database, request, caller, ct)).For(ApiRole.Player)
            .WithSummary("Pays money out of the wallet to the bank; the same requestId is one withdrawal.")
            .ProducesAnswer<WithdrawalStanding>("Taken out of the wallet, and on its way as a payout.",
                StatusCodes.Status202Accepted)
            .ProducesRefusal(400, "The body is not understood.")
            .ProducesRefusal(409, "More than can be withdrawn now, or the requestId asked for something else before.");
        v1.MapGet("/me/wallet/withdrawals/{requestId}", (string requestId, Caller caller, CancellationToken ct) =>
            database.Run(async tx => await tx.WithdrawalStanding(caller.Subject, Uri.UnescapeDataString(requestId)) is { } known
                ? ApiAnswer.Of(known) : ApiProblem.NotFound($"withdrawal {requestId}"), ct)).For(ApiRole.Player)
            .WithSummary("How a withdrawal of the caller stands.")
            .ProducesAnswer<WithdrawalStanding>("The withdrawal with the state of its payout.")
            .ProducesRefusal(404, "There is none of that requestId.");
    }

    private static Task<IResult> Withdraw(
        WorkerDatabase database, WithdrawalRequest request, Caller caller, CancellationToken ct) => database.Run(
        async tx => await tx.Withdraw(caller.Subject, request) switch
        {
            WithdrawalDecision.Refuse { Malformed: true } refuse => ApiProblem.Invalid(refuse.Why),
            WithdrawalDecision.Refuse refuse => ApiProblem.Conflict(refuse.Why),
            _ => ApiAnswer.Of(
                (await tx.WithdrawalStanding(caller.Subject, request.RequestId))!, StatusCodes.Status202Accepted),
        }, ct);

    private static void MapDeposits(RouteGroupBuilder v1, WorkerDatabase database, DepositRules rules)
    {
        v1.MapPost("/me/wallet/deposits", (DepositRequest request, Caller caller, CancellationToken ct) =>
            Deposit(database, rules, request, caller, ct)).For(ApiRole.Player)
            .WithSummary("Asks for a deposit by card; the same requestId is one deposit however often it comes.")
            .ProducesAnswer<DepositView>("Taken up; the deposit has its client secret when Stripe has answered.",
                StatusCodes.Status202Accepted)
            .ProducesRefusal(400, "The body is not understood, or the amount is out of bounds.")
            .ProducesRefusal(409, "More than may be paid in within 24 hours, or the requestId asked for something else before.");
        v1.MapGet("/me/wallet/deposits/{requestId}", (string requestId, Caller caller, CancellationToken ct) =>
            ShowDeposit(database, Uri.UnescapeDataString(requestId), caller, ct)).For(ApiRole.Player)
            .WithSummary("How a deposit of the caller stands, with the secret to pay with.")
            .ProducesAnswer<DepositView>("The deposit.").ProducesRefusal(404, "There is none of that requestId.");
    }

    private static async Task<IResult> Show(
        WorkerDatabase database, string playerId, string? after, int limit, CancellationToken ct)
    {
        if (!LotEnd.Read(after, out var end)) return ApiProblem.NoPage(after);
        if (limit is < 1 or > PageMax) return ApiProblem.Invalid($"limit must be from 1 to {PageMax}, not {limit}.");
        return await database.Run(async tx =>
        {
            var frozenBy = await tx.WalletFrozenBy(playerId);
            var lots = await tx.WalletLots(playerId, end, limit);
            return ApiAnswer.Of(new WalletAnswer(
                playerId, await tx.WalletBalances(playerId), lots, frozenBy.Count > 0, frozenBy,
                lots.Count < limit ? null : LotEnd.Of(lots[^1]).ToString()));
        }, ct);
    }

    private static async Task<IResult> History(
        WorkerDatabase database, string playerId, string currency, string? after, int limit, CancellationToken ct)
    {
        long before = long.MaxValue;
        if (after is not null && !long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out before))
            return ApiProblem.NoPage(after);
        if (limit is < 1 or > PageMax) return ApiProblem.Invalid($"limit must be from 1 to {PageMax}, not {limit}.");
        if (Currencies.Find(currency) is null) return ApiProblem.Invalid($"currency is none of ours: {currency}.");
        var moved = await database.Run(tx => tx.WalletHistory(playerId, currency, before, limit), ct);
        return ApiAnswer.Of(new WalletHistory(
            playerId, currency, moved,
            moved.Count < limit ? null : moved[^1].No.ToString(CultureInfo.InvariantCulture)));
    }

    private static Task<IResult> Deposit(
        WorkerDatabase database, DepositRules rules, DepositRequest request, Caller caller, CancellationToken ct) => database.Run(
        async tx => await tx.AskDeposit(caller.Subject, request, rules) switch
        {
            { Deposit: { } deposit } => ApiAnswer.Of(
                DepositView.Of(deposit, await tx.DepositSecret(deposit.DepositId)), StatusCodes.Status202Accepted),
            { Decision: DepositDecision.Refuse { Malformed: true } refuse } => ApiProblem.Invalid(refuse.Why),
            { Decision: DepositDecision.Refuse refuse } => ApiProblem.Conflict(refuse.Why),
            _ => throw new System.Diagnostics.UnreachableException(),
        }, ct);

    private static Task<IResult> ShowDeposit(
        WorkerDatabase database, string requestId, Caller caller, CancellationToken ct) => database.Run(
        async tx =>
        {
            var depositId = Deposits.Deposit.IdOf(caller.Subject, requestId);
            return await tx.FindDeposit(depositId) is { } deposit
                ? ApiAnswer.Of(DepositView.Of(deposit, await tx.DepositSecret(depositId)))
                : ApiProblem.NotFound($"deposit {requestId}");
        }, ct);
}
