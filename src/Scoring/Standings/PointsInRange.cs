using ContestPipeline.Contracts;

namespace ContestPipeline.Scoring;

/// <summary>
/// Points of a line as the standings can hold them. Figures far beyond any game, which only a broken feed sends, have none. Pure.
/// </summary>
public static class PointsInRange
{
    /// <param name="multipliers">Of the contest's slots, in hundredths.</param>
    /// <param name="max">Largest points of one slot either way.</param>
    /// <returns>Null when they cannot be computed in 64 bits, or when a slot's points would be beyond
    /// <paramref name="max"/>.</returns>
    public static long? Of(RuleSet rules, IReadOnlyDictionary<string, long> stats, IReadOnlyList<int> multipliers, long max)
    {
        try
        {
            var points = ScoreLine.Points(rules, stats);
            return multipliers.Append(100).All(m => ScoreLine.Multiplied(points, m) is var slot && slot >= -max && slot <= max)
                ? points : null;
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    /// <summary>The first line, by game and athlete, that has no points in the contest.</summary>
    /// <returns>Null when the contest can be ranked.</returns>
    public static Hold? FindHold(ContestRules rules, IEnumerable<LineRow> lines)
    {
        var definition = rules.Definition;
        var ruleSet = rules.RuleSet;
        var gameOf = definition.Athletes.ToDictionary(a => a.AthleteId, a => a.GameId, StringComparer.Ordinal);
        int[] multipliers = [.. definition.Roster.Slots.Select(s => s.MultiplierHundredths).Distinct()];
        var max = StandingsEngine.PointsMax / definition.Roster.Slots.Count;
        var found = lines
            .Where(l => (ContestKinds.GameOfPlayers(definition) is not null || gameOf.GetValueOrDefault(l.AthleteId) == l.GameId)
                && Of(ruleSet, LineSql.ReadStats(l.Stats), multipliers, max) is null)
            .OrderBy(l => l.GameId, StringComparer.Ordinal).ThenBy(l => l.AthleteId, StringComparer.Ordinal)
            .FirstOrDefault();
        return found is null ? null : new Hold(
            $"game {found.GameId}, athlete {found.AthleteId}: the points of line version {found.Version} are out of range, its "
                + $"figures cannot be right", Alerts: true);
    }
}
