using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Demo;

/// <summary>
/// Draws line-ups that are valid under a roster: positions, salary cap, teams and games. Pure but for the seeded generator it is
/// given.
/// </summary>
public static class LineupGenerator
{
    /// <summary>Draws before a roster is taken to be impossible for its pool.</summary>
    public const int DrawsMax = 20_000;

    /// <summary>
    /// One athlete id per slot, in slot order. Dear athletes are drawn more often than cheap ones, as people do.
    /// </summary>
    public static IReadOnlyList<string> Draw(RosterV1 roster, IReadOnlyList<PoolAthleteV1> pool, SeededRandom random)
    {
        var candidates = roster.Slots.Select(slot => pool.Where(a => a.Positions.Any(slot.Positions.Contains)).ToArray())
            .ToArray();
        for (var draw = 0; draw < DrawsMax; draw++)
        {
            var picked = new List<PoolAthleteV1>(roster.Slots.Count);
            foreach (var slotCandidates in candidates)
            {
                if (Pick(slotCandidates, picked, random) is not { } athlete) break;
                picked.Add(athlete);
            }

            if (picked.Count == roster.Slots.Count && IsValid(roster, picked)) return [.. picked.Select(a => a.AthleteId)];
        }

        throw new InvariantException($"no valid line-up found in {DrawsMax} draws from {pool.Count} athletes");
    }

    /// <summary>The rules of the roster that concern the line-up as a whole.</summary>
    public static bool IsValid(RosterV1 roster, IReadOnlyList<PoolAthleteV1> picked)
    {
        long salary = 0;
        for (var i = 0; i < picked.Count; i++) salary += picked[i].Salary * roster.Slots[i].MultiplierHundredths / 100;

        return (roster.SalaryCap is null || salary <= roster.SalaryCap)
            && picked.Select(a => a.TeamId).Distinct().Count() >= roster.MinTeams
            && picked.Select(a => a.GameId).Distinct().Count() >= roster.MinGames
            && (roster.MaxPerTeam is null || picked.GroupBy(a => a.TeamId).All(team => team.Count() <= roster.MaxPerTeam));
    }

    private static PoolAthleteV1? Pick(PoolAthleteV1[] candidates, List<PoolAthleteV1> taken, SeededRandom random)
    {
        var free = candidates.Where(a => !taken.Contains(a)).ToArray();
        if (free.Length == 0) return null;

        var point = random.Next(checked((int)free.Sum(Popularity)));
        foreach (var athlete in free)
        {
            point -= checked((int)Popularity(athlete));
            if (point < 0) return athlete;
        }

        return free[^1];
    }

    private static long Popularity(PoolAthleteV1 athlete) => Math.Max(1, athlete.Salary / 100);
}
