using ContestPipeline.Plumbing;

namespace ContestPipeline.Ingestion.Recovery;

/// <summary>Asks providers for what is missing of their games, on a topic that they read.</summary>
public sealed class RecoveryJob : IJob
{
    private const int GamesMax = 50;

    public async Task<bool> Run(Tx tx)
    {
        var rows = await tx.LockGamesToRecover(GamesMax);
        if (rows.Count == 0) return false;
        var games = await GameStore.Load(tx, rows);
        foreach (var game in games)
        {
            if (NextRecovery.Ask(game, tx.Now) is { } request) tx.Send(request);
        }

        await GameStore.Save(tx, games, [], seenAt: null);
        return rows.Count == GamesMax;
    }
}
