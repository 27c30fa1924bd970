using ContestPipeline.Contracts;

namespace ContestPipeline.Ingestion;

/// <summary>Compares the fold of the plays with the provider's cumulative box and with its sums. Pure.</summary>
public static class ReconcileBox
{
    /// <returns>Ordered by athlete and stat; empty when they agree on every stat that the box covers and on every sum.</returns>
    public static IReadOnlyList<StatDifferenceV1> Compare(IReadOnlyDictionary<string, LineFold> lines, FeedBoxV1 box)
    {
        var boxed = box.Lines.ToDictionary(l => l.AthleteId, l => l.Stats, StringComparer.Ordinal);
        var differences = new List<StatDifferenceV1>();
        foreach (var athleteId in lines.Keys.Union(boxed.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var line = lines.GetValueOrDefault(athleteId)?.Stats;
            var inBox = boxed.GetValueOrDefault(athleteId);
            var named = inBox is null ? box.CoveredStats : box.CoveredStats.Union(inBox.Keys, StringComparer.Ordinal);
            foreach (var stat in named.Order(StringComparer.Ordinal))
            {
                var fromPlays = line?.GetValueOrDefault(stat) ?? 0;
                var fromBox = inBox?.GetValueOrDefault(stat) ?? 0;
                if (fromPlays != fromBox) differences.Add(new StatDifferenceV1(athleteId, stat, fromPlays, fromBox));
            }
        }

        foreach (var sum in box.Sums ?? [])
        {
            var fromPlays = Sum(lines.GetValueOrDefault(sum.AthleteId), sum);
            if (fromPlays != sum.Total) differences.Add(new StatDifferenceV1(sum.AthleteId, sum.Name, fromPlays, sum.Total));
        }

        return [.. differences.OrderBy(d => d.AthleteId, StringComparer.Ordinal).ThenBy(d => d.Stat, StringComparer.Ordinal)];
    }

    /// <summary>No total of a box comes near it, so what is beyond differs all the same.</summary>
    private const long SumMax = 1_000_000_000_000_000;

    /// <summary>What a line adds up to.</summary>
    private static long Sum(LineFold? line, BoxSumV1 sum)
    {
        Int128 total = 0;
        foreach (var (stat, weight) in sum.Weights) total += (Int128)weight * (line?.Stats.GetValueOrDefault(stat) ?? 0);
        return (long)Int128.Clamp(total, -SumMax, SumMax);
    }
}
