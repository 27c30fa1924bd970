using System.Numerics;
using ContestPipeline.Contracts;

namespace ContestPipeline.Unit.Settlement;

/// <summary>
/// The prize rules once more, written place by place without any of the product's code for them: slow, plain, for comparison
/// only.
/// </summary>
internal static class NaivePrizes
{
    public static (Dictionary<string, long> ByEntry, long HouseMinor) Of(
        SettlementCase c, long poolMinor, Func<(string Id, string Player, long No, string Lineup), long> points)
    {
        var prizes = c.Definition.Prizes;
        var weights = Weights(prizes);
        var isFixed = prizes.Type == "rank_table" || prizes.AmountMinor is not null;
        var shared = isFixed ? weights.Aggregate(BigInteger.Zero, (sum, w) => sum + w) : poolMinor;
        var held = Math.Min(weights.Count, c.Entries.Count);
        var among = prizes.UnclaimedTo == "redistribute" ? weights.Take(held).ToList() : weights;
        var total = among.Aggregate(BigInteger.Zero, (sum, w) => sum + w);

        var places = among.Select(w => (long)(shared * w / total)).ToList();
        if (prizes.RemainderTo == "rank_order")
        {
            var odd = (long)shared - places.Sum();
            for (var place = 0; place < odd && held > 0; place++) places[place]++;
        }

        var byEntry = new Dictionary<string, long>();
        var next = 0;
        foreach (var tied in c.Entries.GroupBy(points).OrderByDescending(g => g.Key))
        {
            var ordered = tied.OrderBy(e => e.No).ThenBy(e => e.Id, StringComparer.Ordinal).ToList();
            var pooled = places.Take(held).Skip(next).Take(ordered.Count).Sum();
            for (var i = 0; i < ordered.Count; i++)
                byEntry[ordered[i].Id] = pooled / ordered.Count
                    + (prizes.RemainderTo == "rank_order" && i < pooled % ordered.Count ? 1 : 0);
            next += ordered.Count;
        }

        return (byEntry, poolMinor - byEntry.Values.Sum());
    }

    private static List<long> Weights(PrizeStructureV1 prizes) => prizes.Type switch
    {
        "winner_takes_all" => [1],
        "top_three_equal" => [1, 1, 1],
        "top_three_weighted" => [50, 30, 20],
        "custom" => [.. prizes.PercentBps!.Select(p => (long)p)],
        "rank_table" or "percentage_table" =>
            [.. prizes.Ranges!.SelectMany(r => Enumerable.Repeat(r.AmountMinor ?? r.EachBps!.Value, r.To - r.From + 1))],
        _ => [.. Enumerable.Repeat(prizes.AmountMinor ?? 1, prizes.Places!.Value)],
    };
}
