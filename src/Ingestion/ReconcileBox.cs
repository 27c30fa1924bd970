using ContestPipeline.Contracts;

namespace ContestPipeline.Ingestion;

/// <summary>Compares the fold of the plays with the provider's cumulative box. Pure.</summary>
public static class ReconcileBox
{
    /// <returns>Ordered by athlete and stat; empty when they agree on every stat that the box covers.</returns>
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

        return differences;
    }
}
