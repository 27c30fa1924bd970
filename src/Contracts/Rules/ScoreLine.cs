namespace ContestPipeline.Contracts;

/// <summary>Points of one athlete's line under a rule set. Pure, whole numbers only, checked arithmetic.</summary>
public static class ScoreLine
{
    /// <returns>Points in units of 10^-Scale of the rule set.</returns>
    public static long Points(RuleSet rules, IReadOnlyDictionary<string, long> stats)
    {
        long points = 0;
        foreach (var (stat, count) in stats)
        {
            if (rules.Weights.TryGetValue(stat, out var weight)) points += weight * count;
        }

        foreach (var bonus in rules.Bonuses)
        {
            if (Value(rules, stats, bonus.Stat) >= bonus.AtLeast) points += bonus.Points;
        }

        foreach (var table in rules.Steps)
        {
            if (stats.GetValueOrDefault(table.WhenStat) > 0) points += StepPoints(table, Value(rules, stats, table.Stat));
        }

        if (rules.Combinations is { } combinations)
        {
            foreach (var combination in combinations)
            {
                if (combination.Holds(rules, stats)) points += combination.Points;
            }
        }

        return rules.FloorPoints is { } floor && points < floor ? floor : points;
    }

    /// <summary>
    /// A line-up slot's points: the athlete's points times the slot's multiplier in hundredths, rounded half away from zero.
    /// </summary>
    public static long Multiplied(long points, int multiplierHundredths)
    {
        if (multiplierHundredths == 100) return points;
        var product = points * multiplierHundredths;
        return (product >= 0 ? product + 50 : product - 50) / 100;
    }

    /// <summary>A stat as it stands on the line, or the weighted sum that a derived one is.</summary>
    public static long Value(RuleSet rules, IReadOnlyDictionary<string, long> stats, string stat)
    {
        if (!rules.Derived.TryGetValue(stat, out var parts)) return stats.GetValueOrDefault(stat);
        long sum = 0;
        foreach (var (part, weight) in parts) sum += weight * stats.GetValueOrDefault(part);
        return sum;
    }

    /// <summary>The points of the step that a value falls in.</summary>
    public static long StepPoints(StepTable table, long value)
    {
        foreach (var step in table.Steps)
        {
            if (step.UpTo is null || value <= step.UpTo) return step.Points;
        }

        throw new ArgumentException($"step table {table.Stat} has no open last step", nameof(table));
    }
}
