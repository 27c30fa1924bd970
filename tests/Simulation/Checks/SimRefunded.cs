using Dapper;

namespace ContestPipeline.Simulation;

/// <summary>What went back of entry fees, whoever gave it back.</summary>
internal static class SimRefunded
{
    /// <summary>Every refund that Stripe has is known here.</summary>
    internal static async Task<bool> AreKnown(SimWorld world, SimLane lane)
    {
        if (world.Stripe.RefundedMinor.Count == 0) return true;
        var known = (await lane.Admin.QueryAsync<string>(
            "select refund_id from payout.entry_refund where refund_id is not null")).ToHashSet(StringComparer.Ordinal);
        return new SimHands(world).Listed("/v1/refunds").All(r => known.Contains(r.GetProperty("id").GetString()!));
    }
}
