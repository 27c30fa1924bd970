using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Contestctl.Explaining;

/// <summary>What one rule gave to a line.</summary>
/// <param name="Rule">In words: <c>rush_yds 87 x 10</c>.</param>
/// <param name="Points">In units of the rule set's scale.</param>
internal sealed record RulePoints(string Rule, long Points);

/// <summary>The points of a line, rule by rule.</summary>
internal static class PointsByRule
{
    /// <summary>Rules that give nothing are left out; the rest adds up to what the line is worth.</summary>
    public static IReadOnlyList<RulePoints> Of(RuleSet rules, IReadOnlyDictionary<string, long> stats)
    {
        var parts = new List<RulePoints>();
        foreach (var (stat, count) in stats.OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            if (rules.Weights.TryGetValue(stat, out var weight) && weight * count != 0)
                parts.Add(new RulePoints($"{stat} {count} x {weight}", weight * count));
        }

        foreach (var bonus in rules.Bonuses)
        {
            var value = ScoreLine.Value(rules, stats, bonus.Stat);
            if (value >= bonus.AtLeast)
                parts.Add(new RulePoints($"{bonus.Stat} {value} is {bonus.AtLeast} or more", bonus.Points));
        }

        foreach (var table in rules.Steps)
        {
            if (stats.GetValueOrDefault(table.WhenStat) <= 0) continue;
            var value = ScoreLine.Value(rules, stats, table.Stat);
            parts.Add(new RulePoints($"{table.Stat} {value} by its steps", ScoreLine.StepPoints(table, value)));
        }

        foreach (var combination in rules.Combinations ?? [])
        {
            if (combination.Holds(rules, stats)) parts.Add(new RulePoints(combination.Name, combination.Points));
        }

        if (rules.FloorPoints is { } floor && parts.Sum(p => p.Points) is var whole && whole < floor)
            parts.Add(new RulePoints($"a line is worth {floor} at least", floor - whole));

        var sum = parts.Sum(p => p.Points);
        Invariant.Holds(sum == ScoreLine.Points(rules, stats),
            $"the rules of {rules.Name} add up to {sum}, the line to {ScoreLine.Points(rules, stats)}");
        return parts;
    }
}
