using ContestPipeline.Contracts;

namespace ContestPipeline.Contestctl.Commands;

/// <summary>Where a contest stands; every figure of a result is of one revision. Pure.</summary>
/// <param name="Result">Of the last revision; null: it is not settled.</param>
/// <param name="Payouts">Of all revisions.</param>
/// <param name="Revisions">The first one first; revision 2 and later speak of what they change alone.</param>
internal sealed record ContestShown(
    LifecycleV1? Lifecycle, StandingsV1? Standings, ContestSettledV1? Result, IReadOnlyList<PayoutsInState> Payouts,
    IReadOnlyList<RevisionShown> Revisions)
{
    /// <summary>Messages may come twice and in any order; of a payout the highest change counts.</summary>
    public static ContestShown Of(
        IEnumerable<LifecycleV1> lifecycle, IEnumerable<StandingsV1> standings, IReadOnlyList<IMessage> results,
        IEnumerable<PayoutChangedV1> changes)
    {
        PayoutChangedV1[] payouts =
            [.. changes.GroupBy(c => c.PayoutId, StringComparer.Ordinal).Select(g => g.MaxBy(c => c.ChangeNo)!)];
        var reductions = results.OfType<ContestReductionsV1>().DistinctBy(r => r.IdempotencyKey)
            .ToLookup(r => r.Revision, r => r.Players);
        RevisionShown[] revisions =
            [.. results.OfType<ContestSettledV1>().DistinctBy(s => s.Revision).OrderBy(s => s.Revision).Select(s =>
            {
                PlayerAwardsV1[] less = [.. reductions[s.Revision].SelectMany(players => players)];
                return new RevisionShown(s.Revision, s, less.Sum(p => p.Prizes.Count), less.Sum(p => p.NetMinor),
                    States(payouts.Where(p => p.Revision == s.Revision)));
            })];
        return new ContestShown(lifecycle.MaxBy(l => l.Version), standings.MaxBy(s => s.Version),
            revisions.LastOrDefault()?.Result, States(payouts), revisions);
    }

    private static PayoutsInState[] States(IEnumerable<PayoutChangedV1> payouts) =>
        [.. payouts.GroupBy(p => (p.State, p.Currency)).OrderBy(g => g.Key.State, StringComparer.Ordinal)
            .Select(g => new PayoutsInState(g.Key.State, g.Count(), g.Sum(p => p.AmountMinor), g.Key.Currency))];
}

/// <summary>What one revision of a result awarded and took back, and what has become of its payouts.</summary>
/// <param name="Reduced">Entries that won less than the revisions before it awarded.</param>
/// <param name="ReducedNetMinor">What it takes back from them, in minor units.</param>
internal sealed record RevisionShown(
    int Revision, ContestSettledV1 Result, int Reduced, long ReducedNetMinor, IReadOnlyList<PayoutsInState> Payouts);

/// <summary>How many payouts are in a state, and their sum in minor units.</summary>
internal sealed record PayoutsInState(string State, int Payouts, long AmountMinor, string Currency);
