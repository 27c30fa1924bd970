using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Settlement;

/// <summary>Entries grouped by points, best first. Rank is the standard competition rank (1, 1, 1, 4).</summary>
/// <param name="Points">Points by group, falling.</param>
/// <param name="Start">Index into <paramref name="Order"/> where each group begins; one more at the end. Rank = start +
/// 1.</param>
/// <param name="Order">Entry indices, group after group, within a group in ordinal order of the entry ids.</param>
/// <param name="GroupOf">Group by entry.</param>
public sealed record Ranking(long[] Points, int[] Start, int[] Order, int[] GroupOf)
{
    public int Groups => Points.Length;

    public int RankOfGroup(int group) => Start[group] + 1;

    public ReadOnlySpan<int> EntriesOf(int group) => Order.AsSpan(Start[group]..Start[group + 1]);
}

/// <summary>
/// Scores every distinct line-up once and ranks the entries by counting: no comparison of entries, so a million takes
/// milliseconds.
/// </summary>
public static class RankEntries
{
    public static Ranking Of(ContestDefinitionV1 definition, RuleSet rules, FinalStats stats, EntryBook entries)
    {
        var lineupPoints = LineupPoints(definition, AthletePoints(definition, rules, stats, entries), entries.Lineups);

        var usedPoints = lineupPoints.ToArray();
        Array.Sort(usedPoints);
        Array.Reverse(usedPoints);
        var points = usedPoints.AsSpan().Length == 0 ? [] : usedPoints.Distinct().ToArray();
        var groupByPoints = new Dictionary<long, int>(points.Length);
        for (var group = 0; group < points.Length; group++) groupByPoints.Add(points[group], group);
        var groupOfLineup = Array.ConvertAll(lineupPoints, p => groupByPoints[p]);

        return Grouped(points, groupOfLineup, entries.LineupOf);
    }

    private static Ranking Grouped(long[] points, int[] groupOfLineup, ReadOnlySpan<int> lineupOf)
    {
        var groupOf = new int[lineupOf.Length];
        var start = new int[points.Length + 1];
        for (var i = 0; i < groupOf.Length; i++)
        {
            groupOf[i] = groupOfLineup[lineupOf[i]];
            start[groupOf[i] + 1]++;
        }

        for (var group = 0; group < points.Length; group++) start[group + 1] += start[group];

        var order = new int[groupOf.Length];
        var next = start.ToArray();
        for (var i = 0; i < groupOf.Length; i++) order[next[groupOf[i]]++] = i;
        return new Ranking(points, start, order, groupOf);
    }

    private static Dictionary<string, long> AthletePoints(
        ContestDefinitionV1 definition, RuleSet rules, FinalStats stats, EntryBook entries)
    {
        var points = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var (gameId, athleteId) in AthletePool.Of(definition, entries))
        {
            var line = stats.Of(gameId, athleteId);
            var added = points.TryAdd(athleteId, line is null ? 0 : ScoreLine.Points(rules, line));
            Invariant.Holds(added, $"contest {definition.ContestId}: athlete {athleteId} is in the pool twice");
        }

        return points;
    }

    private static long[] LineupPoints(
        ContestDefinitionV1 definition, Dictionary<string, long> athletePoints, ReadOnlySpan<string> lineups)
    {
        var multipliers = definition.Roster.Slots.Select(s => s.MultiplierHundredths).ToArray();
        var byId = athletePoints.GetAlternateLookup<ReadOnlySpan<char>>();
        var points = new long[lineups.Length];
        for (var i = 0; i < lineups.Length; i++)
        {
            var lineup = lineups[i].AsSpan();
            if (lineup.IsEmpty) continue;

            var slot = 0;
            foreach (var part in lineup.Split(EntryBookBuilder.Separator))
            {
                var athleteId = lineup[part];
                Invariant.Holds(slot < multipliers.Length && byId.TryGetValue(athleteId, out _),
                    $"contest {definition.ContestId}: line-up '{lineups[i]}' does not fit the roster");
                points[i] += ScoreLine.Multiplied(byId[athleteId], multipliers[slot++]);
            }

            Invariant.Holds(slot == multipliers.Length,
                $"contest {definition.ContestId}: line-up '{lineups[i]}' fills {slot} of {multipliers.Length} slots");
        }

        return points;
    }
}
