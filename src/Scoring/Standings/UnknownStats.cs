using ContestPipeline.Contracts;

namespace ContestPipeline.Scoring;

/// <summary>
/// Stats in the lines of a contest's games that its rule set neither uses nor ignores: they score nothing, and nobody decided
/// that they should. Pure.
/// </summary>
public static class UnknownStats
{
    /// <summary>The first of them, by game, athlete and stat; also of athletes whom nobody could pick, since a feed that speaks
    /// another language says nothing of the others.</summary>
    /// <returns>Null when the contest can be ranked.</returns>
    public static Hold? FindHold(ContestRules rules, IEnumerable<LineRow> lines)
    {
        var reference = rules.Definition.RuleSet;
        var known = KnownStats.Of(rules.RuleSet);
        var ordered = lines.OrderBy(l => l.GameId, StringComparer.Ordinal).ThenBy(l => l.AthleteId, StringComparer.Ordinal);
        foreach (var line in ordered)
        {
            var unknown = Said(line).Where(s => !known.Contains(s)).Order(StringComparer.Ordinal);
            if (unknown.FirstOrDefault() is not { } stat) continue;
            var nearest = KnownStats.Nearest(known, stat) is { } name ? $", the nearest that it knows is {name}" : "";
            return new Hold(
                $"game {line.GameId}, athlete {line.AthleteId}: the rule set {reference.Name} {reference.Version} neither uses nor "
                    + $"ignores the stat {stat}{nearest}", Alerts: true);
        }

        return null;
    }

    /// <returns>The first game by id of which the rule set knows not one stat, with one of them; null: there is none.</returns>
    public static (string GameId, string Stat)? GameOfAnotherSport(RuleSet rules, IEnumerable<LineRow> lines)
    {
        var known = KnownStats.Of(rules);
        foreach (var game in lines.GroupBy(l => l.GameId, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var said = game.SelectMany(Said).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
            if (said.Length > 0 && !said.Any(known.Contains)) return (game.Key, said[0]);
        }

        return null;
    }

    /// <summary>A stat of 0 is the same as one that is not named.</summary>
    private static IEnumerable<string> Said(LineRow line) =>
        LineSql.ReadStats(line.Stats).Where(s => s.Value != 0).Select(s => s.Key);
}
