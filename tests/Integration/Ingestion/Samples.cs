using ContestPipeline.Contracts;
using ContestPipeline.Ingestion;
using ContestPipeline.Ingestion.Feed;
using ContestPipeline.Integration.Infrastructure;

namespace ContestPipeline.Integration.Ingestion;

/// <summary>The sample games under another id, and the lines they must end in.</summary>
public static class Samples
{
    public static async Task<IReadOnlyList<FeedRecord>> Read(string gameId, string sample)
    {
        await using var file = File.OpenRead(Path.Combine(Repository(), "samples", sample));
        var content = await FeedFile.Read(file, default);
        Assert.Empty(content.Problems);
        return [.. content.Records.Select(r => r with
        {
            Message = r.Message switch
            {
                FeedPlayV1 play => play with { GameId = gameId },
                FeedBoxV1 box => box with { GameId = gameId },
                FeedStatusV1 status => status with { GameId = gameId },
                FeedHeartbeatV1 beat => beat with { GameId = gameId },
                FeedSnapshotCompleteV1 complete => complete with { GameId = gameId },
                var other => other,
            },
        })];
    }

    /// <summary>What the plays of an orderly stream add up to, as <c>athlete {stats}</c>.</summary>
    public static IReadOnlyList<string> Lines(IReadOnlyList<FeedRecord> stream)
    {
        var lines = new SortedDictionary<string, SortedDictionary<string, long>>(StringComparer.Ordinal);
        foreach (var athlete in stream.Select(r => r.Message).OfType<FeedPlayV1>().SelectMany(p => p.Athletes))
        {
            if (!lines.TryGetValue(athlete.AthleteId, out var line))
                lines[athlete.AthleteId] = line = new SortedDictionary<string, long>(StringComparer.Ordinal);
            foreach (var (stat, amount) in athlete.Stats)
            {
                line[stat] = line.GetValueOrDefault(stat) + amount;
                if (line[stat] == 0) line.Remove(stat);
            }
        }

        return [.. lines.Where(l => l.Value.Count > 0).Select(l => $"{l.Key} {FoldedText.Of(l.Value)}")];
    }

    public static Task<IReadOnlyList<string>> StoredLines(PipelineScope scope, string gameId) => scope.Query<string>(
        """
        select athlete_id || ' ' || stats from ingestion.line where game_id = @gameId and stats <> '{}' order by athlete_id
            collate "C"
        """,
        new { gameId });

    public static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "ContestPipeline.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("the tests do not run inside the repository");
    }
}
