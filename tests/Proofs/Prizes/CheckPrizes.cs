using System.Globalization;
using System.Numerics;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using ContestPipeline.Settlement;

namespace ContestPipeline.Proofs.Prizes;

/// <summary>
/// Settles a case four times, as it stands and in three ways of arriving, and compares it with the oracle entry by entry and cent
/// by cent.
/// </summary>
/// <param name="spoil">A deliberate fault laid over the product's result; null: none. It shows that the check would
/// notice.</param>
internal sealed class CheckPrizes(Func<SettlementResult, SettlementResult>? spoil = null)
{
    /// <returns>Null when everything holds; otherwise the first thing that does not.</returns>
    public string? Fault(PrizeCase c)
    {
        try
        {
            if (PrizeRules.Validate(c.Definition) is { } invalid) return $"the case is no valid definition: {invalid}";
            var hash = CanonicalHash.Of(c.Definition);
            var result = Settled(c, hash, c.Entries, c.Lines);
            return Wrong(c, result, PrizeOracle.Of(c)) ?? OtherArrivals(c, hash, result.Digest);
        }
        catch (InvariantException e)
        {
            return e.Message;
        }
        catch (ArithmeticException e)
        {
            return e.ToString();
        }
    }

    private SettlementResult Settled(PrizeCase c, string hash, IReadOnlyList<CaseEntry> entries, IReadOnlyList<CaseLine> lines)
    {
        var result = c.Settle(hash, entries, lines);
        return spoil is null ? result : spoil(result);
    }

    private string? OtherArrivals(PrizeCase c, string hash, string digest)
    {
        var chance = new SeededRandom(c.Seed ^ 0xA551A1);
        var first = chance.Next(Arrivals.Cultures.Count);
        var before = CultureInfo.CurrentCulture;
        try
        {
            for (var way = 0; way < Arrivals.Partitions.Count; way++)
            {
                CultureInfo.CurrentCulture = Arrivals.Cultures[(first + way) % Arrivals.Cultures.Count];
                var entries = Arrivals.Arrive(c.Entries, e => e.Id, Arrivals.Partitions[way], chance);
                var lines = Arrivals.Arrive(c.Lines, l => l.AthleteId, Arrivals.Partitions[way], chance);
                if (Settled(c, hash, entries, lines).Digest != digest)
                    return $"shuffled over {Arrivals.Partitions[way]} partitions under culture "
                        + $"{(first + way) % Arrivals.Cultures.Count} the digest is another";
            }
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        return null;
    }

    private static string? Wrong(PrizeCase c, SettlementResult r, OracleResult expected)
    {
        var (pool, totals) = (r.Pool, r.Totals);
        return Differs("entry fees", pool.EntryFeesMinor, expected.FeesMinor)
            ?? Differs("rake", pool.RakeMinor, expected.RakeMinor)
            ?? Differs("pool", pool.PoolMinor, expected.PoolMinor) ?? Differs("overlay", pool.OverlayMinor, expected.OverlayMinor)
            ?? Differs("surplus", pool.SurplusMinor, expected.SurplusMinor)
            ?? Differs("fees + overlay", pool.EntryFeesMinor + pool.OverlayMinor,
                (BigInteger)pool.RakeMinor + pool.PoolMinor + pool.SurplusMinor)
            ?? Entries(c, r, expected)
            ?? Differs("gross", totals.GrossMinor, r.Awards.GrossMinor.Aggregate(BigInteger.Zero, (sum, g) => sum + g))
            ?? Differs("platform fees", totals.FeesMinor, r.Awards.FeeMinor.Aggregate(BigInteger.Zero, (sum, f) => sum + f))
            ?? Differs("net", totals.NetMinor, totals.GrossMinor - totals.FeesMinor)
            ?? Differs("house", totals.HouseRemainderMinor, expected.HouseMinor)
            ?? Differs("prizes + house", (BigInteger)totals.GrossMinor + totals.HouseRemainderMinor, pool.PoolMinor)
            ?? Differs("winners", r.Awards.Winners.Length, expected.Entries.Values.Count(e => e.GrossMinor > 0));
    }

    private static string? Entries(PrizeCase c, SettlementResult r, OracleResult expected)
    {
        if (Differs("entries", r.Entries.Count, c.Entries.Count) is { } missing) return missing;
        for (var entry = 0; entry < r.Entries.Count; entry++)
        {
            var ours = r.Prize(entry);
            var theirs = expected.Entries[ours.EntryId];
            var difference = Differs("points", ours.Points, theirs.Points) ?? Differs("rank", ours.Rank, theirs.Rank)
                ?? Differs("gross", ours.GrossMinor, theirs.GrossMinor) ?? Differs("fee", ours.FeeMinor, theirs.FeeMinor)
                ?? (ours.FeeMinor < 0 || ours.NetMinor < 0 ? $"fee {ours.FeeMinor}, net {ours.NetMinor}" : null);
            if (difference is not null) return $"entry {ours.EntryId}: {difference}";
        }

        return null;
    }

    private static string? Differs(string what, BigInteger ours, BigInteger theirs) =>
        ours == theirs ? null : $"{what} is {ours}, should be {theirs}";
}
