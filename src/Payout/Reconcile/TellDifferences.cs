namespace ContestPipeline.Payout;

/// <summary>Which differences of a run people are told one by one, and which in one word. No clock, no database.</summary>
public static class TellDifferences
{
    /// <summary>Alerts of one run for one difference each; how many more there are is told by one alert, and all are kept with the run.</summary>
    public const int AlertsMax = 20;

    private static readonly string[] s_critical = [DifferenceKinds.Duplicate, DifferenceKinds.Amount, DifferenceKinds.Destination, DifferenceKinds.UnknownHere];

    /// <returns>The key by which a difference alerts once, however many runs find it.</returns>
    public static string Key(Difference difference) => $"reconcile/{difference.Leg}/{difference.Kind}/{difference.Subject}";

    /// <returns>How bad it is if it is true: money that went where it should not is critical, a half that is still to come is a warning.</returns>
    public static string Severity(Difference difference) => s_critical.Contains(difference.Kind) ? AlertHandler.Critical : "warning";

    /// <param name="told">Keys of what was told before: the next of a long list have their turn then.</param>
    /// <returns>What is told one by one, critical differences before all others and the older first, and the rest in the same order.</returns>
    public static (IReadOnlyList<Difference> Each, IReadOnlyList<Difference> Others) Of(IReadOnlyList<Difference> differences, IReadOnlyCollection<string> told)
    {
        var known = told.ToHashSet(StringComparer.Ordinal);
        var fresh = differences.DistinctBy(Key).Where(d => !known.Contains(Key(d))).OrderByDescending(d => Severity(d) == AlertHandler.Critical).ThenBy(d => d.At).ToArray();
        return (fresh[..Math.Min(AlertsMax, fresh.Length)], fresh[Math.Min(AlertsMax, fresh.Length)..]);
    }
}
