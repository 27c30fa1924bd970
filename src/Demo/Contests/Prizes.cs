namespace ContestPipeline.Demo;

/// <summary>Questions about everybody's prizes as the topics have told them.</summary>
public static class Prizes
{
    /// <summary>Every contest is settled, and every prize has its payout.</summary>
    public static bool AllMade(DemoSnapshot told) =>
        told.Contests.All(c => c.Settled is not null)
        && told.Payouts.Count == told.Contests.Sum(c => c.Awards.Values.Sum(a => a.Players.Count(p => p.NetMinor > 0)));

    /// <summary>A person has to look at it.</summary>
    public static bool NeedsApproval(Contracts.PayoutChangedV1 payout) =>
        payout.State == "held" && payout.Reason?.StartsWith("approval:", StringComparison.Ordinal) == true;
}
