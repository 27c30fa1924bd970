using ContestPipeline.Plumbing;

namespace ContestPipeline.Simulation;

/// <summary>In some seeds winners take the money out of their accounts, at once or a day later, all of it or some: what is to be taken back then is not there.</summary>
internal sealed partial class SimHands
{
    private const int SpendersPercent = 10;
    private const int SpendersOfRegrettedPercent = 50;
    private const int SpendsPercent = 60;

    /// <summary>Its chance is its own: seeds in which nobody spends tell the story that they would tell anyhow.</summary>
    private const ulong SpendersSalt = 0x7370656E64UL;

    private static readonly TimeSpan[] s_spentAfter = [TimeSpan.Zero, TimeSpan.FromMinutes(10), TimeSpan.FromHours(3), TimeSpan.FromHours(30)];
    private readonly SeededRandom spenders = new(world.Seed ^ SpendersSalt);
    private readonly HashSet<string> seenTransfers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> spentOf = new(StringComparer.Ordinal);
    private bool hasSpenders;

    private void SeeTransfers()
    {
        if (!hasSpenders) return;
        foreach (var transfer in world.Stripe.State.Transfers.ToArray())
        {
            if (!seenTransfers.Add(transfer.Id) || !spenders.Chance(SpendsPercent)) continue;
            Plan(spenders.Pick(s_spentAfter), () => Spend(transfer.Destination, transfer.Metadata["player_id"]));
        }
    }

    private void Spend(string account, string player)
    {
        var heldMinor = world.Stripe.State.Transfers.Where(t => t.Destination == account).Sum(t => t.AmountMinor - t.ReversedMinor) - spentOf.GetValueOrDefault(account);
        var minor = spenders.Chance(50) ? heldMinor : heldMinor * (1 + spenders.Next(99)) / 100;
        if (minor <= 0) return;
        world.Note($"{player} spends {minor} of {heldMinor}");
        world.Faults.Hit("winner spent what was paid");
        Admin($"/_admin/accounts/{account}/balance", $$"""{"delta_minor":{{-minor}}}""");
        spentOf[account] = spentOf.GetValueOrDefault(account) + minor;
        world.SpentMinor[player] = world.SpentMinor.GetValueOrDefault(player) + minor;
    }
}
