using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using ContestPipeline.Settlement;

namespace ContestPipeline.Contestctl.Explaining;

/// <summary>How an entry's rank became its prize. Amounts in minor units.</summary>
/// <param name="Tied">Entries with the same points; they hold the places from <paramref name="Rank"/> on.</param>
/// <param name="PlacesMinor">What those places win before they are pooled; places beyond the last prize win nothing and are left
/// out.</param>
/// <param name="ShareMinor">The pooled amount divided by the tied entries, rounded down.</param>
/// <param name="SpareCents">What does not divide.</param>
/// <param name="TurnForSpare">The entry's turn for one of them among the tied, by acceptance number and then entry id.</param>
/// <param name="PlayerGrossMinor">All prizes of the player in this contest, on whose sum the fee is rounded.</param>
internal sealed record PrizeSteps(
    int Rank, int Tied, IReadOnlyList<long> PlacesMinor, long PooledMinor, long ShareMinor, long SpareCents, int TurnForSpare,
    bool GotSpareCent, string SpareCentsGoTo, long GrossMinor, int FeeBps, long PlayerGrossMinor, long PlayerFeeMinor,
    long FeeMinor, long NetMinor)
{
    /// <param name="entry">Index in the result's entries.</param>
    public static PrizeSteps Of(ContestDefinitionV1 definition, SettlementResult result, int entry)
    {
        var ranking = result.Ranking;
        var group = ranking.GroupOf[entry];
        var places = SplitPrizes.ByPlace(definition.Prizes, result.Pool.PoolMinor, result.Entries.Count).AmountsMinor;
        var tied = ranking.EntriesOf(group).ToArray();
        var held = places.Skip(ranking.Start[group]).Take(tied.Length).ToArray();
        var (shareMinor, spareCents) = Math.DivRem(held.Sum(), tied.Length);
        var acceptance = tied.Select(e => (No: result.Entries.AcceptanceNos[e], Entry: e)).Order().Select(e => e.Entry).ToArray();
        var turn = Array.IndexOf(acceptance, entry) + 1;
        var spare = definition.Prizes.RemainderTo != PrizeRules.House && turn <= spareCents;
        var (grossMinor, feeMinor) = (result.Awards.GrossMinor[entry], result.Awards.FeeMinor[entry]);
        Invariant.Holds(shareMinor + (spare ? 1 : 0) == grossMinor,
            $"entry {result.Entries.EntryIds[entry]}: steps give {shareMinor} and {spare}, the prize is {grossMinor}");

        var player = result.Entries.PlayerOf[entry];
        var own = result.Awards.Winners.Where(w => result.Entries.PlayerOf[w] == player).ToArray();
        return new PrizeSteps(
            ranking.RankOfGroup(group), tied.Length, held, held.Sum(), shareMinor, spareCents, turn, spare,
            definition.Prizes.RemainderTo, grossMinor, definition.PlatformFeeBps, own.Sum(w => result.Awards.GrossMinor[w]),
            own.Sum(w => result.Awards.FeeMinor[w]), feeMinor, grossMinor - feeMinor);
    }
}
