using ContestPipeline.Contracts;
using ContestPipeline.Ingestion.Feed;

namespace ContestPipeline.Contestctl.Pools;

/// <summary>An athlete as the feed knows him.</summary>
/// <param name="Positions">Tells namesakes of a team apart, and which is the team's defence.</param>
internal sealed record KnownAthlete(
    string AthleteId, string Name, string GameId, string Team, IReadOnlyList<string> Positions);

/// <summary>A salary file as the pool of a contest.</summary>
/// <param name="Ids">The operator's ids, to the athletes'.</param>
/// <param name="Unknown">Whom the feed does not know, or who is not known for certain.</param>
internal sealed record ImportedPool(IReadOnlyList<PoolAthleteV1> Athletes, IReadOnlyDictionary<string, string> Ids,
    IReadOnlyList<RefusedAthlete> Unknown, IReadOnlyList<RefusedAthlete> Refused);

/// <summary>
/// Finds the feed's athletes behind the lines of a salary file: by name within the team, of namesakes by position; a team's
/// defence by its team. Nobody is guessed. Pure.
/// </summary>
/// <param name="known">Of the contest's games.</param>
/// <param name="teams">The file's names of teams that differ, to the feed's.</param>
/// <param name="named">Who is meant by an id or name of the file, by the athlete's id; before all else.</param>
internal sealed class MatchAthletes(
    IReadOnlyList<KnownAthlete> known, IReadOnlyDictionary<string, string> teams, IReadOnlyDictionary<string, string> named)
{
    private static readonly string[] s_defences = ["DST", "DEF", "D"];
    private readonly ILookup<string, KnownAthlete> names = known.ToLookup(a => PlainName.Of(a.Name), StringComparer.Ordinal);

    /// <returns>Every line in one of the lists: a captain's in the ids.</returns>
    public ImportedPool Pool(IReadOnlyList<SalaryLine> lines)
    {
        var (pool, ids) = (new Dictionary<string, (SalaryLine Line, PoolAthleteV1 Athlete)>(StringComparer.Ordinal),
            new Dictionary<string, string>(StringComparer.Ordinal));
        var (unknown, refused) = (new List<RefusedAthlete>(), new List<RefusedAthlete>());
        foreach (var line in lines.OrderBy(l => l.IsCaptain).ThenBy(l => l.Line))
        {
            var (athlete, why) = Find(line);
            if (athlete is null) unknown.Add(new RefusedAthlete(line.Line, line.Name, why!));
            else if (line.Id.Length > 0 && !ids.TryAdd(line.Id, athlete.AthleteId))
                refused.Add(new RefusedAthlete(line.Line, line.Name, $"expected each id once; {line.Id} is there twice"));
            else if (line.IsCaptain && pool.TryGetValue(athlete.AthleteId, out var same))
            {
                if (line.Salary * 2 != same.Athlete.Salary * 3) refused.Add(new RefusedAthlete(line.Line, line.Name,
                    $"expected a captain at 1.5 times {same.Athlete.Salary}, the salary of line {same.Line.Line}; "
                        + $"got {line.Salary}"));
            }
            else if (line.IsCaptain)
                refused.Add(new RefusedAthlete(line.Line, line.Name, "expected the captain's own line, too; there is none"));
            else if (!pool.TryAdd(athlete.AthleteId, (line, new PoolAthleteV1(
                athlete.AthleteId, line.Name, line.Positions, athlete.Team, athlete.GameId, line.Salary))))
                refused.Add(new RefusedAthlete(line.Line, line.Name,
                    $"is athlete {athlete.AthleteId}, as line {pool[athlete.AthleteId].Line.Line}"));
        }

        return new ImportedPool([.. pool.Values.OrderBy(p => p.Line.Line).Select(p => p.Athlete)], ids,
            [.. unknown.OrderBy(u => u.Line)], [.. refused.OrderBy(r => r.Line)]);
    }

    private (KnownAthlete? Athlete, string? Why) Find(SalaryLine line)
    {
        if (named.GetValueOrDefault(line.Id) is { } byId) return Named(byId);
        if (named.GetValueOrDefault(line.Name) is { } byName) return Named(byName);
        var team = teams.GetValueOrDefault(line.Team, line.Team);
        KnownAthlete[] called = [.. names[PlainName.Of(line.Name)]];
        var found = called.Where(a => IsSame(a.Team, team)).ToArray();
        if (found.Length > 1 && found.Where(a => a.Positions.Intersect(line.Positions).Any()).ToArray() is { Length: > 0 } able)
            found = able;
        if (found.Length == 0 && line.Positions.Any(s_defences.Contains))
            found = [.. known.Where(a => IsSame(a.Team, team) && a.Positions.Any(s_defences.Contains))];
        return found switch
        {
            [var one] => (one, null),
            [] when called.Length > 0 =>
                (null, $"expected an athlete of {line.Team}; the feed knows {Words(called)}; say who is meant with --is, or "
                    + "which team with --team"),
            [] => (null, $"expected an athlete whom the feed knows; {line.Team} has nobody of this name"),
            _ => (null, $"expected one athlete; there are {Words(found)}; say who is meant with --is"),
        };
    }

    private (KnownAthlete? Athlete, string? Why) Named(string athleteId) =>
        known.FirstOrDefault(a => a.AthleteId == athleteId) is { } athlete ? (athlete, null)
            : (null, $"expected an athlete whom the feed knows; got {athleteId}");

    private static string Words(IEnumerable<KnownAthlete> athletes) => string.Join(", ", athletes
        .OrderBy(a => a.AthleteId, StringComparer.Ordinal)
        .Select(a => $"{a.AthleteId} ({a.Team} {string.Join('/', a.Positions)})"));

    private static bool IsSame(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}
