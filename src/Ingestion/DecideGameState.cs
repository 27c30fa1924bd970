using ContestPipeline.Contracts;

namespace ContestPipeline.Ingestion;

/// <summary>Decides what is to be told about a game as a whole. Pure.</summary>
public static class DecideGameState
{
    public const int MissingMax = 20;

    /// <summary>A box of another game would disagree on more than fits a message.</summary>
    public const int DifferencesMax = 200;

    /// <summary>
    /// Sequence gaps make a game incomplete until the missing messages come, or until the game is over and a box that came after
    /// them agrees with the plays on everything it covers: then nothing that counts was lost.
    /// </summary>
    /// <returns>The next state, or null when nothing has changed since <see cref="GameFold.Published"/>.</returns>
    public static GameStateV1? Decide(GameFold game, DateTimeOffset now)
    {
        var box = game.IsOver ? game.Box : null;
        IReadOnlyList<StatDifferenceV1> differences = box is null ? [] : ReconcileBox.Compare(game.Lines, box);
        var coveredUpTo = box is not null && differences.Count == 0 ? box.Sequence : 0;
        var missing = game.Received.Missing(coveredUpTo, Math.Max(game.Received.Highest, game.AnnouncedSequence), MissingMax);
        var isSilent = game.IsSilent && game.Status == GameStatus.InProgress;

        var next = new GameStateV1(
            game.GameId, game.Version + 1, game.Status, game.Clock, missing.Count > 0 || isSilent, missing, box is not null,
            Furthest(differences), game.IsOver ? LineVersions(game) : null, now, game.StartsAt, game.StartedAt,
            game.IsOver
                ? LinesHash.Of(game.Lines.Where(l => l.Value.Version > 0)
                    .Select(l => (l.Key, (IReadOnlyDictionary<string, long>)l.Value.Stats))) : null);
        return game.Published is { } last && Same(last, next) ? null : next;
    }

    /// <summary>
    /// Those furthest apart, so that whoever asks whether one is beyond his tolerance is answered as by all of them. In the order
    /// they came in.
    /// </summary>
    private static IReadOnlyList<StatDifferenceV1> Furthest(IReadOnlyList<StatDifferenceV1> differences)
    {
        if (differences.Count <= DifferencesMax) return differences;
        return [.. differences.Index().OrderByDescending(d => Math.Abs(d.Item.FromPlays - d.Item.FromBox)).Take(DifferencesMax)
            .OrderBy(d => d.Index).Select(d => d.Item)];
    }

    private static SortedDictionary<string, long> LineVersions(GameFold game)
    {
        var versions = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var (athleteId, line) in game.Lines.Where(l => l.Value.Version > 0)) versions[athleteId] = line.Version;
        return versions;
    }

    private static bool Same(GameStateV1 a, GameStateV1 b) =>
        a.Status == b.Status && a.Clock == b.Clock && a.Incomplete == b.Incomplete && a.BoxReceived == b.BoxReceived
        && a.StartsAt == b.StartsAt && a.StartedAt == b.StartedAt
        && (a.LinesHash is null || b.LinesHash is null || a.LinesHash == b.LinesHash)
        && a.MissingSequences.SequenceEqual(b.MissingSequences) && a.Differences.SequenceEqual(b.Differences)
        && Same(a.LineVersions, b.LineVersions);

    private static bool Same(IReadOnlyDictionary<string, long>? a, IReadOnlyDictionary<string, long>? b) =>
        a is null || b is null
            ? a is null && b is null
            : a.Count == b.Count && a.All(v => b.TryGetValue(v.Key, out var version) && version == v.Value);
}
