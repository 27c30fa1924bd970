using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Scoring;

/// <summary>Everything Settlement is told about a contest's end.</summary>
public sealed record FinalResult(
    int EntryCount, string EntryHash, IReadOnlyList<FinalGameV1> Games, IReadOnlyList<ScoreGroupV1[]> Chunks);

/// <summary>The final ranking, computed from the database alone: memory is for live standings, which are advice.</summary>
public static class FinalRanking
{
    private const int GroupsPerChunkMax = 2_000;

    public static async Task<FinalResult> Compute(
        LifecycleView view, ContestRules rules, IReadOnlyList<LineRow> lines, DateTimeOffset now, Tx tx)
    {
        var board = new ContestBoard(rules);
        var entries = await tx.FinalEntries(rules.Definition.ContestId);
        foreach (var entry in entries) board.Put(entry.AcceptanceNo, entry.AthleteIds);
        foreach (var line in lines) board.SetLine(line.GameId, line.AthleteId, LineSql.ReadStats(line.Stats));

        var hash = EntryHash.Of(
            entries.Select(e => (e.EntryId, e.PlayerId, e.AcceptanceNo,
                (IReadOnlyList<string>)CommandProcessor.Split(e.AthleteIds))));
        var groups = Groups(entries.Select(e => (e.EntryId, board.Engine.PlaceOf(e.AcceptanceNo)!.Value.Points)));
        return new FinalResult(entries.Count, hash, Games(view, lines, now), [.. groups.Chunk(GroupsPerChunkMax)]);
    }

    /// <param name="entries">In ordinal order of their ids.</param>
    /// <returns>Best first.</returns>
    public static IReadOnlyList<ScoreGroupV1> Groups(IEnumerable<(string EntryId, long Points)> entries)
    {
        var byPoints = new Dictionary<long, List<string>>();
        foreach (var (entryId, points) in entries)
        {
            if (!byPoints.TryGetValue(points, out var ids)) byPoints[points] = ids = [];
            ids.Add(entryId);
        }

        return [.. byPoints.OrderByDescending(g => g.Key)
            .Select(g => new ScoreGroupV1(g.Key, g.Value.Count, EntryHash.OfIds(g.Value)))];
    }

    /// <summary>What is kept of the games to know a late correction by.</summary>
    public static IReadOnlyList<FinalGameRow> Stored(IReadOnlyList<FinalGameV1> games, IReadOnlyList<LineRow> lines)
    {
        var byGame = lines.ToLookup(l => l.GameId, StringComparer.Ordinal);
        return [.. games.Select(g =>
            new FinalGameRow(g.GameId, CanonicalHash.Of(g.LineVersions), g.RuledOut, StatsHash(byGame[g.GameId])))];
    }

    private static string StatsHash(IEnumerable<LineRow> lines) => CanonicalHash.Of(
        lines.OrderBy(l => l.AthleteId, StringComparer.Ordinal)
            .Select(l =>
                new SaidLine(
                    l.AthleteId, LineSql.ReadStats(l.Stats).Where(s => s.Value != 0).ToDictionary(StringComparer.Ordinal)))
            .Where(l => l.Stats.Count > 0).ToArray());

    /// <summary>A line without its version.</summary>
    private sealed record SaidLine(string AthleteId, IReadOnlyDictionary<string, long> Stats);

    private static List<FinalGameV1> Games(LifecycleView view, IReadOnlyList<LineRow> lines, DateTimeOffset now)
    {
        var versions = lines.ToLookup(l => l.GameId, StringComparer.Ordinal);
        return
        [
            .. view.Definition.GameIds.Order(StringComparer.Ordinal).Select(gameId => new FinalGameV1(
                gameId, AdvanceLifecycle.RuledOut(view, gameId, now),
                new SortedDictionary<string, long>(
                    versions[gameId].ToDictionary(l => l.AthleteId, l => l.Version), StringComparer.Ordinal),
                LinesHash.Of(
                    versions[gameId].Select(l => (l.AthleteId, (IReadOnlyDictionary<string, long>)LineSql.ReadStats(l.Stats)))))),
        ];
    }
}
