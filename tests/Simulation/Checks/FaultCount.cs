namespace ContestPipeline.Simulation;

/// <summary>What went wrong, by kind and place, over all seeds of a run, and how often each place was passed.</summary>
internal sealed class FaultCount
{
    private readonly SortedDictionary<string, long> counts = new(StringComparer.Ordinal);
    private readonly SortedSet<string> points = new(StringComparer.Ordinal);

    internal IReadOnlyDictionary<string, long> Counts => counts;

    internal void Hit(string kind) => counts[kind] = counts.GetValueOrDefault(kind) + 1;

    /// <summary>A place at which things may go wrong, whether or not they did.</summary>
    internal void Pass(string point) => points.Add(point);

    internal void Add(FaultCount other)
    {
        foreach (var (kind, count) in other.counts) counts[kind] = counts.GetValueOrDefault(kind) + count;
        points.UnionWith(other.points);
    }

    /// <summary>What could have gone wrong at the places that were passed, and did less often than asked for.</summary>
    internal IReadOnlyList<string> Seldom(long countMin, IReadOnlyList<string> stripeFaults)
    {
        var kinds = points.SelectMany(p => (string[])[$"crash at {p}", $"interleaved at {p}"])
            .Concat(points.Where(p => p.EndsWith(", before", StringComparison.Ordinal))
                .SelectMany(p => stripeFaults.Select(f => $"{f} at {p[..^", before".Length]}")))
            .Concat(counts.Keys);
        return [.. kinds.Distinct().Where(k => counts.GetValueOrDefault(k) < countMin).Order(StringComparer.Ordinal)
            .Select(k => $"{k}: {counts.GetValueOrDefault(k)}")];
    }
}
