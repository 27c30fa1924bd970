using System.Numerics;
using ContestPipeline.Contracts;

namespace ContestPipeline.Proofs.Prizes;

/// <summary>What the oracle says of one entry.</summary>
internal sealed record OracleEntry(int Rank, long Points, BigInteger GrossMinor, BigInteger FeeMinor);

/// <summary>What the oracle says of a contest.</summary>
internal sealed record OracleResult(
    BigInteger FeesMinor, BigInteger RakeMinor, BigInteger PoolMinor, BigInteger OverlayMinor, BigInteger SurplusMinor,
    BigInteger HouseMinor, IReadOnlyDictionary<string, OracleEntry> Entries);

/// <summary>
/// The money rules once more, as the owner's documents tell them: place by place, in exact fractions, with none of the product's
/// code and none of its shortcuts. Slow on purpose; there is nothing in it to get wrong twice.
/// </summary>
internal static class PrizeOracle
{
    public static OracleResult Of(PrizeCase c)
    {
        var d = c.Definition;
        var count = c.Entries.Count;
        BigInteger fees = (BigInteger)d.EntryFeeMinor * count;
        var rake = (new Fraction(d.RakeBps, 10_000) * fees).Floor();
        BigInteger pool = d.GuaranteedPoolMinor ?? fees - rake;
        var overlay = BigInteger.Max(0, pool - (fees - rake));
        var surplus = BigInteger.Max(0, fees - rake - pool);

        var lines = c.Lines.Where(l => !c.RuledOut.Contains(l.GameId)).ToDictionary(l => l.AthleteId);
        var points = c.Entries.ToDictionary(e => e.Id, e => Points(c, e, lines));
        var gross = Gross(c, points, Places(c, pool));
        var feeOf = PlayerFees(c, gross);
        var rankOf = points.Values.Distinct().ToDictionary(score => score, score => 1 + points.Values.Count(p => p > score));
        var entries = c.Entries.ToDictionary(
            e => e.Id, e => new OracleEntry(rankOf[points[e.Id]], points[e.Id], gross[e.Id], feeOf[e.Id]));
        var paid = gross.Values.Aggregate(BigInteger.Zero, (sum, g) => sum + g);
        return new OracleResult(fees, rake, pool, overlay, surplus, pool - paid, entries);
    }

    /// <summary>The prize of each place that somebody holds, best first.</summary>
    private static List<BigInteger> Places(PrizeCase c, BigInteger pool)
    {
        var prizes = c.Definition.Prizes;
        var weights = Weights(prizes);
        var isFixed = prizes.Type == "rank_table" || prizes.AmountMinor is not null;
        var shared = isFixed ? weights.Aggregate(BigInteger.Zero, (sum, w) => sum + w) : pool;
        var held = Math.Min(weights.Count, c.Entries.Count);
        if (prizes.UnclaimedTo == "redistribute") weights = weights[..held];
        var total = weights.Aggregate(BigInteger.Zero, (sum, w) => sum + w);
        if (held == 0) return [];

        var places = weights.Select(w => (new Fraction(w, total) * shared).Floor()).ToList();
        if (prizes.RemainderTo == "rank_order")
        {
            var odd = shared - places.Aggregate(BigInteger.Zero, (sum, p) => sum + p);
            for (var place = 0; place < odd; place++) places[place] += 1;
        }

        return places[..held];
    }

    /// <summary>
    /// Tied entries hold as many places as they are; the prizes of these are put together and shared; odd cents go to who was
    /// accepted first.
    /// </summary>
    private static Dictionary<string, BigInteger> Gross(PrizeCase c, Dictionary<string, long> points, List<BigInteger> places)
    {
        var gross = c.Entries.ToDictionary(e => e.Id, _ => BigInteger.Zero);
        foreach (var score in points.Values.Distinct())
        {
            var better = points.Values.Count(p => p > score);
            var tied = c.Entries.Where(e => points[e.Id] == score).OrderBy(e => e.No).ThenBy(e => e.Id, StringComparer.Ordinal)
                .ToList();
            var pooled = BigInteger.Zero;
            for (var place = better; place < better + tied.Count && place < places.Count; place++) pooled += places[place];
            var share = new Fraction(pooled, tied.Count).Floor();
            var odd = c.Definition.Prizes.RemainderTo == "rank_order" ? pooled - share * tied.Count : 0;
            for (var i = 0; i < tied.Count; i++) gross[tied[i].Id] = share + (i < odd ? 1 : 0);
        }

        return gross;
    }

    /// <summary>
    /// One fee per player on all he wins, half up; entry by entry in order of the ids it is what is owed so far less what was
    /// borne so far.
    /// </summary>
    private static Dictionary<string, BigInteger> PlayerFees(PrizeCase c, Dictionary<string, BigInteger> gross)
    {
        var fees = new Dictionary<string, BigInteger>();
        foreach (var player in c.Entries.GroupBy(e => e.Player))
        {
            BigInteger won = 0, borne = 0;
            foreach (var entry in player.OrderBy(e => e.Id, StringComparer.Ordinal))
            {
                won += gross[entry.Id];
                var owed = (new Fraction(won * c.Definition.PlatformFeeBps, 10_000) + new Fraction(1, 2)).Floor();
                fees[entry.Id] = owed - borne;
                borne = owed;
            }
        }

        return fees;
    }

    private static long Points(PrizeCase c, CaseEntry entry, Dictionary<string, CaseLine> lines)
    {
        BigInteger sum = 0;
        for (var slot = 0; slot < entry.Lineup.Count; slot++)
        {
            if (!lines.TryGetValue(entry.Lineup[slot], out var line)) continue;
            Fraction points = line.Stats.Sum(s => s.Value * c.Rules.Weights[s.Key])
                + c.Rules.Bonuses.Where(b => line.Stats[b.Stat] >= b.AtLeast).Sum(b => b.Points);
            var multiplied = points * new Fraction(c.Definition.Roster.Slots[slot].MultiplierHundredths, 100);
            var half = new Fraction(1, 2);
            sum += multiplied.Numerator.Sign < 0 ? -(half - multiplied).Floor() : (multiplied + half).Floor();
        }

        return (long)sum;
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
