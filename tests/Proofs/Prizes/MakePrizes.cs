using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Proofs.Prizes;

/// <summary>Makes a valid prize structure and, where it asks for one or by chance, a guaranteed pool that covers it.</summary>
internal static class MakePrizes
{
    public static (PrizeStructureV1 Prizes, long? GuaranteedMinor) Of(SeededRandom chance)
    {
        var type = chance.Pick(PrizeTypes.ByPlace);
        var flat = type is PrizeTypes.DoubleUp or PrizeTypes.FiftyFifty;
        var amountMax = chance.Chance(90) ? 50_000 : 1_000_000_000;
        var prizes = new PrizeStructureV1(
            type,
            PercentBps: type == PrizeTypes.Custom ? Shares(chance, chance.Next(1, 12)) : null,
            Ranges: type switch
            {
                PrizeTypes.RankTable =>
                    [.. Ranges(chance, (from, to) => new PrizeRangeV1(from, to, AmountMinor: chance.Next(1, amountMax)))],
                PrizeTypes.PercentageTable => PercentRanges(chance),
                _ => null,
            },
            Places: flat ? chance.Next(1, chance.Chance(90) ? 15 : 500) : null,
            AmountMinor: flat && chance.Chance(50) ? chance.Next(1, amountMax) : null,
            UnclaimedTo: chance.Chance(50) ? "redistribute" : "house",
            RemainderTo: chance.Chance(60) ? "rank_order" : "house");

        if (Promised(prizes) is { } promisedMinor) return (prizes, promisedMinor + (chance.Chance(50) ? 0 : chance.Next(10_000)));
        return (prizes, chance.Next(10) switch
        {
            < 5 => null,
            < 9 => chance.Next(1, 1_000_000),
            _ => PrizeRules.MoneyMaxMinor - chance.Next(1_000),
        });
    }

    /// <returns>The sum of fixed amounts; null when the structure shares the pool.</returns>
    private static long? Promised(PrizeStructureV1 prizes) =>
        prizes.Type == PrizeTypes.RankTable ? prizes.Ranges!.Sum(r => (r.To - r.From + 1) * r.AmountMinor!.Value)
        : prizes.AmountMinor is { } each ? each * prizes.Places!.Value : null;

    private static List<int> Shares(SeededRandom chance, int places)
    {
        var shares = Enumerable.Repeat(1, places).ToList();
        for (var left = PrizeRules.BpsTotal - places; left > 0;)
        {
            var part = Math.Min(left, chance.Next(1, 3_000));
            shares[chance.Next(places)] += part;
            left -= part;
        }

        return shares;
    }

    private static IEnumerable<PrizeRangeV1> Ranges(SeededRandom chance, Func<int, int, PrizeRangeV1> range)
    {
        var first = 1;
        for (var tier = chance.Next(1, 6); tier > 0; tier--)
        {
            var last = first + chance.Next(0, 5);
            yield return range(first, last);
            first = last + 1;
        }
    }

    /// <summary>Shares that fit 100 % whatever the ranges: the last place takes what is left.</summary>
    private static List<PrizeRangeV1> PercentRanges(SeededRandom chance)
    {
        var ranges = Ranges(chance, (from, to) => new PrizeRangeV1(from, to, EachBps: chance.Next(1, 300))).ToList();
        var used = ranges.Sum(r => (r.To - r.From + 1) * r.EachBps!.Value);
        ranges.Add(new PrizeRangeV1(ranges[^1].To + 1, ranges[^1].To + 1, EachBps: PrizeRules.BpsTotal - used));
        return ranges;
    }
}
