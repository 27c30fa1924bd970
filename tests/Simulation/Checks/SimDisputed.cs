using System.Globalization;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Clawbacks;
using ContestPipeline.Payout.Payouts;
using Dapper;

namespace ContestPipeline.Simulation;

/// <summary>
/// What must have come of disputes: who is frozen, who loses the prize, what the house has lost. Who disputes nothing is judged
/// by all other checks.
/// </summary>
internal static class SimDisputed
{
    /// <summary>Everything that Stripe has decided about disputes was read and has had its effect.</summary>
    internal static async Task<bool> AreKnown(SimWorld world, SimLane lane)
    {
        if (world.Disputes.Count == 0) return true;
        var known = (await lane.Admin.QueryAsync<(string, string)>(
            "select dispute_id, phase from payout.dispute where phase = applied and not stale")).ToHashSet();
        return world.Disputes.All(d => known.Contains((d.Id, d.Outcome ?? DisputePhase.Open)));
    }

    internal static async Task<IReadOnlyList<string>> Faults(SimWorld world, Scenario scenario, SimLane lane)
    {
        if (world.Disputes.Count == 0) return [];
        var faults = new List<string>(PaidWhileFrozen(world));
        var deposits = world.Wallets?.Disputes ?? [];
        var holds = world.Disputes.Where(d => d.Outcome is null).Sum(d => d.AmountMinor)
            + deposits.Where(d => d.Outcome is null).Sum(d => d.AmountMinor);
        await Compare("dispute_holds", holds, holds);
        // What of a lost deposit its wallet held is for SimSavings to say.
        var (least, most) = (0L, deposits.Where(d => d.Outcome == Disputed.Lost).Sum(d => d.AmountMinor));
        foreach (var lost in world.Disputes.Where(d => d.Outcome == Disputed.Lost))
        {
            var (fewest, greatest) = Forfeited(world, scenario, lost);
            var transfers =
                world.Stripe.State.Transfers.Where(t => !world.Stripe.MadeByOthers(t)
                    && t.Metadata["contest_id"] == lost.ContestId && t.Metadata["player_id"] == lost.PlayerId).ToArray();
            world.Faults.Hit(greatest == 0
                ? "dispute lost, no prize"
                : transfers.Length == 0 ? "dispute lost, prize voided" : "dispute lost, prize taken back");
            least += lost.AmountMinor - Math.Min(lost.AmountMinor, greatest);
            most += lost.AmountMinor
                - Math.Clamp(fewest - world.SpentMinor.GetValueOrDefault(lost.PlayerId), 0, lost.AmountMinor);
        }

        await Compare("dispute_losses", least, most);
        return faults;

        async Task Compare(string account, long from, long to)
        {
            var booked = await lane.Admin.ExecuteScalarAsync<long>(
                "select coalesce(sum(case when debit_account = @account then amount_minor else -amount_minor end), 0)::bigint "
                    + "from payout.ledger_transfer where @account in (debit_account, credit_account)",
                new { account });
            if (booked < from || booked > to)
                faults.Add(string.Create(CultureInfo.InvariantCulture, $"{account} holds {booked}, not {from} to {to}"));
        }
    }

    /// <summary>
    /// A prize that was corrected downwards may have been taken back by the correction first: what that took makes no loss good.
    /// </summary>
    private static (long Least, long Most) Forfeited(SimWorld world, Scenario scenario, Disputed lost)
    {
        var owed = SimRevisions.Of(world, scenario).Changes.Where(c => c.ContestId == lost.ContestId && c.EntryId == lost.EntryId)
            .ToArray();
        return (owed.Sum(c => c.MoreMinor - c.LessMinor), owed.Sum(c => c.MoreMinor));
    }

    /// <summary>
    /// From the moment at which a dispute has had its effect until the bank decides, nothing new is sent to the player; what was
    /// asked of Stripe before may still come about.
    /// </summary>
    private static IEnumerable<string> PaidWhileFrozen(SimWorld world)
    {
        // A dispute about a payment whose entry is not known yet is told of as well, and freezes nobody.
        var frozenAt = world.Broker.Messages<AlertRaisedV1>()
            .Where(a => a.Kind == $"dispute-{DisputePhase.Open}" && !a.Cause.Contains("player unknown", StringComparison.Ordinal))
            .GroupBy(a => a.Subject, StringComparer.Ordinal)
            .ToDictionary(a => a.Key, a => a.Min(told => told.RaisedAt), StringComparer.Ordinal);
        var changes = world.Broker.Messages<PayoutChangedV1>().ToLookup(p => p.PayoutId, StringComparer.Ordinal);
        foreach (var dispute in world.Disputes)
        {
            if (!frozenAt.TryGetValue(dispute.Id, out var since)) continue;
            foreach (var transfer in world.Stripe.State.Transfers.Where(t => !world.Stripe.MadeByOthers(t)
                && t.Metadata["player_id"] == dispute.PlayerId))
            {
                var at = DateTimeOffset.FromUnixTimeSeconds(transfer.Created);
                // Stripe tells of whole seconds, and two of Payout's processes by two clocks.
                if (at <= since + world.Clock.Apart || at.AddSeconds(1) > dispute.ClosedAt) continue;
                var (before, after) = (since - 2 * world.Clock.Apart, since + 2 * world.Clock.Apart);
                var payout = changes[transfer.TransferGroup!].Where(p => p.At <= after).OrderByDescending(p => p.ChangeNo)
                    .ToArray();
                var asked = payout.FirstOrDefault(p => p.At <= before || p.State == PayoutStates.Submitting)?.State;
                if (asked != PayoutStates.Submitting)
                    yield return $"{transfer.Id} of {at:u} pays {dispute.PlayerId}, whose dispute {dispute.Id} had frozen a "
                        + $"payout that was {asked ?? "not there"} at {since:u}";
            }
        }
    }
}
