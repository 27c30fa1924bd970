using ContestPipeline.Ingestion.Feed;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Ingestion;

/// <summary>
/// Notices games in progress of which nothing was heard for too long, marks them incomplete and tells a person; any message ends
/// it.
/// </summary>
public sealed class SilenceJob : IJob
{
    /// <summary>
    /// Providers send a heartbeat every 5 to 10 seconds; this is what three of them, or a pause at a gateway, may take.
    /// </summary>
    public const int SilenceSeconds = 15;

    private const int GamesMax = 50;
    private DateTimeOffset? listeningSince;

    /// <summary>
    /// Nothing can have been heard before this process listened: after a start the silence counts from the start.
    /// </summary>
    public async Task<bool> Run(Tx tx)
    {
        listeningSince ??= tx.Now;
        var seenBefore = tx.Now.AddSeconds(-SilenceSeconds);
        if (seenBefore < listeningSince) return false;

        var rows = await tx.LockSilentGames(seenBefore, GamesMax);
        if (rows.Count == 0) return false;
        var games = await GameStore.Load(tx, rows);
        foreach (var game in games)
        {
            game.IsSilent = true;
            PublishGame.Changes(game, tx, cause: null);
            // Each silence has another count of writes: what ends one is a write, also a heartbeat, which brings no new number,
            // or one of a game that is incomplete anyway.
            game.SilenceAlert = game.Change;
            tx.Alert(FeedAlerts.Silent(game.GameId, game.SilenceAlert));
        }

        await GameStore.Save(tx, games, [], seenAt: null);
        return rows.Count == GamesMax;
    }
}
