using ContestPipeline.Contracts;

namespace ContestPipeline.Settlement;

/// <summary>
/// Sets Settlement's ranking beside Scoring's: two computations from two copies must come to the same places, or nobody is paid.
/// </summary>
public static class CompareRankings
{
    /// <returns>The first difference in words, best place first, or null when there is none.</returns>
    public static string? FirstDifference(Ranking ranking, EntryBook entries, IEnumerable<RankingChunkV1> chunks)
    {
        var group = 0;
        foreach (var theirs in chunks.OrderBy(c => c.Chunk).SelectMany(c => c.Groups))
        {
            if (group == ranking.Groups)
                return $"Scoring has {theirs.Entries} entries with {theirs.Points} points after the last of Settlement's "
                    + $"{entries.Count}";
            if (DifferenceIn(group, theirs, ranking, entries) is { } difference) return difference;
            group++;
        }

        if (group == ranking.Groups) return null;
        return $"place {ranking.RankOfGroup(group)}: Scoring has no more entries, Settlement has "
            + $"{ranking.EntriesOf(group).Length} with {ranking.Points[group]} points, {Example(group)}";

        string Example(int g) => $"the first of them {entries.EntryIds[ranking.EntriesOf(g)[0]]}";
    }

    private static string? DifferenceIn(int group, ScoreGroupV1 theirs, Ranking ranking, EntryBook entries)
    {
        var ours = ranking.EntriesOf(group);
        var example = entries.EntryIds[ours[0]];
        if (theirs.Points != ranking.Points[group] || theirs.Entries != ours.Length)
        {
            return $"place {ranking.RankOfGroup(group)}: Settlement has {ours.Length} entries with {ranking.Points[group]} "
                + $"points (the first of them {example}), " +
                $"Scoring has {theirs.Entries} with {theirs.Points}";
        }

        var ids = new string[ours.Length];
        for (var i = 0; i < ids.Length; i++) ids[i] = entries.EntryIds[ours[i]];
        return EntryHash.OfIds(ids) == theirs.EntriesHash ? null
            : $"place {ranking.RankOfGroup(group)}: both have {ours.Length} entries with {ranking.Points[group]} points, but "
                + $"not the same ones (Settlement's first is {example})";
    }
}
