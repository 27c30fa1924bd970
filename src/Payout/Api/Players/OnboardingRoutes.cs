using ContestPipeline.Payout.Accounts;
using ContestPipeline.Payout.Api.Answers;
using ContestPipeline.Payout.Audit;
using ContestPipeline.Payout.Http;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Plumbing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ContestPipeline.Payout.Api.Players;

/// <summary>Accounts as players reach their own, and as the test environment forgets them.</summary>
public static class OnboardingRoutes
{
    public static void Map(RouteGroupBuilder v1, IServiceProvider worker)
    {
        var database = worker.GetRequiredKeyedService<WorkerDatabase>(PayoutWorker.Name);
        var desk = worker.GetRequiredService<OnboardingService>();
        v1.MapGet("/players/me/dashboard-link", async (Caller caller, CancellationToken ct) =>
            await desk.Dashboard(caller.Subject, ct) switch
            {
                DeskAnswer.GoTo go => ApiAnswer.Of(new LinkAnswerView(go.Url)),
                DeskAnswer.Say say => ApiProblem.Of(say.Status, say.Title, say.Text),
                _ => throw new System.Diagnostics.UnreachableException(),
            }).For(ApiRole.Player)
            .WithSummary("A link to the player's own dashboard at Stripe, single use.")
            .ProducesAnswer<LinkAnswerView>("Where to go.")
            .ProducesRefusal(404, "There is no account yet.").ProducesRefusal(409, "Onboarding is not finished.")
            .ProducesRefusal(503, "Stripe does not answer now.");
        v1.MapGet("/players/me/onboarding-link", (Caller caller) =>
            desk.NewLink(caller.Subject) is { } link
                ? ApiAnswer.Of(new LinkAnswerView(link))
                : ApiProblem.Of(StatusCodes.Status503ServiceUnavailable, "No links",
                    "PAYOUT_PUBLIC_URL is not set, so there is nowhere to link to.")).For(ApiRole.Player)
            .WithSummary("A signed link of ours that leads on to Stripe's onboarding at each visit.")
            .ProducesAnswer<LinkAnswerView>("Where to go.").ProducesRefusal(503, "No links are set up.");
        if (!worker.GetRequiredService<OnboardingOptions>().MayReset) return;
        v1.MapPost("/players/{playerId}/onboarding/reset", async (string playerId, Caller caller, CancellationToken ct) =>
            ApiAnswer.Of(new OnboardingReset(playerId, await database.Run(tx => Reset(playerId, caller, tx), ct))))
            .For(ApiRole.Operator)
            .WithSummary("Forgets a player's accounts; in the test environment only.")
            .ProducesAnswer<OnboardingReset>("Forgotten.");
    }

    /// <summary>As if the player had never had an account: the next prize asks for a new one.</summary>
    private static async Task<int> Reset(string playerId, Caller caller, Tx tx)
    {
        await tx.LockPlayer(playerId);
        var forgotten = await tx.ForgetAccounts(playerId);
        await tx.CloseOnboarding(playerId);
        await tx.WakePayouts(playerId);
        await tx.Audit(new AuditEntry(caller.Subject, "onboarding-reset", playerId, null, playerId, null, "test environment",
            $"{forgotten} accounts forgotten"));
        return forgotten;
    }
}
