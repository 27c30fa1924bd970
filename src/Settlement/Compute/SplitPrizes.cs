using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Settlement;

/// <summary>
/// What each claimed place wins before ties, best first, and what the structure leaves to the house. Minor units.
/// </summary>
public sealed record PlacePrizes(long[] AmountsMinor, long HouseMinor);

/// <summary>What each winning entry gets, in rank order, and what is left to the house. Minor units.</summary>
/// <param name="Entries">Entry indices.</param>
/// <param name="GrossMinor">Amount by position in <paramref name="Entries"/>, each above 0.</param>
public sealed record EntryPrizes(int[] Entries, long[] GrossMinor, long HouseMinor);

/// <summary>
/// Turns a pool into prizes. Nothing is lost: every share is rounded down, and the cents that do not divide go one each in rank
/// order (tied entries: by acceptance number, then entry id), or to the house where the structure says so.
/// </summary>
/// <remarks>
/// Places nobody holds: <c>house</c> leaves their prizes to the house; <c>redistribute</c> divides the pool among the held places
/// in the proportion of their weights, so each grows in proportion to its prize. With no entry at all everything stays with the
/// house. Fixed amounts are never stretched to use up a larger pool: what the table does not promise stays with the house.
/// </remarks>
public static class SplitPrizes
{
    public static PlacePrizes ByPlace(PrizeStructureV1 prizes, long poolMinor, int entries)
    {
        var tiers = PrizeRules.Tiers(prizes);
        var totalWeight = PrizeRules.TotalWeight(tiers);
        var sharedMinor = PrizeRules.IsFixed(prizes) ? (long)totalWeight : poolMinor;
        Invariant.Holds(sharedMinor <= poolMinor, $"the prizes add up to {sharedMinor}, the pool is {poolMinor}");

        var claimed = Claimed(tiers, entries);
        var divided = prizes.UnclaimedTo == PrizeRules.Redistribute ? claimed : tiers;
        var weight = PrizeRules.TotalWeight(divided);
        if (claimed.Count == 0 || weight == 0) return new PlacePrizes([], poolMinor);

        Int128 flooredMinor = 0;
        foreach (var tier in divided) flooredMinor += (Int128)ShareMinor(sharedMinor, tier.Weight, weight) * tier.Places;
        var oddCents = prizes.RemainderTo == PrizeRules.RankOrder ? (long)(sharedMinor - flooredMinor) : 0;

        var amountsMinor = new long[claimed[^1].To];
        long paidMinor = 0;
        foreach (var tier in claimed)
        {
            var shareMinor = ShareMinor(sharedMinor, tier.Weight, weight);
            for (var place = tier.From; place <= tier.To; place++)
            {
                amountsMinor[place - 1] = shareMinor + (place <= oddCents ? 1 : 0);
                paidMinor += amountsMinor[place - 1];
            }
        }

        Invariant.Holds(paidMinor <= poolMinor, $"the places win {paidMinor}, the pool is {poolMinor}");
        return new PlacePrizes(amountsMinor, poolMinor - paidMinor);
    }

    /// <summary>Tied entries pool the prizes of the places they hold and split them evenly.</summary>
    public static EntryPrizes ByEntry(PrizeStructureV1 prizes, PlacePrizes places, Ranking ranking, EntryBook entries)
    {
        var winners = new List<int>(places.AmountsMinor.Length);
        var grossMinor = new List<long>(places.AmountsMinor.Length);
        var houseMinor = places.HouseMinor;
        for (var group = 0; group < ranking.Groups && ranking.Start[group] < places.AmountsMinor.Length; group++)
        {
            var tied = ranking.EntriesOf(group);
            var last = Math.Min(ranking.Start[group + 1], places.AmountsMinor.Length);
            var pooledMinor = places.AmountsMinor.AsSpan(ranking.Start[group]..last).ToArray().Sum();
            var (shareMinor, spareCents) = Math.DivRem(pooledMinor, tied.Length);
            if (prizes.RemainderTo == PrizeRules.House)
            {
                houseMinor += spareCents;
                spareCents = 0;
            }

            var ordered = spareCents == 0 ? tied : ByAcceptance(tied, entries);
            var receiving = shareMinor > 0 ? ordered.Length : (int)spareCents;
            for (var i = 0; i < receiving; i++)
            {
                winners.Add(ordered[i]);
                grossMinor.Add(shareMinor + (i < spareCents ? 1 : 0));
            }
        }

        return new EntryPrizes([.. winners], [.. grossMinor], houseMinor);
    }

    /// <summary>The tiers cut down to the places that entries hold.</summary>
    private static List<PrizeTier> Claimed(IReadOnlyList<PrizeTier> tiers, int entries) =>
        [.. tiers.Where(t => t.From <= entries).Select(t => t with { To = Math.Min(t.To, entries) })];

    private static long ShareMinor(long sharedMinor, long weight, Int128 totalWeight) =>
        (long)((Int128)sharedMinor * weight / totalWeight);

    /// <summary>By acceptance number, then entry id: entry indices rise with the ids.</summary>
    private static int[] ByAcceptance(ReadOnlySpan<int> tied, EntryBook entries)
    {
        var ordered = tied.ToArray();
        var keys = new (long, int)[ordered.Length];
        for (var i = 0; i < keys.Length; i++) keys[i] = (entries.AcceptanceNos[ordered[i]], ordered[i]);
        Array.Sort(keys, ordered);
        return ordered;
    }
}
