using ContestPipeline.Payout.Api.Answers;
using ContestPipeline.Payout.Http;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.StripeEvents;
using ContestPipeline.Plumbing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ContestPipeline.Payout.Api.Operators;

/// <summary>What went from players' accounts to their banks, for the player and for staff.</summary>
public static class BankPayoutRoutes
{
    private const int BankPayoutsMax = 100;

    public static void Map(RouteGroupBuilder v1, IServiceProvider worker)
    {
        var database = worker.GetRequiredKeyedService<WorkerDatabase>(PayoutWorker.Name);
        v1.MapGet("/players/me/bank-payouts", (Caller caller, CancellationToken ct) => List(database, caller.Subject, ct))
            .For(ApiRole.Player)
            .WithSummary("What went from the caller's account at Stripe to a bank.")
            .ProducesAnswer<BankPayoutList>("The latest hundred.");
        v1.MapGet("/players/{playerId}/bank-payouts", (string playerId, CancellationToken ct) => List(database, playerId, ct))
            .ForStaff()
            .WithSummary("What went from a player's account at Stripe to a bank.")
            .ProducesAnswer<BankPayoutList>("The latest hundred.");
    }

    private static async Task<IResult> List(WorkerDatabase database, string playerId, CancellationToken ct) =>
        ApiAnswer.Of(new BankPayoutList(playerId, await database.Run(tx => tx.BankPayoutsOf(playerId, BankPayoutsMax), ct)));
}
