using ContestPipeline.Payout.Api.Operators;
using ContestPipeline.Payout.Api.Players;
using Microsoft.AspNetCore.Routing;

namespace ContestPipeline.Payout.Api;

/// <summary>
/// All routes below <c>/v1</c>, by topic. Each says for itself which roles open it (<see cref="ApiRole.For{T}"/>).
/// </summary>
public static class ApiRoutes
{
    /// <param name="worker">Where a topic takes what it needs (database, gateway, options), once, while it is mapped.</param>
    public static void Map(RouteGroupBuilder v1, IServiceProvider worker)
    {
        PayoutRoutes.Map(v1, worker);
        EntryRoutes.Map(v1, worker);
        OnboardingRoutes.Map(v1, worker);
        EventBackfillRoutes.Map(v1, worker);
        ReviewRoutes.Map(v1, worker);
        MismatchRoutes.Map(v1, worker);
        ReconcileRoutes.Map(v1, worker);
        HaltRoutes.Map(v1, worker);
        BalanceRoutes.Map(v1, worker);
        RetryRoutes.Map(v1, worker);
        RecoveryRoutes.Map(v1, worker);
        BankPayoutRoutes.Map(v1, worker);
        AlertRoutes.Map(v1, worker);
        AuditRoutes.Map(v1, worker);
        PlayerRoutes.Map(v1, worker);
        AccountRoutes.Map(v1, worker);
        WalletRoutes.Map(v1, worker);
        ProofFileRoutes.Map(v1, worker);
        DraftRoutes.Map(v1, worker);
        TaxRoutes.Map(v1, worker);
        RevenueRoutes.Map(v1, worker);
        WhoRoutes.Map(v1);
    }
}
