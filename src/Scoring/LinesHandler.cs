using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Scoring;

/// <summary>
/// Lines and game states in; Scoring's own copy of the highest versions out. Contests whose games changed are woken.
/// </summary>
public sealed class LinesHandler : IBatchHandler
{
    public async Task Handle(IReadOnlyList<Received<IMessage>> batch, Tx tx)
    {
        var lined = await StoreLines(batch, tx);
        var woken = await StoreGames(batch, tx);

        // A confirmed game that came before one of its lines, because that was parked, holds its contests; nothing else would
        // make them look again.
        lined.ExceptWith(woken);
        if (lined.Count > 0) await tx.WakeHeldContestsOf(lined, tx.NowStored());
    }

    /// <returns>The games of the lines.</returns>
    private static async Task<HashSet<string>> StoreLines(IReadOnlyList<Received<IMessage>> batch, Tx tx)
    {
        var newest = new Dictionary<(string, string), StatLineV1>();
        foreach (var received in batch)
        {
            if (received.Message is not StatLineV1 line) continue;
            var key = (line.GameId, line.AthleteId);
            if (!newest.TryGetValue(key, out var known) || known.Version < line.Version) newest[key] = line;
        }

        if (newest.Count == 0) return [];
        LineRow[] rows =
            [.. newest.Values.Select(l =>
                new LineRow(l.GameId, l.AthleteId, l.Version, Encoding.UTF8.GetString(WireJson.Bytes(l.Stats))))];
        foreach (var known in await tx.OtherLinesOfVersion(rows))
        {
            if (!LinesHash.Same(LineSql.ReadStats(known.Stats), newest[(known.GameId, known.AthleteId)].Stats))
                tx.Alert(ScoringAlerts.LineVersionReused(known));
        }

        await tx.StoreLines(rows);
        return newest.Values.Select(l => l.GameId).ToHashSet(StringComparer.Ordinal);
    }

    /// <returns>The games whose contests were woken.</returns>
    private static async Task<IReadOnlyCollection<string>> StoreGames(IReadOnlyList<Received<IMessage>> batch, Tx tx)
    {
        var states = batch.Select(r => r.Message).OfType<GameStateV1>().OrderBy(s => s.Version).ToArray();
        if (states.Length == 0) return [];

        var gameIds = states.Select(s => s.GameId).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        var before = (await tx.LockGames(gameIds)).ToDictionary(g => g.GameId, StringComparer.Ordinal);
        var after = new Dictionary<string, GameRow>(before, StringComparer.Ordinal);
        var woken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var state in states)
        {
            var known = after.GetValueOrDefault(state.GameId);
            var folded = FoldGame.Fold(known, state);
            if (ReferenceEquals(folded, known)) continue;
            after[state.GameId] = folded;
            if (!FoldGame.MattersToContests(known, folded, state)) continue;
            woken.Add(state.GameId);
            await tx.RememberTrace(
                LifecycleJob.Subject(state.GameId), batch.Last(r => ReferenceEquals(r.Message, state)).Envelope);
        }

        await tx.StoreGames([.. gameIds.Select(g => after[g])
            .Where(g => !ReferenceEquals(g, before.GetValueOrDefault(g.GameId)))]);
        if (woken.Count > 0) await tx.WakeContestsOf(woken, tx.NowStored());
        return woken;
    }
}

/// <summary>Keeps the newest state of a game and remembers when it first started and was last confirmed.</summary>
public static class FoldGame
{
    /// <returns>The same object when the state is not newer; but an older one that comes late may say that the game had started
    /// by then.</returns>
    public static GameRow Fold(GameRow? known, GameStateV1 state)
    {
        var startedAt = Earlier(state.StartedAt ?? (GameStatus.HasBegun(state.Status) ? state.At : null), known?.StartedAt);
        if (known is not null && known.Version >= state.Version)
            return startedAt == known.StartedAt || IsTakenBack(Read(known)) ? known : known with { StartedAt = startedAt };
        return new GameRow(
            state.GameId, state.Version, Encoding.UTF8.GetString(WireJson.Bytes(state)), IsTakenBack(state) ? null : startedAt,
            state.Status != GameStatus.Closed ? null : known?.ConfirmedAt ?? state.At, state.StartsAt);
    }

    /// <summary>
    /// While a game runs only a change of its status, or of when it began, moves a contest; afterwards anything about it may.
    /// </summary>
    public static bool MattersToContests(GameRow? known, GameRow folded, GameStateV1 state) =>
        known is null || known.StartedAt != folded.StartedAt
            || state.Status is not (GameStatus.InProgress or GameStatus.Scheduled) || Read(known).Status != state.Status;

    /// <summary>
    /// A game that is still to come, and of which nothing says that it began: whatever said so before was an error of the feed.
    /// </summary>
    private static bool IsTakenBack(GameStateV1 state) => state.Status == GameStatus.Scheduled && state.StartedAt is null;

    private static DateTimeOffset? Earlier(DateTimeOffset? a, DateTimeOffset? b) => a is null || b < a ? b : a;

    private static GameStateV1 Read(GameRow row) => WireJson.Read<GameStateV1>(Encoding.UTF8.GetBytes(row.Body));
}
