using ContestPipeline.Contracts;
using Dapper;

namespace ContestPipeline.Simulation;

/// <summary>
/// What winners had paid to their banks is known here as it ended at Stripe, and each was told of each end once.
/// </summary>
internal static class SimBankPayouts
{
    private static readonly string[] s_failed = ["failed", "canceled"];

    internal static async Task<bool> AreKnown(SimWorld world, SimLane lane)
    {
        if (world.Stripe.BankPayouts.Count == 0) return true;
        var known = (await lane.Admin.QueryAsync<(string, string)>(
            "select bank_payout_id, status from payout.bank_payout where not stale")).ToHashSet();
        return world.Stripe.BankPayouts.All(p => known.Contains((p.Key, p.Value)));
    }

    internal static IEnumerable<string> Faults(SimWorld world)
    {
        if (world.Stripe.BankPayouts.Count == 0) yield break;
        var told = world.Broker.Messages<NotificationV1>().ToLookup(n => (n.Subject, n.Kind));
        foreach (var (id, status) in world.Stripe.BankPayouts)
        {
            var (paid, failed) = (told[(id, NotificationKinds.BankPayoutPaid)].Count(),
                told[(id, NotificationKinds.BankPayoutFailed)].Count());
            // Of one that is reported as paid and fails days later the first may never have been read.
            if (paid > 1 || status == "paid" && paid == 0)
                yield return $"bank payout {id} is {status}, and the player was told {paid} times that it was paid";
            if (failed != (s_failed.Contains(status) ? 1 : 0))
                yield return $"bank payout {id} is {status}, and the player was told {failed} times that it failed";
        }
    }
}
