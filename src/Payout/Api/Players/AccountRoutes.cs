using ContestPipeline.Payout.Accounts;
using ContestPipeline.Payout.Api.Answers;
using ContestPipeline.Payout.Http;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Stripe;

namespace ContestPipeline.Payout.Api.Players;

/// <summary>A player's account at Stripe, for the player and for staff: what it can do, what it lacks, what it holds.</summary>
public static class AccountRoutes
{
    public static void Map(RouteGroupBuilder v1, IServiceProvider worker)
    {
        var database = worker.GetRequiredKeyedService<WorkerDatabase>(PayoutWorker.Name);
        var stripe = worker.GetRequiredService<StripeGateway>();
        v1.MapGet("/players/{playerId}/account", (string playerId, Caller caller, CancellationToken ct) =>
            Show(database, stripe, caller.Whose(playerId), caller, ct))
            .For(ApiRole.Player, ApiRole.Viewer, ApiRole.Operator, ApiRole.Approver)
            .WithSummary("A player's account at Stripe: its status, what Stripe still wants, what it can do, what it holds.")
            .ProducesAnswer<AccountAnswer>("How far the player has come; without an account nothing has started.")
            .ProducesRefusal(404, "Another player's.");
    }

    private static async Task<IResult> Show(
        WorkerDatabase database, StripeGateway stripe, string playerId, Caller caller, CancellationToken ct)
    {
        if (!caller.MaySee(playerId)) return ApiProblem.NotFound($"player {playerId}");
        var (accountId, known) = await database.Run(
            async tx => await tx.AccountOf(playerId) is { } account
                ? (account.AccountId, await tx.StandingOf(account.AccountId)) : (null, null), ct);
        return ApiAnswer.Of(
            known is null
                ? new AccountAnswer(playerId, OnboardingStatus.NotStarted, null)
                : new AccountAnswer(playerId, known.Status, Details(accountId!, known, await Balances(stripe, accountId!, ct))));
    }

    private static AccountDetails Details(string accountId, KnownStanding known, IReadOnlyList<HeldBalance>? balances) => new(
        accountId, known.Transfers, known.ChargesEnabled, known.PayoutsEnabled, known.DetailsSubmitted, known.DisabledReason,
        Words(known.CurrentlyDue), Words(known.PastDue), known.DueBy, known.ReadAt, balances);

    /// <returns>Null when Stripe does not answer or does not show the account.</returns>
    private static async Task<IReadOnlyList<HeldBalance>?> Balances(
        StripeGateway stripe, string accountId, CancellationToken ct)
    {
        var answer = await stripe.Look(
            "balance.get",
            async (client, token) =>
                await new BalanceService(client).GetAsync(new RequestOptions { StripeAccount = accountId }, token), ct);
        return answer is StripeAnswer.Found { Object: global::Stripe.Balance balance } ? HeldBalances.Of(balance) : null;
    }

    private static string[] Words(string stored) => stored.Split(',', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>A balance of Stripe's by currency.</summary>
public static class HeldBalances
{
    /// <returns>Every currency of which Stripe names anything, in order; what it does not name of one is 0.</returns>
    public static IReadOnlyList<HeldBalance> Of(global::Stripe.Balance balance)
    {
        var available = Sums(balance.Available?.Select(a => (a.Currency, a.Amount)));
        var pending = Sums(balance.Pending?.Select(a => (a.Currency, a.Amount)));
        var instant = Sums(balance.InstantAvailable?.Select(a => (a.Currency, a.Amount)));
        return
        [
            .. available.Keys.Union(pending.Keys).Union(instant.Keys).Order(StringComparer.Ordinal).Select(currency =>
                new HeldBalance(
                    currency, available.GetValueOrDefault(currency), pending.GetValueOrDefault(currency),
                    instant.TryGetValue(currency, out var minor) ? minor : null)),
        ];
    }

    private static Dictionary<string, long> Sums(IEnumerable<(string Currency, long Amount)>? amounts) =>
        (amounts ?? []).GroupBy(a => a.Currency, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Sum(a => a.Amount), StringComparer.Ordinal);
}
