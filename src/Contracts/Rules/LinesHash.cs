namespace ContestPipeline.Contracts;

/// <summary>
/// A hash of what the lines of a game say, whatever their versions are: by it workers find out that a version was used twice, for
/// other statistics.
/// </summary>
public static class LinesHash
{
    /// <param name="lines">By athlete id; a stat of 0 is the same as one that is not named, and an athlete without stats as one
    /// who is not there.</param>
    /// <returns>Lower-case hex SHA-256 of the canonical JSON.</returns>
    public static string Of(
        IEnumerable<(string AthleteId, IReadOnlyDictionary<string, long> Stats)> lines) => CanonicalHash.Of(
            new SortedDictionary<string, IReadOnlyDictionary<string, long>>(
        lines.Select(l => (l.AthleteId, Stats: Said(l.Stats))).Where(l => l.Stats.Count > 0)
            .ToDictionary(l => l.AthleteId, l => l.Stats), StringComparer.Ordinal));

    /// <returns>True when both lines say the same.</returns>
    public static bool Same(IReadOnlyDictionary<string, long> a, IReadOnlyDictionary<string, long> b)
    {
        var (left, right) = (Said(a), Said(b));
        return left.Count == right.Count && left.All(s => right.TryGetValue(s.Key, out var value) && value == s.Value);
    }

    private static IReadOnlyDictionary<string, long> Said(IReadOnlyDictionary<string, long> stats) =>
        stats.Where(s => s.Value != 0).ToDictionary(StringComparer.Ordinal);
}
