using ContestPipeline.Contracts;

namespace ContestPipeline.Demo.RealContest;

/// <summary>
/// How many published entries a ranking has with exactly their points and rank, and the first that it does not.
/// </summary>
public sealed record RankingComparison(int Exact, int Total, string? FirstDifference);

/// <summary>
/// Compares a ranking as it travels on the topic (groups of equal points, best first, each with a hash of its entries) with what
/// was published. A group counts as exact only when its points, its rank and the hash over all of its entry ids are the published
/// ones. Pure.
/// </summary>
public static class CompareRanking
{
    public static RankingComparison With(IReadOnlyList<PublishedEntry> published, IEnumerable<RankingChunkV1> chunks)
    {
        var expected = published.GroupBy(e => e.Points).OrderByDescending(g => g.Key).ToArray();
        var actual = new Dictionary<long, (int Rank, ScoreGroupV1 Group)>();
        var rank = 1;
        foreach (var group in chunks.DistinctBy(c => c.Chunk).OrderBy(c => c.Chunk).SelectMany(c => c.Groups))
        {
            actual[group.Points] = (rank, group);
            rank += group.Entries;
        }

        var exact = 0;
        string? first = null;
        foreach (var group in expected)
        {
            var difference = Difference([.. group], group.Key, actual.TryGetValue(group.Key, out var found) ? found : null);
            if (difference is null) exact += group.Count();
            else first ??= difference;
        }

        return new RankingComparison(exact, published.Count, first);
    }

    private static string? Difference(PublishedEntry[] group, long points, (int Rank, ScoreGroupV1 Group)? actual)
    {
        if (actual is not { } ours) return $"{group.Length} entries were published with {points}; nobody has that";
        if (group.Any(e => e.Rank != ours.Rank))
            return $"entries with {points} were published at rank {group[0].Rank}; ours is {ours.Rank}";
        if (ours.Group.Entries != group.Length)
            return $"{group.Length} entries were published with {points}; ours are {ours.Group.Entries}";
        var hash = EntryHash.OfIds(group.Select(e => e.EntryId).Order(StringComparer.Ordinal));
        return hash == ours.Group.EntriesHash ? null : $"the {group.Length} entries with {points} are not the published ones";
    }
}
