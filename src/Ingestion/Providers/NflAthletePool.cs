using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Ingestion.Providers;

/// <summary>An athlete whom a line-up can name. Salaries are of our own making.</summary>
/// <param name="Positions">Roster positions, e.g. <c>WR</c>.</param>
/// <param name="SalaryUnits">What the athlete costs of a contest's salary cap.</param>
public sealed record PoolAthlete(
    string AthleteId, string Name, string GameId, string Team, IReadOnlyList<string> Positions, long SalaryUnits);

/// <summary>
/// Makes an athlete pool for some games: everyone with offensive figures, and both defence units. Positions come from what an
/// athlete did.
/// </summary>
public static class NflAthletePool
{
    private const int SalaryStep = 100;

    /// <param name="names">Full name and position by athlete id, from the provider's list; a position may be empty.</param>
    public static IReadOnlyList<PoolAthlete> Of(
        IReadOnlyList<NflGameCenterDocument> games, IReadOnlyDictionary<string, (string Name, string Position)> names,
        RuleSet rules, ulong seed)
    {
        var random = new SeededRandom(seed);
        var pool = new List<PoolAthlete>();
        foreach (var game in games)
        {
            var lines = new SortedDictionary<string, Dictionary<string, long>>(StringComparer.Ordinal);
            foreach (var athlete in game.Plays.SelectMany(p => NflPlayStats.Of(game, p)))
            {
                if (!lines.TryGetValue(athlete.AthleteId, out var line)) lines[athlete.AthleteId] = line = [];
                foreach (var (stat, amount) in athlete.Stats) line[stat] = line.GetValueOrDefault(stat) + amount;
            }

            var clubs = game.Plays.SelectMany(p => p.Events).GroupBy(e => e.AthleteId)
                .ToDictionary(g => g.Key, g => g.First().Club, StringComparer.Ordinal);
            foreach (var (athleteId, line) in lines)
            {
                var unit = athleteId == NflPlayStats.Unit(game.Home)
                    ? game.Home : athleteId == NflPlayStats.Unit(game.Away) ? game.Away : null;
                var known = names.GetValueOrDefault(athleteId, ("", ""));
                var position = unit is not null ? "DST" : Position(known.Item2, line);
                if (position is null) continue;
                var name = unit is not null ? $"{unit} defence" : known.Item1.Length > 0 ? known.Item1 : athleteId;
                pool.Add(new PoolAthlete(
                    athleteId, name, game.GameId, unit ?? clubs[athleteId], [position],
                    Salary(position, ScoreLine.Points(rules, line), random)));
            }
        }

        return pool;
    }

    private static string? Position(string known, Dictionary<string, long> line)
    {
        if (known is "QB" or "RB" or "WR" or "TE") return known;
        if (known == "FB") return "RB";
        if (known.Length > 0) return null;
        if (line.ContainsKey("pass_yds")) return "QB";
        var rushing = Math.Abs(line.GetValueOrDefault("rush_yds"));
        var receiving = Math.Abs(line.GetValueOrDefault("rec_yds"));
        return rushing + receiving == 0 ? null : rushing > receiving ? "RB" : "WR";
    }

    /// <summary>A plausible price: a floor for the position, half of what the athlete went on to do, and chance.</summary>
    private static long Salary(string position, long pointsHundredths, SeededRandom random)
    {
        long floor = position switch { "QB" => 5_000, "DST" => 2_400, "TE" => 2_600, _ => 3_200 };
        var salary = floor + Math.Max(0, pointsHundredths) / 2 + random.Next(12) * SalaryStep;
        return Math.Min(9_800, salary / SalaryStep * SalaryStep);
    }
}
