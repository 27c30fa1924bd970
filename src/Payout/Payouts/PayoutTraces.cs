using System.Diagnostics;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout.Payouts;

/// <summary>The trace that ends in a transfer: from the contest's settlement on, remembered with the contest.</summary>
public static class PayoutTraces
{
    public static string Of(string contestId, int revision) => $"contest/{contestId}/{revision}";

    /// <summary>One turn of a payout; what it asks of Stripe and what it sends belong to it.</summary>
    public static Activity? Begin(PayoutLease claim, string? trace) => Telemetry.Begin("pay", ActivityKind.Internal, trace)
        ?.SetTag("contest_id", claim.ContestId).SetTag("payout_id", claim.PayoutId).SetTag("player_id", claim.PlayerId);
}
