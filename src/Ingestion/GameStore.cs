using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Ingestion;

/// <summary>Reads folded games from their rows and writes back what changed, set-based.</summary>
public static class GameStore
{
    /// <summary>Rebuilds games whose rows are locked.</summary>
    public static async Task<IReadOnlyList<GameFold>> Load(Tx tx, IReadOnlyList<GameRow> rows)
    {
        if (rows.Count == 0) return [];
        var gameIds = rows.Select(r => r.GameId).ToArray();
        var games = rows.ToDictionary(r => r.GameId, ToFold, StringComparer.Ordinal);
        foreach (var play in await tx.Plays(gameIds))
        {
            games[play.GameId].Plays[play.EventId] = new PlayFold(
                play.Sequence, play.Revision, play.IsDeleted, play.IsOfficial,
                FoldedText.Read<List<AthleteStatsV1>>(play.Athletes) ?? []);
        }

        foreach (var line in await tx.Lines(gameIds))
            games[line.GameId].Lines[line.AthleteId] = new LineFold { Version = line.Version };
        foreach (var game in games.Values)
        {
            FoldPlays.Rebuild(game);
            if (game is { Published: null, Version: > 0 }) FoldPlays.TellAgain(game);
        }

        return [.. games.Values];
    }

    /// <summary>Writes the changed plays, lines and rows of these games.</summary>
    /// <param name="lines">The lines that are being published.</param>
    public static async Task Save(Tx tx, IReadOnlyList<GameFold> games, IReadOnlyList<StatLineV1> lines, DateTimeOffset? seenAt)
    {
        await tx.WritePlays([.. games.SelectMany(g => g.ChangedPlays.Order(StringComparer.Ordinal).Select(id => ToRow(g, id)))]);
        await tx.WriteLines(lines);
        foreach (var game in games)
        {
            game.Change++;
            game.ChangedPlays.Clear();
        }

        await tx.WriteGames([.. games.Select(ToRow)], seenAt);
    }

    private static GameFold ToFold(GameRow row) => new(row.GameId)
    {
        Change = row.Change,
        VersionFloor = row.VersionFloor,
        Version = row.Version,
        Status = row.Status,
        StatusSequence = row.StatusSequence,
        Clock = row.Clock.Length == 0 ? null : row.Clock,
        ClockSequence = row.ClockSequence,
        Received = SequenceRanges.Parse(row.Received),
        AnnouncedSequence = row.AnnouncedSequence,
        IsSilent = row.IsSilent,
        Box = FoldedText.Read<FeedBoxV1>(row.Box),
        StartsAt = row.StartsAt,
        StartsAtSequence = row.StartsAtSequence,
        StartedAt = row.StartedAt,
        RecoveryFrom = row.RecoveryFrom,
        RecoveryAttempt = row.RecoveryAttempt,
        RecoveryDueAt = row.RecoveryDueAt,
        GapAlert = row.GapAlert,
        SilenceAlert = row.SilenceAlert,
        Published = FoldedText.Read<GameStateV1>(row.Published),
    };

    private static GameRow ToRow(GameFold game) => new(
        game.GameId, game.Change, game.Version, game.Status, game.StatusSequence, game.Clock ?? "", game.ClockSequence,
        game.Received.ToString(), game.AnnouncedSequence, game.IsSilent, game.Box is null ? "" : FoldedText.Of(game.Box),
        game.Published is null ? "" : FoldedText.Of(game.Published), game.StartsAt, game.StartsAtSequence, game.StartedAt,
        game.RecoveryFrom, game.RecoveryAttempt, game.RecoveryDueAt,
        game.GapAlert, game.SilenceAlert);

    private static PlayRow ToRow(GameFold game, string eventId)
    {
        var play = game.Plays[eventId];
        return new PlayRow(
            game.GameId, eventId, play.Sequence, play.Revision, play.IsDeleted, play.IsOfficial, FoldedText.Of(play.Athletes));
    }
}
